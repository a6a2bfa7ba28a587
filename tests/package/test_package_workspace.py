"""`tracker init`, the example board edited as its comments say, two days of its page: what the report says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from package_world import Account
from pytest_httpserver import HTTPServer

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


def page(scores: str) -> str:
    """A page that shows `name:score` pairs in a table."""
    rows = "".join("<tr><td>{}<td>{}".format(*pair.split(":")) for pair in scores.split())
    return f"<!doctype html><title>Example</title><table><tr><th>Model<th>Score{rows}</table>"


def edited(path: Path, **changes: str) -> None:
    """Change the values of those keys, wherever the example has them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for key, value in changes.items():
        places = [number for number, line in enumerate(lines) if line.split(" = ")[0].strip() == key]
        assert places, key
        for number in places:
            lines[number] = f"{key} = {value}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def watching(installed: Account, server: HTTPServer) -> Account:
    """Who follows a board of their own, and has yesterday's page and today's."""
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    server.expect_request("/board").respond_with_data(page("ash:90 birch:95 cedar:70"), content_type="text/html")
    installed.done("init")
    edited(installed.here / "tracker.toml", boards="[]")
    url = f'"{server.url_for("/board")}"\ngap_s = 0'
    edited(installed.here / "schedules" / "example" / "board.toml", title='"Trees"', enabled="true", url=url)
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H%M%SZ}.html"
    (installed.here / yesterday).write_text(page("ash:90 birch:80 cedar:70"), encoding="utf-8")
    installed.done("import", "example/board", yesterday)
    return installed


def test_init_creates_a_workspace_that_explains_itself(installed: Account):
    before = set(installed.listing())
    out = installed.done("init").out
    written = {line.split()[1] for line in out.splitlines() if line.startswith("  wrote ")}
    assert {"tracker.toml", "schedules/example/board.toml", "schedules/routes.toml", "schedules/watches.toml"} <= written
    files = {name.removeprefix("here/") for name in set(installed.listing()) - before if (installed.folder / name).is_file()}
    assert files == written


def test_the_users_own_boards_are_followed_when_no_others_are(watching: Account):
    (board,) = watching.done("boards", "--json").rows
    assert (board["board"], board["origin"], board["enabled"], board["entries"]) == ("example/board", "local", True, 3)


def test_a_run_the_report_and_the_standings_show_what_changed(watching: Account):
    ran = watching.done("run")
    assert "example/board: accepted, 3 entries" in ran.out
    lines = [
        line for out in (ran.out, watching.done("report").out) for line in out.splitlines() if "birch" in line and "ash" in line
    ]
    assert len(lines) >= 2, "the run and the report say who leads now, and who did"
    standings = watching.done("standings", "example/board", "--json").rows
    assert [(row["rank"], row["name"], row["value"]) for row in standings] == [(1, "birch", 95), (2, "ash", 90), (3, "cedar", 70)]
    (event,) = watching.done("events", "--kind", "new_leader", "--json").rows
    assert (event["board"], [one["name"] for one in event["subjects"]]) == ("example/board", ["birch"])


def test_every_event_can_be_derived_again(watching: Account):
    watching.done("run")
    events = watching.done("events", "--json").rows
    assert f"{len(events)} of {len(events)} events hold" in watching.done("verify", "--all").out


def test_an_unchanged_page_is_not_news(watching: Account):
    watching.done("run")
    before = watching.done("events", "--json").rows
    watching.done("run")
    assert watching.done("events", "--json").rows == before


@pytest.mark.parametrize(
    "line", ["report", "standings example/board", "events", "verify --all", "boards", "status", "models", "watch list"]
)
def test_reading_a_workspace_changes_nothing_in_it(watching: Account, line: str):
    before = watching.listing()
    watching.done(*line.split())
    assert watching.listing() == before


def test_a_workspace_is_found_from_a_subfolder_and_by_its_path(watching: Account):
    (inside := watching.here / "notes" / "june").mkdir(parents=True)
    boards = watching.done("boards", "--json")
    assert watching.done("boards", "--json", at=inside) == boards
    assert watching.done("--store", "here", "boards", "--json", at=watching.folder) == boards


def test_a_new_workspace_can_be_read_by_its_path(installed: Account):
    installed.done("init", "of-mine")
    assert len(installed.done("--store", "of-mine", "boards", "--json").rows) >= 85
