"""Several boards, one model: two or more boards report the same overtake, or one reports it and another contradicts it.

Computed on request from the stored events and the standings; the same in whatever order boards were read.
Source: docs/decisions/0013-insights.md
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import product

from msgspec import Struct, structs

from tracker.events import overtake
from tracker.events._level import states_error
from tracker.events._values import measured
from tracker.events.kind import Across, EventKind, Folding, Panel
from tracker.events.making import build, notes, proof
from tracker.model import Board, BoardId, Entry, EntryId, Event, Evidence, Metric, ModelId, Party, Snapshot, name_tokens
from tracker.order import certainty, competition_ranks
from tracker.traits import reasons
from tracker.wording import count, day, host_of, listed

RULE = "consensus/1"
Grade = StrEnum("Grade", "AGREED CONTRADICTED JOINED")
AGREES_WITHIN = timedelta(days=45)
"""Boards list a new model weeks apart; overtakes farther apart than this are not one piece of news."""
_WEIGHT = {Grade.AGREED: 75, Grade.CONTRADICTED: 65, Grade.JOINED: 10}
_RECORDED = 10
_IN_BRACKETS = re.compile(r"(.+) \([^()0-9]+\)")
Pair = tuple[ModelId, ModelId, str]
"""Subject, rival and topic."""


class _Seat(Struct, frozen=True, kw_only=True):
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
        """The site that publishes the ranking, also of a copy; the source if no page is declared."""
        site = host_of(self.board.page) or self.board.id.partition("/")[0]
        return site.removeprefix("www.")


class _Ballot(Struct, frozen=True, kw_only=True):
    """The boards that reported an overtake, those with the subject above as well, and those with it below beyond the error."""

    topic: str
    reporting: tuple[BoardId, ...]
    above: tuple[BoardId, ...]
    below: tuple[BoardId, ...]

    @property
    def grade(self) -> Grade:
        """Whether the boards agree."""
        if self.below:
            return Grade.CONTRADICTED
        return Grade.AGREED if len(self.reporting) > 1 else Grade.JOINED


def detect(events: Iterable[Event], panel: Panel) -> Iterator[Event]:
    """Agreement and contradiction among boards about the overtakes that were reported, by the present standings of the panel.

    The events of the panel's last moment are judged, with those of AGREES_WITHIN before; a board not seen for as long does not
    count, nor does one that reported an overtake but no longer has it. Models are compared by their best variant on each board,
    on its primary metric, and only among boards whose primary metrics have one topic. Entries whose model is not sure are left
    out. Another variant of a model whose overtake was reported is not news; nor are reports of different variants, of one
    publisher, whose boards may rest on the same votes or be the same table twice, or of one more board of a publisher.
    """
    events = [event for event in events if event.kind == overtake.KIND.name and event.is_news]
    now = max((event.recorded_at for event in events), default=None)
    if now is None:
        return
    seats = {board: seat for board, seat in _seats(panel).items() if now - seat.snapshot.observed_at <= AGREES_WITHIN}
    by_pair = _reports((event for event in events if now - event.recorded_at <= AGREES_WITHIN), seats)
    new = {subject for (subject, *_), reports in by_pair.items() if any(event.recorded_at == now for event in reports.values())}
    of_new = {pair: reports for pair, reports in by_pair.items() if pair[0] in new}
    ballots = sorted(_ballots(of_new, seats).items(), key=lambda item: (item[0][0], item[0][1].reporting, item[0][1].below))
    for (subject, ballot), rivals in ballots:
        reports = [by_pair[subject, rival, ballot.topic][board] for rival in rivals for board in ballot.reporting]
        if max(event.recorded_at for event in reports) == now:
            yield _event(subject, rivals, ballot, reports, seats)


def _seats(panel: Panel) -> dict[BoardId, _Seat]:
    return {
        board.id: snapshot.once(("seat", board.primary.id), partial(_seat, board, snapshot, board.primary))
        for board, snapshot in sorted(panel, key=lambda pair: pair[0].id)
        if board.primary is not None and board.primary.ranked
    }


def _seat(board: Board, snapshot: Snapshot, metric: Metric) -> _Seat:
    best: dict[ModelId, Entry] = {}
    values, entries = snapshot.measured(metric.id), snapshot.entries
    for entry in sorted(values, key=lambda entry: metric.sort_key(values[entry])):
        if model := entries[entry].who.model:
            best.setdefault(model, entries[entry])
    unmeasured = (entry.who.model for key, entry in entries.items() if entry.who.model and key not in values)
    return _Seat(board=board, snapshot=snapshot, metric=metric, best=best, open=frozenset(unmeasured))


def _reports(events: Iterable[Event], seats: Mapping[BoardId, _Seat]) -> dict[Pair, dict[BoardId, Event]]:
    """Per pair of models and topic, the last overtake that each board reported and did not reverse since, repeats aside."""
    pairs: dict[Pair, dict[BoardId, Event]] = {}
    for event in sorted(events, key=lambda event: (event.recorded_at, event.id)):
        seat = seats.get(event.board)
        if seat is None or event.metric != seat.metric.id:
            continue
        for subject, rival in ((above.model, below.model) for above, below in product(event.subjects, event.rivals)):
            if not subject or not rival or subject == rival:
                continue
            pairs.get((rival, subject, seat.metric.topic), {}).pop(event.board, None)
            reports = pairs.setdefault((subject, rival, seat.metric.topic), {})
            if event.board not in reports or not _is_repeat(event, reports[event.board], subject, rival):
                reports[event.board] = event
    return pairs


def _is_repeat(event: Event, earlier: Event, subject: ModelId, rival: ModelId) -> bool:
    """Whether only another variant of the model moved above the rivals that it was reported to pass before."""
    risers, fallen = _entries(event.subjects, subject), _entries(event.rivals, rival)
    return risers.isdisjoint(_entries(earlier.subjects, subject)) and fallen <= _entries(earlier.rivals, rival)


def _entries(parties: Iterable[Party], model: ModelId) -> frozenset[EntryId]:
    return frozenset(party.entry for party in parties if party.model == model)


def _of_one_row(model: ModelId, reports: Sequence[Event], below: Iterable[BoardId], seats: Mapping[BoardId, _Seat]) -> bool:
    """Whether the reports, and the boards that contradict, are about a model's best row on each board, or about one variant."""
    rows = [(seats[event.board], _entries((*event.subjects, *event.rivals), model)) for event in reports]
    rows = [(seat, entries) for seat, entries in rows if entries]
    rows += [(seats[board], frozenset((seats[board].best[model].id,))) for board in below]
    if all(seat.best[model].id in entries for seat, entries in rows):
        return True
    listed_now = [[seat.snapshot.entries[entry] for entry in entries & seat.snapshot.entries.keys()] for seat, entries in rows]
    return bool(frozenset.intersection(*(frozenset(entry.who.variant for entry in entries) for entries in listed_now)) - {None})


