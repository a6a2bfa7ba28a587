"""Commands find their workspace, read shipped and own boards, create nothing by reading, and report what they create."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import BODIES, DECLARATION, World, csv
from pytest_httpserver import HTTPServer

from tracker.cli import COMMANDS

READING: dict[str, list[str]] = {
    "boards": [],
    "status": [],
    "board": ["show", "lmarena/text"],
    "standings": ["lmarena/text"],
    "history": ["gpt-4o"],
    "models": ["gpt-4o"],
    "compare": ["gpt-4o", "gpt-4"],
    "check": ["GPT-4o beats GPT-4"],
    "why-not": ["gpt-4o"],
    "resolve": ["gpt-4o"],
    "watch": ["list"],
    "notify": ["list"],
    "outbox": ["list"],
    "events": [],
    "corrections": [],
    "report": [],
    "verify": ["--all"],
    "quarantine": ["list"],
    "capture": ["list", "acme/text"],
    "install": ["--completion", "bash"],
    "replay": [],
    "prune": ["--keep", "monthly"],
    "backup": ["copy"],
    "audit": [],
    "export": ["csv", "-o", "out.csv"],
    "leaders": ["lmarena/text"],
    "since": ["gpt-4o", "gpt-4"],
    "price": ["gpt-4o"],
    "retirements": [],
    "chart": ["bump", "lmarena/text"],
    "sql": ["SELECT 1"],
    "evidence": ["ffff", "-o", "bundle.zip"],
    "settle": ["first", "acme/text", "--at", "2026-03-01"],
    "scorecard": [],
    "checkpoint": ["--key", "key", "--log", "log"],
    "datasette": [],
    "serve": ["--port", "0"],
    "site": ["build", "pages"],
}
WRITING = {"init", "run", "daemon", "import", "backfill", "demo", "restore"}
NEEDS_NO_STORE = {"boards", "board", "resolve", "watch", "notify", "install"}


@pytest.fixture
def empty(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The command line in an empty folder, for a user without a store."""
    for name in ("TRACKER_STORE", "TRACKER_SCHEDULES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(world.folder / "data"))
    monkeypatch.chdir(world.folder)
    return world


def there(world: World) -> set[str]:
    return {str(path.relative_to(world.folder)) for path in world.folder.rglob("*")}


def test_every_command_reads_or_writes():
    assert READING.keys() | WRITING == COMMANDS.keys()


@pytest.mark.parametrize("command", READING)
def test_a_command_that_only_reads_creates_nothing(empty: World, command: str):
    ran = empty.plain(command, *READING[command])
    assert (ran.code == 0) == (command in NEEDS_NO_STORE)
    assert there(empty) == set()


@pytest.mark.parametrize("command", sorted(READING.keys() - {"install", "watch", "notify", "resolve"}))
def test_a_named_store_that_does_not_exist_is_an_error_in_one_line(empty: World, command: str):
    ran = empty.plain("--store", "typo", command, *READING[command])
    assert (ran.code, ran.out, there(empty)) == (2, "", set())
    assert ran.error == "tracker: typo: no tracker.db here; expected a store (tracker run, tracker import, or --store DIR)"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["resolve", "notify", "daemon"])
def test_commands_without_need_for_a_store_report_that_the_named_one_is_missing(empty: World, command: str):
    ran = empty.plain("--store", "typo", command, *{**READING, "daemon": ["--dry-run"]}[command])
    assert (ran.code, ran.err, there(empty)) == (0, "tracker: typo: no store here yet; tracker run creates it\n", set())


@pytest.mark.slow
def test_boards_are_listed_if_the_named_folder_has_no_store_yet(empty: World):
    (empty.folder / "volume").mkdir()
    assert empty.plain("--store", "volume", "boards").code == 0
    assert there(empty) == {"volume"}


