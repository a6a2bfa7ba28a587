"""After `tracker init` and `tracker run` alone, every shipped board that needs no key is read, at its publisher's own address.

A proxy is every publisher (`publishers.Publishers`): no declaration's address is changed, and nothing leaves this machine. The
pages are excerpts, so the workspace asks for fewer entries, as a user would: in overlays of the shipped declarations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from package_world import ROOT, Account, Ran
from publishers import Publishers

from tracker import schedules
from tracker.authoring.fixtures import described, differences, for_an_excerpt
from tracker.model import Board, BoardId, Reading
from tracker.parsers import FORMATS, options_of
from tracker.query.due import missing_keys
from tracker.stores.sqlite import SqliteStore

pytestmark = pytest.mark.slow

FOLDER = ROOT / "tests" / "boards"
DECLARED = schedules.load(ROOT / "schedules", {name: options_of(name) for name in FORMATS}).boards
FREE = {board.id: board for board in DECLARED.values() if board.enabled and not missing_keys(board, {})}
OF_EACH_FORMAT = {board.parse.format: board.id for board in FREE.values() if board.primary}
"""One board of each format."""


def expected(board: BoardId) -> Sequence[dict[str, Any]]:
    entries: Sequence[dict[str, Any]] = json.loads((FOLDER / board / "expected.json").read_text(encoding="utf-8"))["entries"]
    return entries


def by_entry(entries: Sequence[dict[str, Any]]) -> Mapping[str, dict[str, Any]]:
    """By id and without ranks: the store keeps neither a page's order nor the ranks that it prints."""
    return {entry["entry"]: {key: value for key, value in entry.items() if key != "rank"} for entry in entries}


def overlay(board: Board) -> str:
    """What a user writes to read an excerpt of the board at once, from those publishers that are in it."""
    least = for_an_excerpt(board, FOLDER / board.id / "expected.json").contract.min_entries
    values = [path.stem.partition("@")[2] for path in sorted((FOLDER / board.id).glob("page@*"))]
    each = f"each = {json.dumps(values)}\n" if board.request.each and board.request.each.values else ""
    return f"[request]\ngap_s = 0\n{each}\n[contract]\nmin_entries = {least}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An account that has run the tracker once, what the run said, and the publishers it asked."""

    account: Account
    ran: Ran
    publishers: Publishers


@pytest.fixture(scope="module")
def read(wheel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    account = Account(scripts=wheel / "bin", folder=tmp_path_factory.mktemp("read") / "account").create()
    with Publishers(FREE.values(), FOLDER) as publishers:
        (certificates := account.folder / "ca.pem").write_bytes(publishers.ca)
        account.done("init")
        for board in FREE.values():
            path = account.here / "schedules" / f"{board.id}.toml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(overlay(board), encoding="utf-8")
        ran = account.run("run", HTTPS_PROXY=publishers.url, SSL_CERT_FILE=str(certificates))
    return Read(account=account, ran=ran, publishers=publishers)


def test_every_board_that_needs_no_key_is_accepted(read: Read):
    results = dict(line.split("  ")[1].split(": ", 1) for line in read.ran.out.splitlines() if not line.startswith(" "))
    assert results == {board: f"accepted, {len(expected(board))} entries" for board in FREE}
    assert read.ran.code == 0, read.ran.err
    assert len(results) >= 61


def test_every_page_is_fetched_and_otherwise_only_robots_txt(read: Read):
    asked, pages = read.publishers.asked, read.publishers.pages
    hosts = {host for host, _, _ in pages}
    assert set(asked) == {*pages, *((host, "/robots.txt", frozenset()) for host in hosts)}


@pytest.mark.parametrize("board", FREE)
def test_the_store_has_the_values_of_the_page(read: Read, board: BoardId):
    with SqliteStore(read.account.here / "snapshots" / "tracker.db") as store:
        snapshot = store.latest(board)
    assert snapshot is not None
    stored = described(Reading(board=board, entries=tuple(snapshot.entries.values())))["entries"]
    assert differences(by_entry(expected(board)), by_entry(stored)) == []


@pytest.mark.parametrize("board", OF_EACH_FORMAT.values(), ids=list(OF_EACH_FORMAT))
def test_the_standings_of_a_board_of_each_format_are_those_of_its_page(read: Read, board: BoardId):
    primary = DECLARED[board].primary
    assert primary is not None
    stated = {entry["entry"]: entry["measures"].get(primary.id) for entry in expected(board)}
    values = {entry: value["value"] if isinstance(value, dict) else value for entry, value in stated.items() if value is not None}
    rows = read.account.done("standings", board, "--json").rows
    assert {row["entry"]: row["value"] for row in rows} == pytest.approx(values)
    assert [row["value"] for row in rows] == sorted(values.values(), reverse=bool(primary.higher_is_better))


def test_a_board_with_an_overlay_is_customized_and_keeps_its_declaration(read: Read):
    boards = {board["board"]: board for board in read.account.done("boards", "--json").rows}
    assert {board for board, row in boards.items() if row["origin"] == "customized"} == set(FREE)
    assert {row["state"] for board, row in boards.items() if board in FREE} == {"ok"}
    assert {row["board"]: row["title"] for row in boards.values() if row["board"] in DECLARED} == {
        board.id: board.title for board in DECLARED.values()
    }


def test_every_event_of_the_first_run_can_be_derived_again(read: Read):
    events = read.account.done("events", "--json").rows
    assert f"{len(events)} of {len(events)} events hold" in read.account.done("verify", "--all").out
