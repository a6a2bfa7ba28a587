"""From the command line to a history of years, in one command; nothing is sent, and progress goes to stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cli_world import BODIES, DECLARATION, World, csv

CHANGED = {time: text for time, text in BODIES.items() if time != "2026-03-04T060000Z"}
"""Without the state that repeats the one before it, of which a repository knows nothing."""
ROUTE = '[routes.log]\nchannel = "file"\npath = "news.txt"\n'


def repository(folder: Path, states: Mapping[str, str] = BODIES) -> Path:
    """A repository in which each state is a commit of its time."""
    folder.mkdir()
    who = {f"GIT_{role}_{key}": "p" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    settings = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], cwd=folder, check=True)
    for time, text in states.items():
        (folder / "text.csv").write_text(csv(text), encoding="utf-8")
        at = f"{time[:13]}:{time[13:15]}:{time[15:]}"
        subprocess.run(["git", "add", "."], cwd=folder, check=True)
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "commit", "-qm", "x", "--allow-empty"], cwd=folder, env={**settings, **dates}, check=True)
    return folder


def test_the_history_of_a_repository_is_that_of_an_import(world: World):
    world.imported(CHANGED)
    events = world.run("events", "--json").out
    other = World(folder=world.folder / "other", captured=world.captured)
    other.folder.mkdir()
    other.declare("acme/text")
    ran = other.run("backfill", "git", repository(world.folder / "repository", CHANGED), "text.csv", "--board", "acme/text")
    assert ran.code == 0
    assert ran.out.startswith("acme/text: 4 states in git: 4 new, 0 known, 0 left out; history: 4 readings, ")
    assert "acme/text: 4 of 4\n" in ran.err
    assert other.run("events", "--json").out == events


def test_news_of_the_past_is_sent_to_nobody(world: World):
    world.declare("acme/text")
    (world.folder / "schedules" / "routes.toml").write_text(ROUTE, encoding="utf-8")
    world.run("backfill", "git", repository(world.folder / "repository"), "text.csv", "--board", "acme/text")
    assert world.run("events", "--json").rows != []
    assert world.run("outbox", "list", "--json").rows == []
    assert not (world.folder / "news.txt").exists()


def test_a_folder_of_files_is_taken_once(world: World):
    world.declare("acme/text")
    command = ("backfill", "dir", world.bodies(BODIES), "--board", "acme/text", "--from", "2026-03-02")
    assert "4 states in dir: 4 new, 0 known" in world.run(*command).out
    assert world.run(*command).out == "acme/text: 4 states in dir: 0 new, 4 known, 0 left out; history: unchanged\n"


def test_the_summary_of_a_resumed_backfill_counts_the_whole_history(world: World):
    world.declare("acme/text")
    world.run("backfill", "dir", world.bodies(dict([*CHANGED.items()][:1]), "first"), "--board", "acme/text")
    whole = world.run("backfill", "dir", world.bodies(CHANGED), "--board", "acme/text").out
    assert "4 states in dir: 3 new, 1 known, 0 left out; history: 4 readings, " in whole
    events = world.run("events", "--json").rows
    assert f"{len(events)} events" in whole


def test_an_import_that_is_terminated_says_so_and_goes_on(world: World):
    world.declare("acme/text")
    bodies = world.bodies(CHANGED)
    (last,) = bodies.glob("2026-03-05*")
    content = last.read_bytes()
    last.unlink()
    os.mkfifo(last)
    options = ["--store", world.store, "--schedules", world.folder / "schedules"]
    command = [sys.executable, "-m", "tracker", *options, "import", "acme/text", bodies]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process, last.open("wb"):  # it waits for this file
        process.terminate()
        _, err = process.communicate()
    assert process.returncode == 143
    assert err.endswith("tracker: stopped by SIGTERM; run the command again to go on\n")
    last.unlink()
    last.write_bytes(content)
    assert "4 accepted" in world.run(*command[7:]).out


def test_every_board_that_names_its_past_is_filled(world: World):
    place = repository(world.folder / "repository")
    past = f'[backfill]\ngit = {{ repository = {json.dumps(str(place))}, path = "text.csv" }}\n'
    world.declare("acme/text", DECLARATION + past)
    world.declare("acme/lost", DECLARATION + past.replace("text.csv", "lost.csv"))
    world.declare("acme/other")
    ran = world.run("backfill", "--all")
    assert ran.code == 2
    assert ran.out.startswith("acme/text: 4 states in git: 4 new")
    assert 'tracker: acme/lost: git: no commit of HEAD has a file "lost.csv"' in ran.err


def test_a_new_workspace_begins_with_its_history(world: World):
    place = repository(world.folder / "repository")
    past = f'[backfill]\ngit = {{ repository = {json.dumps(str(place))}, path = "text.csv" }}\n'
    new = world.folder / "new"
    path = new / "schedules" / "acme" / "text.toml"
    path.parent.mkdir(parents=True)
    path.write_text(DECLARATION + past, encoding="utf-8")
    ran = world.plain("init", new, "--boards", "nyt-connections/*", "--with-history")
    assert ran.code == 0, ran.err
    assert "acme/text: 4 states in git: 4 new" in ran.out
    report = world.plain("--store", new / "snapshots", "--schedules", new / "schedules", "report", "--since", "2026-01-01")
    assert "Model G" in report.out


def test_a_source_or_all_must_be_named(world: World):
    world.declare("acme/text")
    assert "name a source" in world.run("backfill").err
    assert "names a source of its past" in world.run("backfill", "--all").error


def test_an_empty_window_is_refused(world: World):
    world.declare("acme/text")
    limits = ("--from", "2026-03-02", "--to", "2026-03-01")
    assert "window is empty" in world.run("backfill", "dir", world.bodies(BODIES), "--board", "acme/text", *limits).error