def _named(party: Party, boards: Iterable[BoardId], seats: Mapping[BoardId, _Seat]) -> str:
    """A model by its shortest name without a variant on the boards that report it; as reported, if other rows have that name.

    Brackets at the end are left out unless they distinguish the model: by a date, a number, or as a preview.
    """
    rows = [entry for board in boards for entry in seats[board].snapshot.entries.values() if entry.who.model == party.model]
    plain = {entry.name for entry in rows if entry.who.variant in (None, party.model)}
    plain |= {match[1] for entry in rows if not entry.who.preview and (match := _IN_BRACKETS.fullmatch(entry.name))}
    everywhere = (entry for seat in seats.values() for entry in seat.snapshot.entries.values())
    others = {name_tokens(entry.name) for entry in everywhere if entry.who.model != party.model}
    return min(sorted(name for name in plain if name_tokens(name) not in others), key=len, default=party.name)


def _ballots(
    by_pair: Mapping[Pair, Mapping[BoardId, Event]], seats: Mapping[BoardId, _Seat]
) -> dict[tuple[ModelId, _Ballot], list[ModelId]]:
    """Pairs of one subject about which the boards agree in the same way, together."""
    together: dict[tuple[ModelId, _Ballot], list[ModelId]] = {}
    for (subject, rival, topic), reports in sorted(by_pair.items()):
        orders = {board: _order(seat, subject, rival) for board, seat in seats.items() if seat.metric.topic == topic}
        reporting = tuple(board for board in sorted(reports) if orders.get(board) == "above")
        modes = {reasons(seats[board].best[subject]) for board in reporting}
        ballot = _Ballot(
            topic=topic,
            reporting=reporting,
            above=tuple(board for board, order in orders.items() if order == "above" and board not in reports),
            below=tuple(board for board, order in orders.items() if order == "below" and _counts(seats[board], subject, modes)),
        )
        if ballot.reporting and (ballot.below or ballot.above or len(ballot.reporting) > 1):
            together.setdefault((subject, ballot), []).append(rival)
    return together


def _counts(seat: _Seat, subject: ModelId, modes: Collection[str]) -> bool:
    """Whether a board that has a model below contradicts the others: not by another mode of reasoning, nor while values lack."""
    mode = reasons(seat.best[subject])
    return subject not in seat.open and ("unspecified" in (mode, *modes) or mode in modes)


def _order(seat: _Seat, subject: ModelId, rival: ModelId) -> str:
    """`above`; `below` only beyond a stated error; `open` within it; empty if the board does not measure both."""
    metric = seat.metric
    own, other = measured(seat.best.get(subject), metric), measured(seat.best.get(rival), metric)
    if own is None or other is None:
        return ""
    sure = certainty(metric, own, other) != "nominal"
    if metric.better(own.value, other.value):
        return "above" if sure or not states_error(metric, own, other) else "open"
    return "below" if sure else "open"


