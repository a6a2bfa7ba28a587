"""The nightly live check's own shell steps, run on the demo's boards on 127.0.0.1."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tracker.cli._season import Season

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / "contrib" / "github" / "boards.yml").read_text(encoding="utf-8"))
STEPS = WORKFLOW["jobs"]["check"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A checkout with the demo's schedules, in which steps run as `bash -e -o pipefail` runs them there."""

    folder: Path

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            **WORKFLOW["env"],
            **inputs,
        }
        words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", SCRIPTS[name]]
        return subprocess.run(words, cwd=self.folder, env=env, check=False, capture_output=True, text=True)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    with Season() as season:
        season.schedules(tmp_path / "schedules")
        yield Runner(folder=tmp_path)


@pytest.mark.slow
def test_a_night_checks_every_board_and_keeps_only_the_table(runner: Runner):
    for name in ("Check", "Write the summary"):
        ran = runner.step(name)
        assert ran.returncode == 0, ran.stderr
    assert runner.text("output") == "code=0\n"
    rows = [json.loads(line) for line in runner.text("boards.jsonl").splitlines()]
    assert sorted(row["board"] for row in rows) == ["colosseum/text", "livewell/table", "meridian/llms", "veritas/hallucination"]
    assert {(row["ok"], row["contract"]) for row in rows} == {(True, "ok")}
    assert runner.text("summary.md").startswith("0 of 4 boards failed\n")
    assert not list(runner.folder.rglob("captures"))


@pytest.mark.slow
def test_a_board_that_fails_is_named_in_the_summary_and_fails_the_job_at_its_end(runner: Runner):
    broken = runner.folder / "schedules" / "veritas" / "hallucination.toml"
    broken.write_text(broken.read_text(encoding="utf-8").replace("veritas/hallucination", "veritas/nowhere"), encoding="utf-8")
    assert [runner.step(name).returncode for name in ("Check", "Write the summary", "Fail where a board failed")] == [0, 0, 1]
    assert runner.text("output") == "code=1\n"
    first = next(line for line in runner.text("summary.md").splitlines() if "/" in line)
    assert first.startswith("| veritas/hallucination | **no** |")


@pytest.mark.slow
def test_a_wrong_name_stops_the_job(runner: Runner):
    ran = runner.step("Check", BOARDS="meridian/lms")
    assert (ran.returncode, "meridian/lms" in ran.stderr) == (2, True)


def test_the_job_may_read_the_repository_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in WORKFLOW["jobs"]["check"]
    assert STEPS[0]["with"]["persist-credentials"] is False


def test_no_script_contains_a_foreign_expression_and_no_step_a_secret():
    assert [name for name, script in SCRIPTS.items() if "${{" in script] == []
    assert [step for step in STEPS if "secrets." in json.dumps(step)] == []


def test_it_installs_by_a_target_of_the_makefile():
    (target,) = re.findall(r"^make (\S+)$", SCRIPTS["Install"], re.MULTILINE)
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv").splitlines()
    assert any(line.startswith(f"{target}:") for line in lines)
    (setup,) = [step["with"] for step in STEPS if step.get("uses", "").startswith("actions/setup-python@")]
    assert (ROOT / setup["cache-dependency-path"]).is_file()


def test_every_action_is_pinned_by_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"actions/[\w/-]+@(v\d+|[0-9a-f]{40})", name)] == []
    assert len(used) == 3
