"""A git repository with one canonical JSON file per board and one commit per state, dated by its observation.

The same states give the same commits, so a later export continues the history of an earlier one. Needs the program git.

Source: https://git-scm.com/docs/git-fast-import
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import IO

from tracker.errors import DeclarationError, StoreError
from tracker.exports.contents import Contents
from tracker.exports.places import METADATA, new_folder
from tracker.model import Board, Measure, Result, StoredSnapshot
from tracker.wording import clean, count, machine_time

_WHO = b"leaderboard-tracker <leaderboard-tracker@localhost>"
_README = """# Leaderboards over time

One file per board, one commit per published state. The author's date is the time of the observation. Each file names the
publisher's page, the credit line to print, and the terms under which it may be passed on.
"""


def write(contents: Contents, path: Path) -> int:
    """Write a repository with a working tree, and return the number of commits."""
    number = 0
    with new_folder(path, "git", contents.metadata()) as folder:
        git(["init", "--quiet", "--initial-branch", "main"], folder)
        (folder / ".git" / "info").mkdir(exist_ok=True)
        (folder / ".git" / "info" / "exclude").write_text(f"/{METADATA}\n", encoding="ascii")
        command = [*GIT, "fast-import", "--quiet", "--done"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=folder, env=environment(), stdin=pipe, stderr=pipe) as process:  # noqa: S603  # no shell
            assert process.stdin is not None
            assert process.stderr is not None
            for board, state in merge(*(_states(contents, board) for board in contents.boards), key=_by_time):
                _commit(process.stdin, board, state, first=number == 0)
                number += 1
            process.stdin.write(b"done\n")
            process.stdin.close()
            error = process.stderr.read()
        if process.returncode:
            raise StoreError(f"{path}: git fast-import failed: {clean(error.decode(errors='replace'))[:200]}")
        if number:
            git(["reset", "--quiet", "--hard", "main"], folder)
    return number


GIT = ("git", "-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never")
"""How git is called: no hooks, no conversion of line ends, and no address that runs a program."""


def environment() -> dict[str, str]:
    """The environment of git, without the user's settings and without questions at the terminal."""
    outer = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return outer | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def git(arguments: Sequence[str], folder: Path, problem: str = "") -> bytes:
    """The output of a git command in a folder. Raises DeclarationError: git is missing, or the command failed: the `problem`."""
    try:
        ran = subprocess.run([*GIT, *arguments], cwd=folder, env=environment(), capture_output=True, check=False)  # noqa: S603  # a list, no shell
    except FileNotFoundError as error:
        raise DeclarationError("git: the program is not installed; install git") from error
    if ran.returncode:
        reason = clean(next(iter(ran.stderr.decode(errors="replace").splitlines()), "")).removeprefix("fatal: ")
        raise DeclarationError(f'{problem or f"{folder}: git {arguments[0]} failed"} (git: "{reason[:200]}")')
    return ran.stdout


def _by_time(state: tuple[Board, StoredSnapshot]) -> tuple[float, str]:
    board, snapshot = state
    return snapshot.observed_at.timestamp(), board.id


def _states(contents: Contents, board: Board) -> Iterator[tuple[Board, StoredSnapshot]]:
    """The accepted states of a board in the window, one at a time."""
    for check in contents.store.checks(board.id):
        if check.result is not Result.ACCEPTED or not contents.has(check.observed_at):
            continue
        state = contents.store.at(board.id, check.observed_at, [metric.id for metric in contents.metrics_of(board)])
        if state is not None:
            kept = {key: entry for key, entry in state.entries.items() if contents.includes(board.id, key)}
            yield board, replace(state, entries=kept)


def _commit(stream: IO[bytes], board: Board, state: StoredSnapshot, *, first: bool) -> None:
    at = f"{int(state.observed_at.timestamp())} +0000".encode()
    entries = count(len(state.entries), "entry", "entries")
    message = (
        f"{board.id}: {machine_time(state.observed_at)}, {entries}\n\n"
        f"Source: {state.url}\nSha256: {' '.join(state.sha256)}\n"
        f"Attribution: {clean(board.attribution)}\nTerms: {clean(board.terms)}\n"
    ).encode()
    stream.write(b"commit refs/heads/main\nauthor %b %b\ncommitter %b %b\n" % (_WHO, at, _WHO, at))
    stream.write(b"data %d\n%b\n" % (len(message), message))
    files = {f"{board.id}.json": canonical(board, state)} | ({"README.md": _README} if first else {})
    for name, text in files.items():
        content = text.encode()
        stream.write(b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(content), content))


def canonical(board: Board, state: StoredSnapshot) -> str:
    """A state as JSON with sorted keys and one entry per line, so that a diff shows the entries that changed."""
    head: Mapping[str, object] = {
        "attribution": board.attribution,
        "board": board.id,
        "depth": state.depth,
        "metrics": {metric.id: {"higher_is_better": metric.higher_is_better, "unit": metric.unit} for metric in board.metrics},
        "page": board.page,
        "stated_on": state.stated_on,
        "terms": board.terms,
        "title": board.title,
        "version": state.version,
    }
    entries = ",\n".join(
        _json(
            {
                "attributes": dict(entry.attributes),
                "entry": entry.id,
                "name": entry.name,
                "published_rank": entry.rank,
                "values": {metric: _value(measure) for metric, measure in entry.measures.items()},
            }
        )
        for _, entry in sorted(state.entries.items(), key=itemgetter(0))
    )
    keys = ",\n".join(f"{_json(key)}: {_json(value)}" for key, value in head.items())
    return f'{{\n{keys},\n"entries": [\n{entries}\n]\n}}\n'


def _value(measure: Measure) -> dict[str, object]:
    """A measure, with only the fields that say something."""
    fields = {"low": measure.low, "high": measure.high, "estimated": measure.estimated or None, "raw": measure.raw or None}
    return {"value": measure.value, **{key: value for key, value in fields.items() if value is not None}}


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
