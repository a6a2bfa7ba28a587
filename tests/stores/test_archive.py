"""What the archive keeps, it gives back; what it was not given, it does not invent."""

import errno
import hashlib
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ON_LINUX, examples

from tracker.clock import FixedClock
from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Part, Sha256, Validators, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.archive.bodies import SMALL, zstd
from tracker.stores.archive.disk import TEMPORARY, disk_errors
from tracker.stores.archive.index import BLOCK, lines_back

BOARD = BoardId("arena/text")
START = datetime(2026, 4, 10, 3, 17, 18, tzinfo=UTC)
DAY = timedelta(days=1)


def capture(*bodies: bytes, days: float = 0, board: BoardId = BOARD) -> Capture:
    return Capture(board=board, observed_at=START + days * DAY, url="https://arena.example/text", bodies=bodies)


def note(verdict: Verdict = Verdict.TRANSIENT, *, days: float = 0) -> IndexLine:
    return IndexLine(observed_at=START + days * DAY, url="https://arena.example/text", verdict=verdict, error="timeout")


@cache
def page(seed: int, *, kilobytes: int = 300, changed: int = 0) -> bytes:
    """A JSON-like page whose rows follow from the seed, some of them changed."""
    chance = random.Random(seed)
    rows = [
        b'{"model":"m%d","score":%.6f,"votes":%d}\n' % (n, chance.random() * 1500, chance.randrange(10**6))
        for n in range(kilobytes * 22)
    ]
    for n in range(changed):
        rows[(n * 97) % len(rows)] = b'{"model":"m%d","score":0,"votes":%d}\n' % (n, changed)
    return b"".join(rows)[: kilobytes * 1024]


def files(root: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in root.rglob("bodies/*")}


def index_of(root: Path) -> Path:
    return root / BOARD / "index.jsonl"


# ── keeping and reading ──────────────────────────────────────────────────────────────────────────


