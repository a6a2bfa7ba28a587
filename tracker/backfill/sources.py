"""Where the past of a board is, and the states that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracker.backfill import folder, git, hub, wayback
from tracker.backfill.job import check_is_one_answer
from tracker.backfill.remote import PastServer
from tracker.backfill.states import PastState, in_order
from tracker.exports.extras import load
from tracker.fetch import Fetcher
from tracker.model import Board, PastSource
from tracker.ports import Clock
from tracker.wording import count

_CLOCKS_DIFFER = timedelta(days=1)
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a source needs. `cache` is a folder for clones, `servers` are asked instead of the public ones, by kind of source.

    `say` gets what a person should know.
    """

    cache: Path
    fetcher: Callable[[], AbstractContextManager[Fetcher]]
    clock: Clock
    servers: Mapping[str, str]
    say: Callable[[str], object]


@contextmanager
def found(
    source: PastSource, board: Board, around: Surroundings, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[list[PastState]]:
    """The states of a board in a source, oldest first; they can be loaded within the block.

    Raises:
        DeclarationError: the source does not exist, or has no such file.
        FetchError: a server does not answer.
    """
    with ExitStack() as stack:
        if source.kind in {"dir", "git"}:
            check_is_one_answer(board)
        if source.kind == "dir":
            states = folder.states(Path(source.place), board.request.max_bytes, not_after=around.clock.now() + _CLOCKS_DIFFER)
        elif source.kind == "git":
            states = stack.enter_context(_in_git(source, board, around))
        else:
            fetcher = stack.enter_context(around.fetcher())
            states = _on_server(source, board, around, fetcher, since=since, until=until)
        yield in_order(states, since=since, until=until, every=source.every)


@contextmanager
def _in_git(source: PastSource, board: Board, around: Surroundings) -> Iterator[Iterator[PastState]]:
    with git.opened(source.place, around.cache) as repository:
        versions = git.versions(repository, source.path)
        if (wrong := git.backwards(versions)) and not source.by_commit:
            around.say(
                f"{board.id}: {count(wrong, 'commit')} of {len(versions)} have an author's time before that of the commit that"
                " they follow; if this repository rebases, take the time of the commit (--dates commit)"
            )
        for path in git.predecessors(repository, versions[0])[:_SHOWN]:
            around.say(
                f'{board.id}: "{versions[0].path}" begins in commit {versions[0].commit[:12]}, which deletes "{path}"; if that'
                f' was the same file, take it too: tracker backfill git {source.place} "{path}" --board {board.id}'
            )
        times = git.dated(versions, by_commit=source.by_commit)
        with git.Blobs(repository, [version.blob for _, version in times]) as blobs:
            yield git.states(source.place, times, blobs, board.request.max_bytes)


def _on_server(
    source: PastSource, board: Board, around: Surroundings, fetcher: Fetcher, *, since: datetime | None, until: datetime | None
) -> Iterator[PastState]:
    module = wayback if source.kind == "wayback" else hub
    address = (around.servers.get(source.kind) or module.ADDRESS).rstrip("/")
    server = PastServer(board=board, address=address, fetcher=fetcher, clock=around.clock, gap_s=module.GAP_S, say=around.say)
    if source.kind == "hf" and not source.path and board.request.params.get("dataset") == source.place:
        states: Iterator[PastState] = load("viewer", "tracker.backfill").states(server, source.place, around.cache)
        return states
    check_is_one_answer(board)
    if source.kind == "wayback":
        return wayback.states(server, source.place, since=since, until=until)
    return hub.states(server, source.place, source.path or hub.path_of(board, source.place))
