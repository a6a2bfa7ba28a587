"""Findings in words, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker.claims._records import Amount, Claim, Figure, Finding, Ground, Relation, Since
from tracker.wording import day

_HOW = {
    "passing": "it passed the other",
    "debut": "its line had stood below, and passed by its debut",
    "entry": "by entry, not by overtaking: it stood above from its first value on",
    "rival_entry": "by entry, not by overtaking: the other's first value stood below",
    "start": "by entry, not by overtaking: it stood so when the comparable record begins",
}
_PLAIN = {
    "passing": "it was not so before",
    "debut": "by its debut",
    "entry": "from its first value on",
    "rival_entry": "from the other's first value on",
    "start": "it was so when the comparable record begins",
}
"""For places and prices, where nobody overtakes."""


def finding_text(found: Finding, *, indent: str = "") -> Iterator[str]:
    """The lines of an answer: the verdict, the words it is about, why, and the evidence below."""
    yield f"{indent}{found.verdict.upper()}: {found.quote}"
    inner = indent + "  "
    if found.claim is not None and found.quote != claim_text(found.claim):
        yield f"{inner}read as: {claim_text(found.claim)}"
    yield f"{inner}{found.reason}"
    for ground in found.grounds:
        yield from _ground_text(ground, inner, single=len(found.grounds) == 1)
    for suggestion in found.suggestions:
        yield f"{inner}on record: {suggestion}"
    if found.claim is not None and found.claim.unread:
        yield f"{inner}not judged: {', '.join(repr(word) for word in found.claim.unread)}"
    for other in found.instead:
        yield f"{inner}what can be said instead:"
        yield from finding_text(other, indent=inner + "  ")


def _ground_text(ground: Ground, indent: str, *, single: bool) -> Iterator[str]:
    yield f"{indent}- {ground.title}, {ground.metric_title}, {day(ground.observed_at)}: {ground.verdict}"
    inner = indent + "  "
    if not single:
        yield f"{inner}{ground.reason}"
    if ground.since is not None:
        yield f"{inner}{since_text(ground.since, priced=ground.unit.startswith('USD'))}"
    for caveat in ground.caveats:
        yield f"{inner}{caveat}"
    if ground.segment is not None:
        yield f"{inner}values comparable since {day(ground.segment)}"
    if ground.events:
        yield f"{inner}events: {', '.join(ground.events)}"
    captures = dict.fromkeys(figure.sha256[:16] for figure in ground.figures)
    yield f"{inner}capture: {', '.join(captures)}"


def since_text(since: Since, *, priced: bool = False) -> str:
    """`A above since 2026-05-14 (later than 2026-05-10): it passed the other`; `priced`: nobody overtakes in prices."""
    after = f" (later than {day(since.after)})" if since.after else ""
    words = _HOW if since.upper and not priced else _PLAIN
    upper = f"{since.upper} {'cheaper' if priced else 'above'} " if since.upper else ""
    return f"{upper}since {day(since.until)}{after}: {words[since.how]}"


def claim_text(claim: Claim) -> str:
    """A claim in the words of the grammar, so that a misreading can be seen."""
    parts = [claim.subject.name, *(["not"] if claim.negated else []), *(["nearly"] if claim.near else []), _relation(claim)]
    if claim.rival is not None:
        parts.append(claim.rival.name)
    if claim.amount is not None:
        parts.append(_score(claim.amount) if Relation.SCORE in (claim.relation, claim.inner) else f"({claim.amount.text})")
    if claim.group:
        parts.append(f"among {claim.group}")
    parts.append(f"in {claim.topic}" if claim.topic else "overall")
    parts += [f"on {', '.join(claim.sources)}"] if claim.sources else []
    parts += [period.text for period in (claim.since, claim.at) if period is not None]
    said = f" ({'; '.join(claim.read_as)})" if claim.read_as else ""
    return " ".join(parts) + said


_RELATIONS: Mapping[Relation, str] = {
    Relation.ABOVE: "above",
    Relation.LEVEL: "on par with",
    Relation.LEAD: "best",
    Relation.RANK: "top",
    Relation.FIRST: "first",
    Relation.GAIN: "gains over",
    Relation.PRICE: "cheaper than",
    Relation.RATIO: "better ratio than",
    Relation.SCORE: "scores",
}


_BOUNDS = {"over": "over ", "under": "under ", "least": "at least ", "most": "at most ", "about": "about "}
_UNITS = {"percent": "%", "points": " points", "tokens/s": " tokens per second"}


def _score(amount: Amount) -> str:
    figure = f"{_BOUNDS.get(amount.bound, '')}{'$' if amount.unit == 'usd' else ''}{amount.value:.{amount.decimals}f}"
    return f"{figure}{_UNITS.get(amount.unit, '')}"


def _relation(claim: Claim) -> str:
    if claim.relation is Relation.FIRST:
        inner = f"top {claim.top}" if claim.inner is Relation.RANK else _RELATIONS[claim.inner] if claim.inner else ""
        return f"first {inner if claim.rival else inner.removesuffix(' than')}".strip()
    if claim.relation is Relation.RANK:
        return f"at rank {claim.top}" if claim.exact else f"top {claim.top}"
    if claim.within is not None:
        return f"best of the top {claim.within}"
    if claim.end == "ratio":
        return "priced as a share of"
    per = f" (per {claim.per})" if claim.per else ""
    words = {"high": " (the higher number)", "low": " (the lower number)"}.get(claim.end, per)
    return f"{'overtook' if claim.passing else _RELATIONS[claim.relation]}{words}"


# ── for programs ─────────────────────────────────────────────────────────────────────────────────


def finding_json(found: Finding) -> dict[str, object]:
    """An answer as plain JSON; keys are documented in docs/reference/claims.md."""
    return {
        "quote": found.quote,
        "verdict": found.verdict,
        "reason": found.reason,
        "claim": _claim_json(found.claim) if found.claim else None,
        "grounds": [_ground_json(ground) for ground in found.grounds],
        "suggestions": list(found.suggestions),
        "instead": [finding_json(other) for other in found.instead],
    }


def _claim_json(claim: Claim) -> dict[str, object]:
    return {
        "relation": claim.relation,
        "inner": claim.inner,
        "subject": claim.subject.name,
        "rival": claim.rival.name if claim.rival else None,
        "topic": claim.topic,
        "sources": list(claim.sources),
        "group": str(claim.group) if claim.group else "",
        "negated": claim.negated,
        "near": claim.near,
        "passing": claim.passing,
        "amount": claim.amount.text if claim.amount else None,
        "within": claim.within,
        "top": claim.top if claim.relation == "rank" or claim.inner == "rank" else None,
        "since": claim.since.text if claim.since else None,
        "at": claim.at.text if claim.at else None,
        "read_as": list(claim.read_as),
        "unread": list(claim.unread),
    }


def _ground_json(ground: Ground) -> dict[str, object]:
    return {
        "board": ground.board,
        "metric": ground.metric,
        "unit": ground.unit,
        "verdict": ground.verdict,
        "reason": ground.reason,
        "observed_at": ground.observed_at,
        "segment": ground.segment,
        "since": _since_json(ground.since),
        "figures": [_figure_json(figure) for figure in ground.figures],
        "caveats": list(ground.caveats),
        "events": list(ground.events),
    }


def _since_json(since: Since | None) -> dict[str, object] | None:
    return {"after": since.after, "until": since.until, "how": since.how, "upper": since.upper} if since else None


def _figure_json(figure: Figure) -> dict[str, object]:
    return {
        "of": figure.of,
        "entry": figure.entry,
        "name": figure.name,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "estimated": figure.estimated,
        "sha256": figure.sha256,
    }
