"""Gives every claim to the judge of its relation, as of the date it speaks of, and asks what can be said instead where it cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.claims import first, gain, head_to_head, level, places, price, rank, ratio, score
from tracker.claims._records import Claim, ClaimVerdict, Finding, MentionKind, Period, Relation
from tracker.claims.record import Record
from tracker.claims.rendering import claim_text
from tracker.query.find import states as states_of
from tracker.wording import day

JUDGES: Mapping[Relation, Callable[[Claim, Record], Finding]] = {
    Relation.ABOVE: head_to_head.judge,
    Relation.LEVEL: level.judge,
    Relation.LEAD: places.judge,
    Relation.RANK: rank.judge,
    Relation.FIRST: first.judge,
    Relation.GAIN: gain.judge,
    Relation.PRICE: price.judge,
    Relation.RATIO: ratio.judge,
    Relation.SCORE: score.judge,
}


def judge(claim: Claim, record: Record) -> Finding:
    """What the record says to a claim; where it cannot tell, also what it says to the nearest claim that it can."""
    as_asked = _as_of(claim, record)
    told = _all_through(claim, record, JUDGES[_relation(claim)](claim, as_asked))
    told = _with_strange_sources(told, claim, as_asked)
    wider = _wider(claim, told)
    if wider is None:
        return told
    nearest = judge(wider, record)
    return replace(told, instead=(replace(nearest, quote=claim_text(wider)),))


def _with_strange_sources(told: Finding, claim: Claim, record: Record) -> Finding:
    """A source that is no board is not passed over where another one is."""
    strange = [source for source in claim.sources if not record.boards((source,))]
    if not strange or len(strange) == len(claim.sources):
        return told
    return replace(told, reason=f"{told.reason}; no board called {' or '.join(strange)}")


def _relation(claim: Claim) -> Relation:
    """`Almost beats` claims to be near."""
    return Relation.LEVEL if claim.near and claim.relation is Relation.ABOVE else claim.relation


def _as_of(claim: Claim, record: Record) -> Record:
    if claim.at is None:
        return record
    return as_of(record, min(claim.at.end - timedelta(seconds=1), record.at or claim.at.end))


def _all_through(claim: Claim, record: Record, told: Finding) -> Finding:
    """Of a month or a year it must have been so at every reading; where it was so for a part of it, the answer is mixed."""
    if claim.at is None or claim.at.end - claim.at.start <= timedelta(days=1) or told.verdict in _UNTOLD:
        return told
    moments = _readings(claim, record, claim.at)
    verdicts = {time: JUDGES[_relation(claim)](claim, as_of(record, time)).verdict for time in moments}
    others = {time: verdict for time, verdict in verdicts.items() if verdict not in (*_UNTOLD, told.verdict)}
    if not others:
        return told
    time, verdict = next(iter(others.items()))
    reason = f"not the same all through it: {verdict} as of {day(time)}, {told.verdict} at its end; {told.reason}"
    return replace(told, verdict=ClaimVerdict.MIXED, reason=reason)


_UNTOLD = (ClaimVerdict.NOT_ON_RECORD, ClaimVerdict.NOT_COMPARABLE)


def _readings(claim: Claim, record: Record, period: Period) -> list[datetime]:
    """When the boards that are meant were read in a period; and its start, which the reading before it tells."""
    until = min(period.end - timedelta(seconds=1), record.at or period.end)
    times = {time for state in record.boards(claim.sources) for time in record.looks(state.board.id)}
    return sorted({period.start, *(time for time in times if period.start < time <= until)})


def as_of(record: Record, at: datetime) -> Record:
    """The same store as of an earlier time."""
    key = ("as of", at)
    if key not in record.memo:
        boards = [state.board.id for state in record.states]
        states = states_of(record.store, at=at, lexicon=record.lexicon, boards=boards) if boards else ()
        record.memo[key] = Record(store=record.store, states=states, lexicon=record.lexicon, at=at)
    known: Record = record.memo[key]
    return known


def _wider(claim: Claim, told: Finding) -> Claim | None:
    """The line in the place of one of its models that is not on record; the ranking metric in the place of one that is not published."""
    if told.verdict is ClaimVerdict.NOT_ON_RECORD and told.suggestions:
        line = _line(claim, told)
        if line:
            mention = replace(claim.subject, text=line, name=line, line="", sort=MentionKind.MODEL)
            return replace(
                claim,
                subject=mention,
                read_as=(
                    *claim.read_as,
                    f"{line} in the place of {claim.subject.text if claim.subject.sort is MentionKind.VAGUE else claim.subject.name}",
                ),
            )
    if (
        told.verdict is ClaimVerdict.NOT_COMPARABLE
        and claim.topic
        and claim.relation in (Relation.ABOVE, Relation.LEVEL)
        and told.suggestions
    ):
        return replace(
            claim, topic="", amount=None, read_as=(*claim.read_as, f"the ranking metric in the place of {claim.topic}")
        )
    return None


def _line(claim: Claim, told: Finding) -> str:
    """The line of a subject that is not on record itself, where the line is."""
    named, colon, _ = told.suggestions[0].partition(": listed sizes ")
    subject = claim.subject
    missing = told.reason == f"no board lists {subject.name}" or subject.sort is MentionKind.VAGUE
    if not missing or not (colon or subject.line):
        return ""
    line = subject.line or named
    return line if line != subject.name or subject.sort is MentionKind.VAGUE else ""
