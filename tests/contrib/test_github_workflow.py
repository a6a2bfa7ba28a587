"""The workflow's own shell steps, run on the demo's season: a repository, its remote, and boards on 127.0.0.1."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tracker.cli._season import Season
from tracker.workspace.create import create

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "contrib" / "github" / "track.yml"
JOB = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
STEPS = JOB["jobs"]["track"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@dataclass(kw_only=True)
class Runner:
    """A job on a clone: its steps by name, as `bash -e -o pipefail` runs them there."""

    clone: Path
    output: Path
    inputs: dict[str, str] = field(default_factory=dict)

    def step(self, name: str, path: Path = Path(sys.executable).parent) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.clone.parent),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.clone.parent / "summary.md"),
            **self.inputs,
        }
        words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", SCRIPTS[name]]
        return subprocess.run(words, cwd=self.clone, env=env, check=False, capture_output=True, text=True)

    def steps(self, *names: str) -> None:
        for name in names:
            ran = self.step(name)
            assert ran.returncode == 0, f"{name}: {ran.stdout}{ran.stderr}"

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps set as outputs."""
        lines = self.output.read_text(encoding="utf-8").splitlines() if self.output.exists() else []
        return dict(line.split("=", 1) for line in lines)


@dataclass(frozen=True, kw_only=True)
class World:
    folder: Path
    season: Season

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def runner(self, name: str, **inputs: str) -> Runner:
        """A fresh checkout, as every run of the workflow begins with one."""
        git(self.folder, "clone", "--quiet", str(self.remote), name)
        return Runner(clone=self.folder / name, output=self.folder / f"{name}.output", inputs=inputs)

    def files(self) -> set[str]:
        return set(git(self.remote, "ls-tree", "-r", "--name-only", "main").splitlines())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Season() as season:
        git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
        git(tmp_path, "clone", "--quiet", str(tmp_path / "remote.git"), "first")
        workspace = tmp_path / "first"
        create(workspace, boards=())
        season.schedules(workspace / "schedules")
        shutil.copy(ROOT / "LICENSE", workspace / "leaderboard_tracker-0.1.0-py3-none-any.whl")  # nothing reads it here
        git(tmp_path / "first", "add", ".")
        git(tmp_path / "first", "commit", "--quiet", "-m", "Schedules")
        git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:main")
        yield World(folder=tmp_path, season=season)


def boards() -> list[str]:
    return ["colosseum/text", "livewell/table", "meridian/llms", "veritas/hallucination"]


@pytest.mark.slow
@needs_git
def test_a_first_run_commits_captures_and_report_but_neither_database_nor_leases(world):
    runner = world.runner("one")
    runner.steps("Rebuild the history", "Fetch", "Write the report", "Commit", "Push")
    assert runner.outputs == {"code": "0", "made": "true"}
    files = world.files()
    assert {f"snapshots/captures/{board}/index.jsonl" for board in boards()} <= files
    assert {"report.md", "feed.atom"} <= files
    assert [name for name in files if ".db" in name or ".locks/" in name] == []


@pytest.mark.slow
@needs_git
def test_a_second_run_goes_on_from_the_captures_alone_and_commits_nothing_when_nothing_is_due(world):
    world.runner("one").steps("Rebuild the history", "Fetch", "Write the report", "Commit", "Push")
    before = git(world.remote, "rev-parse", "main")
    second = world.runner("two")
    second.steps("Rebuild the history", "Fetch", "Write the report", "Commit")
    assert second.outputs == {"code": "0"}
    assert git(world.remote, "rev-parse", "main") == before


@pytest.mark.slow
@needs_git
def test_boards_named_by_hand_are_fetched_and_go_on_top_of_what_was_pushed_meanwhile(world):
    world.runner("one").steps("Rebuild the history", "Fetch", "Write the report", "Commit", "Push")
    world.season.day = 3
    second = world.runner("two", BOARDS="meridian/llms colosseum/text")
    second.steps("Rebuild the history", "Fetch", "Write the report", "Commit")
    other = world.runner("other").clone
    (other / "note.txt").write_text("a person's work\n", encoding="utf-8")
    git(other, "add", "note.txt")
    git(other, "commit", "--quiet", "-m", "A note")
    git(other, "push", "--quiet")
    pushed = second.step("Push")
    assert (pushed.returncode, "push 1 was refused" in pushed.stdout) == (0, True)
    assert "note.txt" in world.files()
    index = git(world.remote, "show", "main:snapshots/captures/meridian/llms/index.jsonl").splitlines()
    assert len(index) == 2
    assert "Quillon" in git(world.remote, "show", "main:report.md")


