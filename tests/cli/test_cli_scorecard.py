"""`tracker scorecard`: how news turned out."""

from __future__ import annotations

from cli_world import World

QUIET = {"2026-05-15T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1", "2026-05-16T060000Z": "a:90:2 b:80:3 c:70:1 d:61:1"}


def cards(world: World, states: dict[str, str], *options: str) -> dict[tuple[str, str], dict[str, object]]:
    world.imported(states)
    return {(row["kind"], row["grade"]): row for row in world.run("scorecard", *options, "--json").rows}


def test_a_price_that_stays_held_and_one_that_returns_was_reversed(world: World):
    stays = {"2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1", "2026-03-02T060000Z": "a:90:1 b:80:3 c:70:1 d:60:1"}
    back = {"2026-03-20T060000Z": "a:90:2 b:80:3 c:70:1 d:61:1"}
    found = cards(world, {**stays, **back, **QUIET})
    assert (found["price_change", "cut"]["reversed"], found["price_change", "cut"]["precision"]) == (1, 0.0)
    assert (found["price_change", "rise"]["held"], found["price_change", "rise"]["precision"]) == (1, 1.0)


def test_an_overtake_that_a_changed_score_undoes_was_corrected(world: World):
    states = {
        "2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1",
        "2026-03-05T060000Z": "a:90:2 b:99:3 c:70:1 d:60:1",
        "2026-03-12T060000Z": "a:90:2 b:80:3 c:70:1 d:61:1",
    }
    found = cards(world, {**states, **QUIET})
    outcomes = [row for (kind, _), row in found.items() if kind == "overtake"]
    assert sum(row["corrected"] for row in outcomes) == 1


def test_a_debut_is_open_until_the_board_was_read_for_a_month(world: World):
    states = {"2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1", "2026-03-02T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1 e:50:1"}
    row = cards(world, states)["debut", "listing"]
    assert (row["open"], row["held"], row["precision"]) == (1, 0, None)


def test_a_debut_that_departs_within_a_month_was_reversed(world: World):
    states = {
        "2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1",
        "2026-03-02T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1 e:50:1",
        "2026-03-06T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1",
        "2026-03-09T060000Z": "a:90:2 b:80:3 c:70:1 d:60.5:1",
    }
    assert cards(world, {**states, **QUIET})["debut", "listing"]["reversed"] == 1


def test_only_news_of_the_period_counts(world: World):
    states = {"2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1", "2026-03-02T060000Z": "a:90:1 b:80:3 c:70:1 d:60:1"}
    assert cards(world, states, "--since", "2026-03-03") == {}
    assert world.run("scorecard", "--until", "2026-03-01", "--json").rows == []
    assert [row["kind"] for row in world.run("scorecard", "--until", "2026-03-02", "--json").rows] == ["price_change"]
    assert [row["kind"] for row in world.run("scorecard", "--json").rows] == ["price_change"]
    assert "precision" in world.run("scorecard").out


def test_a_kind_that_nothing_can_contradict_is_never_called_held(world: World):
    states = {"2026-03-01T060000Z": "a:90:2 b:80:3 c:70:1 d:60:1", "2026-03-02T060000Z": "a:90:2 b:95:3 c:70:1 d:60:1"}
    row = cards(world, {**states, **QUIET})["score_revision", "beyond_error"]
    assert (row["held"], row["precision"], row["open"] > 0) == (0, None, True)
