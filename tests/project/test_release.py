"""`make release` refuses what must not be released, and makes the same files from the same commit. On small repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from release_world import CHANGELOG, Project, changed, script

ROOT = Path(__file__).parents[2]
NAME = "leaderboard_tracker-1.2.3"
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
TOOLS = {package["name"]: package["version"] for package in LOCK["package"] if package["name"] in {"uv", "hatchling"}}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine"),
    pytest.mark.skipif({name: metadata.version(name) for name in TOOLS} != TOOLS, reason="a release is made by the locked tools"),
]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("original") / "project").create()


@pytest.fixture
def project(original: Project, tmp_path: Path) -> Project:
    shutil.copytree(original.folder, tmp_path / "project")
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def released(original: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy that was released by a dry run."""
    folder = tmp_path_factory.mktemp("released") / "project"
    shutil.copytree(original.folder, folder)
    ran = Project(folder).release("1.2.3", "--dry-run")
    assert ran.returncode == 0, ran.stderr
    return Project(folder)


def test_a_tree_with_changes_is_refused(project):
    project.write("tracker/__init__.py", "x = 1\n")
    (reason,) = project.refusals("1.2.3")
    assert "the tree is not clean (M tracker/__init__.py, 1 in all)" in reason


def test_a_tree_with_an_untracked_file_is_refused(project):
    project.write("schedules/acme/private.toml", "")
    assert "?? schedules/acme/private.toml" in "".join(project.refusals("1.2.3"))


def test_another_branch_is_refused(project):
    project.git("checkout", "--quiet", "-b", "idea")
    assert project.refusals("1.2.3") == ['release: the branch is "idea"; releases are made from "main"']


def test_instructions_that_name_another_version_are_refused(project):
    project.write(
        "docs/guide/install.md", "pip install ./leaderboard_tracker-1.2.2-py3-none-any.whl, then leaderboard-tracker==1.2.3\n"
    )
    project.write("contrib/github/track.yml", "# leaderboard-tracker==1.2.2\n")
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", "Instructions")
    assert project.refusals("1.2.3") == [
        f'release: {path} names version "1.2.2" of the package, expected "1.2.3"'
        for path in ("contrib/github/track.yml", "docs/guide/install.md")
    ]


def test_a_version_that_was_tagged_is_refused(project):
    project.git("tag", "v1.2.3")
    assert project.refusals("1.2.3") == ["release: the tag v1.2.3 exists; a published version is never made again"]


@pytest.mark.parametrize(
    "section", ["## [1.2.3] - unreleased\n\n- A thing.", "## [1.2.3] - 2026-03-01", "## 1.2.3\n\n- A thing."]
)
def test_a_changelog_without_a_dated_section_with_text_is_refused(project, section):
    project.write("CHANGELOG.md", CHANGELOG.replace("## [1.2.3] - 2026-03-01\n\n### Added\n\n- A thing.", section))
    project.commit()
    assert project.refusals("1.2.3") == ['release: CHANGELOG.md has no section "## [1.2.3] - YYYY-MM-DD" with text in it']


def test_a_version_that_pyproject_does_not_have_is_refused(project):
    reasons = project.refusals("1.2.4")
    assert 'release: pyproject.toml: version = "1.2.3", expected "1.2.4"' in reasons


@pytest.mark.parametrize("version", ["", "v1.2.3", "1.2", "1.2.3rc1", "01.2.3", "1.2.3;true", "$(true)"])
def test_anything_but_a_version_is_refused(project, version):
    assert project.refusals(version) == [f'release: "{version}" is not a version; expected x.y.z']


def test_a_lock_that_does_not_match_pyproject_is_refused(project):
    project.replace("pyproject.toml", 'license = "Apache-2.0"', 'license = "Apache-2.0"\ndependencies = ["click>=8"]')
    project.commit()
    assert project.refusals("1.2.3") == ["release: uv.lock does not fit pyproject.toml; run: make lock"]


def test_every_reason_is_given_at_once(project):
    project.git("checkout", "--quiet", "-b", "idea")
    project.write("note.txt", "")
    assert len(project.refusals("2.0.0")) == 4


def test_a_tag_elsewhere_is_refused_where_the_tag_should_be_checked_out(project):
    project.git("tag", "v1.2.3")
    project.write("note.txt", "")
    project.commit()
    assert project.refusals("1.2.3", "--tagged") == ["release: the commit that is checked out does not have the tag v1.2.3"]


def test_a_dry_run_creates_everything_but_the_tag(released):
    assert released.built == ["SHA256SUMS", f"{NAME}-py3-none-any.whl", f"{NAME}.cdx.json", f"{NAME}.tar.gz"]
    assert (released.folder / "build" / "release-notes.md").read_text(encoding="utf-8") == "### Added\n\n- A thing.\n"
    assert released.git("tag") == ""


def test_a_release_has_the_bytes_of_its_dry_run_and_an_annotated_tag(project, released):
    os.utime(project.folder / "tracker" / "py.typed", (0, 0))
    (project.folder / "tracker" / "cli").chmod(0o700)
    ran = project.release("1.2.3")
    assert ran.returncode == 0, ran.stderr
    assert "git push --follow-tags origin main" in ran.stdout.splitlines()[-1]
    assert project.git("cat-file", "-t", "v1.2.3") == "tag"
    assert project.git("rev-parse", "v1.2.3^{commit}") == project.git("rev-parse", "HEAD")
    sums = "dist/SHA256SUMS"
    assert (project.folder / sums).read_text(encoding="utf-8") == (released.folder / sums).read_text(encoding="utf-8")


