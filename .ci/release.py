"""Check, build and tag a release of the commit that is checked out: `make release VERSION=x.y.z`.

Everything is built from `git archive HEAD`, so nothing outside the commit gets in, with the locked hatchling and the commit's
own time as the clock: the same commit gives the same bytes. Needs no network. `dist/` is written only after every check.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from packaging.metadata import Metadata

BRANCH = "main"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
BOARDS = re.compile(r"tracker/_data/schedules/(?!models/|rules/)[^/_][^/]*/[^/_][^/]*\.toml")
MIN_BOARDS = 84
NAMED = re.compile(r"leaderboard[_-]tracker(?:-|==)(\d+\.\d+\.\d+)")
"""A version of the package in a text: in the name of its wheel, or where it is pinned."""
REQUIRED = {
    "py.typed": re.compile(r"tracker/py\.typed"),
    "report templates": re.compile(r"tracker/reports/templates/.+\.html"),
    "service templates": re.compile(r"tracker/cli/units/.+\.jinja"),
    "model names": re.compile(r"tracker/_data/schedules/models/.+\.toml"),
    "the demo's boards": re.compile(r"tracker/_data/seed/schedules/.+\.toml"),
    "the demo's captures": re.compile(r"tracker/_data/seed/captures/.+"),
    "LICENSE": re.compile(r"[^/]+\.dist-info/licenses/LICENSE"),
}
COMMANDS = ("tracker = tracker.cli:main", "leaderboard-tracker = tracker.cli:main")
ALLOWED = re.compile(r"tracker/.+|[^/]+\.dist-info/.+")
FORBIDDEN = re.compile(r"(^|/)(tests?|__pycache__|\.[^/]+)/|\.(pyc|db|db-wal|db-shm|zst|raw)$|/index\.jsonl$")
"""Tests, caches, and what a store consists of."""


def main(args: Sequence[str] | None = None) -> int:
    """Run the release. 0: done; 1: refused or not fit to be released, with a line for each reason."""
    parser = argparse.ArgumentParser(prog="release.py", description="Check, build and tag a release of the current commit.")
    parser.add_argument("version", help="x.y.z, without a v")
    parser.add_argument("--dry-run", action="store_true", help="do everything but create the tag")
    parser.add_argument("--tagged", action="store_true", help="the tag exists and is checked out, as in CI; create none")
    options = parser.parse_args(args)
    version = options.version
    if problems := [*refusals(version, tagged=options.tagged)]:
        return report(problems)
    epoch = int(output("git", "log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory() as folder:
        source, rebuilt, made = (Path(folder) / name for name in ("source", "rebuilt", "made"))
        unpack(run("git", "archive", "HEAD"), source)
        sdist, wheel = hatchling(source, made, epoch, "sdist"), hatchling(source, made, epoch, "wheel")
        unpack(sdist.read_bytes(), rebuilt)
        again = hatchling(rebuilt / sdist.name.removesuffix(".tar.gz"), rebuilt, epoch, "wheel")
        if problems := [*faults(wheel, version), *differences(wheel, again), *metadata_faults(pkg_info(sdist), version)]:
            return report(problems)
        (made / f"{sdist.name.removesuffix('.tar.gz')}.cdx.json").write_text(sbom(epoch), encoding="utf-8")
        (made / "SHA256SUMS").write_text(sums(made), encoding="utf-8")
        shutil.rmtree("dist", ignore_errors=True)
        shutil.copytree(made, "dist")
    Path("build").mkdir(exist_ok=True)
    Path("build/release-notes.md").write_text(notes(version), encoding="utf-8")
    print(*sorted(str(path) for path in Path("dist").iterdir()), sep="\n")
    if options.dry_run or options.tagged:
        print(f"v{version} can be released; no tag was created")
        return 0
    run("git", "tag", "--annotate", f"v{version}", "--message", f"leaderboard-tracker {version}")
    print(f"tagged v{version}; to publish it: git push --follow-tags origin {BRANCH}")
    return 0


def refusals(version: str, *, tagged: bool) -> Iterator[str]:
    """Why this commit cannot become this version, before anything is built."""
    if not VERSION.fullmatch(version):
        yield f'"{version}" is not a version; expected x.y.z'
        return
    if changed := output("git", "status", "--porcelain").splitlines():
        yield f"the tree is not clean ({changed[0].strip()}, {len(changed)} in all); commit or remove the changes"
    if tagged and f"v{version}" not in output("git", "tag", "--points-at", "HEAD").split():
        yield f"the commit that is checked out does not have the tag v{version}"
    if not tagged and (branch := output("git", "branch", "--show-current")) != BRANCH:
        yield f'the branch is "{branch}"; releases are made from "{BRANCH}"'
    if not tagged and output("git", "tag", "--list", f"v{version}"):
        yield f"the tag v{version} exists; a published version is never made again"
    declared = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if declared != version:
        yield f'pyproject.toml: version = "{declared}", expected "{version}"'
    yield from misnamed(version)
    if not notes(version).strip():
        yield f'CHANGELOG.md has no section "## [{version}] - YYYY-MM-DD" with text in it'
    if subprocess.run([sys.executable, "-m", "uv", "lock", "--check", "--offline"], check=False, capture_output=True).returncode:
        yield "uv.lock does not fit pyproject.toml; run: make lock"


def misnamed(version: str) -> Iterator[str]:
    """Where the instructions for users name another version of the package."""
    paths = [Path("README.md"), *(path for folder in ("contrib", "docs") for path in sorted(Path(folder).rglob("*.*")))]
    for path in filter(Path.is_file, paths):
        for named in sorted({*NAMED.findall(path.read_text(encoding="utf-8", errors="replace"))} - {version}):
            yield f'{path} names version "{named}" of the package, expected "{version}"'


def notes(version: str) -> str:
    """What the changelog says about a version; empty where it has no dated section."""
    text = Path("CHANGELOG.md").read_text(encoding="utf-8")
    section = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |^\[[^\]\n]+\]: |\Z)"
    found = re.search(section, text, re.MULTILINE | re.DOTALL)
    return f"{found[1].strip()}\n" if found else ""


def hatchling(source: Path, into: Path, epoch: int, target: str) -> Path:
    """Build one target of a source tree with the hatchling of this environment. The file it made."""
    before = set(into.glob("*"))
    words = ("-m", "hatchling", "build", "--target", target, "--directory", str(into))
    run(sys.executable, *words, cwd=source, SOURCE_DATE_EPOCH=str(epoch))
    (made,) = set(into.glob("*.tar.gz" if target == "sdist" else "*.whl")) - before
    return made


def unpack(archive: bytes, into: Path) -> None:
    """Extract a tar file, compressed or not."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(into, filter="data")


