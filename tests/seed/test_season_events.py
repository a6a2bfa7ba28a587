"""The whole pipeline on the seed season: each day has the events of `snapshots/seed/README.md`, by import and by HTTP."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import pytest
from memory_store import MemoryHosts, MemoryStore
from season_world import declared

from tracker.cli._season import Season
from tracker.clock import FixedClock
from tracker.compare import compare
from tracker.fetch import Fetcher
from tracker.line import intake, proof, sync
from tracker.model import Board, Comparability, Event, EventFilter, Result, Verdict
from tracker.ports import Store
from tracker.shipped import SEED
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

Line = tuple[str, str, str, str]
"""Day, board, `kind/grade`, subjects: an event in the README's table."""

ROW = re.compile(r"^\| (2026-\d\d-\d\d) \| (\S+/\S+) \| (.*) \| (.*) \| (.*) \| .* \|$", re.MULTILINE)
ITEM = re.compile(r"`([a-z_]+/[a-z_-]+)`(?: (.+))?")


def table() -> list[tuple[str, str, str, str]]:
    """Day, board, news and recorded events of each row."""
    rows = ROW.findall((SEED / "README.md").read_text(encoding="utf-8"))
    return [(day, board, news, recorded) for day, board, _, news, recorded in rows]


def lines(day: str, board: str, cell: str) -> list[Line]:
    if cell == "—":
        return []
    matches = [ITEM.fullmatch(item) for item in cell.split("<br>")]
    return [(day, board, match[1], match[2] or "") for match in matches]


def news() -> Counter[Line]:
    return Counter(line for day, board, cell, _ in table() for line in lines(day, board, cell))


def kept() -> Counter[Line]:
    return Counter(line for day, board, _, cell in table() for line in lines(day, board, cell))


def written(events: Iterable[Event]) -> Counter[Line]:
    return Counter(
        (
            event.recorded_at.date().isoformat(),
            event.board,
            f"{event.kind}/{event.grade}",
            ", ".join(party.name for party in event.subjects),
        )
        for event in events
    )


@pytest.fixture(scope="module")
def season() -> Iterator[Season]:
    with Season() as season:
        yield season


