"""A declaration and a test for a page that nobody declared: look, guess, ask what is not sure, write."""

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
"""A larger file is not looked at; the same bound as `request.max_bytes` has."""
TRIES = 4
"""Questions asked one after the other before it is given up."""
SUFFIXES: Mapping[str, str] = {
    "csv_table": "csv",
    "json_records": "json",
    "markdown_table": "md",
    "yaml_records": "yml",
    "js_literal": "js",
}
"""What a page of that format is called, unless it is a page of HTML."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_LOOKED_AT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the user says of the page, as far as anything; `table` counts from 1."""

    key: tuple[str, ...] = ()
    name: str | None = None
    metric: str | None = None
    higher_is_better: bool | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be declared: a page at `url`, or the bytes of a file that will be fetched there."""

    url: str
    file: Path | None = None
    board: str | None = None
    title: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cases: Path = Path("tests/boards")
    dry_run: bool = False
    told: Told = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A declaration and a test folder, with all that led to them. `tested` is None where nothing was written."""

    at: PageAddress
    candidates: Sequence[Candidate]
    proposal: Proposal
    settled: Settled
    files: Mapping[str, bytes]
    tested: fixtures.Tested | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that the page does not tell for certain: what is asked in a terminal, and the flag that settles it."""

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
        """The proposal; what is told is taken as sure. Raises TrackerError for a page without a leaderboard."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesser:
    """What reads pages that nobody declared: every table-like thing of a body, and what its columns mean."""

    look: Callable[..., Sequence[Candidate]]
    guess: Guesses


class Asks(Protocol):
    """Settles a question, or says that nobody is there to be asked."""

    def __call__(self, question: Question, proposal: Proposal, told: Told, /) -> Told:
        """What is told then. Raises DeclarationError."""
        ...


def make(
    settings: Settings, asked: Asked, fetch: Callable[[], bytes], *, machine: Guesser, ask: Asks, today: str | None = None
) -> Made:
    """Propose a declaration for a page, and write it with its test folder unless it is a dry run.

    Raises:
        DeclarationError: what the user says is wrong, there is such a board already, or a question stays open.
        Refused, ParseError: the page is no leaderboard.
    """
    body = fetch() if asked.file is None else _bytes_of(asked.file)
    found = machine.look(body, by_order=True) if asked.told.metric == ROW else machine.look(body)
    proposal = _settled_questions(body, asked.told, machine, ask)
    at = _address(asked, body)
    _refuse_existing(settings, asked, at)

    def read(board: Board, page: bytes) -> Reading:
        return read_capture(board, [page])

    declared = settled(proposal, at, lambda board: read(board, body))
    board = declared.board
    board = replace(board, contract=replace(board.contract, min_entries=1))  # the folder may keep an excerpt
    files = folder(
        proposal, board, body, _suffix(body, board.parse.format), read=lambda page: read(board, page), describe=fixtures.described, taken=today or f"{datetime.now(UTC):%Y-%m-%d}"
    )  # fmt: skip
    tested = None if asked.dry_run else _written(settings, asked, at, declared, files)
    return Made(at=at, candidates=found, proposal=proposal, settled=declared, files=files, tested=tested)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def is_address(source: str) -> bool:
    """Whether a source is a web address, not a file."""
    return source.startswith(("http://", "https://"))


def address_of(source: str, url: str | None, *, dry_run: bool) -> str:
    """Where the page is, or will be, fetched. Raises DeclarationError where source and url do not fit."""
    if is_address(source):
        if url is not None:
            raise DeclarationError(f'--url = "{safe(url)}" goes with a file; {safe(source)} is an address itself')
        return source
    if not Path(source).is_file():
        raise DeclarationError(f'"{safe(source)}" is neither an address (http://, https://) nor a file')
    if url is None and not dry_run:
        raise DeclarationError(f"{safe(source)}: a file says not where its page is fetched; expected --url URL, or --dry-run")
    return url or "https://example.org/"


def fetched(asked: Asked, fetcher: Fetcher, resolve: Resolve = resolve_host) -> bytes:
    """The one body at the address, asked for politely. Raises FetchError; Refused for an address within a private network."""
    host = host_of(asked.url)
    try:
        private = [address for address in resolve(host) if not is_public(address)]
    except OSError as error:
        raise Refused(f"{safe(asked.url)}: the host cannot be resolved: {error}; check the address") from error
    if private:
        raise Refused(f"{safe(asked.url)}: {host} is {private[0]}, an address within a private network; expected a public page")
    found = fetcher.fetch(_stand_in(asked))
    if not isinstance(found, Capture):
        raise Refused(f"{safe(asked.url)}: answered that nothing changed to a plain request; expected a page")
    return found.bodies[0]