def test_ci_builds_a_checked_out_tag_without_a_branch(project):
    project.git("tag", "v1.2.3")
    project.git("checkout", "--quiet", "--detach", "v1.2.3")
    ran = project.release("1.2.3", "--tagged")
    assert ran.returncode == 0, ran.stderr
    assert project.git("tag") == "v1.2.3"


def test_the_checksums_are_right_and_sha256sum_can_read_them(released):
    lines = (released.folder / "dist" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert sorted(line[66:] for line in lines) == [name for name in released.built if name != "SHA256SUMS"]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=released.folder / "dist", check=True)


def test_files_that_git_ignores_are_not_in_a_release(project, released):
    project.write(".git/info/exclude", "*.swp\n")
    project.write("schedules/acme/board-1.toml.swp", "a draft")
    ran = project.release("1.2.3", "--dry-run")
    assert ran.returncode == 0, ran.stderr
    assert zipfile.ZipFile(project.wheel).namelist() == zipfile.ZipFile(released.wheel).namelist()
    with tarfile.open(project.folder / "dist" / f"{NAME}.tar.gz") as sdist:
        assert [name for name in sdist.getnames() if name.endswith(".swp")] == []


def test_an_sdist_that_builds_another_wheel_is_refused_and_leaves_no_files(project):
    project.write(
        "pyproject.toml",
        (project.folder / "pyproject.toml").read_text() + '[tool.hatch.build.targets.sdist]\nexclude = ["*.html"]\n',
    )
    project.commit()
    reasons = project.refusals("1.2.3")
    assert (
        "release: tracker/reports/templates/report.html is not the same in the wheel and in one built from the sdist" in reasons
    )


def test_the_wheel_of_a_release_has_no_faults(released):
    assert list(script().faults(released.wheel, "1.2.3")) == []


@pytest.mark.parametrize(
    ("without", "fault"),
    [
        ("tracker/py.typed", "lacks py.typed"),
        ("tracker/reports/", "lacks report templates"),
        ("tracker/cli/units/", "lacks service templates"),
        ("tracker/_data/schedules/models/", "lacks model names"),
        ("tracker/_data/schedules/acme/board-7.toml", "83 boards, expected at least 84"),
        ("tracker/_data/seed/schedules/", "lacks the demo's boards"),
        ("tracker/_data/seed/captures/", "lacks the demo's captures"),
        (f"{NAME}.dist-info/licenses/", "lacks LICENSE"),
        (f"{NAME}.dist-info/entry_points.txt", 'lacks the command "leaderboard-tracker = tracker.cli:main"'),
        (f"{NAME}.dist-info/METADATA", "metadata: "),
    ],
)
def test_a_wheel_that_lacks_something_is_found(released, tmp_path, without, fault):
    found = list(script().faults(changed(released.wheel, tmp_path, without=without), "1.2.3"))
    assert [line for line in found if fault in line] != []


@pytest.mark.parametrize(
    "added",
    [
        "tests/test_nothing.py",
        "tracker/tests/test_nothing.py",
        "tracker/__pycache__/cli.cpython-311.pyc",
        "tracker/_data/tracker.db",
        "tracker/_data/captures/acme/text/index.jsonl",
        "tracker/_data/captures/acme/text/bodies/aa.zst",
        "tracker/.ruff_cache/x",
        "setup.py",
    ],
)
def test_a_wheel_with_a_forbidden_file_is_found(released, tmp_path, added):
    found = list(script().faults(changed(released.wheel, tmp_path, added=added), "1.2.3"))
    assert found == [f"{released.wheel.name}: {added} must not be in it"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Metadata-Version: 2.4\nName: leaderboard-tracker\n", "version"),
        ("Metadata-Version: 2.4\nName: leaderboard-tracker\nVersion: 1.2.3\nRequires-Python: >=three\n", "three"),
        ("Metadata-Version: 2.4\nName: other\nVersion: 1.2.3\n", "expected leaderboard-tracker 1.2.3"),
        ("Metadata-Version: 2.4\nName: leaderboard-tracker\nVersion: 1.2.2\n", "expected leaderboard-tracker 1.2.3"),
        ("Metadata-Version: 2.4\nName: leaderboard-tracker\nVersion: 1.2.3\n", "no description in Markdown"),
    ],
)
def test_metadata_that_an_index_would_refuse_is_found(text, fault):
    assert [line for line in script().metadata_faults(text, "1.2.3") if fault in line] != []


def test_the_sbom_lists_the_locked_runtime_dependencies_and_none_of_our_tools(monkeypatch):
    monkeypatch.chdir(ROOT)
    bom = json.loads(script().sbom(1_772_344_800))
    assert (bom["bomFormat"], bom["specVersion"], bom["metadata"]["timestamp"]) == ("CycloneDX", "1.5", "2026-03-01T06:00:00Z")
    names = {component["name"] for component in bom["components"]}
    assert {"httpx", "selectolax", "msgspec"} <= names
    assert names & {"pytest", "ruff", "hatchling"} == set()
    assert all(component["purl"].startswith("pkg:pypi/") for component in bom["components"])
    assert json.loads(script().sbom(1_772_344_800)) == bom


def test_the_sbom_says_on_which_python_each_of_two_versions_is_installed(monkeypatch):
    monkeypatch.chdir(ROOT)
    conditions: dict[str, list[str]] = {}
    for component in json.loads(script().sbom(1_772_344_800))["components"]:
        markers = [entry["value"] for entry in component.get("properties", []) if entry["name"] == "uv:package:marker"]
        conditions.setdefault(component["name"], []).append("".join(markers))
    several = {name: markers for name, markers in conditions.items() if len(markers) > 1}
    assert "soupsieve" in several
    assert all(len(set(markers)) == len(markers) and all(markers) for markers in several.values())
