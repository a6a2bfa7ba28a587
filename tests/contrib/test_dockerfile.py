"""The image is built as we want it: rules checked here, all of hadolint's where that is on the machine. Docker is not needed."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from tracker.workspace import find

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "contrib" / "docker"
DOCKERFILE = FOLDER / "Dockerfile"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
HADOLINT = shutil.which("hadolint")


def instructions() -> list[tuple[str, str]]:
    """(instruction, its words) in order, continuation lines joined."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def of(name: str) -> list[str]:
    return [words for instruction, words in instructions() if instruction == name]


def final() -> list[tuple[str, str]]:
    """The instructions of the last stage: what the image is."""
    lines = instructions()
    return lines[max(number for number, (name, _) in enumerate(lines) if name == "FROM") :]


def copied() -> list[str]:
    """What is taken from the checkout."""
    return [source for words in of("COPY") if "--from=" not in words for source in shlex.split(words)[:-1]]


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not on this machine")
def test_hadolint_finds_nothing():
    assert HADOLINT is not None
    ran = subprocess.run([HADOLINT, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_base_images_are_pinned_by_a_tag_that_names_python_and_debian():
    images = [words.split()[0] for words in of("FROM")]
    assert images == ["python:3.13-slim-trixie"] * 2


def test_the_image_has_a_python_that_the_project_supports():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    at_least = tuple(map(int, wanted.removeprefix(">=").split(".")))
    assert all(tuple(map(int, re.findall(r"python:(\d+)\.(\d+)", words)[0])) >= at_least for words in of("FROM"))


def test_it_runs_as_a_numbered_user_that_is_not_root():
    (user,) = [words for name, words in final() if name == "USER"]
    assert all(int(number) >= 10000 for number in user.split(":"))
    names = [name for name, _ in final()]
    assert "RUN" not in names[names.index("USER") :]


def test_the_volume_belongs_to_that_user_before_it_is_one():
    names = [name for name, _ in final()]
    (made,) = [words for name, words in final() if name == "RUN"]
    (volume,) = of("VOLUME")
    assert ("--owner=10001" in made, volume in made.split()) == (True, True)
    assert names.index("RUN") < names.index("VOLUME")


def test_its_program_receives_the_signals_directly():
    assert json.loads(of("ENTRYPOINT")[0]) == ["tracker"]
    assert json.loads(of("CMD")[0])[0] == "daemon"


def test_the_health_check_asks_where_the_daemon_answers():
    address = json.loads(of("CMD")[0])[2]
    (check,) = of("HEALTHCHECK")
    program, option, code = json.loads(check.partition("CMD")[2])
    assert (program, option, f"http://{address}/healthz" in code) == ("python", "-c", True)
    compile(code, "healthcheck", "exec")


@pytest.mark.parametrize(
    "unwanted", [r"\bADD\b", r"\bsudo\b", r":latest\b", r"\bapt", r"\bcurl\b", r"(?i)(key|token|secret)\s*="]
)
def test_the_image_contains_nothing_unwanted(unwanted):
    assert [line for line in (f"{name} {words}" for name, words in instructions()) if re.search(unwanted, line)] == []


def pips() -> list[list[str]]:
    """The words of every call of pip."""
    calls = [shlex.split(call) for words in of("RUN") for call in words.split("&&")]
    return [call for call in calls if call[0].endswith("pip")]


def test_pip_leaves_no_cache_in_a_layer():
    assert [call[1] for call in pips()] == ["download", "wheel", "install"]
    assert all("--no-cache-dir" in call for call in pips())


def test_everything_downloaded_has_a_hash_and_nothing_else_is_installed():
    download, *others = pips()
    assert "--require-hashes" in download
    (lock,) = [word for word in download if word.endswith(".lock")]
    assert "--hash=sha256:" in (ROOT / lock).read_text(encoding="utf-8")
    assert all({"--no-index", "--find-links"} <= set(call) for call in others)


def test_the_lock_has_what_builds_and_runs_the_image():
    lock = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements-dev.lock").read_text(encoding="utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"], *extras["web"], *extras["notify"]]
    assert {re.split(r"[<>=;]", name)[0].replace(".", "-") for name in wanted} <= lock


def test_everything_in_the_wheel_is_in_the_build():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    for source in (*wheel["packages"], *wheel["force-include"]):
        assert any(Path(source).is_relative_to(folder) for folder in copied()), source


def test_the_wheel_can_be_built_from_exactly_what_is_copied(tmp_path: Path):
    sources = [ROOT / name for name in copied()]
    for source in sources:
        target = tmp_path / "src" / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")]
    ran = subprocess.run(build, cwd=tmp_path / "src", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (wheel,) = (tmp_path / "dist").glob("leaderboard_tracker-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert {"tracker/_data/schedules/routes.toml", "tracker/cli/__init__.py"} <= set(archive.namelist())


def test_everything_copied_is_in_the_checkout_and_not_ignored():
    lines = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines
    assert set(copied()) == allowed
    assert [source for source in copied() if not (ROOT / source).exists()] == []


def test_no_key_and_no_store_gets_into_the_build():
    lines = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert any(fnmatch.fnmatch("schedules/tracker.env", line) for line in lines if "env" in line)
    assert "snapshots" not in copied()


def test_the_extras_installed_are_declared():
    (install,) = [words for words in of("RUN") if "pip install" in words]
    extras = re.findall(r"'leaderboard-tracker\[([\w,]+)\]'", install)[0].split(",")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(extras) <= set(declared)


def service() -> dict[str, object]:
    (only,) = COMPOSE["services"].values()
    return only


def test_compose_drops_every_privilege():
    options = service()
    assert (options["read_only"], options["cap_drop"], options["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert not {"privileged", "cap_add", "ports", "user", "network_mode", "pid"} & set(options)


def test_compose_builds_this_dockerfile_from_the_root():
    build = service()["build"]
    assert (FOLDER / build["context"]).resolve() == ROOT
    assert ROOT / build["dockerfile"] == DOCKERFILE


def workspace() -> str:
    """The folder in which commands look in the image: the user's data folder."""
    environment = dict(pair.split("=", 1) for pair in shlex.split(of("ENV")[0]))
    assert not {"TRACKER_STORE", "TRACKER_SCHEDULES"} & set(environment)
    place = find(None, None, here=Path(of("WORKDIR")[-1]), environment=environment)
    return str(place.store.parent)


def test_the_volume_is_the_folder_in_which_commands_look():
    assert of("VOLUME") == [workspace()]


def test_no_declarations_are_copied_beside_those_in_the_wheel():
    assert [words for name, words in final() if name == "COPY"] == ["--from=build /opt/tracker /opt/tracker"]


def test_compose_mounts_the_workspace():
    assert {volume.split(":")[1] for volume in service()["volumes"]} == {workspace()}


def test_compose_says_where_files_of_ones_own_go():
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"#- \S+?:(\S+):ro", text)) == {f"{workspace()}/tracker.toml", f"{workspace()}/schedules"}


def test_compose_waits_longer_than_the_daemon_takes_to_stop():
    assert int(service()["stop_grace_period"].removesuffix("s")) > 60
