"""What replaced a column that is gone is found by its values; where they do not tell, nothing is proposed."""

from __future__ import annotations

import json
import random
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
from tracker.model import Board, Reading
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
    return declared(text_of(form, options), "made/board")  # type: ignore[arg-type]


def csv_of(head: Sequence[str] = HEAD, **columns: Sequence[object]) -> bytes:
    known: dict[str, Sequence[object]] = dict(zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)) | columns
    rows = zip(*(known[name] for name in HEAD), strict=True)
    return ("\n".join([",".join(head), *(",".join(map(str, row)) for row in rows)]) + "\n").encode()


def renamed(old: str, new: str, **columns: Sequence[object]) -> bytes:
    return csv_of([new if name == old else name for name in HEAD], **columns)


def reading(one: Board, body: bytes) -> Reading:
    return read_capture(one, [body])


def found(body: bytes, one: Board | None = None, last: Reading | None = None) -> tuple[Repair, ...]:
    one = one or board()
    last = last or reading(one, csv_of())
    return repairs(one, [body], last, read=lambda changed: reading(changed, body))


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("old", "place"), [("score", ("metrics", "score", "from")), ("model", ("columns", "key"))])
def test_a_renamed_column_is_found_by_what_it_holds(old: str, place: tuple[str, ...]):
    said = found(renamed(old, "zq7"))
    assert place in [one.place for one in said]
    assert {one.column for one in said} == {"zq7"}


def test_figures_that_moved_a_little_are_still_the_same_column():
    scores = [score + (0.5 if at % 4 == 0 else 0) for at, score in enumerate(SCORES)]
    (one,) = found(renamed("score", "rating", score=scores))
    assert (one.column, one.was) == ("rating", ("score",))
    assert one.why.endswith("rank correlation with the last reading over 10 common entries, 70% of them with the same value)")


def test_a_column_with_the_right_header_and_other_values_is_none():
    shuffled = list(SCORES)
    random.Random(7).shuffle(shuffled)
    assert found(renamed("score", "Score", score=shuffled)) == ()


def test_a_column_with_the_same_order_and_other_figures_is_none_where_figures_are_tested():
    assert found(renamed("score", "Score", score=[score * 0.6 + 3 for score in SCORES])) == ()


def test_of_two_columns_that_hold_it_the_one_with_the_like_header_is_taken():
    body = csv_of(("model", "lab", "zq7", "votes", "score_new"), speed=SCORES)
    (one,) = found(body)
    assert one.column == "score_new"
    assert one.why.endswith("100% of them with the same value; `zq7` has the same values)")


def test_two_columns_that_hold_it_and_are_called_alike_are_not_told_apart():
    other = [score + (0.25 if at in (2, 7) else 0) for at, score in enumerate(SCORES)]
    body = csv_of(
        ("model", "lab", "zq7", "votes", "zq8"),
        speed=other,
        score=[score + (0.25 if at in (1, 5) else 0) for at, score in enumerate(SCORES)],
    )
    assert found(body) == ()


def test_nothing_is_mended_where_nothing_is_gone():
    assert found(csv_of()) == ()


def test_a_metric_that_the_board_can_do_without_breaks_nothing_and_is_found_all_the_same():
    body = csv_of(("model", "lab", "zq7", "ballots", "speed"))
    assert {one.place: one.column for one in found(body)} == {
        ("metrics", "score", "from"): "zq7",
        ("metrics", "votes", "from"): "ballots",
    }


