"""The past of a file in a git repository: each commit of its first-parent history that changed it, across renames.

Source: https://git-scm.com/docs/git-log , https://git-scm.com/docs/git-cat-file
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Self

from tracker.backfill.states import Loaded, PastState, provenance
from tracker.errors import DeclarationError, Refused, StoreError
from tracker.exports.git_layout import GIT, environment, git

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:", re.IGNORECASE)
_IS_GLOB = re.compile(r"[*?\[]")
_DATE = re.compile(r"(?<!\d)(\d{4})[-_]?(\d\d)[-_]?(\d\d)(?:[T_-]?(\d\d)[-:]?(\d\d)(?:[-:]?(\d\d))?Z?)?(?!\d)")
_NEAR = timedelta(hours=36)
"""A commit this close to the date in a path made the file; its time is more exact."""
_DELETED = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a file: its commit with both times, its path then, and the id of its bytes."""

    commit: str
    author_at: datetime
    commit_at: datetime
    path: str
    blob: str


@contextmanager
def opened(repository: str, cache: Path) -> Iterator[Path]:
    """The folder of a repository: a local one, or a clone of an address under `cache`, made or brought up to date.

    Raises:
        DeclarationError: it is not a repository, or cannot be cloned.
    """
    if not _REMOTE.match(repository):
        folder = Path(repository).expanduser()
        if not folder.is_dir():
            raise DeclarationError(f"{repository}: no such folder; expected a git repository, or its address")
        git(["rev-parse", "--git-dir"], folder, f"{repository}: is not a git repository; expected one, or its address")
        yield folder
        return
    clone = cache / f"{hashlib.sha256(repository.encode()).hexdigest()[:16]}.git"
    if clone.is_dir():
        problem = f"{repository}: cannot be brought up to date; run the command again, or delete {clone} to clone it again"
        branch = git(["symbolic-ref", "HEAD"], clone, problem).decode().strip()
        git(["fetch", "--quiet", "origin", f"+{branch}:{branch}"], clone, problem)
    else:
        partial = cache / f"{clone.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed
        cache.mkdir(parents=True, exist_ok=True)
        options = ["--quiet", "--bare", "--filter=blob:none", "--single-branch"]
        problem = f"{repository}: cannot be cloned; check the address and the network, and run the command again"
        git(["clone", *options, "--", repository, partial.name], cache, problem)
        partial.rename(clone)
    yield clone


def versions(folder: Path, path: str) -> list[Version]:
    """The versions of a file, or of the files that a glob matches, oldest first. Raises DeclarationError if there is none."""
    is_glob = bool(_IS_GLOB.search(path))
    follow = [] if is_glob else ["--follow"]
    log = ["log", "--first-parent", "-m", "--format=%x01%H %at %ct", "--raw", "--no-abbrev", "-z", "-M", *follow, "HEAD", "--"]
    problem = f'{folder}: has no history of "{path}"; expected a repository with commits, and a path from its top'
    text = git([*log, f":(glob){path}" if is_glob else path], folder, problem).decode("utf-8", "surrogateescape")
    found = [version for commit in reversed(text.split("\x01")[1:]) for version in _of_commit(commit)]
    if not found:
        raise DeclarationError(f'git: no commit of HEAD has a file "{path}"; expected a path from the top of the repository')
    return found


def predecessors(folder: Path, first: Version) -> list[str]:
    """Files of the same type that were deleted when a file was added: one of them may be the same file, under another name."""
    listing = ["show", "--first-parent", "-m", "--no-renames", "--format=", "--name-status", "-z", first.commit]
    fields = git(listing, folder).decode("utf-8", "surrogateescape").split("\0")
    changes = dict(zip(fields[1::2], fields[::2], strict=False))
    if changes.get(first.path) != "A":
        return []
    return sorted(path for path, status in changes.items() if status == _DELETED and Path(path).suffix == Path(first.path).suffix)


