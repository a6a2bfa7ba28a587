"""What a board's file leaves out comes from the defaults of its source, then from those for all; and which files have changed."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tracker.errors import DeclarationError
from tracker.model import Board, Window
from tracker.parsers import FORMATS, options_of
from tracker.schedules import fingerprint, load, load_board, shapes

PARSERS = {name: options_of(name) for name in FORMATS}
README = (Path(__file__).parents[2] / "schedules" / "README.md").read_text(encoding="utf-8")
BOARD = (
    'title="T"\npage="https://b.example"\n{own}\nrequest.url="https://b.example"\n{request}\n'
    'parse.format="csv_table"\ncolumns={{key="k",name="n"}}\n'
)


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "schedules"


def declared(root: Path, own: str = "", request: str = "") -> Board:
    return load_board(write(root, "source/board.toml", BOARD.format(own=own, request=request)), root, PARSERS)


def test_a_boards_own_key_wins_over_its_sources_and_that_over_the_one_for_all(root: Path):
    write(
        root, "_defaults.toml", 'jitter="5m"\ntime_zone="Europe/Berlin"\nterms="all"\nrequest={gap_s=1, timeout_s=1, max_bytes=1}'
    )
    write(root, "source/_defaults.toml", 'time_zone="Asia/Tokyo"\nterms="source"\nrequest={timeout_s=2, max_bytes=2}')
    board = declared(root, 'terms="own"', "request.max_bytes=3")
    assert (board.jitter_s, board.time_zone, board.terms) == (300.0, "Asia/Tokyo", "own")
    assert (board.request.gap_s, board.request.timeout_s, board.request.max_bytes) == (1, 2, 3)
    assert load(root, PARSERS).boards == {board.id: board}


def test_a_board_can_take_a_default_back(root: Path):
    write(root, "_defaults.toml", 'jitter="5m"\nquiet=["22:00-06:00"]')
    assert declared(root).quiet == (Window(start=1320, end=360),)
    assert (declared(root, 'quiet=[]\njitter="0s"').quiet, declared(root, 'quiet=[]\njitter="0s"').jitter_s) == ((), 0.0)


def test_defaults_of_one_source_are_not_those_of_another(root: Path):
    write(root, "other/_defaults.toml", 'cadence="@weekly"')
    assert declared(root).cadence == "0 6 * * *"


def test_every_key_that_a_file_of_defaults_may_hold_reaches_the_board(root: Path):
    given = (
        'cadence="@daily"\ntime_zone="Asia/Tokyo"\njitter="1h"\nquiet=["01:00-02:00"]\n'
        'attribution="A"\nterms="B"\nrequest.gap_s=7\nrequest.max_per_day=9\n'
    )
    write(root, "_defaults.toml", given)
    board = declared(root)
    assert (board.cadence, board.time_zone, board.jitter_s, board.attribution, board.terms) == (
        "@daily",
        "Asia/Tokyo",
        3600.0,
        "A",
        "B",
    )
    assert (board.quiet, board.request.gap_s, board.request.max_per_day) == ((Window(start=60, end=120),), 7.0, 9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('cadance="@daily"', 'cadance is unknown; did you mean "cadence"?'),
        ('title="T"', "title is unknown"),
        ('request.url="https://x.example"', "request.url is unknown"),
        ('cadence="@dayly"', 'cadence = "@dayly" is unknown; did you mean "@daily"?'),
        ('time_zone="Europe/Berln"', 'did you mean "Europe/Berlin"?'),
        ('jitter="90"', 'jitter = "90" is not a span of time'),
        ('jitter="2d"', "is longer than a day"),
        ('quiet=["22-06"]', 'quiet[0] = "22-06" is not a window'),
        ('quiet=["00:00-13:00", "12:00-24:00"]', "covers the whole day"),
        ("request.gap_s=-1", "request.gap_s"),
        ("request=3", "request = "),
        ("= nonsense", "is not valid TOML"),
    ],
)
@pytest.mark.parametrize("name", ["_defaults.toml", "source/_defaults.toml"])
def test_wrong_defaults_are_reported_once_and_break_their_boards(root: Path, name: str, text: str, message: str):
    write(root, name, text)
    write(root, "source/board.toml", BOARD.format(own="", request=""))
    write(root, "other/board.toml", BOARD.format(own="", request=""))
    loaded = load(root, PARSERS)
    assert message in str(loaded.errors[f"schedules/{name}"])
    message = str(loaded.errors["schedules/source/board.toml"])
    assert message.startswith(f"schedules/source/board.toml: its defaults are wrong: schedules/{name}: ")
    assert message.isprintable()
    assert ("schedules/other/board.toml" in loaded.errors) == (name == "_defaults.toml")
    with pytest.raises(DeclarationError, match="its defaults are wrong"):
        load_board(root / "source/board.toml", root, PARSERS)


def test_a_board_without_a_request_gets_none(root: Path):
    write(root, "_defaults.toml", "request.gap_s=1")
    path = write(root, "source/board.toml", 'title="T"\npage="https://b.example"\n')
    with pytest.raises(DeclarationError, match=r"board\.toml: request is missing"):
        load_board(path, root, PARSERS)


def test_a_wrong_value_in_a_board_is_reported_for_the_board(root: Path):
    write(root, "_defaults.toml", 'jitter="5m"')
    with pytest.raises(DeclarationError, match=r'^schedules/source/board.toml: jitter = "x"'):
        declared(root, 'jitter="x"')


def test_a_board_may_be_passed_on_unless_it_or_its_source_says_otherwise(root: Path):
    assert declared(root).redistribution == "allowed"
    write(root, "source/_defaults.toml", 'redistribution="barred"')
    assert declared(root).redistribution == "barred"
    assert declared(root, 'redistribution="allowed"').redistribution == "allowed"


def test_the_readme_names_every_key_of_the_defaults():
    section = README.split("\n### Defaults\n")[1].split("\n### ")[0]
    for table in (shapes.DefaultsFile, shapes.RequestDefaults):
        assert all(f"`{key}`" in section for key in msgspec.structs.fields(table) for key in [key.encode_name])


# ── what has changed ─────────────────────────────────────────────────────────────────────────────


def test_a_fingerprint_shows_a_changed_replaced_added_or_removed_file(root: Path):
    file = write(root, "source/board.toml", "a")
    write(root, "routes.toml", "b")
    write(root, "source/readme.md", "c")
    write(root, ".hidden/x.toml", "d")
    seen = [fingerprint(root)]
    assert set(seen[0]) == {"source/board.toml", "routes.toml"}
    assert fingerprint(root) == seen[0]
    os.utime(file, ns=(1, 1))
    seen.append(fingerprint(root))
    os.utime(write(root, "new", "a"), ns=(1, 1))
    (root / "new").replace(file)
    seen.append(fingerprint(root))
    write(root, "models/lab.toml", "")
    seen.append(fingerprint(root))
    file.unlink()
    seen.append(fingerprint(root))
    assert all(before != after for before, after in pairwise(seen))


def test_the_fingerprint_of_a_missing_folder_is_empty(root: Path):
    assert fingerprint(root) == {}


def test_a_broken_link_is_part_of_the_fingerprint(root: Path):
    root.mkdir()
    (root / "lost.toml").symlink_to(root / "nowhere")
    assert set(fingerprint(root)) == {"lost.toml"}


def test_wrong_defaults_are_reported_once_with_the_number_of_boards_that_wait(root: Path):
    write(root, "_defaults.toml", 'time_zone="Asia/Tokio"')
    for name in ("one", "two"):
        write(root, f"source/{name}.toml", BOARD.format(own="", request=""))
    loaded = load(root, PARSERS)
    assert loaded.errors.keys() == {f"schedules/{name}.toml" for name in ("_defaults", "source/one", "source/two")}
    (trouble,) = loaded.troubles.values()
    assert str(trouble).startswith('schedules/_defaults.toml: time_zone = "Asia/Tokio" is unknown; ')
    assert str(trouble).endswith(" (2 boards wait for it)")