@pytest.mark.slow
@needs_git
def test_a_failed_board_fails_the_job_but_not_the_others_captures(world):
    runner = world.runner("one")
    broken = runner.clone / "schedules" / "veritas" / "hallucination.toml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("veritas/hallucination", "veritas/nowhere"), encoding="utf-8")
    runner.steps("Rebuild the history", "Fetch", "Write the report", "Commit", "Push")
    assert runner.outputs == {"code": "1", "made": "true"}
    assert "snapshots/captures/meridian/llms/index.jsonl" in world.files()
    assert runner.step("Fail where a board failed").returncode == 1


@pytest.mark.slow
@needs_git
def test_a_wrong_declaration_fails_the_job_but_not_the_others_captures(world):
    runner = world.runner("one")
    runner.steps("Rebuild the history", "Fetch")
    (runner.clone / "schedules" / "veritas" / "hallucination.toml").write_text("title = 3\n", encoding="utf-8")
    runner.steps("Rebuild the history", "Fetch", "Write the report", "Commit", "Push")
    assert runner.outputs == {"code": "2", "made": "true"}
    assert "snapshots/captures/meridian/llms/index.jsonl" in world.files()
    assert runner.step("Fail where a board failed").returncode == 1


@pytest.mark.slow
@needs_git
def test_a_wrong_name_stops_the_job_before_anything_is_committed(world):
    runner = world.runner("one", BOARDS="meridian/lms")
    ran = runner.step("Fetch")
    assert (ran.returncode, "meridian/lms" in ran.stderr) == (2, True)
    assert not (runner.clone / "snapshots" / "captures").exists()


def test_the_job_may_write_the_repository_and_nothing_else():
    assert JOB["permissions"] == {"contents": "write"}
    assert "permissions" not in JOB["jobs"]["track"]
    assert JOB["concurrency"]["cancel-in-progress"] is False


@needs_git
def test_install_takes_the_wheel_beside_tracker_toml(world):
    runner = world.runner("one")
    program = runner.clone.parent / "bin" / "python"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    ran = runner.step("Install", path=program.parent)
    assert ran.stdout.splitlines() == ["-m", "pip", "install", "--quiet", "./leaderboard_tracker-0.1.0-py3-none-any.whl"]


@needs_git
def test_all_it_needs_is_a_workspace_and_a_wheel(world):
    files = {name for name in world.files() if not name.startswith("schedules/")}
    assert files == {"tracker.toml", "leaderboard_tracker-0.1.0-py3-none-any.whl"}
    (setup,) = [step["with"] for step in STEPS if step.get("uses", "").startswith("actions/setup-python@")]
    assert setup["cache-dependency-path"] in files


def test_the_workspace_is_found_without_options_and_variables():
    assert "env" not in JOB
    assert [name for name, script in SCRIPTS.items() if "--store" in script or "--schedules" in script] == []


def test_no_script_contains_an_expression_that_strangers_can_fill():
    assert [name for name, script in SCRIPTS.items() if "${{" in script] == []


def test_every_action_is_pinned_by_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[\w/-]+@(v\d+|[0-9a-f]{40})", name)] == []
    assert len(used) >= 4


def test_the_history_is_restored_only_where_it_belongs_to_these_very_captures():
    restore, save = [step["with"] for step in STEPS if "actions/cache" in step.get("uses", "")]
    assert restore["key"] == save["key"]
    assert "hashFiles('snapshots/captures/**/index.jsonl')" in restore["key"]
    assert "restore-keys" not in restore


def test_an_earlier_step_sets_what_a_later_one_needs():
    conditions = " ".join(step.get("if", "") for step in STEPS)
    ids = [step["id"] for step in STEPS if "id" in step]
    assert set(re.findall(r"steps\.(\w+)\.outputs", conditions)) == set(ids)
