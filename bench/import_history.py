"""Measure the import of a board's dated states, and git-history on the same states: `python bench/import_history.py FOLDER`.

FOLDER has the bodies of one board, `YYYY-MM-DDTHHMMSSZ.json[.gz]`. Both programs import every state into a new database. Times
are CPU, user and system, of the whole child processes. git-history needs the states as commits of a repository, which is created
first and not counted. It is installed into a scratch environment unless `--git-history PATH` names one.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from tracker import schedules
from tracker.line import fold, intake
from tracker.line.apart import read_line
from tracker.model import Board, BoardId, BoardState, Capture
from tracker.parsers import FORMATS, options_of
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

ROOT = Path(__file__).resolve().parents[1]
SCHEDULES = ROOT / "tests" / "real" / "schedules"
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "archive: keep": (("archive.py", "keep"),),
    "archive: read": (("archive.py", "body"),),
    "recognise and decode": (("pages.py", "recognise"), ("parsers/__init__.py", "parse")),
    "check": (("check.py", "check"),),
    "resolve": (("identity/__init__.py", "identify"),),
    "compare": (("compare/__init__.py", "commensurable"), ("compare/__init__.py", "compare")),
    "detect and advance": (("events/__init__.py", "detect"), ("events/__init__.py", "advance")),
    "write": (("sqlite.py", "save"),),
}
"""The steps of an import, by the functions whose cumulative times they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a program took."""

    cpu_s: float
    wall_s: float
    bytes: int


def states(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name[:4].isdigit())


def body_of(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def timed(command: Sequence[str | Path], database: Path) -> Cost:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    wall_s, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_s=cpu_s, wall_s=wall_s, bytes=sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*")))


# ── the two imports ──────────────────────────────────────────────────────────────────────────────


def by_tracker(board: str, declared: Path, folder: Path, scratch: Path) -> Cost:
    tracker = [sys.executable, "-c", "from tracker.cli import main; main()"]
    command = [*tracker, "--store", scratch, "--schedules", declared, "import", board, *states(folder)]
    return timed(command, scratch / "tracker.db")


def by_git_history(program: Path, folder: Path, scratch: Path, *, records: str, key: str) -> Cost:
    repo = repository(folder, scratch / "repo")
    convert = f'json.loads(content)["{records}"]' if records else "json.loads(content)"
    options = ["--repo", repo, "--id", key, "--convert", convert, "--ignore-duplicate-ids", "--silent"]
    return timed([program, "file", scratch / "history.db", repo / "states.json", *options], scratch / "history.db")


def repository(folder: Path, repo: Path) -> Path:
    """A repository with one commit per state, at its date."""
    subprocess.run(["git", "init", "-q", "-b", "main", repo], check=True)
    for path in states(folder):
        (repo / "states.json").write_bytes(body_of(path))
        date = f"{path.name[:13]}:{path.name[13:15]}:{path.name[15:17]}Z"
        who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0", "-C", str(repo))
        environment = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        subprocess.run(["git", *who, "add", "states.json"], check=True)
        subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", date], check=True, env=environment)
    return repo


def installed(folder: Path) -> Path:
    """git-history in an environment of its own."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "git-history"], check=True)
    return folder / "bin" / "git-history"


# ── where the time goes ──────────────────────────────────────────────────────────────────────────


def each(board: Board, folder: Path, scratch: Path) -> Iterator[tuple[float, float, float]]:
    """CPU seconds per state of keeping its body, of everything up to its events, and of writing them."""
    archive = FileArchive(scratch / "captures")
    with SqliteStore(scratch / "tracker.db") as store:
        kept = [_timed_keep(board, path, archive) for path in states(folder)]
        lines, _ = archive.index(board.id)
        steps = fold.steps(board, lines, archive, before=None, past=BoardState(), lexicon=default_lexicon(), read=read_line)
        store.declare(board)
        for keep_s in kept:
            begin = time.process_time()
            step = next(steps)
            middle = time.process_time()
            store.save(step)
            yield keep_s, middle - begin, time.process_time() - middle


