"""A file in `schedules/` becomes a board, or one line that says what is wrong with it."""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import string
import time
import tomllib
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import begins

from tracker import schedules
from tracker.errors import DeclarationError
from tracker.model import (
    CADENCES,
    Board,
    BoardId,
    Bounds,
    Column,
    Contract,
    Each,
    Group,
    Kind,
    Metric,
    Nature,
    Newest,
    Pagination,
    Parse,
    Payload,
    Request,
    Window,
)
from tracker.parsers import FORMATS, options_of
from tracker.schedules import KINDS, boards, files, load, load_board, schema, shapes
from tracker.toml import MAX_BYTES, Wrong, members
from tracker.wording import safe

SHIPPED = Path(__file__).parents[2] / "schedules"
PARSERS = {name: options_of(name) for name in FORMATS}


class _Json(msgspec.Struct, forbid_unknown_fields=True):
    records: str = ""
    where: dict[str, str] = msgspec.field(default_factory=dict)
    share: float = 0.5


class _Html(msgspec.Struct, forbid_unknown_fields=True):
    select: str


SOME = {"json_records": _Json, "html_table": _Html}

SMALL = """
title = "T"
page = "https://boards.example/t"
[request]
url = "https://boards.example/t.json"
[parse]
format = "json_records"
[columns]
key = "id"
name = "name"
"""

FULL = """
title = "Title"
page = "https://boards.example/page"
cadence = "17 */6 * * *"
time_zone = "Europe/Berlin"
jitter = "90s"
quiet = ["22:00-06:30", "12:00-13:00"]
attribution = "Someone"
terms = '''Two
lines.'''
enabled = false
[request]
url = "https://boards.example/t.json?v=${VERSION}"
method = "POST"
headers = { x-api-key = "${KEY}", accept = "application/json" }
params = { length = 100, config = "text" }
max_bytes = 1000
timeout_s = 12.5
gap_s = 0
pagination = { kind = "cursor", param = "after", next = "meta.next", more = "meta.more", records = "rows", max_pages = 7 }
[parse]
format = "json_records"
records = "rows"
where = { category = "overall" }
share = 0.25
[columns]
key = ["id", ["slug", "name"], { from = "effort", missing = [0, -1, 2.5, "x"] }]
name = { from = ["long", "short"], missing = ["?"] }
rank = "rank"
released = "date"
open_weights = "open"
context = "window"
expires = { from = "until", kind = "text" }
license = ["licence", "license"]
[metrics.score]
from = ["new", "old"]
title = "The score"
nature = "fitted"
unit = "Elo"
topic = "overall"
higher_is_better = true
scale = 0.1
missing = [0, "-1"]
low = "lo"
high = { from = "hi", missing = [0] }
estimated = "guess"
stated_error = 1.4
[metrics.other]
from = "other"
nature = "count"
scale = "0.000001"
plus_minus = "ci"
half_width_factor = 2.5
volatile = true
[metrics.third]
from = "third"
nature = "live"
higher_is_better = false
standard_error = "se"
[metrics.mean]
mean_of = ["score", "third"]
nature = "tested"
higher_is_better = true
primary = true
[contract]
depth = 50
min_entries = 20
max_drop = 0.5
duplicates = "best"
stale_after = "14d"
score = { min = 0, max = 2000.5, min_filled = 1 }
mean = { min = 3 }
"""


def declared(tmp_path: Path, text: str, *, name: str = "source/board.toml") -> Board:
    path = tmp_path / "schedules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_board(path, tmp_path / "schedules", SOME)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(DeclarationError) as caught:
        declared(tmp_path, text)
    message = str(caught.value)
    assert message.startswith("schedules/source/board.toml: ")
    assert message.isprintable(), "one line, without control characters"
    return message.removeprefix("schedules/source/board.toml: ")