@pytest.mark.slow
def test_import_reports_where_it_creates_the_store(empty: World):
    bodies = empty.bodies(BODIES)
    assert empty.plain("init").code == 0
    empty.declare("acme/text")
    ran = empty.plain("import", "acme/text", bodies)
    assert (ran.code, ran.err) == (0, "tracker: created the store snapshots\n")
    assert empty.plain("import", "acme/text", bodies).err == ""


@pytest.mark.slow
def test_a_workspace_works_from_every_folder_below_it(empty: World, monkeypatch: pytest.MonkeyPatch):
    bodies = empty.bodies(BODIES)
    empty.plain("init", "boards", "--boards", "lmarena/*")
    World(folder=empty.folder / "boards", captured=empty.captured).declare("acme/text")
    below = empty.folder / "boards" / "schedules" / "acme"
    monkeypatch.chdir(below)
    assert empty.plain("import", "acme/text", bodies).code == 0
    assert (empty.folder / "boards" / "snapshots" / "tracker.db").exists()
    origins = {row["board"].partition("/")[0]: row["origin"] for row in empty.plain("boards", "--json").rows}
    assert origins == {"acme": "local", "example": "local", "lmarena": "shipped"}
    monkeypatch.chdir(empty.folder)
    assert empty.plain("--store", "boards", "standings", "acme/text").code == 0


@pytest.mark.parametrize("option", ["--store", "--schedules"])
def test_init_refuses_an_option_that_it_would_ignore(empty: World, option: str):
    (empty.folder / "other").mkdir()
    ran = empty.plain(option, "other", "init", "new")
    assert (ran.code, (empty.folder / "new").exists()) == (2, False)
    assert f"init makes a workspace in DIR, and ignores {option}; leave it out (tracker init DIR)" in ran.error


def test_a_workspace_is_not_a_folder_of_declarations(empty: World):
    empty.plain("init", "boards")
    ran = empty.plain("--schedules", "boards", "boards")
    assert (ran.code, ran.error) == (
        2,
        "tracker: boards: is a workspace; expected its folder of declarations (--store boards, or --schedules boards/schedules)",
    )


def test_the_error_for_an_unselected_board_says_how_to_select_it(empty: World):
    empty.plain("init", "--boards", "lmarena/*")
    ran = empty.plain("run", "livebench/livebench")
    assert (ran.code, ran.error) == (
        2,
        'tracker: board "livebench/livebench" is not selected; add it to boards in tracker.toml (tracker boards --all)',
    )
    assert not (empty.folder / "snapshots").exists()


@pytest.mark.slow
def test_unselected_boards_are_listed_on_request_and_are_never_due(empty: World):
    empty.plain("init", "--boards", "lmarena/*")
    selected = {row["board"] for row in empty.plain("boards", "--json").rows}
    rows = {row["board"]: row for row in empty.plain("boards", "--all", "--json").rows}
    assert (selected <= rows.keys(), len(rows) >= 85) == (True, True)
    unselected = [row for board, row in rows.items() if board not in selected]
    assert {(row["origin"], row["due_at"]) for row in unselected} == {("unselected", None)}


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["nosuch/board", "artificial-analysis/llms-page"])
def test_a_run_that_can_fetch_nothing_creates_nothing(empty: World, wrong: str):
    assert empty.plain("run", wrong).code == 2
    assert there(empty) == set()


def test_named_schedules_overlay_no_boards_but_shipped_names_are_known(empty: World):
    empty.declare("acme/text")
    ran = empty.plain("--schedules", "schedules", "boards", "--json")
    assert [(row["board"], row["origin"]) for row in ran.rows] == [("acme/text", "local")]
    resolved = empty.plain("--schedules", "schedules", "resolve", "gpt-4o-mini-2024-07-18", "--json").rows[0]
    assert resolved["lab"] == "OpenAI"


