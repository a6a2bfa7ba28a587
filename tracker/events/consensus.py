"""Several boards, one model: the same overtake told by two or more of them, or told by one and contradicted by another.

No board alone shows this, so it is no part of a board's history: it is worked out from the stored
events and the standings whenever it is asked for, and is the same in whatever order boards were read.

Source: docs/decisions/0013-insights.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product

from tracker.events import overtake
from tracker.events.kind import Across, EventKind, Panel
from tracker.events.making import build, proof
from tracker.model import Board, BoardId, Entry, EntryId, Event, Evidence, Measure, Metric, ModelId, Party, Snapshot
from tracker.order import certainty, competition_ranks
from tracker.traits import reasons
from tracker.wording import day, host_of, listed

RULE = "consensus/1"
Grade = StrEnum("Grade", "AGREED CONTRADICTED JOINED")
AGREES_WITHIN = timedelta(days=45)
"""Boards list a new model weeks apart; overtakes further apart than this are not one piece of news."""
_WEIGHT = {Grade.AGREED: 75, Grade.CONTRADICTED: 65, Grade.JOINED: 10}
_ONE_PUBLISHER = 45
"""What an agreement weighs among boards of one publisher: they may rest on the same votes, or be the same table twice."""

Pair = tuple[ModelId, ModelId, str]
"""Subject, rival and topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    """A board that measures on a ranked primary metric, with the best measured variant of each model.

    `open`: models of which it lists a variant without a measured value, so that their best is not known yet.
    """

    board: Board
    snapshot: Snapshot
    metric: Metric
    best: Mapping[ModelId, Entry]
    open: frozenset[ModelId]

    @property
    def publisher(self) -> str:
        """The site whose ranking it is, whoever copied it; where no page is declared, the source."""
        site = host_of(self.board.page) or self.board.id.partition("/")[0]
        return site.removeprefix("www.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ballot:
    """What the boards say of one pair: who told the overtake, who has it so, and who has it the other way, beyond the error."""

    topic: str
    reporting: tuple[BoardId, ...]
    above: tuple[BoardId, ...]
    below: tuple[BoardId, ...]

    @property
    def is_shared(self) -> bool:
        """Whether another board than the one that reported it has a say."""
        return bool(self.below or self.above or len(self.reporting) > 1)

    @property
    def grade(self) -> Grade:
        """How the boards that have a say agree."""
        if self.below:
            return Grade.CONTRADICTED
        return Grade.AGREED if len(self.reporting) > 1 else Grade.JOINED


def detect(events: Iterable[Event], panel: Panel) -> Iterator[Event]:
    """Agreement and contradiction among boards about the overtakes that were told, as the panel stands.

    The events of the panel's last moment are judged, with those of AGREES_WITHIN before; a board that was not seen for so
    long has no say. A board that told an overtake but no longer has it so is not counted as agreeing. Models are
    compared by their best variant on each board, on its primary metric; only boards whose primary metrics have one topic
    are held against each other. Entries whose model is not sure are left out. Another variant of a model that was
    told to stand above already is no news.
    """
    events = [event for event in events if event.kind == overtake.KIND.name and event.is_news]
    now = max((event.recorded_at for event in events), default=None)
    if now is None:
        return
    seats = {board: seat for board, seat in _seats(panel).items() if now - seat.snapshot.observed_at <= AGREES_WITHIN}
    by_pair = _told((event for event in events if now - event.recorded_at <= AGREES_WITHIN), seats)
    ballots = _ballots(by_pair, seats)
    for (subject, ballot), rivals in sorted(ballots.items(), key=lambda one: (one[0][0], one[0][1].reporting, one[0][1].below)):
        reports = [by_pair[subject, rival, ballot.topic][board] for rival in rivals for board in ballot.reporting]
        if max(event.recorded_at for event in reports) == now:
            yield _event(subject, rivals, ballot, reports, seats)


def _seats(panel: Panel) -> dict[BoardId, _Seat]:
    return {
        board.id: _Seat(
            board=board,
            snapshot=snapshot,
            metric=board.primary,
            best=_best(board.primary, snapshot),
            open=_open(board.primary, snapshot),
        )
        for board, snapshot in sorted(panel, key=lambda one: one[0].id)
        if board.primary is not None and board.primary.ranked
    }


def _best(metric: Metric, snapshot: Snapshot) -> dict[ModelId, Entry]:
    best: dict[ModelId, Entry] = {}
    for entry in snapshot.entries.values():
        model, mine = entry.who.model, _measured(entry, metric)
        if model is None or mine is None:
            continue
        if model not in best or metric.better(mine.value, best[model].measures[metric.id].value):
            best[model] = entry
    return best


def _open(metric: Metric, snapshot: Snapshot) -> frozenset[ModelId]:
    entries = snapshot.entries.values()
    return frozenset(entry.who.model for entry in entries if entry.who.model is not None and _measured(entry, metric) is None)


def _measured(entry: Entry | None, metric: Metric) -> Measure | None:
    measure = entry.measures.get(metric.id) if entry is not None else None
    return None if measure is None or measure.estimated else measure


def _told(events: Iterable[Event], seats: Mapping[BoardId, _Seat]) -> dict[Pair, dict[BoardId, Event]]:
    """Per pair of models and topic, the last overtake of each board that was not told the other way since, repeats aside."""
    pairs: dict[Pair, dict[BoardId, Event]] = {}
    for event in sorted(events, key=lambda event: (event.recorded_at, event.id)):
        seat = seats.get(event.board)
        if seat is None or event.metric != seat.metric.id:
            continue
        for subject, rival in _models(event):
            pairs.get((rival, subject, seat.metric.topic), {}).pop(event.board, None)
            reports = pairs.setdefault((subject, rival, seat.metric.topic), {})
            if event.board not in reports or not _is_repeat(event, reports[event.board], subject, rival):
                reports[event.board] = event
    return pairs


def _is_repeat(event: Event, earlier: Event, subject: ModelId, rival: ModelId) -> bool:
    """Whether another variant only comes to stand above the rivals that the model was told to stand above already.

    The same variant passes the same rival again only after a fall, told or not: that is no repeat.
    """
    risers, fallen = _entries(event.subjects, subject), _entries(event.rivals, rival)
    return risers.isdisjoint(_entries(earlier.subjects, subject)) and fallen <= _entries(earlier.rivals, rival)


def _entries(parties: Iterable[Party], model: ModelId) -> frozenset[EntryId]:
    return frozenset(party.entry for party in parties if party.model == model)


def _models(event: Event) -> Iterator[tuple[ModelId, ModelId]]:
    """The pairs of sure and different models that an overtake speaks of."""
    for subject, rival in product(event.subjects, event.rivals):
        if subject.model and rival.model and subject.model != rival.model:
            yield subject.model, rival.model


def _ballots(
    by_pair: Mapping[Pair, Mapping[BoardId, Event]], seats: Mapping[BoardId, _Seat]
) -> dict[tuple[ModelId, _Ballot], list[ModelId]]:
    """Pairs of one subject of which the boards say the same, together."""
    together: dict[tuple[ModelId, _Ballot], list[ModelId]] = {}
    for (subject, rival, topic), told in sorted(by_pair.items()):
        says = {board: _says(seat, subject, rival) for board, seat in seats.items() if seat.metric.topic == topic}
        tell = tuple(board for board in sorted(told) if says.get(board) == "above")
        modes = {reasons(seats[board].best[subject]) for board in tell}
        ballot = _Ballot(
            topic=topic,
            reporting=tell,
            above=tuple(board for board, word in says.items() if word == "above" and board not in told),
            below=tuple(board for board, word in says.items() if word == "below" and _has_a_say(seats[board], subject, modes)),
        )
        if ballot.reporting and ballot.is_shared:
            together.setdefault((subject, ballot), []).append(rival)
    return together


def _has_a_say(seat: _Seat, subject: ModelId, modes: Collection[str]) -> bool:
    """Whether a board that has a model below speaks of what the others told.

    Not by a variant that does not reason where theirs does, and not while another of its variants waits for its value.
    """
    mode = reasons(seat.best[subject])
    return subject not in seat.open and ("unspecified" in (mode, *modes) or mode in modes)


def _says(seat: _Seat, subject: ModelId, rival: ModelId) -> str:
    """`above`; `below` only beyond a stated error; `open` within it; empty where the board does not measure both."""
    metric = seat.metric
    mine, theirs = _measured(seat.best.get(subject), metric), _measured(seat.best.get(rival), metric)
    if mine is None or theirs is None:
        return ""
    sure = certainty(metric, mine, theirs) != "nominal"
    if metric.better(mine.value, theirs.value):
        return "above" if sure or not _states_an_error(metric, mine, theirs) else "open"
    return "below" if sure else "open"


def _states_an_error(metric: Metric, mine: Measure, theirs: Measure) -> bool:
    return metric.stated_error is not None or (mine.half_width is not None and theirs.half_width is not None)


def _percentiles(model: ModelId, seats: Mapping[BoardId, _Seat]) -> dict[BoardId, float]:
    """Where a model's best variant stands on each board's primary metric: 1 for the first, 0 for the last of the models measured."""
    found: dict[BoardId, float] = {}
    for board, seat in seats.items():
        if model not in seat.best or len(seat.best) < 2:
            continue
        ranks = competition_ranks(
            seat.metric, {EntryId(one): entry.measures[seat.metric.id].value for one, entry in seat.best.items()}
        )
        found[board] = round(1 - (ranks[EntryId(model)] - 1) / (len(seat.best) - 1), 4)
    return found


def _event(
    subject: ModelId, rivals: list[ModelId], ballot: _Ballot, reports: list[Event], seats: Mapping[BoardId, _Seat]
) -> Event:
    last = max(reports, key=lambda event: (event.recorded_at, event.id))
    parties = _parties(subject, rivals, reports)
    standing = _percentiles(subject, seats)
    publishers = sorted({seats[board].publisher for board in ballot.reporting})
    return build(
        board=last.board,
        recorded_at=last.recorded_at,
        digests=(" ".join(sorted({event.id for event in reports})), " ".join(ballot.below)),
        rule=RULE,
        grade=ballot.grade,
        weight=_ONE_PUBLISHER if ballot.grade == Grade.AGREED and len(publishers) == 1 else _WEIGHT[ballot.grade],
        is_news=ballot.grade != Grade.JOINED,
        subjects=parties[:1],
        rivals=parties[1:],
        metric=last.metric,
        headline=_headline(parties, ballot, seats, publishers),
        facts={
            "told_by": {board: _dates(board, reports) for board in ballot.reporting},
            "publishers": publishers,
            "already_above_on": list(ballot.above),
            "below_on": list(ballot.below),
            "percentiles": standing,
            "spread": round(max(standing.values()) - min(standing.values()), 4) if standing else None,
            "events": sorted({event.id for event in reports}),
        },
        evidence=_proofs({subject, *rivals}, ballot, reports, seats),
        after=min((event.after for event in reports if event.after is not None), default=None),
        until=last.until,
    )


def _dates(board: BoardId, reports: Iterable[Event]) -> str:
    return day(max(event.until for event in reports if event.board == board))


def _parties(subject: ModelId, rivals: Sequence[ModelId], reports: Iterable[Event]) -> tuple[Party, ...]:
    """The models as the newest report names them."""
    ordered = sorted(reports, key=lambda event: (event.recorded_at, event.id))
    named = {party.model: party for event in ordered for party in (*event.rivals, *event.subjects)}
    return tuple(named[model] for model in (subject, *rivals))


def _headline(parties: Sequence[Party], ballot: _Ballot, seats: Mapping[BoardId, _Seat], publishers: Sequence[str]) -> str:
    who, passed = parties[0].name, listed(parties[1:])
    where, already, against = (_titles(boards, seats) for boards in (ballot.reporting, ballot.above, ballot.below))
    if ballot.below:
        verb = "has" if len(ballot.below) == 1 else "have"
        return f"{who} passed {passed} on {where}; {against} {verb} it below, beyond the error."
    if ballot.grade == Grade.AGREED:
        of = " of one publisher" if len(publishers) == 1 else ""
        return f"{len(ballot.reporting)} boards{of} tell that {who} passed {passed}: {where}."
    return f"{who} passed {passed} on {where}, as {already} had it already."


def _titles(boards: Sequence[BoardId], seats: Mapping[BoardId, _Seat]) -> str:
    return listed([seats[board].board.title for board in boards], None)


def _proofs(
    models: set[ModelId], ballot: _Ballot, reports: Iterable[Event], seats: Mapping[BoardId, _Seat]
) -> tuple[Evidence, ...]:
    """What the reports rest on, and the cells of the boards that did not report."""
    quoted = [one for event in reports for one in _about(event, models)]
    for board in (*ballot.above, *ballot.below):
        seat = seats[board]
        quoted += [proof(seat.snapshot, seat.best[model].id, seat.metric.id) for model in sorted(models & seat.best.keys())]
    return tuple(dict.fromkeys(quoted))


def _about(event: Event, models: set[ModelId]) -> Iterator[Evidence]:
    entries = {party.entry for party in (*event.subjects, *event.rivals) if party.model in models}
    return (one for one in event.evidence if one.entry in entries)


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade) - {Grade.JOINED},
    across=Across(kinds=(overtake.KIND.name,), within=AGREES_WITHIN, detect=detect),
)