def swap(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


# ── what a file becomes ──────────────────────────────────────────────────────────────────────────


def test_every_key_reaches_the_board(tmp_path: Path):
    board = declared(tmp_path, FULL)
    assert (board.id, board.title, board.page) == ("source/board", "Title", "https://boards.example/page")
    assert (board.cadence, board.time_zone, board.attribution) == ("17 */6 * * *", "Europe/Berlin", "Someone")
    assert (board.jitter_s, board.quiet) == (90.0, (Window(start=1320, end=390), Window(start=720, end=780)))
    assert (board.terms, board.enabled) == ("Two\nlines.", False)
    assert board.request == Request(
        url="https://boards.example/t.json?v=${VERSION}",
        method="POST",
        headers={"x-api-key": "${KEY}", "accept": "application/json"},
        params={"length": "100", "config": "text"},
        pagination=Pagination(kind="cursor", param="after", next="meta.next", more="meta.more", records="rows", max_pages=7),
        max_bytes=1000,
        timeout_s=12.5,
        gap_s=0.0,
    )
    assert board.parse == Parse(
        format="json_records", options={"records": "rows", "where": {"category": "overall"}, "share": 0.25}
    )
    assert board.contract == Contract(
        depth=50,
        min_entries=20,
        max_drop=0.5,
        duplicates="best",
        bounds={"score": Bounds(min=0, max=2000.5, min_filled=1), "mean": Bounds(min=3)},
        stale_after_s=14 * 86_400,
    )


def test_columns_are_written_in_three_ways(tmp_path: Path):
    board = declared(tmp_path, FULL)
    assert board.key == (
        Column(sources=("id",)),
        Column(sources=("slug", "name")),
        Column(sources=("effort",), missing=frozenset({"0", "-1", "2.5", "x"})),
    )
    assert board.name == Column(sources=("long", "short"), missing=frozenset("?"))
    assert board.rank == Column(sources=("rank",), kind=Kind.NUMBER)
    assert board.attributes == {
        "released": Column(sources=("date",), kind=Kind.DATE),
        "open_weights": Column(sources=("open",), kind=Kind.FLAG),
        "context": Column(sources=("window",), kind=Kind.NUMBER),
        "expires": Column(sources=("until",), kind=Kind.TEXT),
        "license": Column(sources=("licence", "license"), kind=Kind.TEXT),
    }


def test_a_single_key_is_one_part(tmp_path: Path):
    assert declared(tmp_path, SMALL).key == (Column(sources=("id",)),)


def test_metrics_keep_their_order_and_every_key(tmp_path: Path):
    score, other, third, mean = declared(tmp_path, FULL).metrics
    assert score.column == Column(sources=("new", "old"), missing=frozenset({"0", "-1"}), kind=Kind.NUMBER)
    assert (score.title, score.nature, score.unit, score.topic) == ("The score", Nature.FITTED, "Elo", "overall")
    assert (score.higher_is_better, score.primary, score.stated_error, score.volatile) == (True, False, 1.4, False)
    assert score.low == Column(sources=("lo",), kind=Kind.NUMBER)
    assert score.high == Column(sources=("hi",), missing=frozenset("0"), kind=Kind.NUMBER)
    assert score.estimated == Column(sources=("guess",), kind=Kind.FLAG)
    assert (other.title, other.nature, other.higher_is_better, other.volatile) == ("Other", Nature.COUNT, None, True)
    assert (other.plus_minus, other.half_width_factor) == (Column(sources=("ci",), kind=Kind.NUMBER), 2.5)
    assert (third.plus_minus, third.half_width_factor) == (Column(sources=("se",), kind=Kind.NUMBER), 1.96)
    assert (mean.mean_of, mean.column.sources, mean.primary) == (("score", "third"), (), True)


def test_a_scale_never_passes_through_a_float(tmp_path: Path):
    score, other, *_ = declared(tmp_path, FULL).metrics
    assert (score.scale, other.scale) == (Decimal("0.1"), Decimal("0.000001"))
    exact = swap(FULL, "scale = 0.1", "scale = 0.10000000000000000000000000001")
    assert declared(tmp_path, exact).metrics[0].scale == Decimal("0.10000000000000000000000000001")


def test_omitted_keys_have_the_defaults_of_the_model(tmp_path: Path):
    board = declared(tmp_path, SMALL)
    bare = Board(
        id=board.id,
        title="T",
        page=board.page,
        request=Request(url=board.request.url),
        parse=Parse(format="json_records"),
        key=board.key,
        name=board.name,
    )
    assert board == bare
    kinds = {"page_number": 'param = "p"', "cursor": 'param = "p", next = "n"', "offset": 'param = "p"', "link": ""}
    for kind, needed in kinds.items():
        rest = f", {needed}" if needed else ""
        paged = swap(SMALL, '.json"\n', f'.json"\npagination = {{ kind = "{kind}"{rest} }}\n')
        wanted = Pagination(kind=kind, param="p" if needed else "", next="n" if kind == "cursor" else "")
        assert declared(tmp_path, paged).request.pagination == wanted


def test_the_file_shape_knows_every_key_of_the_model():
    def keys(table: type[msgspec.Struct]) -> set[str]:
        return {field.encode_name for field in msgspec.structs.fields(table)}

    def names(record: type) -> set[str]:
        return {field.name for field in fields(record)}

    assert keys(shapes.PaginationTable) == names(Pagination)
    assert keys(shapes.RequestTable) == names(Request)
    assert keys(shapes.BoundsTable) == names(Bounds)
    assert keys(shapes.ContractTable) - {"stale_after", "*"} == names(Contract) - {"bounds", "stale_after_s"}
    assert keys(shapes.MetricTable) - {"from", "missing", "part", "standard_error"} == names(Metric) - {"id", "column"}
    assert keys(shapes.GroupTable) == names(Group)
    assert keys(shapes.NewestTable) == names(Newest)
    assert keys(shapes.EachTable) == names(Each) - {"values"}
    assert keys(shapes.PayloadTable) == names(Payload) - {"name"}
    assert keys(shapes.BoardFile) - {"columns", "jitter", "missing"} == names(Board) - {
        "id",
        "key",
        "name",
        "rank",
        "attributes",
        "jitter_s",
    }
    assert keys(shapes.DefaultsFile) < keys(shapes.BoardFile)
    assert keys(shapes.RequestDefaults) < keys(shapes.RequestTable)


def test_the_words_of_the_file_are_those_of_the_model():
    def words(table: type[msgspec.Struct], key: str) -> set[str]:
        hint = next(field.type for field in msgspec.structs.fields(table) if field.encode_name == key)
        return {word for member in members(hint) for word in getattr(member, "__args__", ())}

    assert words(shapes.MetricTable, "nature") == set(Nature)
    assert words(shapes.ColumnTable, "kind") | words(shapes.BoundTable, "kind") == set(Kind)


def test_a_board_cannot_be_changed(tmp_path: Path):
    board = declared(tmp_path, FULL)
    for mapping in (board.request.headers, board.request.params, board.attributes, board.contract.bounds, board.parse.options):
        with pytest.raises(TypeError):
            mapping["x"] = "y"  # type: ignore[index]


@pytest.mark.parametrize("cadence", [*CADENCES, "0 9 * * MON-FRI", "0 0 L * *", "5,35 */2 1-7 * 1"])
def test_cadences_are_kept_as_they_are_given(tmp_path: Path, cadence: str):
    assert declared(tmp_path, f'cadence = "{cadence}"\n{SMALL}').cadence == cadence


@pytest.mark.parametrize(("span", "seconds"), [("90m", 5400), ("36h", 129_600), ("14d", 1_209_600), ("520w", 314_496_000)])
def test_spans_of_time_become_seconds(tmp_path: Path, span: str, seconds: int):
    assert declared(tmp_path, f'{SMALL}\n[contract]\nstale_after = "{span}"').contract.stale_after_s == seconds


def test_known_attributes_have_their_kind(tmp_path: Path):
    board = declared(tmp_path, SMALL + "".join(f'{name} = "x"\n' for name in [*KINDS, "whatever"]))
    assert {name: column.kind for name, column in board.attributes.items()} == {**KINDS, "whatever": Kind.TEXT}


# ── what is wrong with a file ────────────────────────────────────────────────────────────────────


def test_an_unknown_format_names_the_nearest(tmp_path: Path):
    assert refused(tmp_path, swap(SMALL, "json_records", "jsno_records")) == (
        'parse.format = "jsno_records" is unknown; did you mean "json_records"? known: html_table, json_records'
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("higher_is_better", "higer_is_better", 'metrics.score.higer_is_better is unknown; did you mean "higher_is_better"?'),
        (
            'records = "rows"\n',
            'recods = "rows"\n',
            'parse.recods is unknown; did you mean "records"? known: records, share, where',
        ),
        ("stale_after", "stale_aftr", 'contract.stale_aftr is unknown; did you mean "stale_after"?'),
        ("score = { min", "scroe = { min", 'contract.scroe is neither a key nor a metric; did you mean "score"?'),
        ("max_bytes", "maxbytes", 'request.maxbytes is unknown; did you mean "max_bytes"?'),
        ("max_pages", "maxpages", 'request.pagination.maxpages is unknown; did you mean "max_pages"?'),
        (
            "min_filled",
            "minfilled",
            'contract.score.minfilled is unknown; did you mean "min_filled"? known: max, min, min_filled',
        ),
        ('kind = "text"', 'knid = "text"', 'columns.expires.knid is unknown; did you mean "kind"?'),
        ("time_zone", "timezone", 'timezone is unknown; did you mean "time_zone"?'),
        ("max_bytes", "cadence", "request.cadence is unknown; it belongs to the top of the file, above the first [table]"),
    ],
)
def test_an_unknown_key_names_the_nearest(tmp_path: Path, old: str, new: str, message: str):
    assert refused(tmp_path, swap(FULL, old, new)).startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"fitted"',
            '"fited"',
            'metrics.score.nature = "fited" is unknown; did you mean "fitted"? known: count, fitted, listed, live',
        ),
        ('"best"', '"bst"', 'contract.duplicates = "bst" is unknown; did you mean "best"?'),
        (
            "depth = 50",
            'depth = "hole"',
            'contract.depth = "hole" is unknown; did you mean "whole"? known: varies, whole; or a whole n',
        ),
        ('kind = "cursor"', 'kind = "curser"', 'request.pagination.kind = "curser" is unknown; did you mean "cursor"?'),
        ('kind = "text"', 'kind = "txt"', 'columns.expires.kind = "txt" is unknown; did you mean "text"?'),
        ('"Europe/Berlin"', '"Europe/Berln"', 'time_zone = "Europe/Berln" is unknown; did you mean "Europe/Berlin"?'),
        ('"Europe/Berlin"', '"../../etc/passwd"', 'time_zone = "../../etc/passwd" is unknown'),
        ('"Europe/Berlin"', '"America"', 'time_zone = "America" is unknown'),
        ('"17 */6 * * *"', '"@dayly"', 'cadence = "@dayly" is unknown; did you mean "@daily"?'),
        ('"14d"', '"14 days"', 'contract.stale_after = "14 days" is not a span of time'),
        ('"14d"', '"0d"', 'contract.stale_after = "0d" is not a span of time'),
    ],
)
def test_an_unknown_value_names_the_allowed(tmp_path: Path, old: str, new: str, message: str):
    assert refused(tmp_path, swap(FULL, old, new)).startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Title"', "title = 3", "title = 3: … text … whole number"),
        ("enabled = false", 'enabled = "no"', 'enabled = "no": … true or false … text'),
        ("depth = 50", "depth = 0", "contract.depth = 0: … whole number … 1"),
        ("min_entries = 20", "min_entries = 20.5", "contract.min_entries = 20.5: … whole number … number"),
        ("min_entries = 20", "min_entries = true", "contract.min_entries = true: … whole number … true or false"),
        ("max_drop = 0.5", "max_drop = 30", "contract.max_drop = 30: … number … 1"),
        ("min_filled = 1", "min_filled = -1", "contract.score.min_filled = -1: … number … 0"),
        ("max = 2000.5", "max = inf", "contract.score.max = inf is not a finite number"),
        ("max = 2000.5", "max = 1e400", "contract.score.max = 1e+400 is not a finite number"),
        ("scale = 0.1", "scale = nan", "metrics.score.scale = nan is not a finite number"),
        ("scale = 0.1", 'scale = "ten"', 'metrics.score.scale = "ten": '),
        ("scale = 0.1", "scale = 0", 'metrics.score.scale = "0"; expected a number above 0'),
        ("scale = 0.1", 'scale = "-inf"', 'metrics.score.scale = "-Infinity"; expected a number above 0'),
        (
            'missing = [0, "-1"]',
            "missing = [[0]]",
            "metrics.score.missing[0] = [0]: … text … list",
        ),
        ('missing = [0, "-1"]', "missing = 0", "metrics.score.missing = 0: … list … whole number"),
        ('rank = "rank"', "rank = 2024-01-01", "columns.rank = 2024-01-01: … text … date"),
        ('rank = "rank"', 'rank = ""', 'columns.rank = "": … text … 1'),
        ('rank = "rank"', "rank = []", "columns.rank = []: … list … 1"),
        ('key = ["id",', 'key = ["",', 'columns.key[0] = "": … text … 1'),
        (
            'where = { category = "overall" }',
            "where = { category = 3 }",
            "parse.where.category = 3: … text … whole number",
        ),
        ("timeout_s = 12.5", "timeout_s = 0", "request.timeout_s = (not shown): … number … 0"),
        ("[contract]", "[[contract]]", "contract = [{depth = 50, "),
    ],
)
def test_a_wrong_type_names_what_was_found_and_wanted(tmp_path: Path, old: str, new: str, message: str):
    assert re.search(begins(message), refused(tmp_path, swap(FULL, old, new)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('title = "T"\n', "title is missing (name of the board, for people)"),
        ('page = "https://boards.example/t"\n', "page is missing (the page that people read)"),
        ('url = "https://boards.example/t.json"\n', "request.url is missing (address to fetch, "),
        ('format = "json_records"\n', "parse.format is missing (the parser for the bytes)"),
        ('key = "id"\n', "columns.key is missing (the publisher's own stable key"),
        ('name = "name"\n', "columns.name is missing (the name as published)"),
        ('[request]\nurl = "https://boards.example/t.json"\n', "request is missing (what to request)"),
    ],
)
def test_a_missing_key_is_named_with_its_purpose(tmp_path: Path, line: str, message: str):
    assert refused(tmp_path, swap(SMALL, line, "")).startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["score", "third"]', '["score", "thrid"]', 'metrics.mean.mean_of[1] = "thrid" is unknown; did you mean "third"?'),
        ('["score", "third"]', '["mean"]', 'metrics.mean.mean_of[0] = "mean" is not declared above this metric'),
        ('["score", "third"]', '["score", "score"]', 'metrics.mean.mean_of[1] = "score" occurs twice'),
        ('mean_of = ["score", "third"]', "", "metrics.mean.from is missing; expected a column, or mean_of"),
        ('mean_of = ["score", "third"]', "mean_of = []", "metrics.mean.from is missing; expected a column, or mean_of"),
        ("primary = true", 'primary = true\nfrom = "x"', "metrics.mean has both from and mean_of; keep one"),
        ("primary = true", 'primary = true\nlow = "x"', "metrics.mean.low has no meaning beside mean_of"),
        ("primary = true", "primary = true\nscale = 2", "metrics.mean.scale has no meaning beside mean_of"),
        ("stated_error = 1.4", "primary = true", "metrics.mean.primary = true, but metrics.score is primary already"),
        (
            "higher_is_better = false\nstandard_error",
            "standard_error",
            "metrics.third.higher_is_better is missing; expected true or false, as",
        ),
        ("volatile = true", "primary = true", "metrics.other.higher_is_better is missing; a primary metric ranks the board"),
        (
            'nature = "count"\nscale = "0.000001"\nplus_minus = "ci"\nhalf_width_factor = 2.5',
            'nature = "points"',
            'metrics.other.higher_is_better is missing; expected true or false, as its nature is "points"',
        ),
        ('nature = "fitted"', 'nature = "points"', 'metrics.score.stated_error has no meaning with nature = "points"'),
        ('nature = "live"', 'nature = "points"', 'metrics.third.standard_error has no meaning with nature = "points"'),
        ('low = "lo"\n', "", "metrics.score.low is missing; high requires it"),
        ('low = "lo"\n', 'low = "lo"\nplus_minus = "pm"\n', "metrics.score has both low and plus_minus"),
        ('estimated = "guess"', 'estimated = "guess"\nmeasured_with = "x"', "metrics.score has both estimated and measured_with"),
        ("primary = true", 'primary = true\nmeasured_with = "x"', "metrics.mean.measured_with has no meaning beside mean_of"),
        ('plus_minus = "ci"', 'standard_error = "ci"', "metrics.other.half_width_factor is 1.96 with standard_error"),
        ("[metrics.score]", "[metrics.depth]", "metrics.depth has the name of the key contract.depth"),
        ("[metrics.score]", "[metrics.Score]", "metrics.Score is not a name"),
        ("[metrics.score]", '[metrics."sc\\u0007ore"]', 'metrics."sc\\x07ore" is not a name'),
        ("license = [", '"my licence" = [', 'columns."my licence" is not a name'),
        ("min = 0", "min = 3000", 'contract.score.min = "3000.0" is above its max "2000.5"'),
        ("min_entries = 20", "min_entries = 51", 'contract.min_entries = "51" is more than contract.depth "50" shows'),
        ("primary = true\n[contract]", "[contract]", 'contract.duplicates = "best" needs a metric with primary = true'),
    ],
)
def test_metrics_and_contract_must_make_sense_together(tmp_path: Path, old: str, new: str, message: str):
    assert refused(tmp_path, swap(FULL, old, new)).startswith(message)


