"""`tracker board test`: the folders offline; with --live the boards themselves, each fetched once and nothing kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cli_world import CHALLENGE, DECLARATION, World, csv

from tracker.cli.board_test import check_live
from tracker.clock import FixedClock
from tracker.errors import FetchError
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
SIX = csv("a:90:2:MIT b:80:3:MIT c:70:1:MIT d:60:1:MIT e:50:1:MIT f:40:1:MIT")

Answering = Callable[[httpx.Request], httpx.Response]


def says(text: str, status: int = 200) -> Answering:
    return lambda _: httpx.Response(status, text=text, headers={"content-type": "text/csv"})


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host", request=request)


class Network:
    """Servers by path; `/robots.txt` is 404. Remembers the requested pages."""

    def __init__(self, **answers: Answering) -> None:
        self.answers: Mapping[str, Answering] = answers
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return self.answers.get("robots", says("", 404))(request)
        self.asked.append(request)
        return self.answers[request.url.path.rpartition("/")[2]](request)


def declare(world: World, name: str, text: str = DECLARATION, host: str = "acme.example") -> None:
    world.declare(f"acme/{name}", text.replace("https://acme.example/text.csv", f"https://{host}/acme/{name}"))


def folder(world: World, name: str, page: str = SIX, *, fill: str = "") -> Path:
    """A test folder of six entries, each with the metrics named."""
    cases = world.folder / "cases"
    (cases / "acme" / name).mkdir(parents=True, exist_ok=True)
    measures = dict.fromkeys(("score", *fill.split()), 1)
    entries = [{"entry": key, "name": key, "attributes": {}, "measures": measures} for key in "abcdef"]
    (cases / "acme" / name / "page.csv").write_text(page, encoding="utf-8")
    (cases / "acme" / name / "expected.json").write_text(json.dumps({"entries": entries}), encoding="utf-8")
    return cases


def ran(world: World, network: Network, *names: str, as_json: bool = True) -> tuple[int, str]:
    """The exit code and the output."""
    settings = Settings(store=world.store, schedules=world.folder / "schedules")
    transport = httpx.MockTransport(network)
    code = check_live(
        settings,
        names,
        world.folder / "cases",
        FixedClock(NOW),
        as_json=as_json,
        transport=transport,
        resolve=lambda _: [ip_address("93.184.216.34")],
    )
    return code, world.captured.readouterr().out


def rows(out: str) -> dict[str, dict[str, object]]:
    return {row["board"]: row for row in map(json.loads, out.splitlines())}


def test_a_board_that_reads_as_declared_is_ok_and_nothing_is_kept(world: World):
    declare(world, "text")
    network = Network(text=says(SIX))
    code, out = ran(world, network)
    row = rows(out)["acme/text"]
    assert code == 0
    assert (row["ok"], row["reachable"], row["parsed"], row["entries"], row["contract"]) == (True, True, True, 6, "ok")
    assert (row["drift"], row["terms"]) == ([], "ok")
    assert not world.store.exists()


def test_each_board_is_fetched_once_without_conditions(world: World):
    for name in ("one", "two"):
        declare(world, name)
    network = Network(one=says(SIX), two=says(SIX))
    assert ran(world, network)[0] == 0
    assert sorted(request.url.path for request in network.asked) == ["/acme/one", "/acme/two"]
    assert not [name for request in network.asked for name in request.headers if name.startswith("if-")]


def test_one_boards_failure_never_stops_another_and_each_has_its_reason(world: World):
    for name in ("gone", "wall", "broken", "renamed", "good"):
        declare(world, name)
    network = Network(
        gone=says("", 404),
        wall=says(CHALLENGE),
        broken=says("key,name\n"),
        renamed=says(SIX.replace("score", "points")),
        good=says(SIX),
    )
    code, out = ran(world, network)
    found = rows(out)
    assert code == 1
    assert {name: (row["reachable"], row["parsed"], row["ok"]) for name, row in found.items()} == {
        "acme/gone": (False, None, False),
        "acme/wall": (True, False, False),
        "acme/broken": (True, False, False),
        "acme/renamed": (True, True, False),
        "acme/good": (True, True, True),
    }
    assert str(found["acme/renamed"]["contract"]).startswith("missing_column: column score")
    assert "404" in str(found["acme/gone"]["problem"])
    assert all("\n" not in str(row["problem"]) for row in found.values())


def test_missing_columns_are_drift_and_not_a_failure(world: World):
    declare(world, "text")
    folder(world, "text", fill="price")
    page = "\n".join(line.rsplit(",", 2)[0] for line in SIX.splitlines()) + "\n"
    code, out = ran(world, Network(text=says(page)))
    row = rows(out)["acme/text"]
    assert (code, row["contract"]) == (0, "ok")
    assert row["drift"] == ["no column price (price)", "no entry has licence (licence)"]


def test_a_metric_filled_much_less_than_in_the_test_folder_is_drift(world: World):
    declare(world, "text")
    folder(world, "text", fill="price")
    page = csv("a:90:2:MIT b:80 c:70 d:60 e:50 f:40")
    row = rows(ran(world, Network(text=says(page)))[1])["acme/text"]
    assert row["drift"] == ["price has a value in 17% of the entries, in the test folder in 100%"]


RELEASES = """url = "https://acme.example/acme/table_{newest}.csv"
newest = { url = "https://acme.example/acme/index", find = "(20[0-9-]+[0-9])" }"""
COST = """
[payloads.cost]
key = "key"
[payloads.cost.request]
url = "https://acme.example/acme/cost.csv"
[payloads.cost.parse]
format = "csv_table"
"""


def test_a_board_of_several_answers_is_read_completely_and_shows_its_release(world: World):
    text = DECLARATION.replace('url = "https://acme.example/text.csv"', RELEASES).replace('from = "price"', 'from = "cost:usd"')
    world.declare("acme/text", text + COST)
    answers = {"index": says("2026-01-08 2026-02-11"), "table_2026-02-11.csv": says(SIX), "cost.csv": says("key,usd\na,3\nb,4\n")}
    network = Network(**answers)
    row = rows(ran(world, network)[1])["acme/text"]
    assert (row["problem"], row["contract"], row["version"], row["drift"]) == ("", "ok", "2026-02-11", [])
    assert len(network.asked) == 3


@pytest.mark.parametrize(
    ("change", "terms"),
    [
        (('cadence = "@daily"', 'cadence = "@daily"\nenabled = false'), "off: CC-BY-4.0"),
        (
            ("[request]", '[request]\nheaders = { x-api-key = "${TRACKER_TEST_NO_SUCH_KEY}" }'),
            "paused: no key TRACKER_TEST_NO_SUCH_KEY",
        ),
    ],
)
def test_a_disabled_board_is_not_fetched_even_if_it_is_named(world: World, change: tuple[str, str], terms: str):
    declare(world, "text", DECLARATION.replace(*change))
    network = Network(text=says(SIX))
    code, out = ran(world, network, "acme/text")
    row = rows(out)["acme/text"]
    assert (code, row["terms"], row["reachable"], network.asked) == (0, terms, None, [])


def test_a_board_paused_by_an_operator_is_not_fetched(world: World):
    declare(world, "text")
    SqliteStore(world.store / "tracker.db").close()
    assert world.run("board", "pause", "acme/text", "--reason", "terms under review", "--by", "ann").code == 0
    network = Network(text=says(SIX))
    row = rows(ran(world, network)[1])["acme/text"]
    assert (row["terms"], network.asked) == ("paused by ann: terms under review", [])


def test_a_missing_network_is_reported_once_and_not_for_every_board(world: World):
    names = [f"board{number}" for number in range(9)]
    for name in names:
        declare(world, name, host=f"{name}.example")
    network = Network(robots=silent, **dict.fromkeys(names, silent))
    with pytest.raises(FetchError, match=r"hosts asked, none answers: is there a network\? The last: "):
        ran(world, network)


def test_one_silent_host_among_others_is_a_failing_board_and_not_a_missing_network(world: World):
    for name in ("up", "down"):
        declare(world, name, host=f"{name}.example")
    network = Network(up=says(SIX), down=silent)
    code, out = ran(world, network)
    assert (code, rows(out)["acme/down"]["reachable"], rows(out)["acme/up"]["ok"]) == (1, False, True)


def test_people_get_a_table_the_errors_and_a_summary(world: World):
    for name in ("gone", "good"):
        declare(world, name)
    code, out = ran(world, Network(gone=says("", 404), good=says(SIX)), as_json=False)
    assert code == 1
    lines = out.splitlines()
    assert [
        word for word in ("board", "reachable", "parsed", "entries", "contract", "drift", "terms") if word not in lines[1]
    ] == []
    assert [line.split()[:5] for line in lines if line.strip().startswith("acme/good ")] == [
        ["acme/good", "yes", "yes", "6", "ok"]
    ]
    assert [line for line in lines if line.startswith("acme/gone: ")] != []
    assert lines[-1] == "2 boards fetched, 1 read as declared (0 with drift), 0 not fetched"


def test_a_wrong_declaration_fails_the_check_and_stops_no_board(world: World):
    declare(world, "text")
    world.declare("acme/wrong", "title = 3")
    settings = Settings(store=world.store, schedules=world.folder / "schedules")
    transport = httpx.MockTransport(Network(text=says(SIX)))
    resolve = lambda _: [ip_address("93.184.216.34")]  # noqa: E731
    code = check_live(settings, (), world.folder, FixedClock(NOW), as_json=True, transport=transport, resolve=resolve)
    printed = world.captured.readouterr()
    assert (code, rows(printed.out)["acme/text"]["ok"]) == (2, True)
    assert "acme/wrong.toml" in printed.err


# ── offline ──────────────────────────────────────────────────────────────────────────────────────


def saved(world: World) -> Path:
    declare(world, "text")
    cases = folder(world, "text")
    (cases / "acme" / "text" / "expected.json").unlink()
    assert world.run("board", "test", "acme/text", "--cases", cases, "--save").code == 0
    return cases


def test_a_folder_that_reads_as_expected_is_ok_and_one_changed_value_fails_it(world: World):
    cases = saved(world)
    assert world.run("board", "test", "--all", "--cases", cases).out == "acme/text: ok, 1 pages\n"
    page = cases / "acme" / "text" / "page.csv"
    page.write_text(SIX.replace("90", "91"), encoding="utf-8")
    ran_ = world.run("board", "test", "--cases", cases)
    assert (ran_.code, ran_.out.splitlines()[1]) == (1, "    entries[0].measures.score: found 91.0, expected 90.0")


def test_an_unreadable_declaration_fails_the_whole_test_and_is_named(world: World):
    cases = saved(world)
    world.declare("acme/broken", "title = 3")
    ran_ = world.run("board", "test", "--cases", cases)
    assert ran_.code == 2
    assert "acme/text: ok" in ran_.out
    assert "schedules/acme/broken.toml" in ran_.error
    alone = world.run("board", "test", "acme/text", "--cases", cases)
    assert (alone.code, alone.err) == (0, "")


def test_boards_without_a_folder_are_counted(world: World):
    cases = saved(world)
    assert world.run("board", "test", "--cases", cases).err == ""
    declare(world, "bare")
    ran_ = world.run("board", "test", "--all", "--cases", cases)
    assert (ran_.code, ran_.error) == (0, f"tracker: 1 of 2 boards have no folder in {cases}, and were not tried")


def test_a_hostile_page_that_is_read_or_refused_with_another_error_fails_the_test(world: World):
    cases = saved(world)
    hostile = cases / "acme" / "text" / "hostile"
    hostile.mkdir()
    (hostile / "copy.ParseError.csv").write_text(SIX, encoding="utf-8")
    (hostile / "empty.Refused.csv").write_text("", encoding="utf-8")
    (row,) = world.run("board", "test", "--cases", cases, "--json").rows
    assert (row["ok"], row["cases"]) == (False, 3)
    assert [str(problem)[:60] for problem in row["problems"]] == [
        "copy.ParseError.csv: gave 6 entries, expected ParseError",
        "empty.Refused.csv: refused with ParseError, expected Refused",
    ]


def test_an_excerpt_may_have_fewer_entries_than_the_contract_demands_but_no_fewer_than_expected(world: World):
    declare(world, "text", DECLARATION.replace("[contract]", "[contract]\nmin_entries = 50"))
    cases = folder(world, "text")
    (cases / "acme" / "text" / "expected.json").unlink()
    world.run("board", "test", "acme/text", "--cases", cases, "--save")
    assert world.run("board", "test", "acme/text", "--cases", cases).code == 0
    (cases / "acme" / "text" / "page.csv").write_text("\n".join(SIX.splitlines()[:4]) + "\n", encoding="utf-8")
    found = world.run("board", "test", "acme/text", "--cases", cases)
    assert (found.code, "too_few_entries" in found.out) == (1, True)


def test_a_file_that_is_neither_a_page_nor_a_payload_is_named(world: World):
    cases = saved(world)
    (cases / "acme" / "text" / "notes.txt").write_text("?", encoding="utf-8")
    found = world.run("board", "test", "acme/text", "--cases", cases)
    assert (found.code, "notes.txt is neither the board's page nor a payload" in found.error) == (2, True)


@pytest.mark.parametrize("words", [("--all", "acme/text"), ("--live", "--save")])
def test_options_that_contradict_each_other_are_refused(world: World, words: tuple[str, ...]):
    declare(world, "text")
    found = world.run("board", "test", *words)
    assert (found.code, "were both given" in found.error) == (2, True)
