"""`schedules/README.md` explains every key there is, and its example is a board that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest

from tracker.errors import DeclarationError
from tracker.model import CADENCES, Column, Kind, Nature
from tracker.parsers import FORMATS, options_of
from tracker.schedules import KINDS, load_board, shapes
from tracker.toml import members

README = (Path(__file__).parents[2] / "schedules" / "README.md").read_text(encoding="utf-8")
PARSERS = {name: options_of(name) for name in FORMATS}
TABLES = {
    "### The file": shapes.BoardFile,
    "### `[request]`": shapes.RequestTable,
    "### `[request.newest]`": shapes.NewestTable,
    "### `[request.each]`": shapes.EachTable,
    "### `[request.pagination]`": shapes.PaginationTable,
    "### `[parse]`": shapes.ParseTable,
    "### `[parse.group]`": shapes.GroupTable,
    "### `[payloads.<name>]`": shapes.PayloadTable,
    "### `[columns]`": shapes.ColumnsTable,
    "### A column as a table": shapes.ColumnTable,
    "### A bound as a table": shapes.BoundTable,
    "### `[metrics.<id>]`": shapes.MetricTable,
    "### `[contract]`": (shapes.ContractTable, shapes.BoundsTable),
    "### `[backfill.git]`": shapes.GitPastTable,
    "### `[backfill.hf]`": shapes.HubPastTable,
    "### `[backfill.wayback]`": shapes.WaybackPastTable,
    **{f"### `{name}`": options for name, options in PARSERS.items()},
}


def section(heading: str) -> str:
    assert README.count(f"\n{heading}\n") == 1, (
        f"schedules/README.md: {heading!r} stands there {README.count(heading)} times, expected once"
    )
    return re.split(r"\n#{2,3} ", README.split(f"\n{heading}\n")[1])[0]


def keys() -> list[tuple[str, msgspec.structs.FieldInfo]]:
    pairs = [(heading, one) for heading, found in TABLES.items() for one in (found if isinstance(found, tuple) else (found,))]
    return [(heading, one) for heading, table in pairs for one in msgspec.structs.fields(table) if one.encode_name != shapes.REST]


def described(hint: Any) -> str:
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((note.description for note in reversed(notes) if isinstance(note, msgspec.Meta) and note.description), "")


def words(hint: Any) -> list[str]:
    literals = [member for member in members(hint) if get_origin(member) is Literal]
    return [word for literal in literals for word in get_args(literal)]


def row(heading: str, key: str) -> str:
    rows = [line for line in section(heading).splitlines() if line.startswith(f"| `{key}` | ")]
    assert rows, f"schedules/README.md has no row for `{key}` under {heading!r}; expected | `{key}` | type | default | meaning |"
    return rows[0]


@pytest.mark.parametrize(("heading", "key"), keys(), ids=lambda value: value if isinstance(value, str) else value.encode_name)
def test_every_key_has_its_row(heading: str, key: msgspec.structs.FieldInfo):
    shown = row(heading, key.encode_name)
    assert described(key.type), f"{key.encode_name} has no description"
    assert described(key.type).replace("|", "\\|") in shown
    assert ("**required**" in shown) == key.required
    for word in words(key.type):
        assert f"`{word}`" in shown
    if isinstance(key.default, (bool, int, float)):
        assert f"`{str(key.default).lower()}`" in shown
    elif isinstance(key.default, str) and key.default:
        assert f'`"{key.default}"`' in shown


def test_every_row_is_a_key_that_exists():
    for heading, found in TABLES.items():
        tables = found if isinstance(found, tuple) else (found,)
        known = {one.encode_name for table in tables for one in msgspec.structs.fields(table)}
        named = re.findall(r"^\| `([^`]+)` \| .* \| .* \| .* \|$", section(heading), re.MULTILINE)
        extra = set(named) - known - {*Nature, *Kind, "page_number", "cursor", "offset", "link", "only", "first", "mean"}
        assert not extra, f"schedules/README.md explains keys of {heading!r} that do not exist: {sorted(extra)}"


def test_every_kind_of_attribute_and_short_cadence_is_explained():
    for name, kind in KINDS.items():
        assert f"`{name}`" in row("### `[columns]`", kind)
    for short, cron in CADENCES.items():
        assert f"`{short}` = `{cron}`" in README


def test_every_nature_kind_of_page_depth_and_duplicate_is_explained():
    for heading, table, key in (
        ("### `[metrics.<id>]`", shapes.MetricTable, "nature"),
        ("### `[request.pagination]`", shapes.PaginationTable, "kind"),
        ("### `[parse.group]`", shapes.GroupTable, "take"),
        ("### `[contract]`", shapes.ContractTable, "depth"),
        ("### `[contract]`", shapes.ContractTable, "duplicates"),
    ):
        hint = next(one.type for one in msgspec.structs.fields(table) if one.encode_name == key)
        for word in words(hint):
            assert re.search(rf"^\| `{word}` \|", section(heading), re.MULTILINE), f"{key} = {word!r} is not explained"


def test_the_example_of_a_complete_board_loads(tmp_path: Path):
    example = re.search(r"```toml\n(.*?)```", section("## How to add a board"), re.DOTALL)
    assert example is not None
    path = tmp_path / "schedules" / "example" / "code.toml"
    path.parent.mkdir(parents=True)
    path.write_text(example[1], encoding="utf-8")
    board = load_board(path, tmp_path / "schedules", PARSERS)
    assert (board.id, board.title) == ("example/code", "Example: code arena")
    assert board.primary is not None
    assert board.primary.half_width_factor == 1.96
    assert board.attributes["agent"] == Column(sources=("agent",), missing=frozenset({"none", "0"}))


def test_the_error_on_the_page_is_the_real_one(tmp_path: Path):
    shown = re.search(r"^schedules/livebench/livebench\.toml: (.*)$", README, re.MULTILINE)
    assert shown is not None
    path = tmp_path / "schedules" / "livebench" / "livebench.toml"
    path.parent.mkdir(parents=True)
    path.write_text(
        'title="T"\npage="https://b.example"\nrequest.url="https://b.example"\nparse.format="html-tabel"\ncolumns={key="k",name="n"}\n'
    )
    with pytest.raises(DeclarationError) as caught:
        load_board(path, tmp_path / "schedules", PARSERS)
    assert str(caught.value).startswith(shown[0].removesuffix(", …"))
