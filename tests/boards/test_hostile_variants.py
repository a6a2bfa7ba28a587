"""Every board, disabled ones too, refuses variants of its page that are cut off, replaced or damaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _folders import BOARDS, HERE, bodies_of, excerpt

from tracker.authoring import fixtures
from tracker.authoring.fixtures import Body
from tracker.errors import ContractBroken, ParseError, Refused, TrackerError
from tracker.model import ROW, Board, BoardId, Metric, Nature

pytestmark = pytest.mark.slow  # `test_boards.py` has the pages that each board refuses for its own reasons

CHALLENGE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head>
<body><noscript>Enable JavaScript and cookies to continue</noscript>
<script>(function(){window._cf_chl_opt={cType:'managed',cZone:'boards.example.org'};
var s=document.createElement('script');s.src='/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1';
document.head.appendChild(s)}());</script></body></html>
"""
LOGIN = b"""<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in to go on</h1>
<form action="/session" method="post"><input name="login"><input type="password" name="password">
<button>Sign in</button></form></body></html>
"""
ARTICLE = b"""<!DOCTYPE html><html lang="en"><head><title>Page not found</title></head><body><h1>Page not found</h1>
<p>What you look for is not here. It may have moved to another address, or it has never been here at all.</p>
<p><a href="/">Home</a></p></body></html>
"""
ABSURD = "987654321098"
UNREADABLE = "seventy"
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def refused(board: BoardId, bodies: list[Body]) -> TrackerError:
    with pytest.raises((Refused, ParseError, ContractBroken)) as raised:
        fixtures.read(excerpt(board), bodies)
    return raised.value


@pytest.mark.parametrize("board", sorted(BOARDS))
@pytest.mark.parametrize("what", ["empty", "challenge", "login wall", "not found", "cut in half"])
def test_another_answer_than_the_page_is_refused(board: BoardId, what: str):
    _, name, page = bodies_of(board)[0]
    body = {"empty": b"", "challenge": CHALLENGE, "login wall": LOGIN, "not found": ARTICLE, "cut in half": half(board, page)}
    error = refused(board, fixtures.instead(bodies_of(board), name, body[what]))
    assert what not in ("challenge", "login wall") or isinstance(error, Refused)


def half(board: BoardId, page: bytes) -> bytes:
    """The first half of a page, or less, where the last of its entries stands before that (several tables on one page)."""
    name = bodies_of(board)[0][1]
    places = (HERE / board / "places.tsv").read_text(encoding="utf-8").splitlines()
    lines = [int(line) for file, _, line in (place.split("\t")[2].partition(":") for place in places) if file == name and line]
    before = b"".join(page.splitlines(keepends=True)[: max(lines) - 1]) if lines else page
    return page[: min(len(page) // 2, len(before))]


# ── one value at its place ───────────────────────────────────────────────────────────────────────


def headline(board: Board) -> list[Metric]:
    """The metrics in the order in which they are worth spoiling: the primary one, then those it is computed from."""
    return sorted(board.metrics, key=lambda metric: (not metric.primary, bool(metric.parts)))


HEADLINED = [board for board in sorted(BOARDS) if ROW not in headline(BOARDS[board])[0].column.sources]
"""What ranks stands on the page, but for charts that rank by their order alone."""


def spots(board: BoardId, metric: Metric) -> Iterator[tuple[Path, int, str]]:
    """File, line and text of each place of a metric; of a computed value the first of its numbers that stands there."""
    for written in (HERE / board / "places.tsv").read_text(encoding="utf-8").splitlines():
        _, field, place, text, how = written.split("\t")
        file, _, line = place.partition(":")
        numbers = [] if text or not how.startswith("=") else NUMBER.findall(how.removeprefix("="))
        if field == metric.id and (text or numbers):
            yield from ((HERE / board / file, int(line), published) for published in ([text] if text else numbers))


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where the last value of a board's headline stands: lines of a file, counted from 0, and the match in that line."""

    metric: Metric
    name: str
    lines: list[str]
    line: int
    match: re.Match[str]

    def spoilt(self, board: BoardId, value: str) -> list[Body]:
        """The bodies of the board with another value there."""
        code = self.name.rpartition(".")[2] in {"json", "js", "html"}
        changed = replaced(self.lines[self.line], self.match, value, code=code)
        body = "".join([*self.lines[: self.line], changed, *self.lines[self.line + 1 :]]).encode()
        return [(part, name, body if name == self.name else old) for part, name, old in bodies_of(board)]


def spot_of(board: BoardId) -> Spot:
    for metric in headline(BOARDS[board]):
        for path, line, text in reversed(list(spots(board, metric))):
            lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
            match = re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w%]|\.\d)", lines[line - 1])
            if match is not None:
                return Spot(metric=metric, name=path.name, lines=lines, line=line - 1, match=match)
    raise AssertionError(f"{board}: no place of a metric is found in its pages")


def replaced(line: str, match: re.Match[str], value: str, *, code: bool) -> str:
    """The line with another value; a word for a bare number in JSON or JavaScript gets the quotes of that line."""
    before, behind = line[: match.start()], line[match.end() :]
    bare = code and re.search(r"[:\[,]\s*$", before) is not None and value == UNREADABLE
    quote = '\\"' if '\\"' in line else '"'
    return f"{before}{quote}{value}{quote}{behind}" if bare else f"{before}{value}{behind}"


def not_believed(board: BoardId, bodies: list[Body]) -> None:
    """The page is refused, or its one wrong row is left out and named."""
    whole = fixtures.read(excerpt(board), bodies_of(board))
    try:
        reading = fixtures.read(excerpt(board), bodies)
    except (Refused, ParseError, ContractBroken):
        return
    assert len(reading.unread) == 1
    assert {entry.id for entry in whole.entries} - {entry.id for entry in reading.entries} == reading.unread.keys()


@pytest.mark.parametrize("board", HEADLINED)
def test_a_headline_that_is_not_a_number_is_not_believed(board: BoardId):
    not_believed(board, spot_of(board).spoilt(board, UNREADABLE))


@pytest.mark.parametrize("board", HEADLINED)
def test_a_headline_far_below_anything_is_not_believed(board: BoardId):
    not_believed(board, spot_of(board).spoilt(board, f"-{ABSURD}"))


BOUNDED = [board for board in HEADLINED if headline(BOARDS[board])[0].nature in (Nature.TESTED, Nature.FITTED)]
"""What is counted or costs has no largest value; what is tested or fitted has."""


@pytest.mark.parametrize("board", BOUNDED)
def test_a_headline_far_above_anything_is_not_believed_if_it_is_a_score(board: BoardId):
    not_believed(board, spot_of(board).spoilt(board, ABSURD))