def _of_commit(text: str) -> Iterator[Version]:
    header, *fields = text.split("\0")
    commit, author, committed = header.split()
    rest = iter(fields)
    for field in rest:
        if not field.strip():
            continue
        _, _, _, blob, status = field.strip().split()
        path = next(rest)
        if status[0] in "RC":
            path = next(rest)
        if status != _DELETED:
            yield Version(commit=commit, author_at=_time(author), commit_at=_time(committed), path=path, blob=blob)


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def dated(found: Sequence[Version], *, by_commit: bool = False) -> list[tuple[datetime, Version]]:
    """Each version with the time of its observation: the author's, or with `by_commit` the committer's.

    If several files changed in one commit, the date in each path decides; of a path with a date, the last version counts.

    Raises:
        DeclarationError: several files changed in one commit, and a path has no date.
    """
    several = any(earlier.commit == later.commit for earlier, later in pairwise(found))
    if not several:
        return [(version.commit_at if by_commit else version.author_at, version) for version in found]
    by_path: dict[str, list[Version]] = {}
    for version in found:
        by_path.setdefault(version.path, []).append(version)
    return [(_in_path(of_path[0]), of_path[-1]) for of_path in by_path.values()]


def _in_path(version: Version) -> datetime:
    """The time of a file whose path has its date: that of its first commit, if it was made then."""
    match = _DATE.search(version.path)
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()) if match else (0,) * 6
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        at = None
    if at is None:
        raise DeclarationError(
            f'git: commit {version.commit[:12]} changes several files, and "{version.path}" has no date;'
            " expected one file per commit, or a date such as 2026-03-01 in each path"
        )
    return version.author_at if abs(version.author_at - at) <= _NEAR else at


def backwards(found: Sequence[Version]) -> int:
    """How many versions have an author's time before that of the version that they follow, as after a rebase."""
    return sum(later.author_at < earlier.author_at for earlier, later in pairwise(found))


class Blobs:
    """Reads the bytes of versions through one `git cat-file --batch`. Close it, or use it in a `with` statement."""

    def __init__(self, folder: Path, wanted: Sequence[str]) -> None:
        _prefetch(folder, wanted)
        command = [*GIT, "cat-file", "--batch"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=folder, env=environment(), stdin=pipe, stdout=pipe)  # noqa: S603  # no shell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def read(self, blob: str, max_bytes: int) -> bytes:
        """The bytes with that id. Raises Refused if there are more than `max_bytes`, StoreError if the repository lacks them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{blob}\n".encode())
        self._process.stdin.flush()
        header = self._process.stdout.readline().split()
        if len(header) != 3:
            raise StoreError(f"git: the repository lacks the object {blob}; clone it again")
        size = int(header[2])
        content = self._process.stdout.read(size + 1)[:size]
        if size > max_bytes:
            raise Refused(f"{size} bytes, expected at most {max_bytes}; raise request.max_bytes if that is right")
        return content


def _prefetch(folder: Path, wanted: Sequence[str]) -> None:
    """Fetch the missing objects of a clone without blobs in one request, as git does itself; otherwise it fetches each alone."""
    if not (folder / "HEAD").is_file() or not wanted:
        return
    options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--stdin"]
    command = [*GIT, "-c", "fetch.negotiationAlgorithm=noop", "fetch", "origin", *options]
    content = "\n".join(dict.fromkeys(wanted)).encode()
    subprocess.run(command, cwd=folder, env=environment(), input=content, capture_output=True, check=False)  # noqa: S603  # no shell


def states(repository: str, times: Sequence[tuple[datetime, Version]], blobs: Blobs, max_bytes: int) -> Iterator[PastState]:
    """The states of a board, with their provenance."""
    for at, version in times:
        place = f"{repository}@{version.commit}:{version.path}"
        yield PastState(
            observed_at=at,
            origin=provenance("git", place, author=version.author_at, commit=version.commit_at),
            load=partial(_load, blobs, version.blob, max_bytes, at),
            content=f"git {version.blob}",
        )


def _load(blobs: Blobs, blob: str, max_bytes: int, at: datetime) -> Loaded:
    return Loaded(bodies=(blobs.read(blob, max_bytes),), observed_at=at)