def _timed_keep(board: Board, path: Path, archive: FileArchive) -> float:
    at = datetime.strptime(path.name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    capture = Capture(board=board.id, observed_at=at, url=board.request.url, bodies=(body_of(path),))
    begin = time.process_time()
    archive.keep(capture)
    return time.process_time() - begin


def shares(board: Board, folder: Path, scratch: Path) -> dict[str, float]:
    """Each part's share of an import under cProfile."""
    profile = cProfile.Profile()
    with SqliteStore(scratch / "tracker.db") as store:
        archive, paths = FileArchive(scratch / "captures"), states(folder)
        profile.runcall(intake.import_bodies, board, paths, archive=archive, store=store)
    times = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # missing in typeshed
    total = next(cumulative for (_, _, name), (_, _, _, cumulative, _) in times.items() if name == "import_bodies")
    return {
        part: sum(
            cumulative
            for (file, _, name), (_, _, _, cumulative, _) in times.items()
            if any(file.endswith(f"/{where}") and name == what for where, what in functions)
        )
        / total
        for part, functions in PARTS.items()
    }


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--board", default="artificial-analysis/llms")
    arguments.add_argument("--schedules", type=Path, default=SCHEDULES)
    arguments.add_argument("--records", default="models", help="key of the records in a state, for git-history")
    arguments.add_argument("--id", default="id", help="key of a record's id, for git-history")
    arguments.add_argument("--git-history", type=Path, help="the program; installed into a scratch environment by default")
    arguments.add_argument("--no-git-history", action="store_true", help="measure only the tracker")
    given = arguments.parse_args()
    board = schedules.load(given.schedules, {name: options_of(name) for name in FORMATS}).board(BoardId(given.board))
    with tempfile.TemporaryDirectory() as scratch:
        compare(given, Path(scratch))
        by_state(board, given.folder, Path(scratch) / "each")
        by_part(board, given.folder, Path(scratch) / "profiled")


def compare(given: argparse.Namespace, scratch: Path) -> None:
    count = len(states(given.folder))
    size = sum(path.stat().st_size for path in states(given.folder))
    print(f"{count} states of {given.board}, {size / 1e6:.1f} MB as stored in {given.folder.name}/")
    print(f"{'':12}{'CPU s':>8}{'wall s':>8}{'CPU ms/state':>14}{'database MB':>13}")
    tracker = by_tracker(given.board, given.schedules, given.folder, scratch / "tracker")
    line("tracker", tracker, count)
    if not given.no_git_history:
        program = given.git_history or installed(scratch / "environment")
        peer = by_git_history(program, given.folder, scratch, records=given.records, key=given.id)
        line("git-history", peer, count)
        print(f"{'ratio':12}{tracker.cpu_s / peer.cpu_s:8.3f}{'':22}{tracker.bytes / peer.bytes:13.3f}")
    captures = sum(path.stat().st_size for path in (scratch / "tracker" / "captures").rglob("*") if path.is_file())
    print(f"the archive beside it: {captures / 1e6:.1f} MB")


def line(name: str, cost: Cost, count: int) -> None:
    print(f"{name:12}{cost.cpu_s:8.2f}{cost.wall_s:8.2f}{cost.cpu_s / count * 1e3:14.1f}{cost.bytes / 1e6:13.2f}")


def by_state(board: Board, folder: Path, scratch: Path) -> None:
    every = list(each(board, folder, scratch))
    print(f"\nCPU ms per state{'keep':>12}{'read to events':>16}{'write':>8}")
    for name, some in (("first 10", every[:10]), ("last 10", every[-10:])):
        keep, derive, write = (mean(one[part] for one in some) * 1e3 for part in range(3))
        print(f"{name:16}{keep:12.1f}{derive:16.1f}{write:8.1f}")


def by_part(board: Board, folder: Path, scratch: Path) -> None:
    found = shares(board, folder, scratch)
    print("\nwhere the tracker's time goes (cProfile)")
    for part, share in sorted(found.items(), key=lambda pair: -pair[1]):
        print(f"{part:24}{share:7.1%}")
    print(f"{'the rest':24}{1 - sum(found.values()):7.1%}")


if __name__ == "__main__":
    main()