@pytest.mark.parametrize(
    ("cadence", "message"),
    [
        ("77 * * * *", "is not a cron expression: "),
        ("0 0 30 2 *", "is not a cron expression"),
        ("* * * *", "has 4 fields; expected minute hour day month weekday"),
        ("0 * * * * *", "has 6 fields; expected minute hour day month weekday"),
        ("", "has 0 fields; expected minute hour day month weekday"),
        ("0 0 * * * \\u0007", "has 6 fields; expected minute hour day month weekday"),
    ],
)
def test_a_wrong_cadence_is_refused(tmp_path: Path, cadence: str, message: str):
    assert message in refused(tmp_path, f'cadence = "{cadence}"\n{SMALL}')


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://boards.example/x", 'request.url = "ftp://boards.example/x" is not an address'),
        ("boards.example/x", 'request.url = "boards.example/x" is not an address'),
        ("https:///x", 'request.url = "https:///x" is not an address'),
        ("file:///etc/passwd", 'request.url = "file:///etc/passwd" is not an address'),
        ("https://[::1/x", "request.url is not an address"),
        ("https://boards.example:99999/x", "request.url is not an address"),
        ("https://boards.example:0/x", "request.url = "),
        ("https://${HOST}/x", "request.url = "),
        ("https://a b/x", "request.url contains blanks"),
        ("https://good\\\\@evil/x", "request.url contains blanks, backslashes"),
        ("https://a/x\\ny", "request.url contains blanks, backslashes or control"),
        ("https://me:hunter2@boards.example/x", "request.url contains a user name; remove it"),
        ("https://a/x?api_key=hunter2", 'request.url, parameter "api_key", holds a secret in plain text'),
        ("https://a/x?q=1&ACCESS_TOKEN=hunter2", 'request.url, parameter "ACCESS_TOKEN", holds a secret in plain text'),
        ("https://a/x?q=${lower-case}", "request.url has a malformed reference"),
        ("https://a/x?q=${}", "request.url has a malformed reference"),
        ("https://a/x?q=$NAME", "request.url has a malformed reference"),
        ("https://a/x?q=${NAME", "request.url has a malformed reference"),
    ],
)
def test_an_address_must_be_plain_and_without_secrets(tmp_path: Path, url: str, message: str):
    message = refused(tmp_path, swap(SMALL, "https://boards.example/t.json", url))
    assert message.startswith(message)
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('headers = { Authorization = "Bearer hunter2" }', "request.headers.Authorization holds a secret in plain text"),
        ('headers = { x-api-key = "hunter2" }', "request.headers.x-api-key holds a secret in plain text"),
        ('headers = { x-api-key = "$HUNTER2" }', "request.headers.x-api-key has a malformed reference"),
        ('headers = { Cookie = "session=hunter2" }', "request.headers.Cookie holds a secret"),
        ("headers = { x-api-key = 12345 }", "request.headers.x-api-key = (not shown): … text … whole number"),
        (
            'headers = { Accept = "a\\r\\nX-Other: hunter2" }',
            "request.headers.Accept contains characters that a header cannot carry",
        ),
        ('headers = { "a b" = "x" }', 'request.headers."a b" is not the name of a header'),
        ('params = { token = "hunter2" }', "request.params.token holds a secret in plain text"),
        ('params = { q = "${1}" }', "request.params.q has a malformed reference"),
        ("params = { q = 1.5 }", "request.params.q = (not shown): … text … number"),
        ('method = "DELETE"', 'request.method = "DELETE" is unknown; known: GET, POST'),
    ],
)
def test_secrets_are_refused_in_plain_text_and_never_repeated(tmp_path: Path, line: str, message: str):
    message = refused(tmp_path, swap(SMALL, '.json"\n', f'.json"\n{line}\n'))
    assert re.search(begins(message), message)
    assert "hunter2" not in message
    assert "12345" not in message


