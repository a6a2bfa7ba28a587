"""Declarations of boards that are more than one answer, and of computed metrics."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tracker.errors import DeclarationError
from tracker.model import Board, Column, Each, Group, MetricId, Newest
from tracker.parsers import FORMATS, options_of
from tracker.schedules import load_board

FORMAT_OPTIONS = {name: options_of(name) for name in FORMATS}
HEAD = 'title = "T"\npage = "https://boards.example/"\n'
REQUEST = '[request]\nurl = "https://boards.example/t.csv"\ngap_s = 7\n'
PARSE = '[parse]\nformat = "csv_table"\n[columns]\nkey = "model"\nname = "model"\n'
COST = (
    '[payloads.cost]\nkey = "model"\n[payloads.cost.request]\nurl ='
    ' "https://boards.example/cost.csv"\n[payloads.cost.parse]\nformat = "csv_table"\n'
)
NEWEST = '[request.newest]\nurl = "https://boards.example/"\nfind = "(20[0-9]+)"\n'


def declared(tmp_path: Path, text: str) -> Board:
    path = tmp_path / "schedules" / "source" / "board.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_board(path, tmp_path / "schedules", FORMAT_OPTIONS)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        declared(tmp_path, text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def metrics(*lines: str) -> str:
    return "".join(
        f'[metrics.{name}]\n{line}\nnature = "listed"\nhigher_is_better = false\n'
        for name, line in zip("abc", lines, strict=False)
    )


def test_a_payload_has_the_pace_and_the_bounds_of_the_board(tmp_path: Path):
    (payload,) = declared(tmp_path, HEAD + REQUEST + PARSE + COST).payloads
    assert (payload.name, payload.key, payload.means, payload.required) == ("cost", (Column(sources=("model",)),), False, True)
    assert (payload.request.url, payload.request.gap_s) == ("https://boards.example/cost.csv", 7)


def test_a_release_is_sought_for_the_board_and_filled_into_its_payloads(tmp_path: Path):
    text = REQUEST.replace("t.csv", "t_{newest}.csv") + NEWEST + PARSE + COST.replace("cost.csv", "cost_{newest}.csv")
    board = declared(tmp_path, HEAD + text)
    assert board.request.newest == Newest(url="https://boards.example/", find="(20[0-9]+)")
    assert board.payloads[0].request.url.endswith("cost_{newest}.csv")


def test_values_are_in_the_file_or_behind_an_address(tmp_path: Path):
    there = HEAD + REQUEST.replace("t.csv", "{each}.csv")
    assert declared(tmp_path, there + 'each = ["a", "b"]\n' + PARSE).request.each == Each(values=("a", "b"))
    listed = declared(
        tmp_path, there + 'each = { url = "https://boards.example/l.json", find = "runs", max_values = 9 }\n' + PARSE
    )
    assert listed.request.each == Each(url="https://boards.example/l.json", find="runs", max_values=9)


def test_rows_are_grouped_as_declared(tmp_path: Path):
    group = PARSE.replace("[columns]", 'group = { key = ["model", "effort"], by = "category", take = "mean" }\n[columns]')
    assert declared(tmp_path, HEAD + REQUEST + group).parse.group == Group(key=("model", "effort"), by="category", take="mean")


def test_a_boards_missing_values_apply_to_every_column_but_key_and_name(tmp_path: Path):
    text = HEAD + 'missing = ["gone", -1]\n' + REQUEST + PARSE + 'lab = { from = "lab", missing = ["?"] }\nrank = "r"\n'
    board = declared(tmp_path, text + '[metrics.a]\nfrom = "a"\nlow = "l"\nhigh = "h"\nmissing = [0]\nnature = "count"\n')
    a = board.metric(MetricId("a"))
    own = {"gone", "-1"}
    assert board.attributes["lab"].missing == own | {"?"}
    assert a.column.missing == own | {"0"}
    assert [column.missing for column in (board.rank, a.low, a.high) if column] == [own] * 3
    assert (board.key[0].missing, board.name.missing) == (frozenset(), frozenset())


def test_a_blend_weighs_metrics_declared_above_it(tmp_path: Path):
    board = declared(tmp_path, HEAD + REQUEST + PARSE + metrics('from = "in"', 'from = "out"', "blend_of = { a = 3, b = 1.5 }"))
    assert board.metrics[2].blend_of == ((MetricId("a"), Decimal(3)), (MetricId("b"), Decimal("1.5")))
    assert board.metrics[2].parts == (MetricId("a"), MetricId("b"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (REQUEST.replace("t.csv", "t_{newest}.csv") + PARSE, ("request.url or params contain {newest}, but"
            " request.newest is missing")),
        (REQUEST + NEWEST + PARSE, "request.newest is declared, but request.url does not contain {newest}"),
        (REQUEST.replace("t.csv", "{each}.csv") + PARSE, "request.url or params contain {each}, but request.each is missing"),
        (REQUEST + 'each = ["a"]\n' + PARSE, "request.each is declared, but neither url nor params contain {each}"),
        (REQUEST.replace("t.csv", "{each}") + 'each = ["a", "a"]\n' + PARSE, "request.each names a value twice"),
        (REQUEST.replace("t.csv", "{each}") + ('each = ["a"]\npagination = { kind'
            ' = "link" }\n') + PARSE, "both each and pagination"),
        (REQUEST.replace("boards.example/t", "{newest}.example/t") + NEWEST + PARSE, "a placeholder in its host"),
        (REQUEST.replace("t.csv", "{newest}") + NEWEST.replace("(20[0-9]+)", "20[0-9]+") + PARSE, "has 0 groups; expected one"),
        (REQUEST.replace("t.csv", "{newest}") + NEWEST.replace("(20[0-9]+)", "(20") + PARSE, "is not a regular expression"),
        (REQUEST + PARSE + COST.replace('key = "model"\n', ""), "payloads.cost.key has 0 columns; expected 1"),
        (REQUEST + PARSE + COST.replace('key = "model"', 'key = "model"\nmeans = true'), ("payloads.cost.key has no meaning"
            " beside means")),
        (REQUEST + PARSE + COST.replace("payloads.cost", "payloads.Cost"), "payloads.Cost is not a name"),
        (REQUEST + PARSE + COST.replace("csv_table", "csv"), 'payloads.cost.parse.format = "csv" is unknown'),
        (REQUEST + PARSE + COST.replace("/cost.csv", "/cost.csv?token=abc"), "holds a secret in plain text"),
        (REQUEST + PARSE + COST.replace("cost.csv", "cost_{newest}.csv"), ("payloads.cost.request.url or params"
            " contain {newest}, but")),
        (REQUEST + PARSE + metrics('from = "in"', "blend_of = { a = 0 }"), ('metrics.b.blend_of.a = "0"; expected'
            ' a weight above 0')),
        (REQUEST + PARSE + metrics("blend_of = { b = 1 }", 'from = "in"'), "is not declared above this metric"),
        (REQUEST + PARSE + metrics('from = "in"', 'blend_of = { a = 1 }\nfrom = "x"'), "has both from and blend_of; keep one"),
        (REQUEST + PARSE + metrics('from = "in"', "blend_of = { a = 1 }\nscale = 2"), "scale has no meaning beside blend_of"),
        (REQUEST + PARSE.replace("[columns]", 'group = { by = "c" }\n[columns]'), "parse.group.key is missing"),
        (REQUEST + PARSE.replace("[columns]", 'group = { key = "m", take = "sum" }\n[columns]'), 'parse.group.take = "sum"'),
    ],
)  # fmt: skip
def test_contradictory_keys_are_refused_in_one_line(tmp_path: Path, text: str, words: str):
    assert words in refused(tmp_path, HEAD + text)
