"""What every relation's judge needs: who is not on record, what is not published, and one verdict out of several grounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention, MentionKind
from tracker.claims.names import SIZE
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished
from tracker.model import Metric
from tracker.query.find import BoardAt, Found, suggestions

_TURNED = {ClaimVerdict.SUPPORTED: ClaimVerdict.CONTRADICTED, ClaimVerdict.CONTRADICTED: ClaimVerdict.SUPPORTED}
_MOST_NAMED = 8


def turned(verdict: ClaimVerdict, *, negated: bool) -> ClaimVerdict:
    """The verdict on the sentence with its `not`."""
    return _TURNED.get(verdict, verdict) if negated else verdict


def combine(grounds: Iterable[Ground]) -> ClaimVerdict:
    """All that can tell agree, or the record is mixed; none can tell: not comparable."""
    told = {ground.verdict for ground in grounds if ground.verdict is not ClaimVerdict.NOT_COMPARABLE}
    if ClaimVerdict.NOT_ON_RECORD in told and len(told) > 1:
        told.discard(ClaimVerdict.NOT_ON_RECORD)
    if not told:
        return ClaimVerdict.NOT_COMPARABLE
    return told.pop() if len(told) == 1 else ClaimVerdict.MIXED


def finding(
    claim: Claim, verdict: ClaimVerdict, reason: str, *, grounds: tuple[Ground, ...] = (), suggestions: tuple[str, ...] = ()
) -> Finding:
    """The answer to a claim."""
    return Finding(quote=claim.quote, verdict=verdict, reason=reason, claim=claim, grounds=grounds, suggestions=suggestions)


# ── who is not there ─────────────────────────────────────────────────────────────────────────────


def stranger(claim: Claim, record: Record) -> Finding | None:
    """The answer where the record does not have a model, a lab or a board that the claim names; None where it has them all."""
    if not record.boards(claim.sources):
        boards = sorted({state.board.title for state in record.states})
        known = any(record.once_called(source) for source in claim.sources) or not claim.sources
        called = "nothing was accepted by then" if known else f"no board called {' or '.join(claim.sources)}"
        return finding(claim, ClaimVerdict.NOT_ON_RECORD, called, suggestions=tuple(boards[:_MOST_NAMED]))
    for mention in (claim.subject, claim.rival):
        if mention is None or record.ever(mention):
            continue
        found = record.found(mention)
        return finding(claim, ClaimVerdict.NOT_ON_RECORD, _not_listed(mention), suggestions=_instead(mention, found, record))
    return None


def _not_listed(mention: Mention) -> str:
    if mention.sort is MentionKind.VAGUE:
        return f'"{mention.text}": no board says which of {mention.line or "them"} that is'
    if mention.sort is MentionKind.GROUP:
        return f"no board says of any entry that it is one of the {mention.name}"
    return f"no board lists {mention.name}"


def _instead(mention: Mention, found: Found, record: Record) -> tuple[str, ...]:
    """The sizes that the line is listed in, else the nearest names."""
    people = [one.entry.who for one in found.line]
    sizes = sorted({(who.size_total_b, who.size_active_b or 0.0) for who in people if who.size_total_b})
    if sizes:
        return (f"{_line_name(mention)}: listed sizes {', '.join(_size(*size) for size in sizes)}",)
    return found.nearest or suggestions(found, record.states)


def _line_name(mention: Mention) -> str:
    """The line of a name, as it is written: without the size."""
    return mention.line or " ".join(word for word in mention.name.split() if not SIZE.fullmatch(word))


def _size(total: float, active: float) -> str:
    return f"{total:g}B-A{active:g}B" if active and active != total else f"{total:g}B"


# ── what is not published ────────────────────────────────────────────────────────────────────────


def unmeasured(claim: Claim, record: Record, missing: Sequence[Unpublished]) -> Finding:
    """The answer where no metric that the claim speaks of is published for both sides."""
    topic = claim.topic or "an overall score"
    if not missing:
        known = ", ".join(record.topics(claim.sources)) or "none"
        where = " or ".join(claim.sources) or "any board"
        return finding(
            claim,
            ClaimVerdict.NOT_COMPARABLE,
            f"{where} measures no {topic}; topics: {known}",
            suggestions=_neighbours(claim, record),
        )
    reasons = dict.fromkeys(_why(claim, one) for one in _telling(missing))
    return finding(
        claim, ClaimVerdict.NOT_COMPARABLE, "; ".join(list(reasons)[:_MOST_NAMED]), suggestions=_neighbours(claim, record)
    )


def _telling(missing: Sequence[Unpublished]) -> Sequence[Unpublished]:
    """Boards that list both first; those that list neither say nothing."""
    both = [one for one in missing if all(one.listed)]
    return both or [one for one in missing if any(one.listed)] or missing[:1]


def _why(claim: Claim, one: Unpublished) -> str:
    title = f"{one.metric.title or one.metric.id} ({one.state.board.title})"
    names = [claim.subject.name, *([claim.rival.name] if claim.rival else [])]
    there = [one.subject, one.rival][: len(names)]
    absent = [name for name, has in zip(names, there, strict=True) if not has]
    if len(absent) == len(names) == 2:
        return f"{title}: no figure published for either of {names[0]} and {names[1]}"
    return f"{title}: no figure published for {' and '.join(absent)}"


def _neighbours(claim: Claim, record: Record) -> tuple[str, ...]:
    """Metrics that are published for both sides in the last snapshots."""
    found = [
        f"{metric.title or metric.id} ({state.board.title})"
        for state in record.boards(claim.sources)
        for metric in _shared(claim, record, state)
    ]
    return tuple(found[:_MOST_NAMED])


def _shared(claim: Claim, record: Record, state: BoardAt) -> list[Metric]:
    sides = [record.on(state, mention) for mention in (claim.subject, claim.rival) if mention is not None]
    told = [metric for metric in state.board.metrics if metric.higher_is_better is not None and not metric.volatile]
    return [metric for metric in told if all(any(metric.id in entry.measures for entry in side) for side in sides)]