def _stand_in(asked: Asked) -> Board:
    """Enough of a board to fetch its page."""
    column = Column(sources=("$1",))
    return Board(
        id=BoardId("board/new"),
        title=asked.url,
        page=asked.url,
        request=Request(url=asked.url, headers=asked.headers),
        parse=Parse(format="csv_table"),
        key=(column,),
        name=column,
    )


def _bytes_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        body = opened.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise DeclarationError(f"{file}: more than {MAX_BYTES} bytes; expected one page")
    return body


def _suffix(body: bytes, form: str) -> str:
    return "html" if _MARKUP.match(body[:200]) and form != "markdown_table" else SUFFIXES.get(form, "html")


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def _address(asked: Asked, body: bytes) -> PageAddress:
    parts = urlsplit(asked.url)
    title = (
        asked.title
        or _title_of(body)
        or (parts.path.rstrip("/").rpartition("/")[2].partition(".")[0])
        or parts.hostname
        or "Board"
    )
    board = asked.board or board_id(parts.hostname or "page", title)
    if not _ID.fullmatch(board) or ".." in board:
        raise DeclarationError(f'--id = "{safe(board)}" is no id; expected <source>/<board> of a-z, 0-9, ".", "_" and "-"')
    return PageAddress(
        board=BoardId(board), title=clean_text(title) or board, url=asked.url, page=asked.url, headers=asked.headers
    )


def _title_of(body: bytes) -> str:
    found = _TITLE.search(body, 0, _LOOKED_AT) if _MARKUP.match(body[:200]) else None
    return clean_text(unescape(found[1].decode("utf-8", "replace"))) if found else ""


def _refuse_existing(settings: Settings, asked: Asked, at: PageAddress) -> None:
    shipped = settings.shipped or settings.schedules
    for path in (settings.schedules / f"{at.board}.toml", shipped / f"{at.board}.toml", asked.cases / at.board):
        if path.exists() and not asked.dry_run:
            raise DeclarationError(f"{path} is there already, and is not overwritten; choose another id with --id")


# ── questions ────────────────────────────────────────────────────────────────────────────────────


def _settled_questions(body: bytes, told: Told, machine: Guesser, ask: Asks) -> Proposal:
    """The proposal once nothing that matters is unsure. Raises DeclarationError where a question stays open."""
    proposal = _guessed(body, told, machine)
    for _ in range(TRIES):
        question = open_question(proposal, told)
        if question is None:
            return proposal
        told = ask(question, proposal, told)
        proposal = _guessed(body, told, machine)
    if (question := open_question(proposal, told)) is None:
        return proposal
    raise DeclarationError(f"{question.what}: still not sure ({question.why}); settle it with {question.flag}")


def _guessed(body: bytes, told: Told, machine: Guesser) -> Proposal:
    return machine.guess(
        body,
        key=told.key or None,
        name=told.name,
        metric=told.metric,
        higher_is_better=told.higher_is_better,
        table=told.table,
    )


def open_question(proposal: Proposal, told: Told) -> Question | None:
    """What is not sure enough to be written down, the first thing first."""
    if proposal.table.sure < SURE:
        return Question(what="which table is the leaderboard", flag="--table N", why=proposal.table.why)
    if not told.key and proposal.key.sure < SURE:
        return Question(
            what=f"whether {_shown(proposal.key.value)} tells the entries apart", flag="--key COLUMN", why=proposal.key.why
        )
    if told.metric is None and proposal.metrics and proposal.primary.sure < SURE:
        return Question(what="which column ranks the board", flag="--metric COLUMN", why=proposal.primary.why)
    primary = primary_of(proposal)
    if primary is not None and told.higher_is_better is None:
        direction = primary.higher_is_better
        if direction.value is None or direction.sure < SURE:
            return Question(
                what=f"which way {_shown((primary.column,))} is better",
                flag="--higher-is-better or --lower-is-better",
                why=direction.why,
            )
    return None


def primary_of(proposal: Proposal) -> MetricGuess | None:
    """The metric that ranks the board, if one does."""
    return next((metric for metric in proposal.metrics if metric.id == proposal.primary.value), None)


def refuse(question: Question, proposal: Proposal, _told: Told) -> Told:
    """Nobody is there to be asked."""
    columns = listed(proposal.candidate.columns, 12)
    raise DeclarationError(
        safe(f"{question.what} is not sure ({question.why}); settle it with {question.flag}; columns: {columns}")
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def _written(settings: Settings, asked: Asked, at: PageAddress, declared: Settled, files: Mapping[str, bytes]) -> fixtures.Tested:
    """Write both, never over anything, and try the board on its folder."""
    path = settings.schedules / f"{at.board}.toml"
    cases = asked.cases / at.board
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
