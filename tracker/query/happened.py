"""Which events a question is about, and what is known of the models in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Event, Party
from tracker.query.columns import FACTS, by_value, fact_text
from tracker.query.facts import ModelFacts
from tracker.query.filters import EntryKey, Filters, check_words, metrics_of
from tracker.query.listings import Listings, is_about, named_entries
from tracker.wording import listed, number

EVENT_COLUMNS: Mapping[str, Callable[[Event], object]] = {
    "id": lambda event: event.id[:12],
    "time": lambda event: event.recorded_at,
    "board": lambda event: event.board,
    "metric": lambda event: event.metric,
    "kind": lambda event: event.kind,
    "grade": lambda event: event.grade,
    "weight": lambda event: event.weight,
    "subject": lambda event: listed(event.subjects),
    "rival": lambda event: listed(event.rivals),
    "headline": lambda event: event.headline,
}
"""Column → its value. The columns of `FACTS` are about the first subject, and with `rival_` before them about the first rival."""
_RIVAL = "rival_"


def about(events: Iterable[Event], boards: Sequence[Board], listings: Listings, only: Filters) -> list[Event]:
    """The events on those boards that fulfil the conditions; of `top` the weightiest, in their order.

    `models` are those of any party, `rivals` those that were passed; the other conditions on models are about the subjects.
    """
    metrics = {board.id: {metric.id for metric in metrics_of(board, only)} for board in boards}
    is_cut = bool(only.metrics or only.topics)
    found = [event for event in events if event.board in metrics and not (is_cut and event.metric not in metrics[event.board])]
    ids, rest = [board.id for board in boards], replace(only, models=())
    subjects = None
    if rest.about_models:
        with_any = [board for board in ids if board in {event.board for event in found}]
        try:
            listings.check_makers(with_any, rest)
        except DeclarationError:
            listings.check_makers(ids, rest)  # known, but in none of these events
        subjects = listings.choice(with_any, rest, listings.facts(with_any, rest.traits)).entries
    parties, rivals = (
        named_entries(names, listings.states(ids), listings.lexicon) if names else None for names in (only.models, only.rivals)
    )
    found = [event for event in found if is_about(event, subjects=subjects, parties=parties, rivals=rivals)]
    return _top(found, only)


def with_only(event: Event, names: Sequence[str], listings: Listings, boards: Sequence[BoardId]) -> Event:
    """The event without the rivals that these names do not mean; unchanged without names."""
    if not names:
        return event
    wanted = named_entries(names, listings.states(boards), listings.lexicon)
    return replace(event, rivals=tuple(party for party in event.rivals if (event.board, party.entry) in wanted))


def _top(events: list[Event], only: Filters) -> list[Event]:
    if only.sort:
        check_words("column", (name := only.sort.removeprefix("-"),), EVENT_COLUMNS)
        events = by_value(events, EVENT_COLUMNS[name], reverse=only.sort.startswith("-"))
    if only.top is None:
        return events
    weightiest = {event.id for event in sorted(events, key=lambda event: -event.weight)[: only.top]}
    return [event for event in events if event.id in weightiest]


def described(only: Filters) -> str:
    """The conditions that leave out some events of a board, in words; "" without any."""
    named = {
        "metric": only.metrics,
        "topic": only.topics,
        "model": only.models,
        "passed": only.rivals,
        "lab": only.labs,
        "country": only.countries,
        "kind": only.kinds,
        "grade": only.grades,
    }
    words = [f"{what} {' or '.join(values)}" for what, values in named.items() if values]
    flags = {
        "open weights": only.open_weights is True,
        "closed weights": only.open_weights is False,
        "reasoning on": only.reasoning is True,
        "reasoning off": only.reasoning is False,
    }
    words += [what for what, is_asked in flags.items() if is_asked]
    bounds = (("at least {}B", only.min_size), ("at most {}B", only.max_size), ("at most ${} per 1M tokens", only.max_price))
    return ", ".join([*words, *(words_of.format(number(bound)) for words_of, bound in bounds if bound is not None)])


def check_event_columns(only: Filters) -> None:
    """Refuse unknown columns. Raises DeclarationError, with the nearest."""
    check_words("column", only.columns, {*EVENT_COLUMNS, *FACTS, *(f"{_RIVAL}{name}" for name in FACTS)})


def party_facts(event: Event, column: str, facts: Mapping[EntryKey, ModelFacts]) -> ModelFacts | None:
    """The facts of the party that a column of `FACTS` is about, if it is known."""
    parties: Sequence[Party] = event.rivals if column.startswith(_RIVAL) else event.subjects
    return next((facts[event.board, party.entry] for party in parties[:1] if (event.board, party.entry) in facts), None)


def event_value(event: Event, column: str, facts: Mapping[EntryKey, ModelFacts]) -> object:
    """The value of a column; None if nothing states it."""
    if column in EVENT_COLUMNS:
        return EVENT_COLUMNS[column](event)
    known = party_facts(event, column, facts)
    return None if known is None else FACTS[column.removeprefix(_RIVAL)](known)


def event_text(event: Event, column: str, facts: Mapping[EntryKey, ModelFacts]) -> str:
    """The same for people, but for `time`."""
    known = party_facts(event, column, facts)
    if column in EVENT_COLUMNS:
        return str(EVENT_COLUMNS[column](event) or "")
    return "" if known is None else fact_text(known, column.removeprefix(_RIVAL))
