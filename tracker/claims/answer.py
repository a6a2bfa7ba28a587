"""What the judges of all relations share: who is not on record, what is not published, and one verdict from several metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention, MentionKind
from tracker.claims.case import Case, Unpublished
from tracker.claims.names import SIZE
from tracker.claims.record import Record, is_called, is_titled
from tracker.model import Metric, Nature
from tracker.query.find import BoardAt, suggestions
from tracker.wording import day

_MOST_NAMED = 8

GroundOf = Callable[[Case], Ground | Unpublished]
"""What one metric of one board says to a claim."""


def answer(claim: Claim, record: Record, ground_of: GroundOf) -> Finding:
    """The answer to a claim from every metric that it speaks of."""
    return conclude(claim, record, *grounds(cases(claim, record), ground_of))


def cases(claim: Claim, record: Record) -> list[Case]:
    """Every metric that a claim speaks of."""
    return [Case(claim=claim, record=record, state=state, metric=metric) for state, metric in record.scope(claim)]


def grounds(cases: Iterable[Case], ground_of: GroundOf) -> tuple[tuple[Ground, ...], list[Unpublished]]:
    """What each metric says, and the metrics that are not published for both sides."""
    answers = [ground_of(case) for case in cases]
    return (
        tuple(ground for ground in answers if isinstance(ground, Ground)),
        [missing for missing in answers if isinstance(missing, Unpublished)],
    )


def conclude(claim: Claim, record: Record, grounds: tuple[Ground, ...], missing: Sequence[Unpublished] = ()) -> Finding:
    """One answer from several metrics: the reason of the only one, or how they divide."""
    if not grounds:
        return _unmeasured(claim, record, missing)
    verdict, reasons = _combined(grounds), dict.fromkeys(ground.reason for ground in grounds)
    if len(reasons) == 1 or verdict is ClaimVerdict.NOT_COMPARABLE:
        return finding(claim, verdict, "; ".join(reasons), grounds=grounds)
    places = {
        verdict: [f"{ground.metric_title} ({ground.title})" for ground in grounds if ground.verdict is verdict]
        for verdict in ClaimVerdict
    }
    summary = "; ".join(f"{verdict} on {', '.join(titles)}" for verdict, titles in places.items() if titles)
    return finding(claim, verdict, summary, grounds=grounds)


def _combined(grounds: Iterable[Ground]) -> ClaimVerdict:
    """All metrics that can decide agree, or the record is mixed; if none can decide: not comparable."""
    verdicts = {ground.verdict for ground in grounds if ground.verdict is not ClaimVerdict.NOT_COMPARABLE}
    if len(verdicts) > 1:
        verdicts.discard(ClaimVerdict.NOT_ON_RECORD)
    if not verdicts:
        return ClaimVerdict.NOT_COMPARABLE
    return verdicts.pop() if len(verdicts) == 1 else ClaimVerdict.MIXED


def finding(
    claim: Claim, verdict: ClaimVerdict, reason: str, *, grounds: tuple[Ground, ...] = (), suggestions: tuple[str, ...] = ()
) -> Finding:
    """The answer to a claim."""
    return Finding(quote=claim.quote, verdict=verdict, reason=reason, claim=claim, grounds=grounds, suggestions=suggestions)


def unjudged(claim: Claim, _: Record) -> Finding:
    """The answer to a ratio: what it divides by is measured in too many ways."""
    return finding(claim, ClaimVerdict.NOT_COMPARABLE, "a ratio is not judged; ask for the score, and for the price or the size")


def stranger(claim: Claim, record: Record) -> Finding | None:
    """The answer if the record lacks a model, a lab or a board that the claim names; None if it has them all."""
    sources = [source for source in claim.sources if not record.boards((source,))]
    if sources or not record.states:
        boards = sorted({state.board.title for state in record.states})
        called = " or ".join(sources)
        declared = [board for name in record.store.boards() if (board := record.store.declared(name)) is not None]
        known = not sources or any(is_called(board, source) for board in declared for source in sources)  # perhaps by then empty
        asked = f"{called} is not among the boards asked" if record.at is None and called else "nothing was accepted by then"
        reason = asked if known else f"no board called {called}"
        return finding(claim, ClaimVerdict.NOT_ON_RECORD, reason, suggestions=tuple(boards[:_MOST_NAMED]))
    for mention in (claim.subject, claim.rival):
        if mention is not None and not record.ever(mention):
            of_class = f" as one of the {mention.group}" if mention.group else ""
            nobody = "none of the boards asked" if record.chosen else "no board"
            lists = f"{nobody} lists" if record.at is None else f"by {day(record.at)}, {nobody} listed"
            reason = f"{lists} {mention.name}{of_class}"
            if mention.kind is MentionKind.GROUP:
                reason = f"no board says of any entry that it is one of the {mention.name}"
            return finding(claim, ClaimVerdict.NOT_ON_RECORD, reason, suggestions=_nearest(mention, record))
    return None


def _nearest(mention: Mention, record: Record) -> tuple[str, ...]:
    """The sizes that the line is listed in, or the nearest names."""
    found = record.found(mention)
    models = [listed.entry.who for listed in found.line]
    sizes = sorted({(who.size_total_b, who.size_active_b or 0.0) for who in models if who.size_total_b})
    if not sizes:
        return found.nearest or suggestions(found, record.states)
    line = mention.line or " ".join(word for word in mention.name.split() if not SIZE.fullmatch(word))
    texts = (f"{total:g}B-A{active:g}B" if active not in (0.0, total) else f"{total:g}B" for total, active in sizes)
    return (f"{line}: listed sizes {', '.join(texts)}",)


def _unmeasured(claim: Claim, record: Record, missing: Sequence[Unpublished]) -> Finding:
    """The answer if no metric that the claim speaks of is published for both sides, with the metrics that are."""
    if missing:  # of boards that list both; without any, of those that list one
        both, one = ([metric for metric in missing if test(metric.listed)] for test in (all, any))
        reason = "; ".join(list(dict.fromkeys(map(_why, both or one or missing[:1])))[:_MOST_NAMED])
    else:
        known = ", ".join(record.topics(claim.sources)) or "none"
        what = f"nothing called {claim.topic}" if claim.topic else "no overall score"
        reason = f"{' or '.join(claim.sources) or 'the boards on record'}: {what} is measured; topics: {known}"
    published = [
        f"{metric.title or metric.id} ({state.board.title})"
        for state in record.boards(claim.sources)
        for metric in _published_for_both(claim, record, state)
    ]
    return finding(claim, ClaimVerdict.NOT_COMPARABLE, reason, suggestions=tuple(published[:_MOST_NAMED]))


def _why(missing: Unpublished) -> str:
    title, claim = missing.case.title, missing.case.claim
    names = [mention.name for mention in (claim.subject, claim.rival) if mention is not None]
    absent = [name for name, has_value in zip(names, missing.valued, strict=False) if not has_value]
    if len(absent) == len(names) == 2:
        return f"{title}: no figure published for either of {names[0]} and {names[1]}"
    return f"{title}: no figure published for {' and '.join(absent)}"


def _published_for_both(claim: Claim, record: Record, state: BoardAt) -> list[Metric]:
    sides = [record.on(state, mention) for mention in (claim.subject, claim.rival) if mention is not None]
    metrics = [metric for metric in state.board.metrics if metric.higher_is_better is not None and not metric.volatile]
    return [metric for metric in metrics if all(any(metric.id in entry.measures for entry in side) for side in sides)]


def is_placed(claim: Claim, cases: Iterable[Case]) -> bool:
    """Whether a sentence says whose figure it gives: by a board, a price, or the title of a metric."""
    metrics = (case.metric for case in cases)
    return bool(claim.sources) or all(is_titled(metric, claim.topic) or metric.nature is Nature.LISTED for metric in metrics)
