"""Declare a new board from its page: find its tables, guess their meaning, ask about what is unsure, write declaration and test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tracker.authoring import fixtures
from tracker.authoring.declaration import PageAddress, Settled, board_id, settled
from tracker.authoring.folder import folder
from tracker.authoring.proposal import SURE, Candidate, MetricGuess, Proposal
from tracker.errors import DeclarationError, Refused, TrackerError
from tracker.fetch import Fetcher
from tracker.fetch.addresses import Resolve, is_public, resolve_host
from tracker.model import ROW, Board, BoardId, Capture, Column, Parse, Reading, Request
from tracker.reading import read_capture
from tracker.reading.names import clean_text
from tracker.schedules import load_board
from tracker.schedules.formats import formats
from tracker.wording import host_of, listed, safe
from tracker.workspace import Settings

MAX_BYTES = 32_000_000
"""Larger files are refused; the same limit as the default of `request.max_bytes`."""
TRIES = 4
"""Questions asked before the command gives up."""
SUFFIXES: Mapping[str, str] = {
    "csv_table": "csv",
    "json_records": "json",
    "markdown_table": "md",
    "yaml_records": "yml",
    "json_lines": "jsonl",
    "js_literal": "js",
}
"""File suffix of a page, by its format; a page of HTML has `html`."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_LOOKED_AT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the user states about the page; None or empty where nothing was stated. `table` counts from 1."""

    key: tuple[str, ...] = ()
    name: str | None = None
    metric: str | None = None
    higher_is_better: bool | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBoard:
    """The board to declare: a page at `url`, or a local file whose page will be fetched from there. `cases` is the folder of test folders."""

    url: str
    file: Path | None = None
    board: str | None = None
    title: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cases: Path = Path("tests/boards")
    dry_run: bool = False
    answers: Answers = Answers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A declaration and a test folder, with what led to them. `tested` is None if nothing was written."""

    at: PageAddress
    candidates: Sequence[Candidate]
    proposal: Proposal
    settled: Settled
    files: Mapping[str, bytes]
    tested: fixtures.Tested | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that the page does not show for certain: what it is, the flag that answers it, and why it is uncertain."""

    what: str
    flag: str
    why: str


