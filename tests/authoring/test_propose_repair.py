"""The replacement of a lost column is found by its values; if they do not decide, nothing is proposed."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.authoring.amend import amended
from tracker.authoring.changes import Repair, changes_of, repaired
from tracker.authoring.declaration import declared
from tracker.authoring.likeness import alike, spearman
from tracker.authoring.replacements import repairs
from tracker.errors import TrackerError
from tracker.model import Board, BoardId, Reading
from tracker.reading import read_capture

NAMES = ("Kittiwake 5", "Pochard 2", "Smew 5", "Eider 2", "Ruff 8B", "Knot 3", "Dunlin", "Teal 1", "Rook", "Wren")
SCORES = (91.5, 88, 84.25, 77, 60.5, 58, 41, 33.25, 20, 7.5)
VOTES = (120, 900, 45, 3000, 8, 77, 650, 12, 410, 99)
LABS = ("Salt", "Moss", "Orrery", "Rook", "Fennel", "Calder", "Isla", "Teal", "Salt", "Moss")
SPEED = (33.5, 12, 250.25, 7, 91, 64.5, 18, 140, 77.75, 5)
HEAD = ("model", "lab", "score", "votes", "speed")
TEXT = """title = "Made"
page = "https://boards.example/"

[request]
url = "https://boards.example/x"

[parse]
format = "{format}"
{options}
[columns]
key     = "model" # the name is all there is
name    = "model"
creator = "lab"

[metrics.score]
from             = "score"
nature           = "tested"
higher_is_better = true
primary          = true

[metrics.votes]
from   = "votes"
nature = "count"

