"""One set of filters: what each option leaves in, what is joined from other boards, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from cli_world import DECLARATION, World

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
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest(two: World, args: tuple[str, ...], says: str):
    ran = two.run("standings", *args)
    assert ran.code == 2
    assert says in ran.error