@pytest.mark.parametrize("name", ["page_token_kind", "sort_key", "keyword", "monkey", "author"])
def test_a_harmless_parameter_is_not_a_secret(tmp_path: Path, name: str):
    assert declared(tmp_path, swap(SMALL, '.json"\n', f'.json"\nparams = {{ {name} = "x" }}\n')).request.params == {name: "x"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('{ kind = "page_number" }', 'request.pagination.param is missing; the kind "page_number" requires it'),
        ('{ kind = "cursor", param = "c" }', 'request.pagination.next is missing; the kind "cursor" requires it'),
        ('{ kind = "offset", param = "o", next = "n" }', 'request.pagination.next has no meaning for the kind "offset"'),
        ('{ kind = "offset", param = "o", start = 0 }', 'request.pagination.start has no meaning for the kind "offset"'),
        ('{ kind = "page_number", param = "p", size = 5 }', 'request.pagination.size has no meaning for the kind "page_number"'),
        ('{ kind = "link", param = "p" }', 'request.pagination.param has no meaning for the kind "link"'),
        ('{ kind = "link", more = "a.[" }', 'request.pagination.more = "a.[" is not a JMESPath'),
        ('{ kind = "link", max_pages = 0 }', "request.pagination.max_pages = 0: … whole number … 1"),
        ('{ kind = "offset", param = "v" }', 'request.pagination.param = "v" is also set by the url or params'),
    ],
)
def test_pagination_has_what_its_kind_needs_and_no_more(tmp_path: Path, table: str, message: str):
    message = refused(tmp_path, swap(SMALL, '.json"\n', f'.json?v=1"\npagination = {table}\n'))
    assert re.search(begins(message), message)