class Guesses(Protocol):
    """Proposes how a page is declared, as `authoring.propose`."""

    def __call__(
        self,
        body: bytes,
        *,
        key: Sequence[str] | None,
        name: str | None,
        metric: str | None,
        higher_is_better: bool | None,
        table: int | None,
    ) -> Proposal:
        """The proposal; what the user stated counts as certain. Raises TrackerError for a page without a leaderboard."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesser:
    """Reads undeclared pages: `look` lists the table-like parts of a body, `guess` says what the columns mean."""

    look: Callable[..., Sequence[Candidate]]
    guess: Guesses


class Prompt(Protocol):
    """Answers a question, or refuses because nobody can be asked."""

    def __call__(self, question: Question, proposal: Proposal, answers: Answers, /) -> Answers:
        """The answers so far and the new one. Raises DeclarationError."""
        ...


def make(
    settings: Settings,
    new_board: NewBoard,
    fetch: Callable[[], bytes],
    *,
    guesser: Guesser,
    ask: Prompt,
    today: str | None = None,
) -> Made:
    """Propose a declaration for a page, and write it with its test folder unless it is a dry run.

    Raises:
        DeclarationError: an answer of the user is wrong, the board exists, or a question stays open.
        Refused, ParseError: the page has no leaderboard.
    """
    body = fetch() if new_board.file is None else _bytes_of(new_board.file)
    found = guesser.look(body, by_order=True) if new_board.answers.metric == ROW else guesser.look(body)
    proposal = _certain_proposal(body, new_board.answers, guesser, ask)
    at = _address(new_board, body)
    _refuse_existing(settings, new_board, at)

    def read(board: Board, page: bytes) -> Reading:
        return read_capture(board, [page])

    declared = settled(proposal, at, lambda board: read(board, body))
    board = declared.board
    board = replace(board, contract=replace(board.contract, min_entries=1))  # the folder may keep an excerpt
    files = folder(
        proposal, board, body, _suffix(body, board.parse.format), read=lambda page: read(board, page), describe=fixtures.described, taken=today or f"{datetime.now(UTC):%Y-%m-%d}"
    )  # fmt: skip
    tested = None if new_board.dry_run else _written(settings, new_board, at, declared, files)
    return Made(at=at, candidates=found, proposal=proposal, settled=declared, files=files, tested=tested)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def is_address(source: str) -> bool:
    """Whether a source is a web address, not a file."""
    return source.startswith(("http://", "https://"))


def address_of(source: str, url: str | None, *, dry_run: bool) -> str:
    """The URL of the page. Raises DeclarationError if source and url contradict each other."""
    if is_address(source):
        if url is not None:
            raise DeclarationError(
                f'--url = "{safe(url)}" is for local files only; {safe(source)} is already an address; remove --url'
            )
        return source
    if not Path(source).is_file():
        raise DeclarationError(f'"{safe(source)}" is neither an address (http://, https://) nor a file; check the path')
    if url is None and not dry_run:
        raise DeclarationError(f"{safe(source)}: a local file has no URL; pass --url URL, or --dry-run")
    return url or "https://example.org/"


def fetched(new_board: NewBoard, fetcher: Fetcher, resolve: Resolve = resolve_host) -> bytes:
    """The body at the address, fetched once. Raises FetchError; Refused for an address in a private network."""
    host = host_of(new_board.url)
    try:
        private = [address for address in resolve(host) if not is_public(address)]
    except OSError as error:
        raise Refused(f"{safe(new_board.url)}: the host cannot be resolved: {error}; check the address") from error
    if private:
        raise Refused(f"{safe(new_board.url)}: {host} is {private[0]}, an address in a private network; expected a public page")
    found = fetcher.fetch(_unread_board(new_board))
    if not isinstance(found, Capture):
        raise Refused(
            f"{safe(new_board.url)}: answered 304 (not modified) to an unconditional request; expected a page; try again later"
        )
    return found.bodies[0]


def _unread_board(new_board: NewBoard) -> Board:
    """Enough of a board to fetch its page."""
    column = Column(sources=("$1",))
    return Board(
        id=BoardId("board/new"),
        title=new_board.url,
        page=new_board.url,
        request=Request(url=new_board.url, headers=new_board.headers),
        parse=Parse(format="csv_table"),
        key=(column,),
        name=column,
    )


def _bytes_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        body = opened.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise DeclarationError(f"{file}: larger than {MAX_BYTES} bytes; expected one page")
    return body


def _suffix(body: bytes, form: str) -> str:
    return "html" if _MARKUP.match(body[:200]) and form != "markdown_table" else SUFFIXES.get(form, "html")


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def _address(new_board: NewBoard, body: bytes) -> PageAddress:
    parts = urlsplit(new_board.url)
    title = (
        new_board.title
        or _title_of(body)
        or (parts.path.rstrip("/").rpartition("/")[2].partition(".")[0])
        or parts.hostname
        or "Board"
    )
    board = new_board.board or board_id(parts.hostname or "page", title)
    if not _ID.fullmatch(board) or ".." in board:
        raise DeclarationError(
            f'--id = "{safe(board)}" is not a board id; expected <source>/<board> of a-z, 0-9, ".", "_" and "-"'
        )
    return PageAddress(
        board=BoardId(board), title=clean_text(title) or board, url=new_board.url, page=new_board.url, headers=new_board.headers
    )


def _title_of(body: bytes) -> str:
    found = _TITLE.search(body, 0, _LOOKED_AT) if _MARKUP.match(body[:200]) else None
    return clean_text(unescape(found[1].decode("utf-8", "replace"))) if found else ""


def _refuse_existing(settings: Settings, new_board: NewBoard, at: PageAddress) -> None:
    shipped = settings.shipped or settings.schedules
    for path in (settings.schedules / f"{at.board}.toml", shipped / f"{at.board}.toml", new_board.cases / at.board):
        if path.exists() and not new_board.dry_run:
            raise DeclarationError(f"{path} already exists; not overwritten; choose another id with --id")


# ── questions ────────────────────────────────────────────────────────────────────────────────────


def _certain_proposal(body: bytes, answers: Answers, guesser: Guesser, ask: Prompt) -> Proposal:
    """Ask until nothing that matters is unsure. Raises DeclarationError if a question stays open."""
    proposal = _guessed(body, answers, guesser)
    for _ in range(TRIES):
        question = open_question(proposal, answers)
        if question is None:
            return proposal
        answers = ask(question, proposal, answers)
        proposal = _guessed(body, answers, guesser)
    if (question := open_question(proposal, answers)) is None:
        return proposal
    raise DeclarationError(f"{question.what}: still not sure ({question.why}); pass {question.flag}")


def _guessed(body: bytes, answers: Answers, guesser: Guesser) -> Proposal:
    return guesser.guess(
        body,
        key=answers.key or None,
        name=answers.name,
        metric=answers.metric,
        higher_is_better=answers.higher_is_better,
        table=answers.table,
    )


def open_question(proposal: Proposal, answers: Answers) -> Question | None:
    """The most important thing that is not certain enough to be declared; None if there is none."""
    if proposal.table.sure < SURE:
        return Question(what="which table is the leaderboard", flag="--table N", why=proposal.table.why)
    if not answers.key and proposal.key.sure < SURE:
        return Question(
            what=f"whether {_shown(proposal.key.value)} identifies an entry", flag="--key COLUMN", why=proposal.key.why
        )
    if answers.metric is None and proposal.metrics and proposal.primary.sure < SURE:
        return Question(what="which column ranks the board", flag="--metric COLUMN", why=proposal.primary.why)
    primary = primary_of(proposal)
    if primary is not None and answers.higher_is_better is None:
        direction = primary.higher_is_better
        if direction.value is None or direction.sure < SURE:
            return Question(
                what=f"whether higher or lower {_shown((primary.column,))} is better",
                flag="--higher-is-better or --lower-is-better",
                why=direction.why,
            )
    return None


def primary_of(proposal: Proposal) -> MetricGuess | None:
    """The metric that ranks the board, if one does."""
    return next((metric for metric in proposal.metrics if metric.id == proposal.primary.value), None)


def refuse(question: Question, proposal: Proposal, _answers: Answers) -> Answers:
    """Answer in a script: raise DeclarationError, naming the flag to pass."""
    columns = listed(proposal.candidate.columns, 12)
    raise DeclarationError(safe(f"{question.what} is not certain ({question.why}); pass {question.flag}; columns: {columns}"))


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _written(
    settings: Settings, new_board: NewBoard, at: PageAddress, declared: Settled, files: Mapping[str, bytes]
) -> fixtures.Tested:
    """Write the declaration and the folder, overwriting nothing, and test the board on it."""
    path = settings.schedules / f"{at.board}.toml"
    cases = new_board.cases / at.board
    for name, content in files.items():
        _create(cases / name, content)
    _create(path, declared.text.encode("utf-8"))
    try:
        return fixtures.try_folder(load_board(path, settings.schedules, formats(), settings.shipped), cases)
    except TrackerError as error:
        return fixtures.Tested(board=at.board, cases=0, problems=(str(error),))


def _create(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


def _shown(columns: Sequence[str]) -> str:
    return " + ".join(f"`{safe(column)}`" for column in columns)
