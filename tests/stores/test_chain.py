"""Whatever is changed in an archive after it was written is found, and the place is named."""

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples

from tracker.clock import FixedClock
from tracker.model import BoardId, Capture, IndexLine, Verdict
from tracker.stores.archive import FileArchive
from tracker.stores.archive.chain import Head, link_after, linked, root, tree_hash, walk

START = datetime(2026, 4, 10, 3, 17, 18, tzinfo=UTC)
DAY = timedelta(days=1)
BOARDS = (BoardId("arena/text"), BoardId("arena/vision"))
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the first 1, 2, … leaves: the test vectors of Certificate Transparency's reference implementation."""


def made(folder: Path, *, days: int = 5) -> FileArchive:
    """Two boards with a capture a day, a 304 in between, and a root each evening."""
    archive = FileArchive(folder, clock=FixedClock(START))
    for day in range(days):
        at = START + day * DAY
        for board in BOARDS:
            body = b"%s %d" % (board.encode(), day)
            archive.keep(Capture(board=board, observed_at=at, url="https://a.example", bodies=(body,)))
            archive.note(board, IndexLine(observed_at=at + DAY / 2, url="https://a.example", verdict=Verdict.NOT_MODIFIED))
        archive.seal(at + DAY / 2)
    return archive


# ── the chain ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", range(1, 9))
def test_the_tree_hash_is_that_of_rfc_6962(number: int):
    assert tree_hash(LEAVES[:number]).hex() == ROOTS[number - 1]


def test_the_tree_hash_of_nothing_is_the_hash_of_nothing():
    assert tree_hash([]).hex().startswith("e3b0c44298fc1c14")


def text_of(lines: list[bytes]) -> bytes:
    text = b""
    for line in lines:
        text += linked(line, link_after(text)) + b"\n"
    return text


LINES = st.lists(st.integers(0, 10**6).map(lambda number: b'{"n":%d}' % number), min_size=1, max_size=8)


@examples(60)
@given(LINES)
def test_lines_as_written_follow_from_one_another(lines: list[bytes]):
    assert walk(text_of(lines)).problems == {}
    assert walk(text_of(lines)).head == Head(len(lines), link_after(text_of(lines)))


@examples(100)
@given(LINES.filter(lambda lines: len(lines) > 1), st.data())
def test_a_changed_byte_is_found_at_its_line(lines: list[bytes], data: st.DataObject):
    text = bytearray(text_of(lines))
    place = data.draw(st.sampled_from([place for place, byte in enumerate(text) if byte != ord("\n")]))
    text[place] ^= data.draw(st.integers(1, 255).filter(lambda bits: text[place] ^ bits != ord("\n")))
    number = bytes(text[:place]).count(b"\n") + 1
    assert not {number, number + 1}.isdisjoint(walk(bytes(text)).problems)


@examples(60)
@given(LINES, st.data())
def test_a_dropped_moved_or_repeated_line_is_found(lines: list[bytes], data: st.DataObject):
    written = text_of(lines).splitlines(keepends=True)
    place = data.draw(st.integers(0, len(written) - 1))
    if place < len(written) - 1:
        assert walk(b"".join([*written[:place], *written[place + 1 :]])).problems
        assert walk(b"".join([*written[:place], written[place + 1], written[place], *written[place + 2 :]])).problems
    assert walk(b"".join([*written[: place + 1], *written[place:]])).problems


@examples(40)
@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), LINES, st.data())
def test_lines_of_an_earlier_version_are_covered_by_the_first_link(old: list[int], lines: list[bytes], data: st.DataObject):
    before = b"".join(b'{"old":%d}\n' % number for number in old)
    text = before
    for line in lines:
        text += linked(line, link_after(text)) + b"\n"
    assert walk(text).problems == {}
    place = data.draw(st.integers(0, len(before) - 2).filter(lambda place: before[place] != ord("\n")))
    changed = text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]
    assert walk(changed).problems


def test_the_root_depends_on_every_head():
    heads = {f"a/{number}": Head(number, f"{number:064x}") for number in range(1, 6)}
    roots = {root(heads | {board: Head(head.lines + 1, head.link)}) for board, head in heads.items()}
    assert len(roots | {root(heads)}) == 6
    assert root(dict(reversed(heads.items()))) == root(heads)


# ── an archive ───────────────────────────────────────────────────────────────────────────────────


def test_an_archive_as_written_has_no_problem(tmp_path: Path):
    assert made(tmp_path).audit() == ()