# ── files that are none of ours ──────────────────────────────────────────────────────────────────


def test_a_syntax_error_names_its_line(tmp_path: Path):
    assert re.search(r"is not valid TOML: .* \(at line 3, column \d+\)", refused(tmp_path, '\npage = "x"\ntitle = "T\n'))


@pytest.mark.parametrize("name", ["source/board.toml", "source/_defaults.toml", "_defaults.toml"])
def test_the_byte_order_mark_of_editors_is_skipped(tmp_path: Path, name: str):
    (tmp_path / "schedules" / "source").mkdir(parents=True)
    (tmp_path / "schedules" / "source" / "board.toml").write_text(SMALL, encoding="utf-8")
    path = tmp_path / "schedules" / name
    path.write_bytes(codecs.BOM_UTF8 + (path.read_bytes() if path.exists() else b'time_zone = "Asia/Tokyo"'))
    assert load(tmp_path / "schedules", SOME).errors == {}


@pytest.mark.parametrize("body", ['title = "utf-16"'.encode("utf-16"), b"PK\x03\x04\x00\x00\xff"])
def test_a_binary_file_is_refused_as_such(tmp_path: Path, body: bytes):
    path = tmp_path / "schedules" / "source" / "board.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    with pytest.raises(DeclarationError, match=r"board\.toml: is not text: byte \d is 0; expected a TOML file, saved as UTF-8"):
        load_board(path, tmp_path / "schedules", SOME)


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path):
    path = tmp_path / "schedules" / "source" / "board.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(DeclarationError, match="byte 9 is not UTF-8"):
        load_board(path, tmp_path / "schedules", SOME)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{a = " * 40_000,
        "a." * 100_000 + "a = 1",
        "[" + '"\\""   . ' * 20_000 + "a]",
        "a = { " + "'x'." * 50_000 + "b = 1 }",
        ("# " + (("k" * 64 + ".") * 31 + "\n")) * 120 + "=",
        ("# " + ("k  ." * 31 + "\n")) * 2000 + "=",
        ("# " + ('"\\"".' * 31 + "\n")) * 1500 + "=",
        "a = " + "9" * 200_000,
        "a = 1e99999999999999999999999",
        '"' + "k" * 200_000 + '" = 1',
        'title = "' + "x" * 250_000 + '"\nfoo = 1',
    ],
    ids=["lists", "tables", "dotted", "header", "quoted", "wide", "narrow", "escaped", "digits", "exponent", "key", "value"],
)
def test_hostile_files_are_refused_at_once(tmp_path: Path, text: str):
    began = time.process_time()
    message = refused(tmp_path, text)
    assert time.process_time() - began < 20
    assert len(message) < 400