def test_too_few_common_entries_prove_nothing():
    few = {name: column[:4] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert found(renamed("score", "zq7", **few)) == ()


def test_a_board_of_four_entries_is_too_small_to_be_mended():
    few = {name: column[:4] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert found(renamed("score", "zq7", **few), last=reading(board(), csv_of(**few))) == ()


def test_figures_of_which_most_are_the_same_in_another_order_are_not_taken_for_the_ranking_ones():
    scores = [91.5, 88, 84.25, 77, 60.5, 58, 99, 97, 95, 93]  # six are as they were, the last four lead now
    assert found(renamed("score", "zq7", score=scores)) == ()
    near = [91.5, 88, 84.25, 77, 60.5, 58, 41, 62, 63, 7.5]
    assert 0.8 < (spearman(SCORES, near) or 0) < 0.9
    assert found(renamed("score", "zq7", score=near)) == ()


def test_other_entries_altogether_prove_nothing():
    assert found(renamed("score", "zq7", model=[name[::-1] for name in NAMES])) == ()


def test_a_mended_board_still_reads_the_page_of_before():
    changed = repaired(board(), found(renamed("score", "zq7")))
    assert reading(changed, csv_of()).entries == reading(board(), csv_of()).entries
    assert reading(changed, renamed("score", "zq7")).entries[0].measures.keys() == {"score", "votes"}


# ── where the table stands ───────────────────────────────────────────────────────────────────────


def json_of(place: str) -> bytes:
    rows = [dict(zip(HEAD, row, strict=True)) for row in zip(NAMES, LABS, SCORES, VOTES, SPEED, strict=True)]
    return json.dumps({"meta": 1, place: rows}).encode()


def test_records_that_moved_are_found_where_they_are_now():
    one = board("json_records", 'records = "data"\n')
    (moved,) = found(json_of("rows"), one, reading(one, json_of("data")))
    assert moved.parse is not None
    assert moved.parse.options["first_of"] == ("data", "rows")


def test_another_format_is_found_too():
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
def test_what_is_no_board_mends_nothing_and_raises_nothing(body: bytes):
    one = board()
    last = reading(one, csv_of())
    assert repairs(one, [body], last, read=lambda changed: reading(changed, body)) == ()


# ── the reason and the file ────────────────────────────────────────────────────────────────────────


def test_a_repair_says_what_is_gone_and_what_looks_like_it():
    (repair,) = found(renamed("score", "points"))
    assert repair.why == (
        "column `score` is gone; `points` looks like it (1.00 rank correlation with the last reading over 10 common entries,"
        " 100% of them with the same value)"
    )


@pytest.mark.parametrize("old", ["score", "model", "lab", "votes"])
def test_the_file_that_is_changed_reads_the_page_and_keeps_its_comments(old: str):
    body = renamed(old, "zq7")
    said = found(body)
    if not said:  # an attribute or a count that is gone breaks nothing, so there is nothing to mend
        assert old in ("lab", "votes")
        return
    text = amended(text_of(), changes_of(said, text_of()), "made/board.toml")
    assert reading(declared(text, "made/board"), body).entries  # type: ignore[arg-type]
    assert "# the name is all there is" in text


@given(st.permutations(range(10)), st.sampled_from(["score", "model"]))
def test_the_order_of_the_rows_changes_nothing(order: Sequence[int], old: str):
    columns = {name: [column[at] for at in order] for name, column in zip(HEAD, (NAMES, LABS, SCORES, VOTES, SPEED), strict=True)}
    assert {(one.place, one.column) for one in found(renamed(old, "zq7", **columns))} == {
        (one.place, one.column) for one in found(renamed(old, "zq7"))
    }


@given(st.lists(st.floats(0, 100, allow_nan=False).map(lambda one: round(one, 1)), min_size=10, max_size=10))
def test_figures_that_have_nothing_to_do_with_it_are_never_taken(figures: list[float]):
    same = sum(a == b for a, b in zip(figures, SCORES, strict=True))
    said = found(renamed("score", "score_2", score=figures))
    assert not said or same >= 5


# ── likeness ─────────────────────────────────────────────────────────────────────────────────────


def naive_spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """By the definition: Pearson's correlation of mean ranks."""

    def ranks(values: Sequence[float]) -> list[float]:
        return [sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values]

    a, b = ranks(one), ranks(other)
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    top = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    below = (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5
    return top / below if below else None


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30))
def test_the_rank_correlation_is_that_of_the_definition(pairs: list[tuple[int, int]]):
    one, other = zip(*pairs, strict=True)
    found, expected = spearman(one, other), naive_spearman(one, other)
    assert (found is None) == (expected is None)
    assert found is None or expected is None or abs(found - expected) < 1e-9


def test_headers_are_alike_by_their_letters():
    steps = [alike(header, ["Arena Score"]) for header in ("zq7", "area", "arena", "arena_score")]
    assert all(a <= b for a, b in pairwise(steps))
    assert steps[-1] == 1.0


def test_what_the_read_raises_is_no_proposal():
    def refuses(_: Board) -> Reading:
        raise TrackerError("no")

    assert repairs(board(), [renamed("score", "zq7")], reading(board(), csv_of()), read=refuses) == ()