def test_there_is_one_root_a_day_and_it_lists_only_heads_that_moved(tmp_path: Path):
    archive = made(tmp_path, days=2)
    archive.seal(START + DAY + DAY / 2)
    lines = (tmp_path / "roots.jsonl").read_bytes().splitlines()
    assert len(lines) == 2
    archive.note(BOARDS[0], IndexLine(observed_at=START + 3 * DAY, url="https://a.example", verdict=Verdict.NOT_MODIFIED))
    archive.seal(START + 3 * DAY)
    assert [board in (tmp_path / "roots.jsonl").read_text().splitlines()[-1] for board in BOARDS] == [True, False]
    assert archive.audit() == ()


def test_an_archive_of_an_earlier_version_is_chained_from_its_next_line_on(tmp_path: Path):
    archive = made(tmp_path, days=1)
    index = tmp_path / BOARDS[0] / "index.jsonl"
    old = b"".join(line.partition(b',"received_at"')[0] + b"}\n" for line in index.read_bytes().splitlines())
    index.write_bytes(old)
    (tmp_path / "roots.jsonl").unlink()
    assert [line.received_at for line in archive.index(BOARDS[0])[0]] == [None, None]
    archive.seal(START)
    archive.note(BOARDS[0], IndexLine(observed_at=START + 3 * DAY, url="https://a.example", verdict=Verdict.NOT_MODIFIED))
    archive.seal(START + DAY)
    assert index.read_bytes().startswith(old)
    assert archive.audit() == ()
    index.write_bytes(index.read_bytes().replace(b'"status":200', b'"status":201', 1))
    assert any("line 3 does not follow" in problem for problem in archive.audit())


def test_a_torn_last_root_is_replaced(tmp_path: Path):
    archive = made(tmp_path, days=2)
    path = tmp_path / "roots.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    archive.seal(START + 5 * DAY)
    assert path.read_bytes().count(b"\n") == 2
    assert archive.audit() == ()


def test_lines_dropped_at_the_end_contradict_the_root(tmp_path: Path):
    archive = made(tmp_path)
    index = tmp_path / BOARDS[1] / "index.jsonl"
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:-2]))
    (problem,) = archive.audit()
    assert problem == "arena/vision: the index has 8 lines; it had 10 on 2026-04-14T15:17:18Z: lines were dropped"


def test_a_chain_written_again_from_changed_lines_contradicts_the_root(tmp_path: Path):
    archive = made(tmp_path)
    index = tmp_path / BOARDS[0] / "index.jsonl"
    lines = [line.partition(b',"chain"')[0] + b"}" for line in index.read_bytes().splitlines()]
    lines[2] = lines[2].replace(b'"status":200', b'"status":203')
    index.write_bytes(text_of(lines))
    assert walk(index.read_bytes()).problems == {}
    assert any("line 4 of the index is not that of 2026-04-11T15:17:18Z" in problem for problem in archive.audit())


def test_a_board_that_is_gone_contradicts_the_root(tmp_path: Path):
    archive = made(tmp_path)
    shutil.rmtree(tmp_path / BOARDS[0])
    assert any(problem.startswith("arena/text: the index has 0 lines") for problem in archive.audit())


def flip(path: Path, chance: random.Random) -> None:
    text = bytearray(path.read_bytes())
    text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    path.write_bytes(text)


def rearrange(path: Path, chance: random.Random) -> None:
    """Drop, repeat or move a line."""
    lines = path.read_bytes().splitlines(keepends=True)
    place = chance.randrange(len(lines))
    line = lines[place]
    if (how := chance.randrange(3)) != 1:
        del lines[place]
    if how:
        lines.insert(chance.choice([other for other in range(len(lines) + 1) if how == 1 or other != place]), line)
    path.write_bytes(b"".join(lines))


TAMPERINGS: tuple[tuple[str, Callable[[Path, random.Random], None]], ...] = (
    ("*/*/index.jsonl", flip),
    ("*/*/index.jsonl", rearrange),
    ("roots.jsonl", flip),
    ("*/*/bodies/*", flip),
    ("*/*/bodies/*", lambda path, _: path.unlink()),
    ("*/*/bodies/*", lambda path, _: path.write_bytes(path.read_bytes() + b"x")),
)


@examples(120)
@given(st.sampled_from(TAMPERINGS), st.integers(0, 10**9))
def test_every_tampering_is_found_and_names_its_board(
    tmp_path_factory: pytest.TempPathFactory, tampering: tuple[str, Callable[[Path, random.Random], None]], seed: int
):
    folder, chance = tmp_path_factory.mktemp("archive"), random.Random(seed)
    archive = made(folder)
    where, tamper = tampering
    path = chance.choice(sorted(folder.glob(where)))
    tamper(path, chance)
    problems = archive.audit()
    assert problems
    place = next((board for board in BOARDS if board in path.as_posix()), "roots.jsonl")
    assert all(place in problem for problem in problems)