def faults(wheel: Path, version: str) -> Iterator[str]:
    """What is missing in a wheel, or must not be in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        texts = {name.partition("/")[2]: archive.read(name).decode() for name in names if ".dist-info/" in name}
    boards = sum(1 for name in names if BOARDS.fullmatch(name))
    if boards < MIN_BOARDS:
        yield f"{wheel.name}: {boards} boards, expected at least {MIN_BOARDS}"
    for what, pattern in REQUIRED.items():
        if not any(pattern.fullmatch(name) for name in names):
            yield f"{wheel.name} lacks {what}"
    for name in names:
        if not ALLOWED.fullmatch(name) or FORBIDDEN.search(name):
            yield f"{wheel.name}: {name} must not be in it"
    commands = texts.get("entry_points.txt", "").splitlines()
    for command in COMMANDS:
        if command not in commands:
            yield f'{wheel.name} lacks the command "{command}"'
    yield from metadata_faults(texts.get("METADATA", ""), version)


def metadata_faults(text: str, version: str) -> Iterator[str]:
    """What the standard for core metadata, or we, find wrong with METADATA or PKG-INFO."""
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as group:
        yield from (f"metadata: {error}" for error in group.exceptions)
        return
    if (metadata.name, str(metadata.version)) != ("leaderboard-tracker", version):
        yield f"metadata: {metadata.name} {metadata.version}, expected leaderboard-tracker {version}"
    if not metadata.description or metadata.description_content_type != "text/markdown":
        yield "metadata: no description in Markdown"


def pkg_info(sdist: Path) -> str:
    """The metadata of an sdist."""
    with tarfile.open(sdist) as tar:
        member = tar.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert member is not None, "PKG-INFO is a file"
        return member.read().decode()


def differences(wheel: Path, again: Path) -> Iterator[str]:
    """The files that the wheel made from the sdist lacks, has in addition, or has with other content."""
    one, other = ({info.filename: info.CRC for info in zipfile.ZipFile(path).infolist()} for path in (wheel, again))
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield f"{name} is not the same in the wheel and in one built from the sdist"


def sbom(epoch: int) -> str:
    """The locked runtime dependencies in CycloneDX, dated by the commit and numbered by their content.

    Of a package in two versions, the property `uv:package:marker` says which Python gets which.
    """
    export = "export --quiet --frozen --no-default-groups --format cyclonedx1.5 --preview-features sbom-export"
    bom = json.loads(output(sys.executable, "-m", "uv", *export.split()))
    bom["metadata"]["timestamp"] = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    del bom["serialNumber"]
    bom["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True)).urn
    return json.dumps(bom, indent=2) + "\n"


def sums(folder: Path) -> str:
    """One line for each file, as `sha256sum --check` reads it."""
    return "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir()))


def output(*words: str) -> str:
    """What a program prints, without the space around it."""
    return run(*words).strip().decode()


def run(*words: str, cwd: Path | None = None, **environment: str) -> bytes:
    """The same as bytes, in a folder and with an environment. Raises CalledProcessError."""
    return subprocess.run(words, cwd=cwd, env={**os.environ, **environment}, check=True, capture_output=True).stdout


def report(problems: Sequence[str]) -> int:
    """Print a line for each problem. The exit code."""
    for problem in problems:
        print(f"release: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failed:
        print(failed.stderr.decode(errors="replace"), file=sys.stderr)
        sys.exit(report([f"{' '.join(map(str, failed.cmd))} failed"]))