[contract]
score = {{ min = 0, max = 100, min_filled = 0.9 }}
"""


def text_of(form: str = "csv_table", options: str = "") -> str:
    return TEXT.format(format=form, options=options)


def board(form: str = "csv_table", options: str = "") -> Board:
    return declared(text_of(form, options), BoardId("made/board"))


def csv_of(head: Sequence[str] = HEAD, **columns: Sequence[object]) -> bytes:
    known: dict[str, Sequence[object]] = dict(zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)) | columns
    rows = zip(*(known[name] for name in HEAD), strict=True)
    return ("\n".join([",".join(head), *(",".join(map(str, row)) for row in rows)]) + "\n").encode()


def renamed(old: str, new: str, **columns: Sequence[object]) -> bytes:
    return csv_of([new if name == old else name for name in HEAD], **columns)


def reading(declared_board: Board, body: bytes) -> Reading:
    return read_capture(declared_board, [body])


def found(body: bytes, declared_board: Board | None = None, last: Reading | None = None) -> tuple[Repair, ...]:
    declared_board = declared_board or board()
    last = last or reading(declared_board, csv_of())
    return repairs(declared_board, [body], last, read=lambda changed: reading(changed, body))


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("old", "place"), [("score", ("metrics", "score", "from")), ("model", ("columns", "key"))])
def test_a_renamed_column_is_found_by_its_values(old: str, place: tuple[str, ...]):
    changes = found(renamed(old, "zq7"))
    assert place in [change.place for change in changes]
    assert {change.column for change in changes} == {"zq7"}


def test_a_column_whose_figures_moved_a_little_is_still_found():
    scores = [score + (0.5 if at % 4 == 0 else 0) for at, score in enumerate(SCORES)]
    (change,) = found(renamed("score", "rating", score=scores))
    assert (change.column, change.was) == ("rating", ("score",))
    assert change.why.endswith("rank correlation with the last reading over 10 common entries, 70% of them with the same value)")


def test_a_column_with_the_right_header_and_other_values_is_not_proposed():
    shuffled = list(SCORES)
    random.Random(7).shuffle(shuffled)
    assert found(renamed("score", "Score", score=shuffled)) == ()


def test_a_tested_column_with_the_same_order_and_other_figures_is_not_proposed():
    assert found(renamed("score", "Score", score=[score * 0.6 + 3 for score in SCORES])) == ()


def test_a_column_of_points_that_all_grew_is_found_by_its_order():
    counted = declared(text_of().replace('nature           = "tested"', 'nature           = "points"'), BoardId("made/board"))
    assert [
        change.column for change in found(renamed("score", "Score", score=[score * 0.9 + 9 for score in SCORES]), counted)
    ] == ["Score"]


def test_of_two_columns_with_the_values_the_one_with_the_similar_header_is_proposed():
    body = csv_of(("model", "lab", "zq7", "votes", "score_new"), speed=SCORES)
    (change,) = found(body)
    assert change.column == "score_new"
    assert change.why.endswith("100% of them with the same value; `zq7` has the same values)")


def test_nothing_is_proposed_if_values_and_headers_of_two_columns_are_alike():
    other = [score + (0.25 if at in (2, 7) else 0) for at, score in enumerate(SCORES)]
    body = csv_of(
        ("model", "lab", "zq7", "votes", "zq8"),
        speed=other,
        score=[score + (0.25 if at in (1, 5) else 0) for at, score in enumerate(SCORES)],
    )
    assert found(body) == ()


def test_nothing_is_repaired_if_no_column_is_gone():
    assert found(csv_of()) == ()


def test_a_dispensable_metric_is_found_too():
    body = csv_of(("model", "lab", "zq7", "ballots", "speed"))
    assert {change.place: change.column for change in found(body)} == {
        ("metrics", "score", "from"): "zq7",
        ("metrics", "votes", "from"): "ballots",
    }


def test_too_few_common_entries_prove_nothing():
    few = {name: column[:4] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert found(renamed("score", "zq7", **few)) == ()


def test_a_board_of_four_entries_is_too_small_to_repair():
    few = {name: column[:4] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert found(renamed("score", "zq7", **few), last=reading(board(), csv_of(**few))) == ()


def test_mostly_equal_figures_in_another_order_do_not_replace_the_primary_metric():
    scores = [91.5, 88, 84.25, 77, 60.5, 58, 99, 97, 95, 93]  # six are as they were, the last four lead now
    assert found(renamed("score", "zq7", score=scores)) == ()
    near = [91.5, 88, 84.25, 77, 60.5, 58, 41, 62, 63, 7.5]
    assert 0.8 < (spearman(SCORES, near) or 0) < 0.9
    assert found(renamed("score", "zq7", score=near)) == ()


def test_entirely_different_entries_prove_nothing():
    assert found(renamed("score", "zq7", model=[name[::-1] for name in NAMES])) == ()


def test_a_repaired_board_still_reads_the_former_page():
    changed = repaired(board(), found(renamed("score", "zq7")))
    assert reading(changed, csv_of()).entries == reading(board(), csv_of()).entries
    assert reading(changed, renamed("score", "zq7")).entries[0].measures.keys() == {"score", "votes"}


# ── the place of the table ───────────────────────────────────────────────────────────────────────


def json_of(place: str) -> bytes:
    rows = [dict(zip(HEAD, row, strict=True)) for row in zip(NAMES, LABS, SCORES, VOTES, SPEED, strict=True)]
    return json.dumps({"meta": 1, place: rows}).encode()


def test_records_that_moved_are_found_in_their_new_place():
    declared_board = board("json_records", 'records = "data"\n')
    (moved,) = found(json_of("rows"), declared_board, reading(declared_board, json_of("data")))
    assert moved.parse is not None
    assert moved.parse.options["first_of"] == ("data", "rows")


def test_a_changed_format_is_found():
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in zip(NAMES, LABS, SCORES, VOTES, SPEED, strict=True)
    )
    page = f"<html><body><table><tr>{''.join(f'<th>{name}</th>' for name in HEAD)}</tr>{rows}</table></body></html>".encode()
    (moved,) = found(page)
    assert moved.parse is not None
    assert moved.parse.format == "html_table"


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"<html><title>Just a moment...</title></html>", b"[" * 9_000, b"a,b\n1,2\n"]
)
def test_a_page_without_a_board_gives_no_repair_and_no_error(body: bytes):
    last = reading(board(), csv_of())
    assert repairs(board(), [body], last, read=lambda changed: reading(changed, body)) == ()


# ── the reason and the file ────────────────────────────────────────────────────────────────────────


def test_a_repair_names_the_lost_column_and_its_replacement():
    (repair,) = found(renamed("score", "points"))
    assert repair.why == (
        "column `score` is gone; `points` looks like it (1.00 rank correlation with the last reading over 10 common entries,"
        " 100% of them with the same value)"
    )


@pytest.mark.parametrize("old", ["score", "model", "lab", "votes"])
def test_the_changed_file_reads_the_page_and_keeps_its_comments(old: str):
    body = renamed(old, "zq7")
    changes = found(body)
    if not changes:  # a missing attribute or count breaks nothing, so there is nothing to repair
        assert old in ("lab", "votes")
        return
    text = amended(text_of(), changes_of(changes, text_of()), "made/board.toml")
    assert reading(declared(text, "made/board"), body).entries  # type: ignore[arg-type]
    assert "# the name is all there is" in text


@given(st.permutations(range(10)), st.sampled_from(["score", "model"]))
def test_the_order_of_the_rows_changes_nothing(order: Sequence[int], old: str):
    columns = {name: [column[at] for at in order] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert {(change.place, change.column) for change in found(renamed(old, "zq7", **columns))} == {
        (change.place, change.column) for change in found(renamed(old, "zq7"))
    }


@given(st.lists(st.floats(0, 100, allow_nan=False).map(lambda figure: round(figure, 1)), min_size=10, max_size=10))
def test_unrelated_figures_are_never_proposed(figures: list[float]):
    same = sum(a == b for a, b in zip(figures, SCORES, strict=True))
    changes = found(renamed("score", "score_2", score=figures))
    assert not changes or same >= 5


# ── likeness ─────────────────────────────────────────────────────────────────────────────────────


def naive_spearman(before: Sequence[float], after: Sequence[float]) -> float | None:
    """By the definition: Pearson's correlation of mean ranks."""

    def ranks(values: Sequence[float]) -> list[float]:
        return [sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values]

    a, b = ranks(before), ranks(after)
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    top = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    below = (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5
    return top / below if below else None


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30))
def test_the_rank_correlation_follows_the_definition(pairs: list[tuple[int, int]]):
    before, after = zip(*pairs, strict=True)
    found, expected = spearman(before, after), naive_spearman(before, after)
    assert (found is None) == (expected is None)
    assert found is None or expected is None or abs(found - expected) < 1e-9