def test_a_capture_reads_back_with_all_its_metadata(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    given_ = replace(
        capture(b"one", b"two"), status=203, content_type="text/html", validators=Validators(etag='W/"ü"', last_modified="Fri")
    )
    line = archive.keep(given_)
    assert archive.index(BOARD) == ((line,), index_of(tmp_path).stat().st_size)
    assert (line.verdict, line.status, line.etag, line.last_modified) == (Verdict.NEW, 203, 'W/"ü"', "Fri")
    assert tuple(archive.body(BOARD, sha256) for sha256 in line.sha256) == (b"one", b"two")


def test_the_index_is_json_in_a_stable_order_without_defaults(tmp_path: Path) -> None:
    FileArchive(tmp_path, clock=FixedClock(START)).keep(capture(b"x"))
    hash_ = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    content = (
        '{"observed_at":"2026-04-10T03:17:18Z","url":"https://arena.example/text","verdict":"new","status":200,'
        f'"sha256":["{hash_}"],"received_at":"2026-04-10T03:17:18Z"'
    )
    link = hashlib.sha256((hashlib.sha256(b"").hexdigest() + content).encode()).hexdigest()
    assert index_of(tmp_path).read_text() == f'{content},"chain":"{link}"}}\n'


def test_every_field_of_an_index_line_survives_the_index(tmp_path: Path) -> None:
    line = IndexLine(
        observed_at=START, url='u\n\u2028"', verdict=Verdict.REJECT, status=9, sha256=(Sha256("0" * 64),), etag="e",
        last_modified="l", content_type="c", error="x", by="ann", reason="r", parts=(Part(name="p", value="x@y"),),
        origin="a.csv", received_at=START,
    )  # fmt: skip
    assert all(getattr(line, field.name) for field in fields(line)), "a new field needs a value here"
    FileArchive(tmp_path).note(BOARD, line)
    assert FileArchive(tmp_path).index(BOARD)[0] == (line,)


def test_the_index_names_the_part_of_the_board_that_a_body_is(tmp_path: Path) -> None:
    parts = (Part(), Part(name="cost"), Part(value="a@b"), Part(name="cost", value="a"))
    line = FileArchive(tmp_path).keep(replace(capture(b"1", b"2", b"3", b"4"), parts=parts))
    assert '"parts":["","cost","@a@b","cost@a"]' in index_of(tmp_path).read_text(encoding="utf-8")
    assert line.parts == FileArchive(tmp_path).index(BOARD)[0][0].parts == parts


def test_the_same_bodies_as_last_time_are_a_revisit_and_others_are_new(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    verdicts = [archive.keep(capture(body, days=day)).verdict for day, body in enumerate([b"a", b"a", b"b", b"a"])]
    assert verdicts == [Verdict.NEW, Verdict.REVISIT, Verdict.NEW, Verdict.NEW]
    assert len(files(tmp_path)) == 2


def test_a_failed_fetch_in_between_does_not_hide_the_revisit(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    first = archive.keep(capture(b"a"))
    archive.note(BOARD, note(days=1))
    archive.note(BOARD, replace(note(Verdict.ACCEPT), sha256=(Sha256("f" * 64),)))
    assert archive.last(BOARD) == first
    assert archive.keep(capture(b"a", days=2)).verdict is Verdict.REVISIT


def test_keeping_again_appends_nothing_and_returns_the_existing_line(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    first, _ = archive.keep(capture(b"a")), archive.keep(capture(b"b", days=1))
    archive.note(BOARD, note(Verdict.ACCEPT))
    before = index_of(tmp_path).read_bytes()
    for again in (archive, FileArchive(tmp_path)):
        assert again.keep(capture(b"a")) == first
        elsewhere = replace(capture(b"a"), observed_at=START.astimezone(timezone(timedelta(hours=5))))
        assert again.keep(elsewhere) == first
    assert index_of(tmp_path).read_bytes() == before


def test_other_bodies_at_the_same_time_are_refused(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(b"a"))
    with pytest.raises(StoreError, match=r"arena/text: 2026-04-10T03:17:18Z is in the index with body ca978112"):
        archive.keep(capture(b"b"))
    assert len(files(tmp_path)) == 1


def test_a_lost_body_is_written_again_by_keeping_its_capture_again(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    key, delta = (archive.keep(capture(page(1, changed=n), days=n)).sha256[0] for n in (0, 1))
    for path in list(tmp_path.rglob("bodies/*.key-*")):
        path.unlink()
    assert len(FileArchive(tmp_path).check(BOARD)) == 1
    archive.keep(capture(page(1, changed=0)))
    assert FileArchive(tmp_path).check(BOARD) == ()
    assert FileArchive(tmp_path).body(BOARD, delta) == page(1, changed=1) != FileArchive(tmp_path).body(BOARD, key)


def test_boards_are_those_with_an_index(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path / "captures")
    assert archive.boards() == ()
    archive.keep(capture(b"a", board=BoardId("zeta/b")))
    archive.note(BoardId("alpha/x.1"), note())
    (tmp_path / "captures" / "alpha" / "Not A Board").mkdir()
    (tmp_path / "captures" / "stray").write_text("")
    assert archive.boards() == ("alpha/x.1", "zeta/b")


def test_a_board_that_was_never_fetched_has_no_lines(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    assert (archive.index(BOARD), archive.last(BOARD), archive.check(BOARD)) == (((), 0), None, ())
    assert list(tmp_path.iterdir()) == []


def test_the_last_content_line_is_found_in_a_long_index(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.note(BOARD, note())
    assert archive.last(BOARD) is None
    line = archive.keep(capture(b"a"))
    tail = index_of(tmp_path).read_bytes().splitlines(keepends=True)[0]
    with index_of(tmp_path).open("ab") as index:
        index.write(tail * (3 * BLOCK // len(tail)) + b'{"torn')
    assert archive.last(BOARD) == line


# ── properties ───────────────────────────────────────────────────────────────────────────────────

BASE = page(7, kilobytes=20)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.builds(lambda at, text: BASE[:at] + text + BASE[at:], st.integers(0, len(BASE)), st.binary(max_size=30)),
    st.integers(0, 3).map(lambda seed: page(seed, kilobytes=18)),
)
CAPTURES = st.lists(
    st.tuples(st.integers(0, 40), st.lists(BODIES, min_size=1, max_size=3), st.booleans()),
    max_size=12,
    unique_by=lambda kept: kept[0],
)


@examples(25)
@given(CAPTURES)
def test_any_captures_in_any_order_read_back_and_are_in_the_index(kept: list[tuple[int, list[bytes], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive, lines, offset, last = FileArchive(Path(folder)), [], 0, None
        for days, bodies, reopen in kept:
            archive = FileArchive(Path(folder)) if reopen else archive
            line = archive.keep(capture(*bodies, days=days))
            assert line.verdict is (Verdict.REVISIT if last is not None and last == bodies else Verdict.NEW)
            new, offset = archive.index(BOARD, offset)
            assert new == (line,)
            lines, last = [*lines, line], bodies
        reopened = FileArchive(Path(folder))
        assert reopened.index(BOARD) == (tuple(lines), offset)
        assert reopened.last(BOARD) == (lines[-1] if lines else None)
        assert [[reopened.body(BOARD, sha256) for sha256 in line.sha256] for line in lines] == [bodies for _, bodies, _ in kept]
        assert len(files(Path(folder))) == len({body for _, bodies, _ in kept for body in bodies})


@examples(40)
@given(st.binary(max_size=200), st.integers(0, 3))
def test_a_damaged_line_in_the_middle_raises_and_names_itself(found: bytes, before: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = FileArchive(Path(folder))
        for _ in range(before + 1):
            archive.note(BOARD, note())
        good = index_of(Path(folder)).read_bytes().splitlines(keepends=True)
        damaged = found.replace(b"\n", b"")
        index_of(Path(folder)).write_bytes(b"".join([*good[:before], damaged, b"\n", *good[before:]]))
        with pytest.raises(StoreError, match=rf"index.jsonl: line {before + 1} is damaged"):
            archive.index(BOARD)


@examples(60)
@given(st.data())
def test_a_flipped_byte_of_the_index_raises_ours_or_leaves_lines(draw: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = FileArchive(Path(folder))
        lines = [archive.keep(capture(b"a")), archive.keep(capture(b"b", days=1))]
        whole = bytearray(index_of(Path(folder)).read_bytes())
        flipped = draw.draw(st.integers(0, len(whole) - 1))
        whole[flipped] ^= draw.draw(st.integers(1, 255))
        index_of(Path(folder)).write_bytes(whole)
        try:
            found, complaint = archive.index(BOARD)[0], ""
        except StoreError as error:
            found, complaint = (), str(error)
        assert "is damaged" in complaint or not complaint
        assert set(found) != set(lines) or archive.check(BOARD), "the chain covers every byte"


@given(st.lists(st.sampled_from([b"", b"a", b"bc", b"defgh"])), st.sampled_from([b"", b"torn"]), st.integers(1, 9))
def test_reading_back_finds_what_reading_on_finds(lines: list[bytes], torn: bytes, block: int) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"".join(line + b"\n" for line in lines) + torn)
        file.flush()
        assert list(lines_back(file.fileno(), block)) == lines[::-1]


# ── size ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_body_with_few_changes_takes_less_than_a_fifth(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(page(1)))
    (first,) = files(tmp_path).values()
    archive.keep(capture(page(1, changed=50), days=1))
    assert sum(files(tmp_path).values()) - first < first / 5


def test_no_body_needs_more_than_one_other(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    for day in random.Random(3).sample(range(12), 12):
        archive.keep(capture(page(day // 5, kilobytes=40, changed=day), days=day))
    keyframes = {name[:64] for name in files(tmp_path) if ".key-" in name}
    against = [name.partition(".on-")[2].removesuffix(".zst") for name in files(tmp_path) if ".on-" in name]
    assert (len(keyframes), len(against)) == (5, 7), "5 of 12 in this shuffled order; 3 in order of time"
    assert set(against) <= keyframes


def test_a_redesigned_page_becomes_a_keyframe_for_later_ones(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    for day, seed in enumerate([1, 1, 2, 2]):
        archive.keep(capture(page(seed, kilobytes=40, changed=day), days=day))
    assert sorted(name.partition(".key-")[2] for name in files(tmp_path) if ".key-" in name) == [
        "20260410T031718Z-0.zst",
        "20260412T031718Z-0.zst",
    ]


def test_each_page_of_a_board_follows_its_own_keyframe(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    for day in range(3):
        archive.keep(capture(*(page(n, kilobytes=20, changed=day) for n in range(3)), days=day))
    assert len([name for name in files(tmp_path) if ".key-" in name]) == 3


def test_small_bodies_are_stored_alone_and_incompressible_ones_plain(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(b"a" * (SMALL - 1), random.Random(1).randbytes(1000), b""))
    assert sorted(Path(name).suffix for name in files(tmp_path)) == [".raw", ".raw", ".zst"]
    assert not [name for name in files(tmp_path) if ".key-" in name]


# ── trouble ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def series(tmp_path: Path) -> tuple[Path, list[IndexLine]]:
    archive = FileArchive(tmp_path)
    return tmp_path, [archive.keep(capture(page(1, kilobytes=40, changed=n), days=n)) for n in range(3)]


def one_file(root: Path, part: str) -> Path:
    return min(root.rglob(f"bodies/*{part}*"))


def test_any_flipped_byte_of_a_body_is_noticed(series: tuple[Path, list[IndexLine]]) -> None:
    root, _ = series
    path = one_file(root, ".on-")
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(StoreError, match=f"arena/text: body {path.name[:64]} is damaged .* delete it and import"):
            FileArchive(root).body(BOARD, Sha256(path.name[:64]))


@pytest.mark.parametrize("stored", [b"", b"no zstd at all", "cut", "doubled"])
def test_a_body_that_is_cut_or_something_else_is_damaged(series: tuple[Path, list[IndexLine]], stored: bytes | str) -> None:
    root, lines = series
    path = one_file(root, ".key-")
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-5], "doubled": whole * 2}.get(str(stored)) or bytes(stored))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="is damaged"):
        FileArchive(root).body(BOARD, lines[0].sha256[0])
    assert len(FileArchive(root).check(BOARD)) == 1, "named once, though all three bodies need it"


def test_a_damaged_keyframe_does_not_stop_new_captures(series: tuple[Path, list[IndexLine]]) -> None:
    root, _ = series
    one_file(root, ".key-").write_bytes(b"damaged")
    line = FileArchive(root).keep(capture(page(1, kilobytes=40, changed=9), days=9))
    assert FileArchive(root).body(BOARD, line.sha256[0]) == page(1, kilobytes=40, changed=9)


def test_a_missing_body_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"arena/text: body 0{64} is missing in .*; restore it from a copy of the archive"):
        FileArchive(tmp_path).body(BOARD, Sha256("0" * 64))


def test_a_bomb_is_not_inflated_beyond_the_cap(tmp_path: Path) -> None:
    line = FileArchive(tmp_path).keep(capture(b"0" * 20_000_000))
    deflater = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 17})
    unannounced = b"".join([deflater.compress(b"0" * 10_000_000), deflater.compress(b"0" * 10_000_000), deflater.flush()])
    for stored, message in (
        (None, "arena/text: body [0-9a-f]{64} is damaged"),
        (unannounced, "more than 1000000 bytes inflated"),
    ):
        if stored:
            one_file(tmp_path, ".key-").write_bytes(stored)
        with pytest.raises(StoreError, match=message):
            FileArchive(tmp_path, max_bytes=1_000_000).body(BOARD, line.sha256[0])
    assert FileArchive(tmp_path).body(BOARD, line.sha256[0]) == b"0" * 20_000_000


def test_a_body_of_just_the_cap_is_kept_and_read_and_a_larger_one_refused(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path, max_bytes=50_000)
    for body in (random.Random(1).randbytes(50_000), b"0" * 50_000):
        line = archive.keep(capture(body, days=len(files(tmp_path))))
        assert archive.body(BOARD, line.sha256[0]) == body
    with pytest.raises(StoreError, match="body of 50001 bytes, expected at most 50000"):
        archive.keep(capture(b"0" * 50_001))


def test_keyframes_that_need_each_other_are_damaged_and_do_not_hang(tmp_path: Path) -> None:
    FileArchive(tmp_path).note(BOARD, note())
    first, second = Sha256("1" * 64), Sha256("2" * 64)
    for name in (f"{first}.on-{second}.zst", f"{second}.on-{first}.zst"):
        (tmp_path / BOARD / "bodies" / name).write_bytes(b"")
    with pytest.raises(StoreError, match="a keyframe that needs another one"):
        FileArchive(tmp_path).body(BOARD, first)


def test_files_that_are_not_bodies_are_left_alone(series: tuple[Path, list[IndexLine]]) -> None:
    root, lines = series
    for name in ("README", "f" * 64 + ".key-99999999T999999Z-0.zst", "f" * 64):
        (root / BOARD / "bodies" / name).write_text("mine")
    archive = FileArchive(root)
    archive.keep(capture(page(1, kilobytes=40, changed=20), days=20))
    assert archive.check(BOARD) == ()
    assert len(lines) == 3


@pytest.mark.parametrize(
    "board",
    ["", "a", "a/", "/a", "../a", "a/..", "./a", "a/.", "a/b/c", "A/b", "a/b\n", "a//b", "a\\b/c", "a/b\0", "ä/b", "/etc/x"],
)
def test_a_board_id_cannot_leave_the_archive(tmp_path: Path, board: str) -> None:
    archive = FileArchive(tmp_path)
    for ask in (archive.index, archive.last, archive.check, lambda board: archive.body(board, Sha256("0" * 64))):
        with pytest.raises(StoreError, match="is not an id, expected <source>/<board>"):
            ask(BoardId(board))
    with pytest.raises(StoreError, match="is not an id"):
        archive.keep(capture(b"x", board=BoardId(board)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (capture(), "has no body"),
        (replace(capture(b"x"), observed_at=datetime(2026, 4, 10)), "has no time zone"),  # noqa: DTZ001
        (replace(capture(b"x"), url="\ud800"), "an index line cannot be written"),
    ],
)
def test_a_capture_without_a_valid_index_line_is_refused_and_leaves_no_body(tmp_path: Path, wrong: Capture, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        FileArchive(tmp_path).keep(wrong)
    assert files(tmp_path) == {}
    assert FileArchive(tmp_path).boards() == ()


def test_a_note_cannot_claim_content(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has the verdict 'new'"):
        FileArchive(tmp_path).note(BOARD, note(Verdict.NEW))


def test_an_offset_inside_a_line_or_beyond_the_index_is_refused(tmp_path: Path) -> None:
    archive = FileArchive(tmp_path)
    archive.note(BOARD, note())
    end = index_of(tmp_path).stat().st_size
    assert archive.index(BOARD, end) == ((), end)
    for offset in (1, end - 1, end + 1, end * 9):
        with pytest.raises(StoreError, match=f"no line of .* begins at byte {offset}"):
            archive.index(BOARD, offset)


@pytest.mark.parametrize(
    "ask",
    [
        lambda archive: archive.keep(capture(b"b")),
        lambda archive: archive.note(BOARD, note()),
        lambda archive: archive.index(BOARD),
        lambda archive: archive.last(BOARD),
        lambda archive: archive.body(BOARD, Sha256("0" * 64)),
        lambda archive: archive.boards(),
    ],
)
def test_a_disk_error_is_one_line_with_its_path(tmp_path: Path, ask: Callable[[FileArchive], object]) -> None:
    root = tmp_path / "captures"
    root.write_text("a file where the folder should be")
    why = "|".join(os.strerror(code) for code in (errno.ENOTDIR, errno.EEXIST))
    with pytest.raises(StoreError, match=rf"\A[^\n]*{re.escape(str(root))}[^\n]*({why}); check the disk[^\n]*\Z"):
        ask(FileArchive(root))


@contextmanager
def room_for(length: int) -> Iterator[None]:
    """A disk on which no file can grow beyond that length: the kernel writes what fits and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("body", [b"b", random.Random(5).randbytes(5000)], ids=["the index has no room", "the body has no room"])
def test_a_full_disk_leaves_the_archive_unchanged(tmp_path: Path, body: bytes) -> None:
    archive = FileArchive(tmp_path)
    archive.keep(capture(b"a"))
    before, size = index_of(tmp_path).read_bytes(), index_of(tmp_path).stat().st_size
    with room_for(size + 30), pytest.raises(StoreError, match=r"arena/text: .*; (free some space|check the disk)"):
        archive.keep(capture(body, days=1))
    assert index_of(tmp_path).read_bytes() == before
    assert not [name for name in files(tmp_path) if name.startswith(TEMPORARY)]
    assert archive.keep(capture(body, days=1)).verdict is Verdict.NEW
    assert archive.check(BOARD) == ()


def test_every_disk_error_has_its_remedy(tmp_path: Path) -> None:
    for code in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO):
        with pytest.raises(StoreError, match=rf"arena/text: /x: {os.strerror(code)}; \w"), disk_errors(BOARD, tmp_path):
            raise OSError(code, os.strerror(code), "/x")


@pytest.mark.parametrize("name", ["index.jsonl", "bodies"])
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(tmp_path: Path, name: str):
    archive = FileArchive(tmp_path)
    line = archive.keep(Capture(board=BOARD, observed_at=START, url="u", bodies=(b"body",)))
    path = tmp_path / BOARD / name
    path = next(path.iterdir()) if path.is_dir() else path
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StoreError, match="is a pipe, a socket or a device; expected the file that the tracker wrote"):
        FileArchive(tmp_path).body(BOARD, line.sha256[0]) if name == "bodies" else FileArchive(tmp_path).index(BOARD)
    assert FileArchive(tmp_path).check(BOARD)


_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from tracker.stores.archive import bodies

body = b"a row of a page, and another one\\n" * 300_000
path = Path(sys.argv[1]) / f"{bodies.sha256_of(body)}.zst"
path.write_bytes(bodies.compressed(body, b"", 6))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2_000_000,) * 2)
for work in (
    lambda: bodies.decompressed(bodies.StoredBody(path=path, sha256=bodies.sha256_of(body)), b"", len(body)),
    lambda: bodies.compressed(body, b"", 6),
):
    try:
        work()
    except MemoryError:
        print("no memory")
"""


@ON_LINUX
def test_a_body_for_which_there_is_no_memory_is_not_called_damaged(tmp_path: Path):
    run = subprocess.run([sys.executable, "-c", _LITTLE_MEMORY, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["no memory", "no memory"]