@pytest.mark.slow
def test_a_new_board_may_not_take_a_shipped_boards_id(empty: World):
    empty.plain("init")
    page = empty.folder / "board.csv"
    page.write_text("Model,Score\nNova,71.5\nLyra,68.25\nVega,61.0\nDeneb,55.5\n", encoding="utf-8")
    ran = empty.plain(
        "board", "new", page, "--url", "https://lmarena.example/x.csv", "--id", "lmarena/text", "--higher-is-better"
    )
    assert (ran.code, "already exists; not overwritten" in ran.error) == (2, True)


@pytest.mark.slow
def test_init_prints_the_next_two_commands_and_they_name_the_workspace(empty: World):
    ran = empty.plain("init", "boards")
    assert ran.code == 0
    assert [line.split()[-3:] for line in ran.out.splitlines()[-2:]] == [
        ["--store", "boards", "run"],
        ["--store", "boards", "report"],
    ]
    assert "  wrote tracker.toml" in ran.out
    odd = empty.plain("init", "with space $HOME")
    assert odd.out.splitlines()[-1].endswith(" --store 'with space $HOME' report")


@pytest.mark.slow
def test_init_inside_another_workspace_warns(empty: World):
    assert empty.plain("init").err == ""
    ran = empty.plain("init", "inner")
    assert (ran.code, ran.error) == (
        0,
        f"tracker: this workspace is inside another one, {empty.folder}; commands use the nearest",
    )


@pytest.mark.slow
def test_a_named_workspace_can_be_read_before_anything_was_fetched(empty: World):
    empty.plain("init", "boards")
    ran = empty.plain("--store", "boards", "boards")
    assert (ran.code, "example/board" in ran.out) == (0, True)
    assert not (empty.folder / "boards" / "snapshots").exists()


@pytest.mark.slow
def test_init_in_the_current_folder_needs_no_option_afterwards(empty: World):
    assert [line.split()[-1] for line in empty.plain("init").out.splitlines()[-2:]] == ["run", "report"]
    assert "--store" not in empty.plain("init", "again").out.splitlines()[0]


@pytest.mark.slow
def test_times_are_read_and_shown_in_the_workspaces_zone_and_stored_in_utc(empty: World):
    bodies = empty.bodies(BODIES)
    empty.plain("init", "--time-zone", "Asia/Tokyo")
    empty.declare("acme/text")
    empty.plain("import", "acme/text", bodies)
    assert "2026-03-02 15:00 JST" in empty.plain("events").out
    for form in ("text", "markdown", "html"):
        report = empty.plain("report", "--format", form).out
        assert "2026-03-05 15:00 JST" in report
        assert "UTC" not in report
    assert {row["until"][-1] for row in empty.plain("report", "--format", "jsonl").rows} == {"Z"}
    assert "2026-03-02 06:00 UTC" in empty.plain("--tz", "UTC", "events").out
    assert {row["recorded_at"][-1] for row in empty.plain("events", "--json").rows} == {"Z"}
    assert empty.plain("events", "--since", "2026-03-04T15:00:01").out == ""
    assert empty.plain("events", "--since", "2026-03-04T14:59").out != ""


def test_a_zone_that_does_not_exist_is_refused(empty: World):
    ran = empty.plain("--tz", "Europe/Berln", "boards")
    assert (ran.code, 'did you mean "Europe/Berlin"?' in ran.error) == (2, True)


@pytest.mark.slow
def test_a_service_is_installed_for_the_workspace(empty: World):
    empty.plain("init")
    ran = empty.plain("install", "--user")
    assert ran.code == 0
    assert f"--store {empty.folder} " in ran.out
    assert "--schedules" not in ran.out


@pytest.mark.slow
def test_a_service_is_installed_for_a_named_workspace(empty: World, monkeypatch: pytest.MonkeyPatch):
    empty.plain("init", "boards")
    ran = empty.plain("--store", "boards", "install", "--user")
    assert (ran.code, f"--store {empty.folder / 'boards'} " in ran.out) == (0, True)
    monkeypatch.setenv("TRACKER_STORE", "boards")
    assert empty.plain("install", "--user").out == ran.out


