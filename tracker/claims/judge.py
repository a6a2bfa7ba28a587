"""Gives a claim to the judge of its relation, as of its date; if the record cannot decide it, also the nearest claim it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.claims import first, gain, head_to_head, places, score
from tracker.claims._records import Claim, ClaimVerdict, Finding, Mention, Period, Relation
from tracker.claims.answer import stranger, unjudged
from tracker.claims.record import Record
from tracker.claims.rendering import claim_text
from tracker.wording import day

JUDGES: Mapping[Relation, Callable[[Claim, Record], Finding]] = {
    Relation.ABOVE: head_to_head.judge,
    Relation.LEVEL: head_to_head.judge,
    Relation.LEAD: places.lead,
    Relation.RANK: places.rank,
    Relation.FIRST: first.judge,
    Relation.GAIN: gain.judge,
    Relation.PRICE: head_to_head.judge,
    Relation.RATIO: unjudged,
    Relation.SCORE: score.judge,
}
_UNDECIDED = (ClaimVerdict.NOT_ON_RECORD, ClaimVerdict.NOT_COMPARABLE)


def judge(claim: Claim, record: Record) -> Finding:
    """What the record says to a claim; if it cannot decide, also what it says to the nearest claim that it can."""
    as_asked = record
    if claim.at is not None:
        as_asked = record.as_of(min(claim.at.end - timedelta(seconds=1), record.at or claim.at.end))
    finding = _judged(claim, as_asked)
    if claim.at is not None:
        within = _came_about if claim.passing or claim.place.moved else _all_through
        finding = within(claim, claim.at, record, finding)
    wider = _wider(claim, finding)
    if wider is None:
        return finding
    return replace(finding, instead=(replace(judge(wider, record), quote=claim_text(wider)),))


def _judged(claim: Claim, record: Record) -> Finding:
    finding = stranger(claim, record) or JUDGES[claim.relation](claim, record)
    for mention in (claim.subject, claim.rival):
        if mention is not None and mention.figure is not None:
            finding = _with_figure(finding, claim, mention, record)
    return finding


def _with_figure(finding: Finding, claim: Claim, mention: Mention, record: Record) -> Finding:
    """The answer if the figure beside a name is a part of the claim: a wrong one contradicts it."""
    subject, amount = replace(mention, figure=None), mention.figure
    figure = Claim(quote="", relation=Relation.SCORE, subject=subject, topic=claim.topic, sources=claim.sources, amount=amount)
    said = score.judge(figure, record)
    if said.verdict is ClaimVerdict.SUPPORTED or finding.verdict is not ClaimVerdict.SUPPORTED:
        return finding
    return replace(finding, verdict=said.verdict, reason=f"{finding.reason}; the figure: {said.reason}")


def _came_about(claim: Claim, period: Period, record: Record, finding: Finding) -> Finding:
    """What is said to have come about in a period must have begun in it, as any reading of it shows."""
    for time in reversed(_readings(claim, record, period)):
        then = _judged(claim, record.as_of(time))
        dates = [ground.since for ground in then.grounds if ground.since is not None]
        begun = all(since.until >= period.start and (since.after is None or since.after < period.end) for since in dates)
        if then.verdict is ClaimVerdict.SUPPORTED and dates and begun:
            return then
    if finding.verdict is not ClaimVerdict.SUPPORTED:
        return finding
    return replace(finding, verdict=ClaimVerdict.MIXED, reason=f"not {period.text}: {finding.reason}")


def _all_through(claim: Claim, period: Period, record: Record, finding: Finding) -> Finding:
    """A claim about a month or a year must hold at every reading; if it holds for a part of it, the answer is mixed."""
    if period.end - period.start <= timedelta(days=1) or finding.verdict in _UNDECIDED:
        return finding
    for time in _readings(claim, record, period):
        verdict = _judged(claim, record.as_of(time)).verdict
        if verdict not in (*_UNDECIDED, finding.verdict):
            differs = f"not the same all through it: {verdict} as of {day(time)}, {finding.verdict} at its end"
            return replace(finding, verdict=ClaimVerdict.MIXED, reason=f"{differs}; {finding.reason}")
    return finding


def _readings(claim: Claim, record: Record, period: Period) -> list[datetime]:
    """When the boards in question were read in a period; and its start, which shows the reading before it."""
    until = min(period.end - timedelta(seconds=1), record.at or period.end)
    times = {time for state in record.boards(claim.sources) for time in record.looks(state.board.id)}
    return sorted({period.start, *(time for time in times if period.start < time <= until)})


def _wider(claim: Claim, finding: Finding) -> Claim | None:
    """The line instead of a model of it that is not on record; the ranking metric instead of one that is not published."""
    if not finding.suggestions:
        return None
    if finding.verdict is ClaimVerdict.NOT_ON_RECORD and (line := _line(claim, finding)):
        subject = claim.subject
        mention = replace(subject, text=line, name=line, line="", figure=None)
        return replace(claim, subject=mention, read_as=(*claim.read_as, f"{line} instead of {subject.name}"))
    compares = claim.relation in (Relation.ABOVE, Relation.LEVEL)
    if finding.verdict is ClaimVerdict.NOT_COMPARABLE and claim.topic and compares:
        read_as = f"the ranking metric instead of {claim.topic}"
        return replace(claim, topic="", amount=None, read_as=(*claim.read_as, read_as))
    return None


def _line(claim: Claim, finding: Finding) -> str:
    """The line of a subject that is not on record itself, if the line is."""
    subject = claim.subject
    if not finding.reason.endswith(f" {subject.name}"):
        return ""
    named, sizes, _ = finding.suggestions[0].partition(": listed sizes ")
    line = subject.line or (named if sizes else "")
    return line if line != subject.name else ""
