"""The registry of kinds, and what is true of every event of any kind."""

import json
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, PRICE, SCORE, History, board, examples, metric, pages, snapshot

from tracker import events
from tracker.compare import compare
from tracker.events import ACROSS, KINDS
from tracker.events.detecting import detect
from tracker.events.kind import What
from tracker.model import BoardState, Event, EventId

FOLDER = Path(events.__file__).parent
FILES = {path.stem: path for path in FOLDER.glob("[!_]*.py") if path.stem not in {"detecting", "kind", "making"}}
CHANGES = {
    "new_leader",
    "departure",
    "rename",
    "overtake",
    "score_revision",
    "estimate_measured",
    "price_change",
    "attribute_change",
    "lifecycle",
}
"""Kinds that claim that something was different before; `sustained` claims that it still is."""
BOARDS = [
    (SCORE, PRICE),
    (ELO, PRICE),
    (metric(stated_error=3.0), metric("price", "tested", primary=False)),
    (metric(better="lower"), PRICE),
]
SEASONS = st.lists(pages(), min_size=2, max_size=6)


def test_every_file_is_registered_and_every_kind_has_its_file():
    assert FILES.keys() == set(KINDS)
    assert tuple(name for name, kind in KINDS.items() if kind.across) == ACROSS


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_kind_is_detected_by_the_file_of_its_name_under_a_rule_of_its_name(kind: str):
    record, module = KINDS[kind], getattr(events, kind)
    name, _, version = record.rule.partition("/")
    assert (name, record.name, version.isdecimal()) == (kind, kind, True)
    ways = [record.detect, record.across.detect if record.across else None]
    assert [way for way in ways if way] == ([] if record.trouble and not record.trouble.ends else [module.detect])


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_record_names_only_grades_of_its_kind(kind: str):
    record = KINDS[kind]
    assert len(record.grades) == len(set(record.grades))
    assert record.open_grades is not bool(record.grades)
    spoken_of = record.news.union(record.trouble.shared, record.trouble.slow) if record.trouble else record.news
    assert spoken_of <= set(record.grades)


def test_no_two_kinds_explain_a_change_equally_well():
    for what in What:
        ranks = [kind.explains[what] for kind in KINDS.values() if what in kind.explains]
        assert len(ranks) == len(set(ranks)), what


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_kind_has_a_test_of_its_name(kind: str):
    assert (Path(__file__).parent / f"test_{kind}.py").is_file()


def reported_in(season: list[dict[str, object]], on: tuple) -> list[tuple[Event, ...]]:
    history = History(*on)
    return [history.show(**page) for page in season]


def check_form(event: Event) -> None:
    kind, _, version = event.rule.partition("/")
    assert (kind, version.isdecimal()) == (event.kind, True)
    assert type(event.grade) is str
    assert event.grade in KINDS[kind].grades or KINDS[kind].open_grades
    assert not event.is_news or event.grade in KINDS[kind].news
    assert event.headline.endswith(".")
    assert "\n" not in event.headline
    assert "  " not in event.headline
    assert 0 <= event.weight <= 100
    assert json.loads(json.dumps(event.facts, allow_nan=False)) == event.facts
    assert event.until.tzinfo is UTC
    assert event.after is None or event.after < event.until <= event.recorded_at
    assert not {party.entry for party in event.subjects} & {party.entry for party in event.rivals}


def check_evidence(event: Event, before: str, after: str) -> None:
    assert event.evidence
    shown = {evidence.sha256 for evidence in event.evidence}
    if event.kind in CHANGES - {"departure"} and event.grade not in ("debut", "sustained"):
        assert shown == {before, after} or event.kind == "overtake" or event.grade == "returned", (
            "a returned entry's cell is on the last page that showed it"
        )
    assert after in shown


@pytest.mark.parametrize("on", BOARDS)
@examples(30)
@given(SEASONS)
def test_every_event_is_a_whole_sentence_with_facts_evidence_and_weight(on: tuple, season: list[dict[str, object]]):
    history = History(*on)
    for page in season:
        before = history.diff
        for event in history.show(**page):
            check_form(event)
            check_evidence(event, before.after.digest if before else "", history.diff.after.digest)


@pytest.mark.slow
@pytest.mark.parametrize("on", BOARDS)
@examples(30)
@given(SEASONS)
def test_no_two_events_of_a_boards_whole_history_share_an_id(on: tuple, season: list[dict[str, object]]):
    ids = [event.id for reported in reported_in(season, on) for event in reported]
    assert len(ids) == len(set(ids))


@examples(30)
@given(SEASONS, st.randoms(use_true_random=False))
def test_events_do_not_depend_on_the_order_of_the_entries(season: list[dict[str, object]], chance):
    def mixed(page: dict[str, object]) -> dict[str, object]:
        cells = str(page["text"]).split()
        chance.shuffle(cells)
        return page | {"text": " ".join(cells)}

    def stripped(reported: tuple[Event, ...]) -> list[tuple[object, ...]]:
        return [(event.kind, event.grade, event.subjects, event.rivals, event.headline, event.facts) for event in reported]

    straight, other = (reported_in(pages_, (SCORE, PRICE)) for pages_ in (season, [mixed(page) for page in season]))
    assert [stripped(reported) for reported in other] == [stripped(reported) for reported in straight]


def ids(day: float = 1, *, after: str = "a:50 b:60 c:30") -> list[EventId]:
    diff = compare(board(), snapshot("a:50 b:40 c:30"), snapshot(after, day=day))
    return [event.id for event in detect(diff, BoardState()).events]


def test_the_same_change_read_from_the_same_bytes_has_the_same_ids():
    assert ids()
    assert ids() == ids()


def test_the_same_change_seen_at_another_time_is_another_event():
    assert not set(ids(1)) & set(ids(2))


def test_the_same_change_read_from_other_bytes_is_another_event():
    assert not set(ids()) & set(ids(after="a:50 b:60 c:30 d"))


@pytest.mark.parametrize("on", BOARDS)
@examples(30)
@given(pages())
def test_a_snapshot_that_shows_the_same_again_is_not_an_event(on: tuple, page: dict[str, object]):
    history = History(*on)
    history.show(**page)
    remembered = history.past
    assert history.show(**page) == ()
    assert (history.past.known, history.past.leaders, history.past.changed_at) == (
        remembered.known,
        remembered.leaders,
        remembered.changed_at,
    )


@examples(30)
@given(SEASONS)
def test_only_open_changes_are_reported_when_the_last_page_is_shown_again(season: list[dict[str, object]]):
    history = History(SCORE, PRICE)
    for page in season:
        history.show(**page)
    *again, last = [history.show(**season[-1]) for _ in range(3)]
    assert {event.kind for events in again for event in events} <= {"departure", "new_leader", "class_leader", "frontier"}
    assert last == ()


def test_a_first_snapshot_is_not_news():
    assert History(SCORE, PRICE).show("a:50 b:40", price="a:3") == ()