@pytest.fixture(scope="module")
def boards(season: Season, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Board]:
    return declared(season, tmp_path_factory.mktemp("schedules"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> FileArchive:
    return FileArchive(tmp_path_factory.mktemp("captures"))


@pytest.fixture(scope="module")
def imported(boards: Mapping[str, Board], archive: FileArchive) -> MemoryStore:
    store = MemoryStore()
    for board in boards.values():
        intake.import_bodies(
            board, (SEED / "captures" / board.id).iterdir(), archive=archive, store=store, lexicon=default_lexicon()
        )
    return store


def served(season: Season, boards: Mapping[str, Board], archive: FileArchive) -> MemoryStore:
    """The season fetched day by day over HTTP."""
    store = MemoryStore()
    for day, at in enumerate(season.days):
        season.day = day
        clock = FixedClock(at)
        with Fetcher(MemoryHosts(), clock, {}) as fetcher:
            outcomes = list(
                intake.run(
                    list(boards.values()), archive=archive, store=store, fetcher=fetcher, clock=clock, lexicon=default_lexicon()
                )
            )
        assert [outcome.error for outcome in outcomes] == [None] * len(boards)
    return store


def events(store: Store, *, is_news: bool) -> list[Event]:
    return list(store.events(EventFilter(is_news=is_news)))


def on(store: Store, day: int, board: str = "meridian/llms") -> list[Event]:
    return [event for event in store.events(EventFilter()) if event.recorded_at.day == day and event.board == board]


def test_the_table_has_a_row_for_every_body():
    bodies = {(path.stem[:10], f"{path.parent.parent.name}/{path.parent.name}") for path in SEED.glob("captures/*/*/*")}
    rows = [(day, board) for day, board, _, _ in table()]
    assert len(rows) == len(set(rows))
    assert set(rows) == bodies


@pytest.mark.slow
def test_each_day_reports_what_a_careful_reader_would(imported):
    assert written(events(imported, is_news=True)) == news()


@pytest.mark.slow
def test_changes_within_the_error_are_recorded_and_not_news(imported):
    found = written(events(imported, is_news=False))
    assert set(kept()) <= set(found)
    assert not set(kept()) & set(news())


@pytest.mark.slow
def test_the_season_read_over_http_has_the_same_events(season, boards, archive, imported, tmp_path):
    over_http = served(season, boards, FileArchive(tmp_path / "over-http"))
    assert written(events(over_http, is_news=True)) == news()
    assert written(events(over_http, is_news=False)) == written(events(imported, is_news=False))


@pytest.mark.slow
def test_a_second_import_and_a_replay_report_nothing_new(boards, archive, imported):
    before = {event.id for event in imported.events(EventFilter())}
    for board in boards.values():
        again = intake.import_bodies(
            board, (SEED / "captures" / board.id).iterdir(), archive=archive, store=imported, lexicon=default_lexicon()
        )
        assert again.events == ()
        sync.replay(board, archive, imported, lexicon=default_lexicon())
    assert {event.id for event in imported.events(EventFilter())} == before


@pytest.mark.slow
def test_all_news_follows_from_the_stored_bytes(boards, archive, imported):
    for board in boards.values():
        news = [event for event in events(imported, is_news=True) if event.board == board.id]
        assert [result.differences for result in proof.verify(news, board, archive, lexicon=default_lexicon())] == [()] * len(
            news
        )


def test_all_news_about_an_entry_has_evidence(imported):
    for event in events(imported, is_news=True):
        assert event.evidence
        assert all(proof.sha256 for proof in event.evidence)


def test_equal_bytes_are_stored_once(archive, imported):
    index, _ = archive.index("meridian/llms")
    third, fourth = (line for line in index if line.observed_at.day in (3, 4))
    assert (third.verdict, fourth.verdict) == (Verdict.NEW, Verdict.REVISIT)
    assert third.sha256 == fourth.sha256
    results = {check.observed_at.day: check.result for check in imported.checks("meridian/llms")}
    assert (results[4], results[9]) == (Result.UNCHANGED, Result.UNREADABLE)


def test_more_decimals_are_not_a_change(boards, imported):
    before, after = (imported.at("meridian/llms", at(day)) for day in (7, 8))
    diff = compare(boards["meridian/llms"], before, after).metrics["intelligence"]
    assert (diff.verdict, diff.moved, diff.rounded, diff.common) == (Comparability.COMPARABLE, 1, 37, 38)


def at(day: int) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02}T06:00:00+00:00")


def test_the_re_base_names_both_indices_and_starts_their_segments(imported):
    (event,) = on(imported, 13)
    assert set(event.facts["metrics"]) == {"intelligence", "coding"}
    assert event.headline.startswith("Meridian: language models re-based Intelligence Index and 1 more: version 2.0 became 2.1")
    begun = {
        (segment.metric, segment.started_at.day) for segment in imported.segments("meridian/llms") if segment.started_at.day == 13
    }
    assert begun == {("intelligence", 13), ("coding", 13)}


def test_the_departure_has_the_date_of_the_first_reading_without_the_model(imported):
    (event,) = (event for event in events(imported, is_news=True) if event.kind == "departure")
    assert (event.after, event.until, event.recorded_at) == (at(5), at(6), at(7))


def test_both_prices_are_cut_by_half(imported):
    cuts = [event for event in on(imported, 6) if event.kind == "price_change"]
    assert {(event.metric, event.facts["before"], event.facts["after"]) for event in cuts} == {
        ("price_in", 0.4, 0.2),
        ("price_out", 1.6, 0.8),
    }


def test_a_shorter_page_removes_no_model(boards, imported):
    known = imported.past("livewell/table").known
    assert [name for name, entry in known.items() if entry.departed or entry.missing_since] == []
    assert len(known) == 36