def test_a_file_above_the_cap_is_not_read(tmp_path: Path):
    assert refused(tmp_path, "#" * (MAX_BYTES + 1)) == f"has {MAX_BYTES + 1} bytes; expected at most {MAX_BYTES}"


def test_a_file_of_exactly_the_cap_is_read(tmp_path: Path):
    assert declared(tmp_path, SMALL + "#" * (MAX_BYTES - len(SMALL))).title == "T"


def test_an_absent_file_is_a_declaration_error(tmp_path: Path):
    with pytest.raises(DeclarationError, match=rf"schedules/a/b\.toml: cannot be read: {os.strerror(errno.ENOENT)}"):
        load_board(tmp_path / "schedules/a/b.toml", tmp_path / "schedules", SOME)


def test_a_pipe_does_not_block(tmp_path: Path):
    path = tmp_path / "schedules" / "source" / "board.toml"
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    with pytest.raises(DeclarationError, match="is not a regular file"):
        load_board(path, tmp_path / "schedules", SOME)


@pytest.mark.parametrize("name", ["board.toml", "a/b/c.toml", "A/b.toml", "a/B.toml", "a b/c.toml", "ä/b.toml", "_a/b.toml"])
def test_a_board_is_two_levels_deep_under_plain_names(tmp_path: Path, name: str):
    with pytest.raises(DeclarationError):
        declared(tmp_path, SMALL, name=name)