def _percentiles(model: ModelId, seats: Mapping[BoardId, _Seat]) -> dict[BoardId, float]:
    """The place of a model's best variant on each board's primary metric: 1 for the first measured model, 0 for the last."""
    percentiles: dict[BoardId, float] = {}
    for board, seat in seats.items():
        if model in seat.best and len(seat.best) > 1:
            values = {EntryId(other): entry.measures[seat.metric.id].value for other, entry in seat.best.items()}
            rank = competition_ranks(seat.metric, values)[EntryId(model)]
            percentiles[board] = round(1 - (rank - 1) / (len(seat.best) - 1), 4)
    return percentiles


def _event(
    subject: ModelId, rivals: list[ModelId], ballot: _Ballot, reports: list[Event], seats: Mapping[BoardId, _Seat]
) -> Event:
    in_order = sorted(reports, key=lambda event: (event.recorded_at, event.id))
    last, percentiles = in_order[-1], _percentiles(subject, seats)
    last_row = {party.model: party for event in in_order for party in (*event.rivals, *event.subjects)}
    named = (last_row[model] for model in (subject, *rivals))
    parties = [structs.replace(party, name=_named(party, ballot.reporting, seats)) for party in named]
    publishers = sorted({seats[board].publisher for board in ballot.reporting})
    earlier = {seats[event.board].publisher for event in reports if event.recorded_at < last.recorded_at}
    is_news = (
        ballot.grade != Grade.JOINED
        and (ballot.grade == Grade.CONTRADICTED or len(publishers) > max(1, len(earlier)))
        and all(_of_one_row(model, reports, ballot.below, seats) for model in (subject, *rivals))
    )
    own = ((event, [party for party in event.subjects if party.model == subject]) for event in in_order)
    remarks = [notes(seats[event.board].snapshot, parties) for event, parties in own]
    return build(
        board=last.board,
        recorded_at=last.recorded_at,
        digests=(" ".join(sorted({event.id for event in reports})), " ".join(ballot.below)),
        rule=RULE,
        grade=ballot.grade,
        weight=_WEIGHT[ballot.grade] if is_news else _RECORDED,
        is_news=is_news,
        subjects=parties[:1],
        rivals=parties[1:],
        metric=last.metric,
        headline=_headline(parties, ballot, seats, publishers) + "".join(dict.fromkeys(remarks)),
        facts={
            "told_by": {board: day(max(event.until for event in reports if event.board == board)) for board in ballot.reporting},
            "publishers": publishers,
            "already_above_on": list(ballot.above),
            "below_on": list(ballot.below),
            "percentiles": percentiles,
            "spread": round(max(percentiles.values()) - min(percentiles.values()), 4) if percentiles else None,
            "events": sorted({event.id for event in reports}),
        },
        evidence=_proofs({subject, *rivals}, ballot, reports, seats),
        after=min((event.after for event in reports if event.after is not None), default=None),
        until=last.until,
    )


def _headline(parties: Sequence[Party], ballot: _Ballot, seats: Mapping[BoardId, _Seat], publishers: Sequence[str]) -> str:
    who, passed = parties[0].name, listed(parties[1:])
    where, already, against = (
        listed([seats[board].board.title for board in boards], None) for boards in (ballot.reporting, ballot.above, ballot.below)
    )
    if ballot.below:
        verb = "has" if len(ballot.below) == 1 else "have"
        return f"{who} passed {passed} on {where}; {against} {verb} it below, beyond the error."
    if ballot.grade == Grade.AGREED:
        several = len(publishers) < len(ballot.reporting)
        of = f" of {count(len(publishers), 'publisher')}" if several else ""
        return f"{len(ballot.reporting)} boards{of} report that {who} passed {passed}: {where}."
    return f"{who} passed {passed} on {where}, as {already} had it already."


def _proofs(
    models: set[ModelId], ballot: _Ballot, reports: Iterable[Event], seats: Mapping[BoardId, _Seat]
) -> tuple[Evidence, ...]:
    """The evidence of the reports, and the cells of the boards that did not report."""
    quoted: list[Evidence] = []
    for event in reports:
        entries = {party.entry for party in (*event.subjects, *event.rivals) if party.model in models}
        quoted += [evidence for evidence in event.evidence if evidence.entry in entries]
    for board in (*ballot.above, *ballot.below):
        seat = seats[board]
        quoted += [proof(seat.snapshot, seat.best[model].id, seat.metric.id) for model in sorted(models & seat.best.keys())]
    return tuple(dict.fromkeys(quoted))


KIND = EventKind(
    RULE,
    tuple(Grade),
    recorded=(Grade.JOINED,),
    across=Across(kinds=(overtake.KIND.name,), within=AGREES_WITHIN, detect=detect),
    folding=Folding(alone=True),
)
