"""One set of filters: what each option leaves in, what is joined from other boards, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cli_world import DECLARATION, World

import tracker
from tracker.errors import DeclarationError

NAMES = {
    "a": "Claude Opus 4.6 (Reasoning)",
    "g": "GPT-5.4",
    "q": "Qwen3.5 9B",
    "w": "Qwen3.5 27B",
    "l": "Llama 3.1 70B Instruct",
}
PRICED: Mapping[str, str] = {
    "2026-03-01T060000Z": "a:80:25:proprietary g:90:10:proprietary q:50:1:apache-2.0 w:60:2:apache-2.0 l:50:3:llama",
    "2026-03-02T060000Z": "a:95:25:proprietary g:90:10:proprietary q:50:1:apache-2.0 w:60:2:apache-2.0 l:50:3:llama",
}
BARE = {"2026-03-02T060000Z": "a:7 g:9 q:3 w:5"}
BARE_DECLARATION = (
    DECLARATION.partition("[metrics.price]")[0]
    .replace('licence = "licence"\n', "")
    .replace("Acme Arena", "Bare")
    .replace("overall", "coding")
)


def csv(text: str) -> str:
    lines = ["key,name,score,price,licence"]
    for part in text.split():
        key, score, price, licence = [*part.split(":"), "", "", ""][:4]
        lines.append(f"{key},{NAMES[key]},{score},{price},{licence}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def two(world: World) -> World:
    """A board with prices and licences, and one of another topic that states neither."""
    world.declare("acme/text")
    world.declare("bare/code", BARE_DECLARATION)
    for board, states in (("acme/text", PRICED), ("bare/code", BARE)):
        pages = {time: csv(text) for time, text in states.items()}
        assert world.run("import", board, world.bodies(pages, board.replace("/", "-"), raw=True)).code == 0
    return world


def listed(world: World, *args: str) -> list[tuple[str, str]]:
    return [(row["board"], row["entry"]) for row in world.run("standings", *args, "--json").rows]


@pytest.mark.parametrize(
    ("args", "entries"),
    [
        (("acme/text", "--open"), "w l q"),
        (("acme/text", "--closed"), "a g"),
        (("acme/text", "--max-size", "27B"), "w q"),
        (("acme/text", "--min-size", "27", "--max-size", "0.07T"), "w l"),
        (("acme/text", "--max-price", "$2"), "w q"),
        (("acme/text", "--lab", "open ai"), "g"),
        (("acme/text", "--lab", "OpenAI", "--lab", "anthropic"), "a g"),
        (("acme/text", "--lab", "meta-llama"), "l"),
        (("acme/text", "--country", "cn"), "w q"),
        (("acme/text", "--model", "gpt 5.4", "--model", "llama 3.1 70b"), "g l"),
        (("acme/text", "--model", "Qwen3.5"), "w q"),
        (("acme/text", "--model", "anthropic"), "a"),
        (("acme/text", "--reasoning"), "a"),
        (("acme/text", "--open", "--max-price", "2", "--top", "1"), "w"),
        (("acme/text", "--open", "--sort", "size"), "q w l"),
        (("acme/text", "--sort", "-price", "--top", "2"), "a g"),
        (("acme/text", "--metric", "price", "--sort", "score", "--top", "1"), "q"),
        (("acme/text", "--at", "2026-03-01T12:00Z", "--top", "1"), "g"),
    ],
)
def test_a_filter_leaves_the_rows_that_are_known_to_fulfil_it(two: World, args: tuple[str, ...], entries: str):
    assert [entry for _, entry in listed(two, *args)] == entries.split()


@pytest.mark.parametrize(
    ("args", "boards"),
    [
        ((), {"acme/text", "bare/code"}),
        (("--board", "bare"), {"bare/code"}),
        (("--board", "*/te*"), {"acme/text"}),
        (("--topic", "coding"), {"bare/code"}),
        (("--topic", "coding", "--topic", "overall"), {"acme/text", "bare/code"}),
        (("--metric", "price"), {"acme/text"}),
        (("--at", "2026-03-01T12:00Z"), {"acme/text"}),
        (("--lab", "Meta"), {"acme/text"}),
    ],
)
def test_without_a_board_every_board_that_the_filters_mean_answers(two: World, args: tuple[str, ...], boards: set[str]):
    assert {board for board, _ in listed(two, *args)} == boards


def test_ranks_are_among_all_rows_and_ties_are_marked(two: World):
    rows = two.run("standings", "acme/text", "--open", "--json").rows
    assert [(row["entry"], row["rank"], row["tied"]) for row in rows] == [("w", 3, 1), ("l", 4, 2), ("q", 4, 2)]
    assert [line.split()[0] for line in two.run("standings", "acme/text", "--open").out.splitlines() if "Qwen" in line] == [
        "3",
        "=4",
    ]


def test_a_table_states_board_metric_unit_time_and_segment(two: World):
    (row,) = two.run("standings", "acme/text", "--metric", "price", "--top", "1", "--json").rows
    about = {key: row[key] for key in ("board", "metric", "unit", "observed_at", "segment")}
    assert about == {
        "board": "acme/text",
        "metric": "price",
        "unit": "USD per 1M tokens",
        "observed_at": "2026-03-02T06:00:00Z",
        "segment": "2026-03-01T06:00:00Z",
    }
    title = (
        "Acme Arena (acme/text): output price (USD per 1M tokens), 2026-03-02 06:00 UTC, comparable since 2026-03-01 06:00 UTC"
    )
    assert two.run("standings", "acme/text", "--metric", "price").out.splitlines()[0] == title


def test_what_a_board_lacks_is_joined_from_another_board_which_is_named(two: World):
    rows = two.run("standings", "bare/code", "--columns", "score,price,size,open,lab", "--json").rows
    assert [(row["entry"], row["price"], row["size"], row["open"], row["lab"]) for row in rows] == [
        ("g", 10.0, None, False, "OpenAI"),
        ("a", 25.0, None, False, "Anthropic"),
        ("w", 2.0, 27.0, True, "Alibaba"),
        ("q", 1.0, 9.0, True, "Alibaba"),
    ]
    assert rows[0]["sources"] == {"price": "acme/text", "open_weights": "acme/text"}
    people = two.run("standings", "bare/code", "--columns", "score,price").out
    assert "price of acme/text where this board states none" in people
    assert "price: output price in USD per 1M tokens" in people
    assert [entry for _, entry in listed(two, "bare/code", "--open", "--max-price", "1")] == ["q"]


def test_rows_whose_trait_nothing_states_are_counted_not_guessed(two: World):
    ran = two.run("standings", "acme/text", "--max-size", "40B")
    assert "2 rows left out: size not stated" in ran.out
    assert "GPT-5.4" not in ran.out


def test_other_metrics_of_the_board_can_be_columns(two: World):
    (row,) = two.run("standings", "acme/text", "--top", "1", "--columns", "price,score", "--json").rows
    assert (row["entry"], row["value"], row["price"]) == ("a", 95.0, 25.0)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--lab", "OpenIA"), 'lab "OpenIA" is unknown; did you mean "OpenAI"?'),
        (("--country", "usa"), 'country "usa" is unknown; known: CN, US'),
        (("--topic", "code"), 'topic "code" is unknown; did you mean "coding"?'),
        (("--board", "acme/txt"), 'board "acme/txt" is unknown; did you mean acme/text?'),
        (("--board", "acm*e"), 'board "acm*e" is unknown; did you mean "acme"?'),
        (("--metric", "scor"), 'metric "scor" is unknown; did you mean "score"?'),
        (("--columns", "prize"), 'column "prize" is unknown; did you mean "price"?'),
        (("--sort", "-prize"), 'column "prize" is unknown; did you mean "price"?'),
        (("--model", "GPT-5.5"), '"GPT-5.5": no board lists that model'),
        (("--max-size", "big"), "'big' is not a size; expected a number of parameters such as 40B, 500M or 1.5T"),
        (("--max-price", "free"), "'free' is not a price; expected US dollars per 1M tokens such as 2.50"),
        (("--max-price", "nan"), "'nan' is not a price; expected US dollars per 1M tokens such as 2.50"),
        (("--max-price", "-1"), "'-1' is not a price; expected US dollars per 1M tokens such as 2.50"),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest(two: World, args: tuple[str, ...], says: str):
    ran = two.run("standings", *args)
    assert ran.code == 2
    assert says in ran.error


def test_leaders_are_listed_from_when_to_when_among_those_who_are_meant(two: World):
    rows = two.run("leaders", "acme/text", "--json").rows
    assert [([leader["entry"] for leader in row["leaders"]], row["since"], row["until"]) for row in rows] == [
        (["g"], "2026-03-01T06:00:00Z", "2026-03-02T06:00:00Z"),
        (["a"], "2026-03-02T06:00:00Z", None),
    ]
    assert (rows[1]["after"], rows[1]["lead"], rows[1]["beyond_error"]) == ("2026-03-01T06:00:00Z", 5.0, True)
    people = two.run("leaders", "--topic", "overall", "--open", "--max-size", "40B").out
    assert "Acme Arena (acme/text): Score, to 2026-03-02 06:00 UTC" in people
    assert "2026-03-01 (start)   now   Qwen3.5 27B      60   10 (Qwen3.5 9B)" in people
    assert len(two.run("leaders", "acme/text", "--top", "1", "--json").rows) == 1
    assert two.run("leaders", "acme/text", "--since", "2026-03-03", "--json").rows == []


# ── rivals and movements ─────────────────────────────────────────────────────────────────────────


def test_who_passed_a_model_since_a_day_and_whether_they_are_cheaper_is_one_command(two: World):
    args = ("standings", "--topic", "overall", "--rival", "gpt 5.4", "--since", "2026-03-02")
    passer, rival = two.run(*args, "--json").rows
    assert (passer["entry"], passer["above_since"], passer["beyond_error"], passer["price"], passer["cheaper"]) == (
        "a",
        "2026-03-02T06:00:00Z",
        True,
        25.0,
        False,
    )
    assert (passer["above"]["after"], passer["above"]["how"]) == ("2026-03-01T06:00:00Z", "passing")
    assert (rival["entry"], rival["is_rival"], rival["price"]) == ("g", True, 10.0)
    people = two.run(*args).out
    assert "passed 2026-03-01 … 2026-03-02   yes              $25   no, +150 %" in people
    assert "(this model)" in people
    assert two.run("standings", "--rival", "gpt 5.4", "--since", "2026-03-03", "--topic", "overall", "--json").rows[0]["is_rival"]


def test_the_rows_above_a_model_are_those_that_the_filters_mean(two: World):
    args = ("standings", "acme/text", "--rival", "llama 3.1 70b")
    assert [row["entry"] for row in two.run(*args, "--json").rows] == ["a", "g", "w", "l"]
    rows = two.run(*args, "--open", "--json").rows
    assert [(row["entry"], row["cheaper"], row["above"] and row["above"]["how"]) for row in rows] == [
        ("w", True, "start"),
        ("l", None, None),
    ]
    assert two.run("standings", "bare/code", "--rival", "llama 3.1 70b").code == 2


def test_movements_are_an_entrys_own_or_only_arithmetic(world: World):
    world.imported({"2026-03-01T060000Z": "a:90 b:80 c:70 d:60", "2026-03-02T060000Z": "n:99 a:90 c:85.5 b:80 d:60"})
    args = ("standings", "acme/text", "--changes-since", "2026-03-01T12:00Z")
    rows = world.run(*args, "--json").rows
    assert [(row["entry"], row["rank"], row["was"], row["own_move"]) for row in rows] == [
        ("n", 1, None, None),
        ("a", 2, 1, 0),
        ("c", 3, 3, 1),
        ("b", 4, 2, -1),
        ("d", 5, 4, 0),
    ]
    moves = [line.split("Model")[1].split()[1:-1] for line in world.run(*args).out.splitlines() if "Model" in line]
    assert moves == [["new"], ["(▼1)", "1"], ["▲1", "3"], ["▼1", "(▼2)", "2"], ["(▼1)", "4"]]


def test_after_a_rebase_there_are_no_movements(world: World):
    states = {"2026-03-01T060000Z": "a:90 b:80 c:70 d:60", "2026-03-02T060000Z": "a:45 b:52 c:33 d:29"}
    world.imported(states)
    ran = world.run("standings", "acme/text", "--since", "2026-03-01T12:00Z")
    assert "re-based since then: the ranks do not compare" in ran.out
    assert "▲" not in ran.out


def test_the_best_row_of_each_lab_family_or_model_is_left(two: World):
    def best(of: str) -> list[str]:
        return [row["entry"] for row in two.run("standings", "acme/text", "--best-of", of, "--json").rows]

    assert best("lab") == ["a", "g", "w", "l"]
    assert best("family") == ["a", "g", "w", "l"]
    assert best("model") == ["a", "g", "w", "l", "q"]


def test_since_says_since_when_one_model_is_above_another(two: World):
    rows = two.run("since", "Claude Opus 4.6", "GPT-5.4", "--json").rows
    assert [(row["board"], row["metric"], row["above"], row["since"]["until"]) for row in rows] == [
        ("acme/text", "score", "a", "2026-03-02T06:00:00Z"),
        ("bare/code", "score", "b", "2026-03-02T06:00:00Z"),
    ]
    people = two.run("since", "Claude Opus 4.6", "GPT-5.4", "--topic", "overall").out
    assert "A ahead, beyond the error, passed B between 2026-03-01 and 2026-03-02" in people
    assert "acme/text: A = Claude Opus 4.6 (Reasoning), B = GPT-5.4" in people
    assert [row["metric"] for row in two.run("since", "Claude Opus 4.6", "GPT-5.4", "--metric", "price", "--json").rows] == [
        "price"
    ]


# ── prices and retirements ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "value", "times", "then"),
    [
        ("2026-03-01T12:00Z", 2.0, [None, "03-01", "03-01"], (2.0, True)),
        ("2026-03-02T12:00Z", 2.0, [None, "03-01", "03-02"], (1.5, False)),
        ("2026-03-03T06:00Z", 1.5, ["03-02", "03-03", "03-03"], (1.5, True)),
        ("2026-03-09", 1.5, ["03-02", "03-03", "03-05"], (None, None)),
    ],
)
def test_a_price_at_a_time_is_known_between_two_looks(world: World, at: str, value: float, times: list[str | None], then: object):
    world.imported()
    (row,) = world.run("price", "Model A", "--at", at, "--json").rows
    assert (row["value"], (row["next_value"], row["is_certain"])) == (value, then)
    assert [row[key] and row[key][5:10] for key in ("after", "since", "seen_at")] == times


def test_people_see_what_the_next_look_showed(world: World):
    world.imported()
    assert (
        "$2   2026-03-01   2026-03-02 06:00 UTC   $1.50 at 2026-03-03 06:00 UTC"
        in world.run("price", "a", "--at", "2026-03-02T12:00Z").out
    )
    assert "2026-03-02 … 2026-03-03   2026-03-05 06:00 UTC   not read again" in world.run("price", "a").out
    assert world.run("price", "a", "--at", "2026-02-01").error == (
        'tracker: "a": no price was on record at 2026-02-01T23:59:59Z; the first is of 2026-03-01T06:00:00Z'
    )


def test_retirements_are_listed_where_a_board_states_them(world: World):
    declared = DECLARATION.replace('licence = "licence"', 'deprecated = "gone"\nexpires = "ends"')
    world.declare("acme/text", declared)
    head, llama = "key,name,score,price,gone,ends\n", "c,Llama 3.1 70B,70,1,no,2026-09-01\n"
    pages = {
        "2026-03-01T060000Z": f"{head}a,GPT-5.4,90,1,yes,\nb,Qwen3.5 9B,80,1,no,\nc,Llama 3.1 70B,70,1,no,\nd,D,60,1,no,\n",
        "2026-03-02T060000Z": f"{head}a,GPT-5.4,90,1,yes,\nb,Qwen3.5 9B,80,1,yes,\n{llama}d,D,60,1,no,\n",
    }
    assert world.run("import", "acme/text", world.bodies(pages, raw=True)).code == 0
    rows = world.run("retirements", "--json").rows
    assert [(row["entry"], row["deprecated"], row["expires"], row["since"] and row["since"][:10]) for row in rows] == [
        ("c", False, "2026-09-01", "2026-03-02"),
        ("b", True, "", "2026-03-02"),
        ("a", True, "", None),
    ]
    assert rows[1]["after"] == "2026-03-01T06:00:00Z"
    assert [row["entry"] for row in world.run("retirements", "--lab", "openai", "--json").rows] == ["a"]
    assert [row["entry"] for row in world.run("retirements", "--until", "2026-03-01", "--json").rows] == ["a"]
    assert "since it was listed (2026-03-01)" in world.run("retirements").out


# ── events, report, compare, history ─────────────────────────────────────────────────────────────


def subjects(world: World, *args: str) -> set[tuple[str, str]]:
    return {(row["kind"], party["entry"]) for row in world.run("events", *args, "--json").rows for party in row["subjects"]}


@pytest.mark.parametrize(
    ("args", "entries"),
    [
        (("--kind", "overtake"), {"a"}),
        (("--kind", "overtake", "--lab", "anthropic"), {"a"}),
        (("--kind", "overtake", "--lab", "OpenAI"), set()),
        (("--kind", "overtake", "--model", "GPT 5.4"), {"a"}),
        (("--kind", "overtake", "--rival", "gpt-5.4"), {"a"}),
        (("--kind", "overtake", "--rival", "Claude Opus 4.6"), set()),
        (("--kind", "overtake", "--topic", "coding"), set()),
        (("--kind", "overtake", "--open"), set()),
        (("--kind", "overtake", "--closed", "--max-price", "25"), {"a"}),
        (("--kind", "overtake", "--board", "acme"), {"a"}),
        (("--kind", "overtake", "--board", "bare/*"), set()),
        (("--kind", "overtake", "--since", "2026-03-03"), set()),
    ],
)
def test_events_are_those_whose_subjects_fulfil_the_filters(two: World, args: tuple[str, ...], entries: set[str]):
    assert {entry for _, entry in subjects(two, *args)} == entries


def test_events_can_show_what_is_known_of_both_sides(two: World):
    columns = "time,metric,subject,price,rival,rival_price,rival_open"
    (row,) = two.run("events", "--kind", "overtake", "--rival", "gpt-5.4", "--columns", columns, "--json").rows
    assert (row["subject"], row["price"], row["rival"], row["rival_price"], row["rival_open"]) == (
        "Claude Opus 4.6 (Reasoning)",
        25.0,
        "GPT-5.4",
        10.0,
        False,
    )
    people = two.run("events", "--kind", "overtake", "--columns", columns).out
    assert all(word in people for word in ("2026-03-02 06:00 UTC", "score", "$25", "$10", "closed"))


def test_the_weightiest_events_are_listed_in_the_order_of_time(two: World):
    weights = [row["weight"] for row in two.run("events", "--json").rows]
    rows = two.run("events", "--top", "2", "--json").rows
    assert sorted(row["weight"] for row in rows) == sorted(weights)[-2:]
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--lab", "Anthropik"), 'lab "Anthropik" is unknown; did you mean "Anthropic"?'),
        (("--lab", "OpenAI", "--lab", "Anthropik"), 'lab "Anthropik" is unknown'),
        (("--rival", "GPT-9"), '"GPT-9": no board lists that model'),
        (("--columns", "rival_prize"), 'column "rival_prize" is unknown; did you mean "rival_price"?'),
        (("--sort", "wait"), 'column "wait" is unknown; did you mean "weight"?'),
    ],
)
def test_unknown_values_of_events_are_refused(two: World, args: tuple[str, ...], says: str):
    ran = two.run("events", *args)
    assert ran.code == 2
    assert says in ran.error


def test_a_report_on_some_models_says_so_and_is_about_no_others(two: World):
    text = two.run("report", "--since", "2026-03-02", "--lab", "Anthropic", "--closed").out
    assert "Claude Opus 4.6" in text
    assert "Only changes that match are shown: lab Anthropic, closed weights." in text
    assert "Nothing changed" not in text
    none = two.run("report", "--lab", "Meta", "--since", "2026-03-02", "--max-size", "70B").out
    assert "No change in this time matches: lab Meta, at most 70B." in none
    assert "match" not in two.run("report", "--board", "acme").out


def test_a_comparison_and_a_history_show_only_the_metrics_that_are_asked_for(two: World):
    rows = two.run("compare", "Claude Opus 4.6", "GPT-5.4", "--topic", "coding", "--json").rows
    assert [(row["board"], row["metric"], row["above"]) for row in rows] == [("bare/code", "score", "b")]
    rows = two.run("compare", "Claude Opus 4.6", "GPT-5.4", "--metric", "price", "--json").rows
    assert [(row["board"], row["metric"]) for row in rows] == [("acme/text", "price")]
    rows = two.run("history", "Claude Opus 4.6", "--board", "acme/*", "--metric", "price", "--json").rows
    assert {row["board"] for row in rows} == {"acme/text"}
    assert {row.get("metric") or row["event"]["metric"] for row in rows} == {"price"}
    rows = two.run("history", "Claude Opus 4.6", "--topic", "overall", "--since", "2026-03-02T07:00Z", "--json").rows
    assert [row["value"] for row in rows if "value" in row] == [95.0]
    rows = two.run("history", "Claude Opus 4.6", "--topic", "overall", "--until", "2026-03-01", "--json").rows
    assert [row["value"] for row in rows if "value" in row] == [80.0]
    assert [row["rank"] for row in rows if "rank" in row] == [2]


def test_after_a_rebase_those_above_are_listed_and_it_is_said_that_it_is_not_known_since_when(world: World):
    states = {"2026-03-01T060000Z": "a:90 b:80 c:70 d:60", "2026-03-02T060000Z": "a:45 b:52 c:33 d:29"}
    world.imported(states)
    args = ("standings", "acme/text", "--rival", "Model A", "--since")
    assert [
        (row["entry"], row["above_by"]) for row in world.run(*args, "2026-03-01", "--columns", "above_by", "--json").rows
    ] == [
        ("b", "start"),
        ("a", None),
    ]
    assert "already when comparable data begins, 2026-03-02" in world.run(*args, "2026-03-01").out
    assert [row["entry"] for row in world.run(*args, "2026-03-03", "--json").rows] == ["a"]


def test_events_and_reports_can_end_at_a_time_that_counts(two: World):
    rows = two.run("events", "--at", "2026-03-01T06:00:00Z", "--json").rows
    assert {row["recorded_at"] for row in rows} <= {"2026-03-01T06:00:00Z"}
    assert subjects(two, "--kind", "overtake", "--at", "2026-03-02T06:00:00Z") == {("overtake", "a")}
    assert "2026-03-01 06:00 UTC" in two.run("report", "--at", "2026-03-01T06:00:00Z").out.splitlines()[1]


def test_a_model_whose_price_no_board_states_is_not_unknown(two: World):
    world = two
    ran = world.run("price", "Llama 3.1 70B", "--board", "bare")
    assert ran.code == 2
    assert "no board lists that model" in ran.error
    ran = world.run("price", "GPT-5.4", "--board", "bare")
    assert '"GPT-5.4": no price was on record at ' in ran.error
    assert ran.error.endswith("no board lists one")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("standings", "acme/text", "--board", "bare/code"), "expected one of the two"),
        (("standings", "acme/text", "--open", "--closed"), "--open and --closed exclude each other"),
        (("models", "--no-reasoning", "--reasoning"), "--reasoning and --no-reasoning exclude each other"),
        (("events", "--since", "2026-03-03", "--until", "2026-03-02"), "is not before until 2026-03-03T00:00:00Z"),
        (("standings", "acme/text", "--since", "2026-03-03", "--at", "2026-03-02"), "is not before at 2026-03-02T23:59:59Z"),
        (("capture", "list", "acme/text", "--since", "2026-03-03", "--until", "2026-03-02"), "is not before until"),
        (("corrections", "--since", "2026-03-03", "--until", "2026-03-02"), "is not before until"),
    ],
)
def test_filters_that_contradict_each_other_are_refused(two: World, args: tuple[str, ...], says: str):
    ran = two.run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.error


def test_a_day_is_since_and_until_itself(two: World):
    rows = two.run("events", "--since", "2026-03-02", "--until", "2026-03-02", "--json").rows
    assert {row["recorded_at"][:10] for row in rows} == {"2026-03-02"}


def test_the_board_that_states_what_a_filter_asks_for_is_named(two: World):
    for args in (("standings", "bare/code", "--open"), ("leaders", "bare/code", "--open")):
        assert "open of acme/text where this board states none" in two.run(*args).out
    (reign, *_) = two.run("leaders", "bare/code", "--open", "--json").rows
    assert reign["sources"] == {"open_weights": ["acme/text"]}


def test_a_time_in_which_nobody_led_is_said(two: World):
    ran = two.run("leaders", "acme/text", "--since", "2026-09-01")
    assert (ran.code, ran.out) == (0, "")
    assert ran.error.startswith("tracker: nobody led then")


def test_a_board_may_be_the_first_argument_in_python(two: World):
    with tracker.open(two.store) as workspace:
        assert workspace.leaders("acme/text") == workspace.leaders(board="acme/text") != ()
        with pytest.raises(DeclarationError, match="nope/board"):
            workspace.leaders("nope/board")