def test_a_file_outside_the_root_is_refused(tmp_path: Path):
    declared(tmp_path, SMALL)
    root = tmp_path / "schedules"
    for path, base in ((root / "source/board.toml", root / "other"), (root / "source/../source/board.toml", root)):
        with pytest.raises(DeclarationError, match="two levels deep"):
            load_board(path, base, SOME)


# ── a whole folder ───────────────────────────────────────────────────────────────────────────────


def folder(tmp_path: Path, **texts: str) -> Path:
    root = tmp_path / "schedules"
    for name, text in texts.items():
        path = root / name.replace("__", "/")
        path = path.with_name(path.name + ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_broken_file_hides_no_other(tmp_path: Path):
    loaded = load(folder(tmp_path, a__one=SMALL, a__two="title = 3", b__one=SMALL), SOME)
    assert list(loaded.boards) == ["a/one", "b/one"]
    assert list(loaded.errors) == ["schedules/a/two.toml"]
    assert loaded.board("b/one").id == "b/one"
    with pytest.raises(DeclarationError, match=r"^schedules/a/two\.toml: "):
        loaded.board("a/two")


def test_names_routes_watches_and_other_files_are_not_boards(tmp_path: Path):
    root = folder(tmp_path, a__one=SMALL, models__lab="x", routes="x", watches="x", **{".git__x": "x"})
    (root / "README.md").write_text("x")
    (root / "a" / "one.toml~").write_text("x")
    assert (list(load(root, SOME).boards), load(root, SOME).errors) == (["a/one"], {})


def test_a_file_in_the_wrong_place_is_named(tmp_path: Path):
    loaded = load(folder(tmp_path, a__one=SMALL, stray=SMALL, a__b__deep=SMALL, a__routes=SMALL), SOME)
    assert list(loaded.boards) == ["a/one", "a/routes"]
    assert set(loaded.errors) == {"schedules/stray.toml", "schedules/a/b/deep.toml"}


def test_links_are_refused_and_never_followed(tmp_path: Path):
    root = folder(tmp_path, a__one=SMALL)
    (root / "a" / "two.toml").symlink_to(root / "a" / "one.toml")
    (root / "b").symlink_to(root / "a")
    (root / "a" / "loop").symlink_to(root)
    loaded = load(root, SOME)
    assert list(loaded.boards) == ["a/one"]
    assert set(loaded.errors) == {"schedules/a/two.toml", "schedules/b", "schedules/a/loop"}
    assert all("symbolic link" in str(error) for error in loaded.errors.values())
    with pytest.raises(DeclarationError, match="symbolic link"):
        load_board(root / "b" / "one.toml", root, SOME)


def test_a_missing_folder_is_an_error(tmp_path: Path):
    with pytest.raises(DeclarationError, match=f"{os.strerror(errno.ENOENT)}; expected a folder of boards"):
        load(tmp_path / "nothing", SOME)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DeclarationError, match="expected a folder of boards"):
        load(tmp_path / "file", SOME)


def test_an_empty_folder_declares_nothing(tmp_path: Path):
    assert (load(tmp_path, SOME).boards, load(tmp_path, SOME).errors) == ({}, {})


def test_an_unknown_board_names_the_nearest(tmp_path: Path):
    loaded = load(folder(tmp_path, lmarena__text=SMALL, livebench__livebench=SMALL), SOME)
    for asked, meant in (("livebench", "livebench/livebench"), ("lmarena/txt", "lmarena/text"), ("text", "lmarena/text")):
        with pytest.raises(DeclarationError, match=f'board "{asked}" is unknown; did you mean {meant}\\?'):
            loaded.board(asked)
    with pytest.raises(DeclarationError, match=r'board "" is unknown \(2 boards'):
        loaded.board("")


