"""A wrong file of names, watches or routes stops nothing else: it is reported once, and the exit code is 2."""

from __future__ import annotations

import os
import warnings

import pytest
from cli_world import World

import tracker

WRONG_NAMES = 'lab = "Acme"\nspelings = ["acme"]\n'
OWN_NAMES = 'lab = "Zog"\ncountry = "US"\n[[families]]\nname = "Zogger"\nwords = ["zogger"]\n'
CLASH = 'lab = "Aardvark"\nspellings = ["openai"]\n'
WRONG_ROUTES = '[[route]]\nname = "x"\nchanel = "stdout"\n'
WRONG_WATCHES = '[[watch]]\nname = "x"\nkind = "no such kind"\n'
COMMANDS = (
    ("report",),
    ("history", "Model A"),
    ("models",),
    ("compare", "Model A", "Model B"),
    ("check", "Model B is above Model A on Acme Arena."),
    ("resolve", "GPT-4o"),
    ("watch", "list"),
    ("notify", "list"),
    ("why-not", "Model A"),
    ("events", "--kind", "consensus"),
    ("verify", "--all"),
    ("replay",),
    ("boards",),
    ("daemon", "--dry-run"),
)


def write(world: World, name: str, text: str) -> None:
    path = world.folder / "schedules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_wrong_file_of_names_stops_no_command(world: World, args: tuple[str, ...]):
    world.imported()
    right = world.run(*args)
    write(world, "models/acme.toml", WRONG_NAMES)
    ran = world.run(*args)
    assert (ran.code, ran.out) == (2, right.out)
    assert ran.error.startswith('tracker: schedules/models/acme.toml: spelings is unknown; did you mean "spellings"?')


@pytest.mark.parametrize("args", [("replay",), ("boards",), ("daemon", "--dry-run"), ("notify", "list")], ids=" ".join)
@pytest.mark.parametrize(("name", "text"), [("routes.toml", WRONG_ROUTES), ("watches.toml", WRONG_WATCHES)])
def test_wrong_routes_and_watches_are_reported(world: World, args: tuple[str, ...], name: str, text: str):
    world.imported()
    right = world.run(*args)
    write(world, name, text)
    ran = world.run(*args)
    assert (ran.code, ran.out) == (2, right.out)
    assert ran.error.startswith(f"tracker: schedules/{name}: ")


def test_status_lists_wrong_names_routes_and_watches(world: World):
    world.imported()
    write(world, "models/acme.toml", WRONG_NAMES)
    write(world, "routes.toml", WRONG_ROUTES)
    write(world, "watches.toml", WRONG_WATCHES)
    rows = world.run("status", "--json").rows
    files = [str(row["message"]).partition(": ")[0] for row in rows if row["what"] == "declaration"]
    assert files == ["schedules/models/acme.toml", "schedules/watches.toml", "schedules/routes.toml"]


def test_a_board_is_imported_beside_a_wrong_file_of_names(world: World):
    write(world, "models/acme.toml", WRONG_NAMES)
    ran = world.imported()
    assert ran.code == 2
    assert "acme/text: 4 accepted" in ran.out


def test_right_files_of_names_count_beside_a_wrong_one(world: World):
    world.imported()
    write(world, "models/acme.toml", WRONG_NAMES)
    write(world, "models/zog.toml", OWN_NAMES)
    write(world, "models/openai.toml", 'lab = "OpenAI"\nfamilys = []\n')
    zogger, gpt = world.run("resolve", "Zogger 2"), world.run("resolve", "GPT-4o")
    assert "Zog\n" in zogger.out
    assert "OpenAI\n" in gpt.out
    assert [line.partition(": ")[2].partition(": ")[0] for line in gpt.err.splitlines()] == [
        "schedules/models/acme.toml",
        "schedules/models/openai.toml",
    ]


def test_of_two_files_that_contradict_each_other_the_shipped_one_counts(world: World):
    world.imported()
    write(world, "models/aardvark.toml", CLASH)
    ran = world.run("resolve", "GPT-4o", "--org", "OpenAI")
    assert ran.code == 2
    assert ran.error.startswith(
        'tracker: schedules/models/aardvark.toml: spellings has "openai", which schedules/models/openai.toml'
    )
    assert "OpenAI\n" in ran.out


def test_python_warns_of_a_wrong_file_of_names(world: World):
    world.imported()
    write(world, "models/acme.toml", WRONG_NAMES)
    with (
        tracker.open(store=world.store, schedules=world.folder / "schedules") as workspace,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        workspace.models()
        workspace.models()
    assert [str(warning.message).partition(": ")[0] for warning in caught] == ["schedules/models/acme.toml"]


@pytest.mark.parametrize("command", ["boards", "status"])
@pytest.mark.parametrize("name", ["watches.toml", "routes.toml", "models/acme.toml"])
def test_a_pipe_in_place_of_a_file_is_reported_and_not_waited_for(world: World, name: str, command: str):
    world.imported()
    path = world.folder / "schedules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    ran = world.run(command)
    assert ran.code
    assert f"schedules/{name}: is not a regular file" in ran.out + ran.err


def test_a_pipe_in_place_of_the_backup_of_the_service_state_is_reported(world: World):
    world.imported()
    path = world.store / "service.bak"
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    ran = world.run("board", "pause", "acme/text", "--reason", "x", "--by", "me")
    assert "service.bak: is a pipe, a socket or a device" in ran.err
