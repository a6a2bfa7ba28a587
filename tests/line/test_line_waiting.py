"""Pages that a second reading has to confirm: an old one again, a part that is another's, a hole, other names, estimates."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

import pytest
from line_world import BOARD, at, board, csv, keep, note

from tracker.line import sync
from tracker.model import EventFilter, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

Rows = Mapping[str, tuple[float, float]]
BASE: Rows = {f"m{number:02}": (95.0 - 2 * number, 3.0 + number % 7) for number in range(40)}
TRUE: Rows = {**BASE, "m30": (42.0, 5.0)}
"""One model truly moved."""


def page(rows: Rows, end: str = "") -> bytes:
    return csv(" ".join(f"{key}:{score or ''}:{price}" for key, (score, price) in rows.items()), end=end)


def scattered(rows: Rows, keys: list[str]) -> Rows:
    chance = random.Random(7)
    return {
        key: (score + chance.choice([-12, -9, -6, -3, 4, 7, 10, 13]) if key in keys else score, price)
        for key, (score, price) in rows.items()
    }


KEYS = sorted(BASE)
ODD: Mapping[str, Callable[[Rows], Rows]] = {
    "the top ten are another ranking's": lambda rows: scattered(rows, KEYS[:10]),
    "the last ten are another ranking's": lambda rows: scattered(rows, KEYS[-10:]),
    "nearly half of the rows are another ranking's": lambda rows: scattered(rows, KEYS[1::2][:18]),
    "names are off by one in the last ten rows": lambda rows: {
        **rows,
        **dict(zip(KEYS[30:], [*(rows[key] for key in KEYS[31:]), rows[KEYS[30]]], strict=True)),
    },
    "prices are in another currency": lambda rows: {key: (score, round(price * 0.92, 4)) for key, (score, price) in rows.items()},
    "two scores are gone": lambda rows: {**rows, "m05": (0, 3.0), "m12": (0, 3.0)},
    "two models exchanged their scores": lambda rows: {**rows, "m05": rows["m09"], "m09": rows["m05"]},
}


def results(store: Store) -> list[str]:
    return [str(check.result) for check in store.checks(BOARD)]


def news(store: Store) -> list[tuple[int, str]]:
    found = store.events(EventFilter(board=BOARD, is_news=True))
    return sorted({((event.recorded_at - at(0)).days, event.kind) for event in found})


def read(archive: FileArchive, store: Store, *bodies: bytes) -> None:
    """Each body in a sync of its own, a day apart."""
    for number, body in enumerate(bodies, len(results(store))):
        keep(archive, {number: body})
        sync.sync_board(board(), archive, store, default_lexicon())


@pytest.mark.parametrize("odd", ODD)
def test_a_page_that_is_wrong_in_part_waits_and_is_forgotten_when_the_next_is_right(archive: FileArchive, store: Store, odd: str):
    read(archive, store, page(BASE), page(ODD[odd](BASE)), page(TRUE), page(TRUE))
    assert results(store) == ["accepted", "quarantined", "accepted", "unchanged"]
    assert {day for day, _ in news(store)} == {2}
    assert {event.subjects[0].entry for event in store.events(EventFilter(board=BOARD)) if event.kind == "score_revision"} == {
        "m30"
    }


@pytest.mark.parametrize("odd", ODD)
def test_a_change_in_part_that_stays_is_news_at_the_second_reading(archive: FileArchive, store: Store, odd: str):
    changed = ODD[odd](BASE)
    read(archive, store, page(BASE), page(changed), page({**changed, "m20": (54.9, 9.0)}))
    assert results(store) == ["accepted", "quarantined", "accepted"]
    assert {day for day, _ in news(store)} == {2}
    assert not [notice for notice in store.events(EventFilter(board=BOARD)) if notice.kind.startswith("board_")]


def test_a_page_of_a_cache_causes_no_news_however_often_it_comes(archive: FileArchive, store: Store):
    old, new = page(BASE), page(TRUE)
    read(archive, store, old, new, old, new, old, new, new)
    assert results(store) == ["accepted", "accepted", *["quarantined", "unchanged"] * 2, "unchanged"]
    assert {day for day, _ in news(store)} == {1}


def test_a_change_that_is_taken_back_is_news_once_the_old_page_came_twice(archive: FileArchive, store: Store):
    read(archive, store, page(BASE), page(TRUE), page(BASE), page(BASE))
    assert results(store) == ["accepted", "accepted", "quarantined", "accepted"]
    assert {day for day, _ in news(store)} == {1, 3}


def test_a_person_may_accept_a_page_that_waits(archive: FileArchive, store: Store):
    read(archive, store, page(BASE), page(TRUE), page(BASE))
    note(archive, 2, Verdict.ACCEPT, by="me", reason="it is right", sha256=archive.last(BOARD).sha256)
    sync.sync_board(board(), archive, store, default_lexicon())
    assert results(store) == ["accepted"] * 3
    assert {day for day, _ in news(store)} == {1, 2}


def test_an_old_page_whose_rows_were_left_out_in_between_does_not_wait(archive: FileArchive, store: Store):
    read(archive, store, page(BASE), page({**BASE, "m07": (99999.0, 3.0)}), page(BASE))
    assert results(store) == ["accepted"] * 3
    assert not [kind for _, kind in news(store) if not kind.startswith("board_")]


def test_a_board_that_changes_a_block_each_time_waits_no_more_than_twice(archive: FileArchive, store: Store):
    pages = [page(scattered(BASE, KEYS[start : start + 10])) for start in (0, 10, 20, 30)]
    read(archive, store, page(BASE), *pages)
    assert results(store)[:4] == ["accepted", "quarantined", "quarantined", "accepted"]


def test_one_fetch_at_a_time_gives_the_history_that_a_replay_gives(archive: FileArchive, store: Store):
    pages = [page(BASE), page(TRUE), page(BASE), page(TRUE), page(ODD["two scores are gone"](TRUE)), page(TRUE), page(BASE)]
    read(archive, store, *pages, page(BASE))
    before = results(store), [event.id for event in store.events(EventFilter(board=BOARD))]
    sync.replay(board(), archive, store, default_lexicon())
    assert (results(store), [event.id for event in store.events(EventFilter(board=BOARD))]) == before


@pytest.mark.parametrize("moved", [3, 8, 12])
def test_models_all_over_the_board_that_truly_move_are_news_at_once(archive: FileArchive, store: Store, moved: int):
    chosen = random.Random(moved).sample(KEYS, moved)
    read(archive, store, page(BASE), page(scattered(BASE, chosen)))
    assert results(store) == ["accepted", "accepted"]
    assert {day for day, _ in news(store)} == {1}


PARTS: Mapping[str, Callable[[bytes], bytes]] = {
    "three rows are missing in the middle": lambda body: body.replace(body[body.index(b"m12,") : body.index(b"m15,")], b""),
    "names are in another language": lambda body: body.replace(b",M1", b",Modell 1"),
    "all scores are estimates": lambda body: re.sub(rb"(?<=,)(?=[0-9.]+,[0-9.]+,$)", b"~", body, flags=re.MULTILINE),
}


@pytest.mark.parametrize("part", PARTS)
def test_rows_that_are_odd_for_a_reading_change_nothing(archive: FileArchive, store: Store, part: str):
    odd = PARTS[part](page(BASE))
    assert odd != page(BASE)
    read(archive, store, page(BASE), odd, page(TRUE), page(TRUE))
    assert results(store) == ["accepted", "quarantined", "accepted", "unchanged"]
    assert {day for day, _ in news(store)} == {2}


@pytest.mark.parametrize("part", PARTS)
def test_rows_that_stay_odd_are_believed_at_the_second_reading(archive: FileArchive, store: Store, part: str):
    read(archive, store, page(BASE), PARTS[part](page(BASE)), PARTS[part](page(TRUE)))
    assert results(store) == ["accepted", "quarantined", "accepted"]


def test_rows_that_are_missing_at_the_end_or_here_and_there_do_not_hold_a_page(archive: FileArchive, store: Store):
    few = {key: row for key, row in BASE.items() if key not in {"m03", "m04", "m11", "m20", "m37", "m38", "m39"}}
    read(archive, store, page(BASE), page(few))
    assert results(store) == ["accepted", "accepted"]
