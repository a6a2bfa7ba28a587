"""`resolve`, `models`, `compare`, `why-not` and `watch`: their output for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cli_world import DECLARATION, World

NAMES = {
    "a": "Claude Opus 4.6 (Reasoning)",
    "b": "GPT-5.4 (Reasoning)",
    "q": "Qwen3.5 9B",
    "e": "\x1b[2JEvil \u202e One",
    "f": "\x1b[2JEvil \u202e Two",  # of more than a few rows, such names are the board's own
}
STATES: Mapping[str, str] = {
    "2026-03-01T060000Z": "a:80:3 b:90:2 q:50:1 c:40:1 d:30:1 f:20:1 e:5:1",
    "2026-03-02T060000Z": "a:95:3 b:90:2 q:50:1 c:40:1 d:30:1 f:20:1 e:5:1",
    "2026-03-03T060000Z": "a:95:3 b:90:1.5 q:51:1 c:40:1 d:30:1 f:20:1 e:5:1",
}
WATCHES = """
[[watch]]
name = "near"
topic = "overall"
subject = "lab:Anthropic"
within = 2
[[watch]]
name = "prices"
kind = "price_change"
"""


def csv(text: str) -> str:
    lines = ["key,name,score,price,licence"]
    for part in text.split():
        key, score, price = part.split(":")
        lines.append(f"{key},{NAMES.get(key, key.upper() * 3)},{score},{price},")
    return "\n".join(lines) + "\n"


@pytest.fixture
def two(world: World) -> World:
    """A board with three days, and another that lists one of its models."""
    world.declare("acme/text")
    world.declare("acme/other", DECLARATION.replace("Acme Arena", "Other"))
    days = {time: csv(text) for time, text in STATES.items()}
    assert world.run("import", "acme/text", world.bodies(days, raw=True)).code == 0
    other = {"2026-03-02T060000Z": csv("a:3:1")}
    assert world.run("import", "acme/other", world.bodies(other, "others", raw=True)).code == 0
    (world.folder / "schedules" / "watches.toml").write_text(WATCHES, encoding="utf-8")
    return world


# ── resolve ──────────────────────────────────────────────────────────────────────────────────────


def test_resolve_shows_the_model_of_a_name_and_its_names_in_the_store(two):
    (row,) = two.run("resolve", "anthropic/claude-opus-4.6", "--json").rows
    assert (row["lab"], row["family"], row["generation"], row["tier"]) == ("Anthropic", "Claude", "4.6", "opus")
    assert row["confidence"] in ("stated", "alias")
    assert row["reason"]
    assert (row["listed"], row["nearest"]) == (["Claude Opus 4.6 (Reasoning)"], [])


def test_resolve_suggests_the_nearest_if_none_is_listed(two):
    ran = two.run("resolve", "Qwen3.5 72B")
    assert ran.code == 0
    assert "size_total_b:     72.0" in ran.out
    assert "nearest:          Qwen3.5 9B" in ran.out


def test_resolve_needs_no_store(world):
    world.declare("acme/text")
    ran = world.run("resolve", "GPT-4o", "--org", "OpenAI", "--source", "acme/text", "--json")
    assert (ran.code, ran.rows[0]["lab"], ran.rows[0]["listed"], ran.rows[0]["nearest"]) == (0, "OpenAI", [], [])


# ── models ───────────────────────────────────────────────────────────────────────────────────────


def test_models_shows_a_model_on_all_its_boards(two):
    (row,) = two.run("models", "Claude Opus 4.6", "--json").rows
    assert (row["lab"], row["family"], row["names"]) == ("Anthropic", "Claude", ["Claude Opus 4.6 (Reasoning)"])
    assert [(entry["board"], entry["rank"], entry["of"], entry["value"]) for entry in row["entries"]] == [
        ("acme/other", 1, 1, 3.0),
        ("acme/text", 1, 7, 95.0),
    ]
    assert row["entries"][1]["first_seen"] == "2026-03-01T06:00:00Z"
    assert row["entries"][1]["last_seen"] is None


def test_models_prints_a_table_for_people(two):
    ran = two.run("models", "claude opus 4.6")
    assert ran.code == 0
    assert "Anthropic · Claude · 4.6 · opus" in ran.out
    assert "1 of 7" in ran.out
    assert "GPT" not in ran.out


def test_models_without_a_name_are_a_table_with_a_line_for_each(two):
    lines = two.run("models", "--lab", "anthropic", "--lab", "openai").out.splitlines()
    assert lines[1].split() == ["model", "lab", "boards", "best_rank", "size", "open", "price", "first_seen"]
    assert [line.split() for line in lines[3:5]] == [
        ["anthropic/claude-4.6-opus", "Anthropic", "2", "1", "$3", "2026-03-01"],
        ["openai/gpt-5.4", "OpenAI", "1", "2", "$1.50", "2026-03-01"],
    ]


def test_a_table_of_models_can_be_ordered_cut_and_given_other_columns(two):
    rows = two.run("models", "--sort", "-price", "--top", "2", "--columns", "price,best_rank", "--json").rows
    assert [(row["price"], row["best_rank"]) for row in rows] == [(3.0, 1), (1.5, 2)]
    assert [row["model"] for row in two.run("models", "--max-size", "9B", "--json").rows] == ["alibaba/qwen-3.5-9b"]
    assert two.run("models", "--columns", "pricey").error.startswith('tracker: column "pricey" is unknown; did you mean "price"?')


def test_models_without_a_match_is_an_error_that_names_the_nearest(two):
    ran = two.run("models", "--lab", "Antropic")
    assert (ran.code, ran.out) == (2, "")
    assert ran.error.startswith('tracker: lab "Antropic" is unknown; did you mean "Anthropic"?')
    assert 'family "Cloude" is unknown; did you mean "Claude"?' in two.run("models", "--family", "Cloude").error
    assert two.run("models", "GPT-5.5").error == "tracker: GPT-5.5: no model in the store matches; nearest: GPT-5.4 (Reasoning)"


def test_a_hostile_name_does_not_control_the_terminal(two):
    for args in (("models",), ("why-not", "e"), ("compare", "e", "q"), ("models", "--json")):
        ran = two.run(*args)
        assert ran.code == 0
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out


@pytest.fixture
def unsure(two: World) -> World:
    """Two more boards; one lists names that need a person, one of which has left since."""
    first = "key,name,score,price,licence\ng,GPT-4o,3,1,\nk,Kimi K4 Thinking,2,1,\nc,Claude Opus 4.6,1,1,\n"
    days = {f"2026-03-0{day}T060000Z": first + ("x,GPT-4,1,1,\n" if day == 1 else "") for day in (1, 2, 4)}
    for board, pages in (("acme/open", days), ("acme/more", {"2026-03-02T060000Z": first.replace("g,GPT-4o,3,1,\n", "")})):
        two.declare(board)
        assert two.run("import", board, two.bodies(pages, board.replace("/", "-"), raw=True)).code == 0
    return two


def test_models_unsure_asks_about_listed_names_that_need_a_person(unsure):
    rows = unsure.run("models", "--unsure", "--json").rows
    assert [(row["name"], row["boards"]) for row in rows if row["lab"]] == [
        ("Kimi K4 Thinking", ["acme/more", "acme/open"]),
        ("GPT-4o", ["acme/open"]),
    ]
    (row,) = unsure.run("models", "kimi", "--unsure", "--json").rows
    assert row["model"] == "moonshot-ai/kimi-k4-thinking"
    assert row["why"].startswith("whether thinking is a switch of Kimi K4")
    assert row["answer"].endswith("schedules/models/moonshot.toml")


def test_models_unsure_says_for_people_where_to_write_the_answer(unsure):
    printed = unsure.run("models", "--lab", "openai", "--unsure").out.splitlines()
    assert printed[0] == "GPT-4o  (acme/open)"
    assert printed[1].startswith("  several snapshots have this name; state the one that it means")


# ── compare ──────────────────────────────────────────────────────────────────────────────────────


def test_compare_shows_which_model_is_above_and_since_when(two):
    rows = two.run("compare", "Claude Opus 4.6", "gpt-5.4", "--json").rows
    assert [row.get("metric") for row in rows] == ["score", "price", None]
    score, price, alone = rows
    assert (score["a"]["value"], score["b"]["value"], score["difference"], score["above"]) == (95.0, 90.0, 5.0, "a")
    assert score["beyond_error"] is True
    assert score["since"] == {
        "after": "2026-03-01T06:00:00Z",
        "until": "2026-03-02T06:00:00Z",
        "how": "passing",
        "estimated": False,
    }
    assert (score["segment"], score["observed_at"]) == ("2026-03-01T06:00:00Z", "2026-03-03T06:00:00Z")
    assert (price["above"], price["beyond_error"], price["since"]["how"]) == ("b", None, "start")
    assert alone == {"board": "acme/other", "lists_only": "Claude Opus 4.6"}


def test_compare_prints_a_table_for_people(two):
    out = two.run("compare", "Claude Opus 4.6", "gpt-5.4").out
    assert "A = Claude Opus 4.6 (Reasoning), B = GPT-5.4 (Reasoning)" in out
    assert "A ahead, beyond the error, passed B between 2026-03-01 and 2026-03-02" in out
    assert "acme/other: lists only Claude Opus 4.6" in out


def test_compare_can_be_limited_to_a_day_and_a_board(two):
    (score, _) = two.run(
        "compare", "Claude Opus 4.6", "gpt-5.4", "--at", "2026-03-01T07:00Z", "--board", "acme/text", "--json"
    ).rows
    assert (score["above"], score["difference"]) == ("b", -10.0)


def test_compare_with_an_unknown_model_is_an_error_with_the_nearest(two):
    ran = two.run("compare", "Qwen3.5 72B", "gpt-5.4")
    assert (ran.code, ran.out) == (2, "")
    assert ran.error == 'tracker: "Qwen3.5 72B": no board lists that model; listed of that line: Qwen3.5 9B (tracker models)'


# ── why-not ──────────────────────────────────────────────────────────────────────────────────────


def test_why_not_explains_each_change_with_its_event_or_its_rule(two):
    rows = two.run("why-not", "Qwen3.5 9B", "--json").rows
    assert [(row["what"], row["of"], row["is_news"]) for row in rows] == [("appearance", "", False), ("value", "score", False)]
    assert rows[1]["reason"] == "within the stated error: moved by 1, not beyond 2"
    (kept,) = two.run("events", "--kind", "score_revision", "--recorded", "--json").rows
    assert rows[1]["event"] == kept["id"]
    rows = two.run("why-not", "GPT-5.4", "--since", "2026-03-03", "--board", "acme/text", "--json").rows
    assert [(row["of"], row["before"], row["now"], row["is_news"]) for row in rows] == [("price", "2", "1.5", True)]


def test_why_not_groups_repeated_changes_for_people(two):
    out = two.run("why-not", "GPT-5.4").out
    assert "GPT-5.4 (Reasoning) on acme/text (key b)" in out
    assert "2026-03-02 06:00 UTC  rank 1 → 2: rank move nominal: no measured value of its own moved that way" in out
    assert "2026-03-03 06:00 UTC  price 2 → 1.5: reported as price_change (cut) [" in out


# ── watch ────────────────────────────────────────────────────────────────────────────────────────


def test_watch_list_prints_each_watch(two):
    assert two.run("watch", "list", "--json").rows == [
        {"name": "near", "over": "standings", "asks": {"topic": "overall", "subject": "lab:Anthropic", "within": 2}},
        {"name": "prices", "over": "events", "asks": {"kind": "price_change"}},
    ]
    assert "topic overall, subject lab:Anthropic, within 2" in two.run("watch", "list").out


def test_watch_test_shows_when_each_watch_would_have_fired_and_the_evidence(two):
    rows = two.run("watch", "test", "--json").rows
    assert [(row["watch"], row["board"], row["until"], row["already"]) for row in rows] == [
        ("near", "acme/other", "2026-03-02T06:00:00Z", True),
        ("near", "acme/text", "2026-03-02T06:00:00Z", False),
        ("prices", "acme/text", "2026-03-03T06:00:00Z", False),
    ]
    fired = rows[1]
    assert (fired["event"], fired["value"], fired["rank"], fired["after"]) == (None, 95.0, 1, "2026-03-01T06:00:00Z")
    assert [(evidence["entry"], evidence["raw"]) for evidence in fired["evidence"]] == [("a", "95")]
    (event,) = two.run("events", "--kind", "price_change", "--json").rows
    assert rows[2]["event"] == event["id"]


def test_watch_test_can_be_limited_to_a_watch_and_a_window(two):
    ran = two.run("watch", "test", "near", "--since", "2026-03-02", "--until", "2026-03-03", "--board", "acme/text")
    assert "near: would have fired once" in ran.out
    assert "Claude Opus 4.6 (Reasoning) (95) is ahead of all others that are measured" in ran.out
    assert "prices" not in ran.out
    assert "near: would have fired 0 times" in two.run("watch", "test", "near", "--since", "2026-03-03").out


def test_an_unknown_watch_and_a_wrong_file_are_errors(two):
    assert two.run("watch", "test", "far").error == 'tracker: watch "far" is unknown; known: near, prices (tracker watch list)'
    (two.folder / "schedules" / "watches.toml").write_text('[[watch]]\nname = "x"\ntpo = 3\n', encoding="utf-8")
    ran = two.run("watch", "list")
    assert ran.code == 2
    assert ran.error.startswith('tracker: schedules/watches.toml: watch "x": tpo is unknown; did you mean "top"?')


def test_a_watch_cannot_be_tested_on_a_board_without_a_reading(two):
    ran = two.run("watch", "test", "--board", "acme/nothing")
    assert (ran.code, ran.error.startswith('tracker: board "acme/nothing" is unknown')) == (2, True)


def test_without_a_file_there_are_no_watches(world):
    assert (world.run("watch", "list", "--json").out, world.run("watch", "list").code) == ("", 0)
