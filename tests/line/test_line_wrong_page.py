"""A page with columns or rows out of place is held, reported as trouble only, and believed if it stays."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from line_world import BOARD, at, board, csv, keep, kinds

from tracker.line import proof, sync
from tracker.model import Parse, Verdict
from tracker.ports import Store
from tracker.stores.archive import FileArchive
from tracker.workspace.names import default_lexicon

KEYS = [f"m{number:02}" for number in range(20)]
SCORES = [1500 - 11 * number for number in range(20)]
PRICES = [1 + number * 7 % 19 for number in range(20)]
BROKEN, RECOVERED = "board_broken/quarantine", "board_recovered/broken"


def page(scores: list[int], prices: list[int] = PRICES, *, end: str = "") -> bytes:
    return csv(" ".join(f"{key}:{score}:{price}" for key, score, price in zip(KEYS, scores, prices, strict=True)), end=end)


def another(seed: int, *, offset: int = 0) -> bytes:
    chance = random.Random(seed)
    return page([score + offset + round(chance.gauss(0, 25)) for score in SCORES])


RIGHT = page(SCORES)
WRONG = {
    "columns shifted by one": page(PRICES, SCORES),
    "names off by one row": page([*SCORES[1:], SCORES[0]], [*PRICES[1:], PRICES[0]]),
    "all zero": page([0] * 20),
    "signs flipped": page([-score for score in SCORES]),
    "a hundred times": page([100 * score for score in SCORES]),
    "order reversed": page(SCORES[::-1]),
    "prices a million times": page(SCORES, [1_000_000 * price for price in PRICES]),
    "another ranking": another(1),
    "another ranking, shifted": another(2, offset=-60),
}


def read(archive: FileArchive, store: Store, days: dict[float, bytes]) -> list[str]:
    keep(archive, days)
    sync.sync_board(board(), archive, store, lexicon=default_lexicon())
    return [str(check.result) for check in store.checks(BOARD)]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_page_changes_nothing(archive: FileArchive, store: Store, wrong: str):
    assert read(archive, store, {0: RIGHT, 1: WRONG[wrong], 2: RIGHT + b"\n"}) == ["accepted", "quarantined", "accepted"]
    assert kinds(store) == [BROKEN, RECOVERED]


@pytest.mark.parametrize("wrong", sorted(WRONG.keys() - {"all zero"}))
def test_it_is_believed_after_three_agreeing_readings_over_a_day(archive: FileArchive, store: Store, wrong: str):
    days = {0: RIGHT, 1: WRONG[wrong], 1.5: WRONG[wrong] + b"\n", 2: WRONG[wrong]}
    assert read(archive, store, days) == ["accepted"] * 4
    assert BROKEN not in kinds(store)
    assert any(kind.startswith("methodology") for kind in kinds(store))


@pytest.mark.parametrize("wrong", ["another ranking", "another ranking, shifted"])
def test_another_ranking_that_stays_is_a_new_scale_and_no_news_of_single_models(archive: FileArchive, store: Store, wrong: str):
    read(archive, store, {0: RIGHT, 1: WRONG[wrong], 1.5: WRONG[wrong] + b"\n", 2: WRONG[wrong]})
    assert {kind.partition("/")[0] for kind in kinds(store)} <= {"methodology", "new_leader"}


def test_other_rankings_that_alternate_are_not_believed(archive: FileArchive, store: Store):
    days = {0: RIGHT} | {1 + number / 2: another(1 + number % 2) for number in range(6)}
    assert read(archive, store, days) == ["accepted", *["quarantined"] * 6]


def test_values_that_are_all_equal_wait_for_a_person(archive: FileArchive, store: Store):
    days = {0: RIGHT} | {number: WRONG["all zero"] + b"\n" * (number % 2) for number in range(1, 6)}
    assert read(archive, store, days) == ["accepted", *["quarantined"] * 5]
    assert "accept acme/text" in store.last_check(BOARD).message
    names = default_lexicon()
    proof.decide(board(), at(1), Verdict.ACCEPT, by="ann", reason="seen", archive=archive, store=store, lexicon=names)
    assert [str(check.result) for check in store.checks(BOARD)][:2] == ["accepted", "accepted"]


def test_wrong_pages_that_contradict_each_other_are_not_believed(archive: FileArchive, store: Store):
    days = dict(enumerate([RIGHT, *WRONG.values()]))
    assert read(archive, store, days) == ["accepted", *["quarantined"] * len(WRONG)]


# ── cut off ──────────────────────────────────────────────────────────────────────────────────────


WHOLE = b"key,name,score\n" + b"".join(b"%c,%c,%d\n" % (97 + at, 65 + at, 1500 - at) for at in range(6))
SHORTER = WHOLE.replace(b"1495", b"120")


@pytest.mark.parametrize("cut", [WHOLE[:-2], WHOLE[:-12], SHORTER[:-2], WHOLE[:-11]])
def test_a_body_that_ends_within_a_row_or_number_is_held(archive: FileArchive, store: Store, cut: bytes):
    assert read(archive, store, {0: WHOLE, 1: cut}) == ["accepted", "quarantined"]
    assert "ends without a line end, after" in store.last_check(BOARD).message


def test_a_body_that_never_ended_its_last_line_may_go_on_so(archive: FileArchive, store: Store):
    assert read(archive, store, {0: WHOLE[:-1], 1: WHOLE[:-2]}) == ["accepted", "accepted"]


def test_a_row_that_is_added_without_a_line_end_is_read(archive: FileArchive, store: Store):
    assert read(archive, store, {0: WHOLE, 1: WHOLE + b"g,G,1", 2: WHOLE[:-2] + b"6"}) == ["accepted"] * 3


def test_a_last_line_end_that_is_left_out_for_good_is_believed(archive: FileArchive, store: Store):
    days = {0: WHOLE, 1: WHOLE[:-2], 2: WHOLE[:-2], 3: WHOLE[:-2]}
    assert read(archive, store, days) == ["accepted", "accepted", "unchanged", "unchanged"]


def test_formats_that_show_where_they_end_need_no_line_end(archive: FileArchive, store: Store):
    rows = [{"key": key, "name": key, "score": score} for key, score in zip(KEYS, SCORES, strict=True)]
    body = str(rows).replace("'", '"').encode()
    declared = replace(board(), parse=Parse(format="json_records"))
    keep(archive, {0: body + b"\n", 1: body.replace(b"1500", b"1510")})
    sync.sync_board(declared, archive, store, lexicon=default_lexicon())
    assert [str(check.result) for check in store.checks(BOARD)] == ["accepted", "accepted"]


def test_a_damaged_former_body_does_not_stop_the_next_capture(archive: FileArchive, store: Store):
    read(archive, store, {0: WHOLE})
    for body in archive._root.glob("*/*/bodies/*"):
        body.write_bytes(b"damaged")
    assert read(archive, store, {1: WHOLE[:-2]}) == ["accepted", "accepted"]