@pytest.mark.slow
def test_a_service_is_not_installed_for_another_store_than_the_workspaces(empty: World):
    empty.plain("init")
    ran = empty.plain("--store", "elsewhere", "install", "--user")
    assert (ran.code, "make this a workspace (tracker init)" in ran.error) == (2, True)


def test_a_service_is_not_installed_for_folders_it_would_not_find(empty: World):
    empty.declare("acme/text")
    ran = empty.plain("install", "--user")
    assert (ran.code, "make this a workspace (tracker init)" in ran.error) == (2, True)


@pytest.mark.slow
def test_the_contact_of_the_workspace_is_what_publishers_see(empty: World, httpserver: HTTPServer):
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/text.csv").respond_with_data(csv(BODIES["2026-03-01T060000Z"]), content_type="text/csv")
    empty.plain("init", "--contact", "ann@example.org")
    empty.declare(
        "acme/text", DECLARATION.replace('"https://acme.example/text.csv"', f'"{httpserver.url_for("/text.csv")}"\ngap_s = 0')
    )
    assert empty.plain("run", "acme/text").code == 0
    agents = {request.headers["User-Agent"] for request, _ in httpserver.log}
    assert [agent.partition("(")[2] for agent in agents] == ["+ann@example.org)"]


@pytest.mark.slow
def test_a_folder_with_its_own_boards_overlays_the_shipped_ones(empty: World):
    path = empty.folder / "schedules" / "lmarena" / "text.toml"
    path.parent.mkdir(parents=True)
    path.write_text("enabled = false\n", encoding="utf-8")
    rows = {row["board"]: row for row in empty.plain("boards", "--json").rows}
    assert (rows["lmarena/text"]["origin"], rows["lmarena/text"]["enabled"]) == ("customized", False)
    assert rows["lmarena/vision"]["origin"] == "shipped"


def test_the_users_watches_and_routes_replace_the_shipped_ones(empty: World):
    shipped = empty.plain("watch", "list").out
    Path("schedules").mkdir()
    Path("schedules/watches.toml").write_text('[[watch]]\nname = "own rule"\nkind = "new_leader"\n', encoding="utf-8")
    own = empty.plain("watch", "list").out
    assert "somebody else leads" in shipped
    assert ("somebody else leads" in own, "own rule" in own) == (False, True)


def test_a_new_board_has_its_tests_beside_the_schedules_wherever_the_command_runs(empty: World, monkeypatch: pytest.MonkeyPatch):
    assert empty.plain("init").code == 0
    inside = empty.folder / "notes" / "today"
    inside.mkdir(parents=True)
    page = empty.folder / "page.csv"
    page.write_text(csv(BODIES["2026-03-01T060000Z"]), encoding="utf-8")
    monkeypatch.chdir(inside)
    flags = ["--key", "name", "--metric", "score", "--higher-is-better", "--with-tests"]
    assert empty.plain("board", "new", page, "--url", "https://acme.example/x", "--id", "made/scores", *flags).code == 0
    assert (empty.folder / "tests/boards/made/scores/expected.json").is_file()
    assert list(inside.iterdir()) == []
    assert empty.plain("board", "test", "made/scores").out.startswith("made/scores: ok, ")


@pytest.mark.parametrize("folder", [".", "notes"])
@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("acme/text.toml", ("board", "show", "acme/text")),
        ("models/acme.toml", ("resolve", "Rocket 1")),
        ("routes.toml", ("notify", "list")),
        ("watches.toml", ("watch", "list")),
    ],
)
def test_every_wrong_declaration_is_named_from_the_schedules_on_wherever_the_command_runs(
    empty: World, monkeypatch: pytest.MonkeyPatch, folder: str, file: str, command: tuple[str, ...]
):
    empty.plain("init")
    (empty.folder / "notes").mkdir()
    path = empty.folder / "schedules" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("title = 1\n", encoding="utf-8")
    monkeypatch.chdir(empty.folder / folder)
    assert empty.plain(*command).err.startswith(f"tracker: schedules/{file}: ")
