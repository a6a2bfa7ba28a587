"""Findings in words, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from tracker.claims._records import Amount, Claim, Finding, Ground, Mention, MentionKind, Relation
from tracker.wording import day, shortened

_HOW = {
    "passing": "by passing the other",
    "debut": "by the debut of a new member of its line",
    "entry": "by entry, not by overtaking: ahead from its first value on",
    "rival_entry": "by entry, not by overtaking: the other's first value was behind",
    "start": "already so when comparable data begins",
}
"""How it came to be so."""


def finding_line(number: int, finding: Finding) -> str:
    """An answer in one line, with its number."""
    said = claim_text(finding.claim) if finding.claim is not None else finding.quote
    return shortened(f"{number:>2}. {finding.verdict.upper()}: {said}: {finding.reason}")


def finding_text(finding: Finding, *, indent: str = "") -> Iterator[str]:
    """The lines of an answer: the verdict, the words it is about, the reason, and the evidence below."""
    yield f"{indent}{finding.verdict.upper()}: {finding.quote}"
    inner = indent + "  "
    if finding.claim is not None and finding.quote != (reading := claim_text(finding.claim)):
        yield f"{inner}read as: {reading}"
    yield f"{inner}{finding.reason}"
    for ground in finding.grounds:
        yield from _ground_text(ground, inner, single=len(finding.grounds) == 1)
    for suggestion in finding.suggestions:
        yield f"{inner}on record: {suggestion}"
    for nearest in finding.instead:
        yield f"{inner}what can be said instead:"
        yield from finding_text(nearest, indent=inner + "  ")


def _ground_text(ground: Ground, indent: str, *, single: bool) -> Iterator[str]:
    segment = f", values comparable since {day(ground.segment)}" if ground.segment is not None else ""
    yield f"{indent}- {ground.title}, {ground.metric_title}, {day(ground.observed_at)}: {ground.verdict}{segment}"
    if not single:
        yield f"{indent}  {ground.reason}"
    if since := ground.since:  # `A ahead since 2026-05-14 (later than 2026-05-10); by passing the other`
        after = f" (later than {day(since.after)})" if since.after else ""
        yield f"{indent}  " + f"{since.upper} ahead since {day(since.until)}{after}; {_HOW[since.how]}".lstrip()
    yield from (f"{indent}  {caveat}" for caveat in ground.caveats)


def claim_text(claim: Claim) -> str:
    """A claim in the words of the grammar, so that a misreading can be seen."""
    parts = [_who(claim.subject), *(["no longer" if claim.lapsed else "not"] if claim.negated else [])]
    gain = claim.relation is Relation.GAIN
    parts += [{"strong": "far", "weak": "narrowly"}[claim.degree]] if claim.degree and not gain else []
    parts += [_relation(claim), *([_who(claim.rival)] if claim.rival is not None else [])]
    if claim.amount is not None:
        parts.append(_score(claim.amount) if Relation.SCORE in (claim.relation, claim.inner) else f"({claim.amount.text})")
    parts += ["(a lot)" if claim.degree == "strong" else "(a little)"] if claim.degree and gain else []
    if claim.group:
        parts.append(f"among {claim.group}")
    parts.append(f"in {claim.topic}" if claim.topic else "overall")
    parts += [f"on {', '.join(claim.sources)}"] if claim.sources else []
    parts += [period.text for period in (claim.since, claim.at) if period is not None]
    parts += [f"({'; '.join(claim.read_as)})"] if claim.read_as else []
    return " ".join(parts)


def _who(mention: Mention) -> str:
    """`Kimi K2.6 (of open-weights models; 53.9)`."""
    of_class = f"of {mention.group}" if mention.group and mention.kind is not MentionKind.GROUP else ""
    more = "; ".join(filter(None, (of_class, mention.figure.text if mention.figure else "")))
    return f"{mention.name} ({more})" if more else mention.name


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
_UNITS = {"percent": "%", "points": " points", "tokens/s": " tokens per second", "tokens": " tokens"}


def _score(amount: Amount) -> str:
    figure = f"{_BOUNDS.get(amount.bound, '')}{'$' if amount.unit == 'usd' else ''}{amount.value:.{amount.decimals}f}"
    return f"{figure}{_UNITS.get(amount.unit, '')}"


def _relation(claim: Claim) -> str:
    if claim.relation is Relation.FIRST:
        inner = f"top {claim.place.top}" if claim.inner is Relation.RANK else _RELATIONS[claim.inner] if claim.inner else ""
        return f"first {inner if claim.rival else inner.removesuffix(' than')}".strip()
    if claim.relation is Relation.RANK:
        place = f"at rank {claim.place.top}" if claim.place.exact else f"top {claim.place.top}"
        moved = f", {claim.place.moved} from another" if claim.place.moved else ""
        return f"{place}{' of the models' if claim.place.models else ''}{moved}{' behind only' if claim.rival else ''}"
    if claim.end == "ratio":
        return "priced as a share of"
    if claim.end:
        ends = {Relation.LEAD: f"{claim.end}est", Relation.ABOVE: f"{claim.end}er than"}
        return ends.get(claim.relation, _RELATIONS[claim.relation])
    if claim.relation is Relation.LEAD and claim.passing:
        return "took the lead from" if claim.rival else "took the lead"
    return "overtook" if claim.passing else _RELATIONS[claim.relation]


def finding_json(finding: Finding) -> dict[str, object]:
    """An answer as plain JSON; keys are documented in docs/reference/claims.md."""
    return {
        "quote": finding.quote,
        "verdict": finding.verdict,
        "reason": finding.reason,
        "claim": _claim_json(finding.claim) if finding.claim else None,
        "grounds": [{key: value for key, value in asdict(ground).items() if key not in _TITLES} for ground in finding.grounds],
        "suggestions": list(finding.suggestions),
        "instead": [finding_json(nearest) for nearest in finding.instead],
    }


_TITLES = ("title", "metric_title")
_CLAIM_KEYS = (
    *("relation", "inner", "subject", "rival", "topic", "sources", "group", "negated", "lapsed", "near", "passing", "amount"),
    *("within", "top", "since", "at", "read_as", "unread"),
)


def _claim_json(claim: Claim) -> dict[str, object]:
    """Models by name; amounts and dates as written."""
    ranks = Relation.RANK in (claim.relation, claim.inner)
    texts = {
        "subject": claim.subject.name,
        "rival": claim.rival.name if claim.rival else None,
        "group": str(claim.group) if claim.group else "",
        "top": claim.place.top if ranks else None,
        "near": False,
        "within": None,
        "unread": (),
        **{
            key: written.text if written else None
            for key, written in (("amount", claim.amount), ("since", claim.since), ("at", claim.at))
        },
    }
    return {key: texts[key] if key in texts else getattr(claim, key) for key in _CLAIM_KEYS}