# ── properties ───────────────────────────────────────────────────────────────────────────────────

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["from", "format", "key", "kind", "score"])
values = st.recursive(
    st.booleans() | st.integers() | st.decimals() | st.text(max_size=8) | st.dates() | st.just("${A}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def outcome(read: Callable[[], object]) -> tuple[object, str]:
    """What was read, or what is said against it. Any other error rises."""
    try:
        return read(), ""
    except Wrong as error:
        return None, str(error) or "\n"


@given(
    where=st.sampled_from(["", "request", "request.pagination", "parse", "columns", "metrics.score", "contract"]),
    key=keys,
    value=values,
)
def test_any_value_under_any_key_is_accepted_or_refused_in_one_line(where: str, key: str, value: object):
    tables = tomllib.loads(FULL, parse_float=Decimal)
    place = tables
    for part in filter(None, where.split(".")):
        place = place[part]
    place[key] = value
    taken, message = outcome(lambda: boards.board_from(tables, BoardId("a/b"), SOME))
    assert isinstance(taken, Board) or safe(message) == message


@given(st.text(string.ascii_letters + string.digits + "_.=[]{}\"'#\n ", max_size=200))
def test_any_text_is_read_or_refused(text: str):
    taken, message = outcome(lambda: files.tables_of(text))
    assert isinstance(taken, dict) or safe(message) == message


# ── schema ───────────────────────────────────────────────────────────────────────────────────────


def test_the_committed_schema_is_the_generated_one():
    written = (SHIPPED / "board.schema.json").read_text(encoding="utf-8")
    generated = json.dumps(schema(PARSERS), indent=2, ensure_ascii=False) + "\n"
    assert written == generated, "a key or an option has changed: write schema(formats) to schedules/board.schema.json anew"


def test_every_reference_in_the_schema_resolves():
    loaded = schema(PARSERS)
    references = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(loaded)))
    assert references <= set(loaded["$defs"])
    assert {"RequestTable", "MetricTable"} <= references


def test_the_schema_knows_every_format_and_its_options():
    formats = {shape["properties"]["format"]["const"]: shape for shape in schema(PARSERS)["$defs"]["ParseTable"]["oneOf"]}
    assert set(formats) == set(FORMATS)
    for name, options in PARSERS.items():
        keys = {field.encode_name for field in msgspec.structs.fields(options)}
        assert set(formats[name]["properties"]) == keys | {"format", "group"}
        assert formats[name]["additionalProperties"] is False


def test_the_schema_allows_further_keys_in_open_tables():
    definitions = schema(PARSERS)["$defs"]
    assert definitions["ContractTable"]["additionalProperties"] == {"$ref": "#/$defs/BoundsTable"}
    assert {"$ref": "#/$defs/ColumnTable"} in definitions["ColumnsTable"]["additionalProperties"]["anyOf"]
    assert definitions["RequestTable"]["additionalProperties"] is False
    assert '"*"' not in json.dumps(definitions)


# ── what we ship ─────────────────────────────────────────────────────────────────────────────────

NO_SCRAPING = {"artificial-analysis/llms-page", "lmarena/text-page"}
"""Boards whose publisher forbids scraping the page they read."""


@pytest.fixture(scope="module")
def shipped() -> schedules.Schedules:
    return load(SHIPPED, PARSERS)


def test_every_shipped_definition_loads(shipped: schedules.Schedules):
    assert shipped.errors == {}
    assert len(shipped.boards) >= 14


def test_every_shipped_definition_has_an_attribution_and_a_contract(shipped: schedules.Schedules):
    for board in shipped.boards.values():
        assert board.attribution, board.id
        assert board.terms, board.id
        assert board.contract.min_entries > 1, board.id
        assert board.contract.bounds, board.id


def test_boards_that_must_not_be_scraped_ship_disabled(shipped: schedules.Schedules):
    disabled = {board.id for board in shipped.boards.values() if not board.enabled}
    assert disabled >= NO_SCRAPING
    for name in disabled:
        assert "disabled" in shipped.board(name).terms, f"{name}: the terms must say why it is disabled"
    pages = ("https://artificialanalysis.ai/leaderboards", "https://arena.ai/", "https://openrouter.ai/rankings")
    assert not [board.id for board in shipped.boards.values() if board.enabled and board.request.url.startswith(pages)]


def test_no_shipped_definition_is_fetched_more_often_than_every_six_hours(shipped: schedules.Schedules):
    for board in shipped.boards.values():
        minutes, hours, *_ = CADENCES.get(board.cadence, board.cadence).split()
        assert minutes.isdigit(), board.id
        assert hours.isdigit() or int(hours.removeprefix("*/")) >= 6, board.id


def test_livebench_averages_are_means_over_whatever_categories_its_newest_release_has(shipped: schedules.Schedules):
    board = shipped.board("livebench/livebench")
    assert board.primary is not None
    assert board.primary.column.sources == ("categories:*",)
    assert board.request.newest is not None
    assert [(payload.name, payload.means, payload.required) for payload in board.payloads] == [
        ("categories", True, True),
        ("cost", False, False),
    ]
    averages = {source for metric in board.metrics for source in metric.column.sources if source.startswith("categories:")}
    assert len(averages) == 8
