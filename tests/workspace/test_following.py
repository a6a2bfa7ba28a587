"""A client that follows the record gets each event and each withdrawal once, through replays and kills."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.errors import DeclarationError
from tracker.model import BoardId, EventId, RecordChange
from tracker.workspace.following import follow

Changes = Callable[[str], Sequence[RecordChange]]


def record(names: str, at_once: int = 2) -> Changes:
    """A record that gained the events with these names, given out so many at a time; a capital was withdrawn."""
    rows = [
        RecordChange(
            id=EventId(name),
            board=BoardId("acme/text"),
            headline=name,
            event=None,
            withdrawn=name.isupper(),
            cursor=str(number),
        )
        for number, name in enumerate(names, 1)
    ]
    return lambda cursor: rows[int(cursor or 0) :][:at_once]


def text(change: RecordChange) -> str:
    return f"{change.id * 5}\n"


def lines(names: str) -> str:
    return "".join(f"{name * 5}\n" for name in names)


@pytest.fixture
def output(tmp_path: Path) -> Iterator[int]:
    handle = os.open(tmp_path / "out", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    yield handle
    os.close(handle)


def test_each_change_is_written_once_over_several_calls(tmp_path: Path, output: int):
    for names in ("ab", "ab", "abcAd", "abcAde"):
        follow(record(names), tmp_path / "cursor", output, text)
    assert (tmp_path / "out").read_text(encoding="utf-8") == lines("abcAde")


def test_what_the_client_does_not_want_is_passed_over(tmp_path: Path, output: int):
    follow(record("abA"), tmp_path / "cursor", output, lambda change: text(change) if change.withdrawn else "")
    follow(record("abAc"), tmp_path / "cursor", output, text)
    assert (tmp_path / "out").read_text(encoding="utf-8") == lines("Ac")


class _Stopped(Exception):
    """The process ended here."""


@examples(60)
@given(
    names=st.text("abcdef", min_size=1, max_size=8),
    stops=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4),
    at_once=st.integers(1, 3),
)
def test_wherever_the_client_stops_a_file_gets_everything_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, names: str, stops: list[tuple[int, int]], at_once: int
):
    folder = tmp_path_factory.mktemp("client")
    out = os.open(folder / "out", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    write = os.write
    try:
        for calls, part in stops:
            left = [calls]

            def torn(handle: int, data: bytes, left: list[int] = left, part: int = part) -> int:
                if handle != out:
                    return write(handle, data)
                left[0] -= 1
                if left[0] < 0:
                    write(handle, bytes(data)[:part])
                    raise _Stopped
                return write(handle, bytes(data)[:4])

            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(os, "write", torn)  # the system's, not ours
                with suppress(_Stopped):
                    follow(record(names, at_once), folder / "cursor", out, text)
        follow(record(names, at_once), folder / "cursor", out, text)
        assert (folder / "out").read_text(encoding="utf-8") == lines(names)
    finally:
        os.close(out)


def test_killing_the_client_does_not_stop_what_goes_into_a_pipe(tmp_path: Path):
    names = "abcdefgh" * 4_000  # more than a pipe holds
    got = b""
    for _ in range(3):
        reading, writing = os.pipe()
        client = os.fork()
        if not client:
            os.close(reading)
            follow(record(names, 20_000), tmp_path / "cursor", writing, text)
            os._exit(0)
        os.close(writing)
        got += os.read(reading, 10)
        os.kill(client, signal.SIGKILL)
        os.waitpid(client, 0)
        while part := os.read(reading, 1 << 16):
            got += part
        os.close(reading)
    assert got.decode() == lines(names)


def test_a_reader_that_is_gone_is_an_error_and_the_cursor_stays(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        follow(record("abc"), tmp_path / "cursor", writing, text)
    os.close(writing)
    assert not (tmp_path / "cursor").exists()


def test_another_output_gets_what_was_being_written_whole(tmp_path: Path, output: int, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)  # the system's, not ours
        with pytest.raises(OSError, match="No space"):
            follow(record("abc"), tmp_path / "cursor", output, text)
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    follow(record("abc"), tmp_path / "cursor", other, text)
    os.close(other)
    assert (tmp_path / "other").read_text(encoding="utf-8") == lines("abc")


@pytest.mark.parametrize("content", ["", "{", '{"cursor": 3}', "daeffbdd87b7"])
def test_a_file_that_is_not_a_cursor_is_refused_and_kept(tmp_path: Path, output: int, content: str):
    (tmp_path / "cursor").write_text(content, encoding="utf-8")
    with pytest.raises(DeclarationError, match="cannot be read as a cursor"):
        follow(record("abc"), tmp_path / "cursor", output, text)
    assert (tmp_path / "cursor").read_text(encoding="utf-8") == content
