"""A shortened, garbled or joined index is restored from what was read of it, or refused; later lines are kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from kit import examples

from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite_errors import Newer

BOARD = BoardId("acme/text")
URL = "https://acme.example/text.csv"
START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def index_of(root: Path) -> Path:
    return root / BOARD / "index.jsonl"


def keep(archive: FileArchive, number: int, body: bytes | None = None) -> None:
    at = START + timedelta(days=number)
    archive.keep(Capture(board=BOARD, observed_at=at, url=URL, bodies=(body or b"body %d" % number,)))


def filled(root: Path, lines: int = 6) -> bytes:
    """An archive with captures, a failure and a decision; its index."""
    archive = FileArchive(root)
    for number in range(lines):
        keep(archive, number)
    failed = IndexLine(observed_at=START + timedelta(days=lines), url=URL, verdict=Verdict.TRANSIENT, error="timed out")
    archive.note(BOARD, failed)
    archive.note(BOARD, IndexLine(observed_at=START, url=URL, verdict=Verdict.REJECT, by="ann", reason="wrong page"))
    return index_of(root).read_bytes()


def shortened(whole: bytes) -> bytes:
    return b"".join(whole.splitlines(keepends=True)[:-2])


def without_the_middle(whole: bytes) -> bytes:
    lines = whole.splitlines(keepends=True)
    return b"".join([*lines[:2], *lines[4:]])


def cut_in_a_line(whole: bytes) -> bytes:
    return whole[: len(whole) - len(whole.splitlines()[-1]) // 2]


def joined(whole: bytes) -> bytes:
    return whole.replace(b"}\n{", b"}{", 3)


def garbled_end(whole: bytes) -> bytes:
    return whole[:-300] + b"\xee" * 299 + b"\n"


def garbled_middle(whole: bytes) -> bytes:
    return whole[:250] + bytes(250) + whole[500:]


def zeros_at_the_end(whole: bytes) -> bytes:
    return shortened(whole) + bytes(400)


def a_flipped_letter(whole: bytes) -> bytes:
    return whole.replace(b"text.csv", b"tent.csv", 1)


def empty(_: bytes) -> bytes:
    return b""


DAMAGE = (
    shortened,
    without_the_middle,
    cut_in_a_line,
    joined,
    garbled_end,
    garbled_middle,
    zeros_at_the_end,
    a_flipped_letter,
    empty,
)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_restored_byte_for_byte_and_the_damaged_one_is_kept(tmp_path: Path, damage: Callable[[bytes], bytes]):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(damage(whole))
    archive = FileArchive(tmp_path)
    archive.restore_index(BOARD, whole)
    assert index_of(tmp_path).read_bytes() == whole
    assert len(list(index_of(tmp_path).parent.glob("index.jsonl.damaged-*"))) == 1
    assert archive.check(BOARD) == ()


@pytest.mark.parametrize("damage", [shortened, without_the_middle, empty, a_flipped_letter], ids=lambda damage: damage.__name__)
def test_lines_that_came_after_the_damage_are_kept_behind_the_restored_ones(tmp_path: Path, damage: Callable[[bytes], bytes]):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(damage(whole))
    archive = FileArchive(tmp_path)
    keep(archive, 30)
    archive.restore_index(BOARD, whole)
    restored = index_of(tmp_path).read_bytes()
    assert restored.startswith(whole)
    assert [line.observed_at for line in archive.index(BOARD, len(whole))[0]] == [START + timedelta(days=30)]
    assert archive.check(BOARD) == (), "they are linked to the restored ones"


@examples(80)
@given(st.data())
def test_whatever_happens_to_one_stretch_of_known_lines_nothing_is_lost(draw: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        archive = FileArchive(root)
        whole = filled(root)
        end = len(whole)
        keep(archive, 30)
        later = index_of(root).read_bytes()[end:]
        first = draw.draw(st.integers(0, end - 1))
        last = draw.draw(st.integers(first, end - 1))  # the newline before the later line stays
        rubbish = draw.draw(st.binary(max_size=40))
        index_of(root).write_bytes(whole[:first] + rubbish + whole[last : end - 1] + b"\n" + later)
        try:
            archive.restore_index(BOARD, whole)
        except StoreError:
            event("refused")
        else:
            restored = index_of(root).read_bytes()
            assert restored.startswith(whole)
            assert restored.endswith(later)


def test_lines_that_a_merge_put_between_the_known_ones_follow_them(tmp_path: Path):
    whole = filled(tmp_path)
    archive = FileArchive(tmp_path)
    keep(archive, 30)
    other = index_of(tmp_path).read_bytes()[len(whole) :]
    first, rest = whole[: whole.index(b"\n") + 1], whole[whole.index(b"\n") + 1 :]
    index_of(tmp_path).write_bytes(first + other + rest)
    archive.restore_index(BOARD, whole)
    assert index_of(tmp_path).read_bytes() == whole + other


def test_a_line_whose_time_changed_is_not_a_second_capture(tmp_path: Path):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(whole.replace(b"2026-03-02T", b"2026-03-12T"))
    FileArchive(tmp_path).restore_index(BOARD, whole)
    assert index_of(tmp_path).read_bytes() == whole


def test_an_intact_index_is_not_written(tmp_path: Path):
    whole = filled(tmp_path)
    inode = index_of(tmp_path).stat().st_ino
    FileArchive(tmp_path).restore_index(BOARD, whole[: whole.index(b"\n") + 1])
    assert (index_of(tmp_path).read_bytes(), index_of(tmp_path).stat().st_ino) == (whole, inode)


def test_damage_that_nothing_explains_is_refused_and_left_alone(tmp_path: Path):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(whole + b"\xee" * 200 + b"\n")
    with pytest.raises(StoreError, match="line 9 is damaged"):
        FileArchive(tmp_path).restore_index(BOARD, whole)
    assert index_of(tmp_path).read_bytes() == whole + b"\xee" * 200 + b"\n"


def test_two_joined_lines_that_nobody_has_read_are_parted(tmp_path: Path):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(joined(whole))
    FileArchive(tmp_path).restore_index(BOARD, b"")
    assert index_of(tmp_path).read_bytes() == whole


def test_a_capture_whose_body_is_gone_is_refused_until_a_person_gives_it_up(tmp_path: Path):
    whole = filled(tmp_path)
    index_of(tmp_path).write_bytes(whole.splitlines(keepends=True)[0])
    archive = FileArchive(tmp_path)
    digest = json.loads(whole.splitlines()[1])["sha256"][0]
    (index_of(tmp_path).parent / "bodies" / f"{digest}.raw").unlink()
    with pytest.raises(StoreError, match=r"lacks the capture of 2026-03-02T06:00:00Z, .* its body is gone"):
        archive.restore_index(BOARD, whole)
    archive.restore_index(BOARD, whole, drop=True)
    assert [line.observed_at for line in archive.index(BOARD)[0]] == [
        datetime.fromisoformat(json.loads(line)["observed_at"]) for at, line in enumerate(whole.splitlines()) if at != 1
    ]
    assert archive.check(BOARD) == (), "the lines behind it are linked to those before it"


def test_a_line_of_a_later_version_is_refused_and_not_called_damaged(tmp_path: Path):
    whole = filled(tmp_path)
    later = whole + whole.splitlines()[0].replace(b'{"observed_at"', b'{"epoch":"ab","observed_at"') + b"\n"
    index_of(tmp_path).write_bytes(later)
    for ask in (lambda archive: archive.index(BOARD), lambda archive: archive.restore_index(BOARD, whole)):
        with pytest.raises(Newer, match=r"index\.jsonl: was written by a later version of the tracker, which added epoch"):
            ask(FileArchive(tmp_path))
    assert index_of(tmp_path).read_bytes() == later


def test_the_lines_of_another_boards_index_are_left_out(tmp_path: Path):
    known, other = filled(tmp_path), BoardId("acme/code")
    archive = FileArchive(tmp_path)
    archive.keep(Capture(board=other, observed_at=START, url="https://acme.example/code.csv", bodies=(b"other",)))
    failed = IndexLine(
        observed_at=START + timedelta(days=9), url="https://acme.example/code.csv", verdict=Verdict.TRANSIENT, error="x"
    )
    archive.note(other, failed)
    index_of(tmp_path).write_bytes((tmp_path / other / "index.jsonl").read_bytes())
    assert archive.restore_index(BOARD, known) == len(known)
    assert index_of(tmp_path).read_bytes() == known
    assert archive.check(BOARD) == ()
