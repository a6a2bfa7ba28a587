"""The workflows in `.github/workflows/`: what they run exists, on the Pythons we support, with the least rights they need."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = [text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", text)]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS: dict[str, dict[Any, Any]] = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*")}
JOBS = {f"{name}/{job}": table for name, workflow in WORKFLOWS.items() for job, table in workflow["jobs"].items()}
every_workflow = pytest.mark.parametrize("name", WORKFLOWS)
every_job = pytest.mark.parametrize("name", JOBS)
NEWER_THAN_3_81 = (
    r"^\s*\.ONESHELL|^[^#\t]*(?:!=|:::?=)|&:|\$\((?:file|guile|let|intcmp) |^undefine|^private |\.RECIPEPREFIX|\.EXTRA_PREREQS"
    r"|^-?load "
)


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    return list(job["steps"])


def scripts(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in steps(job) if "run" in step]


def triggers(name: str) -> dict[str, Any]:
    return dict(WORKFLOWS[name][True])  # YAML 1.1 reads the key `on` as true


def pythons(job: dict[str, Any]) -> list[str]:
    """Every Python that a job asks for, those of its matrix in order."""
    asked = [step["with"]["python-version"] for step in steps(job) if "setup-python" in step.get("uses", "")]
    return [one for text in asked for one in (job["strategy"]["matrix"]["python"] if "matrix" in text else [text])]


def test_there_is_a_workflow_for_changes_for_the_night_and_for_releases():
    assert sorted(WORKFLOWS) == ["ci", "nightly", "release"]
    assert set(triggers("ci")) == {"push", "pull_request"}
    assert set(triggers("nightly")) == {"schedule", "workflow_dispatch"}
    assert triggers("release") == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}


@every_job
def test_every_make_target_and_script_in_a_job_exists(name):
    for script in scripts(JOBS[name]):
        for target in re.findall(r"\bmake ([\w-]+)", script):
            assert re.search(rf"^[\w -]*\b{target}\b[\w -]*:", MAKEFILE, re.MULTILINE), f"{name}: make {target}"
        for path in re.findall(r"(?:^|\s)(\.ci/\S+)", script):
            assert (ROOT / path).stat().st_mode & 0o100, f"{name}: {path} cannot be executed"


def test_ci_runs_what_contributors_run():
    assert scripts(JOBS["ci/test"]) == scripts(JOBS["release/test"]) == [".ci/run"]
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_ci_runs_on_the_oldest_and_the_newest_python():
    assert pythons(JOBS["ci/test"]) == [PYTHONS[0], PYTHONS[-1]]


def test_every_night_the_newest_dependencies_meet_every_python_on_linux_and_macos():
    job = JOBS["nightly/newest"]
    assert pythons(job) == PYTHONS
    assert job["strategy"]["matrix"]["system"] == ["ubuntu-latest", "macos-latest"]
    assert (job["runs-on"], job["strategy"]["fail-fast"]) == ("${{ matrix.system }}", False)
    assert scripts(job) == ["make test-latest"]


def test_every_night_the_oldest_dependencies_meet_the_oldest_python():
    job = JOBS["nightly/oldest"]
    assert pythons(job) == [PYTHONS[0]]
    assert scripts(job) == ["make test-lowest"]


@every_job
def test_make_uses_the_python_that_was_set_up(name):
    job = JOBS[name]
    asked, used = pythons(job), job.get("env", {}).get("PYTHON", "python3")
    if "matrix" in job.get("strategy", {}):
        assert used == "python${{ matrix.python }}"
    assert used in {"python3", "python${{ matrix.python }}", *(f"python{one}" for one in asked)}


@every_job
def test_jobs_use_only_pythons_that_the_project_supports(name):
    assert set(pythons(JOBS[name])) <= set(PYTHONS)


def test_the_classifiers_agree_with_requires_python_and_name_both_systems():
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert {"Operating System :: POSIX :: Linux", "Operating System :: MacOS"} <= set(PROJECT["classifiers"])


@every_workflow
def test_no_workflow_may_write_unless_a_job_says_so(name):
    assert WORKFLOWS[name]["permissions"] in ({}, {"contents": "read"})


def test_only_publishing_jobs_may_write_and_they_run_none_of_our_code():
    rights = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    assert rights == {
        "release/test": {"contents": "read"},
        "release/build": {"contents": "read"},
        "release/pypi": {"id-token": "write"},
        "release/github": {"contents": "write", "id-token": "write", "attestations": "write"},
    }
    for name in ("release/pypi", "release/github"):
        assert [step["uses"] for step in steps(JOBS[name]) if "checkout" in step.get("uses", "")] == []


@every_job
def test_a_checkout_leaves_no_credentials_behind(name):
    checkouts = [step for step in steps(JOBS[name]) if "actions/checkout" in step.get("uses", "")]
    assert [step for step in checkouts if step["with"]["persist-credentials"] is not False] == []


@every_job
def test_every_job_ends(name):
    assert 5 <= JOBS[name]["timeout-minutes"] <= 120


@every_workflow
def test_runs_of_a_workflow_do_not_overlap(name):
    concurrency = WORKFLOWS[name]["concurrency"]
    assert concurrency["group"].startswith(name)
    assert concurrency["cancel-in-progress"] is (name == "ci")


@every_job
def test_every_action_is_pinned_by_version(name):
    used = [step["uses"] for step in steps(JOBS[name]) if "uses" in step]
    pinned = r"actions/[\w/-]+@(v\d+|[0-9a-f]{40})|pypa/gh-action-pypi-publish@(release/v\d+|[0-9a-f]{40})"
    assert [action for action in used if not re.fullmatch(pinned, action)] == []
    assert used


@every_job
def test_no_script_contains_an_expression_from_outside_and_no_job_a_secret(name):
    assert [script for script in scripts(JOBS[name]) if "${{" in script] == []
    assert "secrets." not in str(JOBS[name])


def test_a_release_is_tested_then_built_then_published_to_pypi_and_only_then_to_github():
    assert [JOBS[f"release/{job}"].get("needs") for job in ("test", "build", "pypi", "github")] == [None, "test", "build", "pypi"]
    assert 'make release VERSION="${GITHUB_REF_NAME#v}" TAGGED=1' in scripts(JOBS["release/build"])


def test_no_input_of_a_release_comes_from_a_cache():
    for name in ("release/test", "release/build"):
        assert [step for step in steps(JOBS[name]) if "cache" in step.get("with", {})] == []


def test_pypi_gets_packages_with_attestations_from_an_approved_environment():
    job = JOBS["release/pypi"]
    assert job["environment"]["name"] == "pypi"
    (publish,) = [step for step in steps(job) if "gh-action-pypi-publish" in step["uses"]]
    assert publish["with"]["attestations"] is True
    (download,) = [step for step in steps(job) if "download-artifact" in step["uses"]]
    assert download["with"]["path"] == publish["with"]["packages-dir"]
    uploads = {
        step["with"]["name"]: step["with"]["path"].split()
        for step in steps(JOBS["release/build"])
        if "upload-artifact" in step.get("uses", "")
    }
    assert uploads[download["with"]["name"]] == ["dist/*.whl", "dist/*.tar.gz"]
    assert uploads["release"] == ["dist/*", "build/release-notes.md"]


def test_a_tag_that_is_not_on_main_is_not_built(tmp_path):
    (check,) = [script for script in scripts(JOBS["release/build"]) if "merge-base" in script]
    script = f"""
        git init --quiet --initial-branch=main . && git commit --quiet --allow-empty -m one
        git update-ref refs/remotes/origin/main HEAD
        {check} || exit 3
        git checkout --quiet -b idea && git commit --quiet --allow-empty -m two
        {check} && exit 4
        exit 0
    """
    who = {f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), **who}
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_makefile_uses_nothing_newer_than_the_make_of_macos():
    assert re.findall(NEWER_THAN_3_81, MAKEFILE, re.MULTILINE) == []


@pytest.mark.parametrize("line", ["HERE != pwd", "A ::= b", "a b &: c", ".ONESHELL:", "X := $(file < y)", "undefine A"])
def test_make_features_that_macos_lacks_are_found(line):
    assert re.search(NEWER_THAN_3_81, line, re.MULTILINE)
