"""A user's folder overlays the one that ships: tables merge key by key, other values replace, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import toml
from tracker.errors import DeclarationError
from tracker.model import BoardId
from tracker.parsers import FORMATS, options_of
from tracker.schedules import Origin, load, load_board, origin_of
from tracker.workspace.names import load as load_names

PARSERS = {name: options_of(name) for name in FORMATS}
BOARD = """
title = "Acme"
attribution = "Acme"
terms = "MIT"
page = "https://acme.example/"
cadence = "@daily"
quiet = ["22:00-06:00"]
request = { url = "https://acme.example/a.csv", gap_s = 3 }
parse.format = "csv_table"
columns = { key = "key", name = "name", licence = "licence" }
[metrics.score]
from = "score"
nature = "tested"
higher_is_better = true
primary = true
[metrics.price]
from = "price"
nature = "listed"
higher_is_better = false
"""
LEAF = st.one_of(st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))
TABLE = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAF, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | LEAF, max_size=3),
    max_leaves=12,
)


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A shipped folder of two boards."""
    write(tmp_path / "shipped", "acme/text.toml", BOARD)
    write(tmp_path / "shipped", "zeta/text.toml", BOARD)
    return tmp_path / "shipped"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The user's folder, not made yet."""
    return tmp_path / "schedules"