def test_the_similarity_of_headers_is_that_of_their_letters():
    steps = [alike(header, ["Arena Score"]) for header in ("zq7", "area", "arena", "arena_score")]
    assert all(a <= b for a, b in pairwise(steps))
    assert steps[-1] == 1.0


def test_nothing_is_proposed_if_the_repaired_board_cannot_be_read():
    def refuses(_: Board) -> Reading:
        raise TrackerError("no")

    assert repairs(board(), [renamed("score", "zq7")], reading(board(), csv_of()), read=refuses) == ()


def wide(columns: int) -> bytes:
    """The page as HTML, with that many columns more."""
    rows = [line.split(",") for line in csv_of().decode().splitlines()]
    more = "".join(f"<td>{number}" for number in range(columns))
    lines = ["<tr><td>" + "<td>".join(row) + more for row in rows]
    return f"<table>{''.join(lines)}</table>".encode()


@pytest.mark.parametrize(("columns", "is_repaired"), [(200, True), (4_000, False)])
def test_a_page_of_more_columns_than_can_be_compared_is_not_searched(columns: int, is_repaired: bool):
    page = board("html_table")
    begun, changed = time.process_time(), wide(columns).replace(b">score<", b">points<")
    assert bool(found(changed, page, reading(page, wide(columns)))) == is_repaired
    assert time.process_time() - begun < 20