def leaves(table: object, place: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """Every value that is no table, by its keys; an empty table counts as one."""
    if not isinstance(table, dict) or not table:
        return {place: table}
    return {where: value for key, inner in table.items() for where, value in leaves(inner, (*place, key)).items()}


@given(TABLE, TABLE)
def test_the_upper_file_wins_and_the_lower_one_fills_the_rest(under, over):
    merged = leaves(toml.overlaid(under, over))
    upper = {place: value for place, value in leaves(over).items() if value != {}}
    assert upper.items() <= merged.items()
    for place, value in leaves(under).items():
        is_replaced = any(place[: len(other)] == other or other[: len(place)] == place for other in leaves(over) if other)
        assert is_replaced or merged[place] == value


@given(TABLE)
def test_a_file_over_itself_or_over_nothing_is_unchanged(table):
    assert toml.overlaid(table, table) == toml.overlaid({}, table) == toml.overlaid(table, {}) == table


def test_one_line_switches_a_key_and_leaves_the_rest(base: Path, own: Path):
    write(own, "acme/text.toml", "enabled = false")
    loaded = load(own, PARSERS, base)
    shipped = load(base, PARSERS).boards[BoardId("acme/text")]
    board = loaded.boards[BoardId("acme/text")]
    assert (board.enabled, board.title, board.request, board.metrics) == (False, shipped.title, shipped.request, shipped.metrics)
    assert loaded.boards[BoardId("zeta/text")].enabled
    assert loaded.errors == {}


def test_tables_merge_at_any_depth_and_lists_are_replaced(base: Path, own: Path):
    over = (
        'quiet = []\nrequest.gap_s = 9\nmetrics.score.unit = "%"\nmetrics.speed = {'
        ' from = "speed", nature = "live", higher_is_better = true }'
    )
    path = write(own, "acme/text.toml", over)
    board = load_board(path, own, PARSERS, base)
    assert board.quiet == ()
    assert (board.request.url, board.request.gap_s) == ("https://acme.example/a.csv", 9)
    assert [(metric.id, metric.unit, metric.primary) for metric in board.metrics] == [
        ("score", "%", True),
        ("price", "", False),
        ("speed", "", False),
    ]


def test_each_board_has_an_origin(base: Path, own: Path):
    write(own, "acme/text.toml", 'cadence = "@weekly"')
    write(own, "mine/own.toml", BOARD)
    assert load(own, PARSERS, base).origins == {
        "acme/text": Origin.CUSTOMIZED,
        "mine/own": Origin.LOCAL,
        "zeta/text": Origin.SHIPPED,
    }


def test_a_copy_of_a_shipped_file_customizes_nothing_and_is_always_followed(base: Path, own: Path):
    write(own, "acme/text.toml", (base / "acme/text.toml").read_text(encoding="utf-8"))
    found = load(own, PARSERS, base, ("zeta/*",))
    assert found.origins == {"acme/text": Origin.SHIPPED, "zeta/text": Origin.SHIPPED}
    assert [origin_of(BoardId(name), own, base) for name in ("acme/text", "zeta/text", "acme/none")] == [
        Origin.SHIPPED,
        Origin.SHIPPED,
        None,
    ]


def test_a_folder_without_a_base_declares_all_of_its_boards(base: Path, own: Path):
    write(own, "acme/text.toml", BOARD)
    assert load(own, PARSERS).origins == {"acme/text": Origin.LOCAL}


def test_without_a_folder_of_ones_own_the_shipped_boards_are_declared(base: Path, own: Path):
    assert set(load(own, PARSERS, base).origins.values()) == {Origin.SHIPPED}
    with pytest.raises(DeclarationError, match="expected a folder of boards"):
        load(own, PARSERS)


def test_a_checkouts_folder_over_itself_is_read_once_as_shipped(base: Path):
    loaded = load(base, PARSERS, base)
    assert loaded.boards == load(base, PARSERS).boards
    assert set(loaded.origins.values()) == {Origin.SHIPPED}


def test_an_error_names_the_users_file_and_stops_no_other_board(base: Path, own: Path):
    write(own, "acme/text.toml", 'cadense = "@weekly"')
    loaded = load(own, PARSERS, base)
    assert set(loaded.boards) == {"zeta/text"}
    assert str(loaded.errors["schedules/acme/text.toml"]).startswith("schedules/acme/text.toml: cadense is unknown")


def test_a_change_to_a_board_that_does_not_ship_names_the_nearest_one(base: Path, own: Path):
    write(own, "acme/txet.toml", "enabled = false")
    assert str(load(own, PARSERS, base).errors["schedules/acme/txet.toml"]) == (
        "schedules/acme/txet.toml: request is missing, and no shipped board has this id; "
        'did you mean "acme/text"?; a board of your own needs [request]'
    )


def test_defaults_overlay_those_that_ship(base: Path, own: Path):
    write(base, "_defaults.toml", 'jitter = "5m"\ntime_zone = "Asia/Tokyo"')
    write(own, "_defaults.toml", 'jitter = "1m"')
    board = load(own, PARSERS, base).boards[BoardId("zeta/text")]
    assert (board.jitter_s, board.time_zone) == (60.0, "Asia/Tokyo")


def test_globs_select_shipped_boards_and_never_ones_own(base: Path, own: Path):
    write(own, "mine/own.toml", BOARD)
    loaded = load(own, PARSERS, base, ["zeta/*"])
    assert (set(loaded.boards), loaded.left_out) == ({"mine/own", "zeta/text"}, {"acme/text"})
    with pytest.raises(
        DeclarationError, match=r'board "acme/text" is not selected; add it to boards in tracker\.toml \(tracker boards --all\)$'
    ):
        loaded.board("acme/text")


def test_a_board_that_the_user_customizes_is_followed_without_being_selected(base: Path, own: Path):
    write(own, "acme/text.toml", "enabled = true")
    assert set(load(own, PARSERS, base, ["zeta/*"]).boards) == {"acme/text", "zeta/text"}


def test_a_glob_that_selects_nothing_is_an_error_that_names_the_nearest_board(base: Path, own: Path):
    loaded = load(own, PARSERS, base, ["zeta/text", "acme/txet"])
    assert str(loaded.errors["tracker.toml"]) == (
        'tracker.toml: boards = "acme/txet" matches no shipped board; did you mean "acme/text"?'
    )
    assert set(loaded.boards) == {"zeta/text"}


def test_names_overlay_the_shipped_ones_file_by_file(base: Path, own: Path):
    write(base, "models/acme.toml", 'lab = "Acme"\ncountry = "US"\n[[families]]\nname = "Rocket"\nwords = ["rocket"]\n')
    write(own, "models/acme.toml", '[aliases]\n"Anvil" = "Rocket 1"\n')
    write(own, "models/other.toml", 'lab = "Other"\n')
    known = load_names(own / "models", base / "models")
    acme = known.labs[f"{own.name}/models/acme.toml"]
    assert (acme.lab, acme.country, [family.name for family in acme.families]) == ("Acme", "US", ["Rocket"])
    assert acme.aliases == {"Anvil": "Rocket 1"}
    assert known.labs[f"{own.name}/models/other.toml"].lab == "Other"
    assert [lab.lab for lab in load_names(own / "none", base / "models").labs.values()] == ["Acme"]
