"""The best of a lab, a family, a generation came to stand above another's: by whom, how sure, reported once."""

import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, SCORE, History, examples, line, measure, metric, of, snapshot

from tracker.compare import compare
from tracker.events import _passes, line_overtake
from tracker.events.detecting import advance, detect
from tracker.model import BoardState, Event, Identity, Metric

STATED, LOWER = metric(stated_error=1.4), metric(better="lower")
CODING = metric("coding", primary=False)


def who(key: str) -> Identity:
    """`ali/qwen/3.5/big` is a model of the lab ali, its family qwen, the generation 3.5 of that."""
    lab, family, generation = (*key.split("/"), "", "")[:3]
    return Identity(name=key, lab=lab, family=family, generation=generation)


class Season(History):
    """A board whose keys say the line of an entry; its line events, without those of generations."""

    def events_of(self, text: str, **more: object) -> list[Event]:
        return [event for event in self.all_events_of(text, **more) if event.facts["level"] != "generation"]

    def all_events_of(self, text: str, **more: object) -> list[Event]:
        keys = [cell.partition(":")[0] for cell in text.split()]
        return of("line_overtake", self.show(text, **{"who": {key: who(key) for key in keys}, **more}))


def passed(*texts: str, on: Metric = SCORE, **more: object) -> list[Event]:
    """The events of the last snapshot."""
    season = Season(on)
    for text in texts[:-1]:
        season.events_of(text)
    return season.events_of(texts[-1], **more)


def lines(events: list[Event]) -> list[str]:
    """`ali/qwen > oai/gpt` for each pair of the broadest lines that events name, with a `!` if it is news."""
    return [
        f"{'/'.join(event.facts['line'])} > {'/'.join(rival['line'])}{'!' if rival.get('told') else ''}"
        for event in events
        for rival in event.facts["rivals"]
        if len(rival["line"]) == len(event.facts["line"])
    ]


# ── every pass, once ─────────────────────────────────────────────────────────────────────────────

KEYS = [f"{lab}/{family}/{generation}/{variant}" for lab, family, generation, variant in product("xyz", "fg", "12", "ab")]
CELLS = st.one_of(st.integers(40, 46).map(str), st.integers(40, 46).map(str), st.sampled_from(["", "~43", "~47", "44±2", "42±1"]))


@st.composite
def days(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """A board and the next day's, of which little moved: a few values, a few that came, a few that left."""
    before = draw(st.dictionaries(st.sampled_from(KEYS), CELLS, min_size=2, max_size=12))
    edited = draw(st.dictionaries(st.sampled_from(KEYS), CELLS, max_size=4))
    left = draw(st.sets(st.sampled_from(sorted(before)), max_size=2))
    return before, {key: cell for key, cell in (before | edited).items() if key not in left}


def measured(cells: dict[str, str]) -> dict[str, float]:
    return {key: measure(cell).value for key, cell in cells.items() if cell and not measure(cell).estimated}


def by_looking_at_every_pair(on: Metric, before: dict[str, str], after: dict[str, str]) -> set[tuple[str, str]]:
    """(riser, rival) as `lab/family…`, straight from the rule."""
    had, has = measured(before), measured(after)
    gone = {key: value for key, value in had.items() if key not in has}
    actual: dict[tuple[str, str], tuple[str, str]] = {}
    for level in (1, 2, 3):
        wide = set(actual.values())
        lines = {"/".join(key.split("/")[:level]) for key in has}
        for riser, rival in product(sorted(lines), repeat=2):
            if riser.split("/")[0] == rival.split("/")[0]:
                continue
            pair = _pair(on, riser, rival, (had, has, gone))
            if pair is not None and pair not in wide:
                actual[riser, rival] = pair
    return set(actual)


def _pair(on: Metric, riser: str, rival: str, values: tuple[dict[str, float], ...]) -> tuple[str, str] | None:
    had, has, gone = values
    riser_before, riser_now = _of(riser, had), _of(riser, has)
    rival_before, rival_now = _of(rival, had), _of(rival, has)
    if not rival_before:
        return None
    bar = _best(on, {**_of(rival, gone), **rival_now})
    if riser_before and on.better(_best(on, riser_before), _best(on, rival_before)):
        return None
    if not on.better(_best(on, riser_now), bar):
        return None
    bar = min((bar, _best(on, rival_before)), key=on.sort_key)
    causes = {key: value for key, value in riser_now.items() if key not in had or on.better(value, had[key])}
    did = {key: value for key, value in causes.items() if on.better(value, bar)}
    holder = _holder(on, rival_before)
    if not did and not (holder in has and on.better(had[holder], has[holder])):
        return None
    return (_holder(on, did or riser_now), _holder(on, rival_now))


def _of(name: str, values: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in values.items() if f"{key}/".startswith(f"{name}/")}


def _best(on: Metric, values: dict[str, float]) -> float:
    return min(values.values(), key=on.sort_key)


def _holder(on: Metric, values: dict[str, float]) -> str:
    return min(values, key=lambda key: (on.sort_key(values[key]), key))


@pytest.mark.slow
@pytest.mark.parametrize("on", [SCORE, LOWER])
@examples(400)
@given(days())
def test_passes_are_those_that_a_look_at_every_pair_of_lines_finds(on: Metric, shown: tuple[dict[str, str], dict[str, str]]):
    history = History(on)
    first, second = (
        snapshot(line(cells), day=day, columns=["score"], who={key: who(key) for key in cells}) for day, cells in enumerate(shown)
    )
    start = compare(history.board, None, first)
    past, diff = advance(BoardState(), start, detect(start, BoardState())), compare(history.board, first, second)
    actual = [
        line_pass for stage in _passes.stages(diff, past, _passes.shown_lines(diff)) for line_pass in _passes.overtakes(stage)
    ]
    pairs = {("/".join(line_pass.riser), "/".join(line_pass.rival)) for line_pass in actual}
    assert (pairs, len(pairs)) == (by_looking_at_every_pair(on, *shown) if diff.metrics["score"].usable else set(), len(actual))
    events = line_overtake.detect(diff, past).events
    assert sum(event.facts["passed"] for event in events) == len(actual)
    assert {event.subjects[0].entry for event in events} <= {line_pass.best for line_pass in actual}
    fewest = {event.id: min(event.facts["passed"], 10 if event.is_news else 4) for event in events}
    assert {event.id: len(event.facts["rivals"]) for event in events} == fewest


@pytest.mark.slow
@examples(300)
@given(days())
def test_only_reported_passes_are_remembered(shown: tuple[dict[str, str], dict[str, str]]):
    history = History(SCORE, metric("coding", primary=False, stated_error=0.5))
    first, second = (
        snapshot(line(cells), day=day, coding=line(cells), columns=["score"], who={key: who(key) for key in cells})
        for day, cells in enumerate(shown)
    )
    start, diff = compare(history.board, None, first), compare(history.board, first, second)
    detected = line_overtake.detect(diff, advance(BoardState(), start, detect(start, BoardState())))
    reported = {
        (event.metric, rival["told"]) for event in detected.events for rival in event.facts["rivals"] if rival.get("told")
    }
    memory = detected.memory["told"]
    assert reported <= {(metric, key) for metric, keys in memory.items() for key in keys}
    assert memory.keys() == {metric for metric, _ in reported}


def test_passes_of_one_entry_for_several_lines_are_one_recorded_event():
    board = "ali/qwen/3/a:50.0 oai/gpt/5/a:60.0 oai/gpt/4/a:40.0 oai/o/1/a:42.0 meta/llama/4/a:30.0"
    (event,) = passed(board, f"{board} ali/wan/1/a:45.0", on=metric(stated_error=20.0))
    assert (event.is_news, event.facts["passed"], event.facts["line"]) == (False, 3, ["ali", "wan"])
    assert [rival["line"] for rival in event.facts["rivals"]] == [["oai", "o"], ["meta", "llama"], ["oai", "gpt", "4"]]


def test_the_record_shows_a_cell_that_did_not_change_once():
    board = "a/f/1/x:50.0 b/f/1/x:60.0 c/f/1/x:10.0"
    (event,) = passed(board, board.replace("b/f/1/x:60.0", "b/f/1/x:45.0"))
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [
        ("a/f/1/x", "50.0"),
        ("a/f/1/x", "50.0"),
        ("b/f/1/x", "60.0"),
        ("b/f/1/x", "45.0"),
    ]
    (event,) = passed(board, f"{board} d/f/1/x:20.0", on=metric(stated_error=20.0))
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("d/f/1/x", None), ("d/f/1/x", "20.0"), ("c/f/1/x", "10.0")]


# ── causes ───────────────────────────────────────────────────────────────────────────────────────

BOARD = "ali/qwen/3/a:50.0 oai/gpt/5/a:60.0 oai/gpt/4/a:40.0 meta/llama/4/a:30.0"


def test_a_lab_that_enters_above_another_passes_it_by_entry():
    (event,) = passed(BOARD, f"{BOARD} ali/qwen/4/big:65.0", on=STATED)
    assert (event.grade, event.is_news, lines([event])) == ("debut", True, ["ali > oai!"])
    assert event.headline == "ali/qwen/4/big (65) enters Board (score), above oai (best: oai/gpt/5/a, 60)."
    assert (event.facts["cause"], event.facts["before"], event.facts["value"]) == ("entry", 50.0, 65.0)


def test_the_best_before_is_that_of_the_page_before():
    (event,) = passed(f"{BOARD} ali/qwen/3/big:58.0", BOARD, f"{BOARD} ali/qwen/4/big:65.0", on=STATED)
    assert event.facts["before"] == 50.0


def test_a_line_passes_by_the_rise_of_an_entry():
    (event,) = passed(BOARD, BOARD.replace("ali/qwen/3/a:50.0", "ali/qwen/3/a:65.0"), on=STATED)
    assert (event.grade, event.is_news, event.facts["cause"]) == ("supported", True, "rise")
    assert event.headline.startswith("ali/qwen/3/a moves from 50 to 65 on Board (score)")


def test_a_fall_is_not_news_of_the_entries_that_did_not_move():
    (event,) = passed(BOARD, BOARD.replace("oai/gpt/5/a:60.0", "oai/gpt/5/a:45.0"), on=STATED)
    assert (event.is_news, event.facts["cause"], lines([event])) == (False, "fall", ["ali > oai"])
    assert event.headline.startswith("oai (best: oai/gpt/5/a, 45) falls below ali's best (ali/qwen/3/a, 50)")


def test_first_scores_and_first_measurements_pass_too():
    assert lines(passed(f"{BOARD} ali/qwen/4/big", f"{BOARD} ali/qwen/4/big:65.0")) == ["ali > oai!"]
    assert lines(passed(f"{BOARD} ali/qwen/4/big:~55.0", f"{BOARD} ali/qwen/4/big:65.0")) == ["ali > oai!"]


def test_an_estimate_that_is_confirmed_is_not_news():
    assert lines(passed(f"{BOARD} ali/qwen/4/big:~64.0", f"{BOARD} ali/qwen/4/big:65.0")) == ["ali > oai"]


def test_finer_decimals_pass_nobody():
    assert passed("a/f/1/x:50 b/f/1/x:50 c/f/1/x:40", "a/f/1/x:50.3 b/f/1/x:49.9 c/f/1/x:40.1") == []


def test_the_first_snapshot_has_no_events():
    assert passed(BOARD) == []


def test_a_lab_without_a_value_until_now_passes_those_it_enters_above():
    (event,) = passed(BOARD, f"{BOARD} new/fox/1/x:55.0", on=STATED)
    assert (lines([event]), event.facts["before"]) == (["new > ali!", "new > meta!"], None)


# ── who cannot be seen ───────────────────────────────────────────────────────────────────────────

ROWS = " ".join(f"z{place:02}/f/1/x:{20 - place}" for place in range(9))


def test_a_departure_puts_nobody_above():
    assert passed(f"{BOARD} {ROWS}", f"{BOARD} {ROWS}".replace("oai/gpt/5/a:60.0 ", "")) == []


def test_the_last_value_of_a_missing_entry_still_has_to_be_passed():
    without = f"{BOARD} {ROWS}".replace("oai/gpt/5/a:60.0 ", "")
    assert lines(passed(f"{BOARD} {ROWS}", f"{without} ali/qwen/4/big:55.0")) == []
    assert lines(passed(f"{BOARD} {ROWS}", without, f"{without} ali/qwen/4/big:55.0")) == []
    assert lines(passed(f"{BOARD} {ROWS}", without, f"{without} ali/qwen/4/big:65.0")) == ["ali > oai"]


def test_a_line_that_was_below_all_that_its_rival_showed_passes_by_entry_also_if_the_best_is_missing():
    without = f"{BOARD} {ROWS}".replace("oai/gpt/5/a:60.0 ", "").replace("ali/qwen/3/a:50.0", "ali/qwen/3/a:35.0")
    before = without.replace(BOARD, f"{BOARD} oai/gpt/5/a:60.0")
    assert "ali > oai!" in lines(passed(before, without, f"{without} ali/qwen/4/big:65.0"))


def test_an_entry_whose_departure_was_reported_no_longer_counts():
    without = f"{BOARD} {ROWS}".replace("oai/gpt/5/a:60.0 ", "").replace("ali/qwen/3/a:50.0", "ali/qwen/3/a:35.0")
    shown = [f"{BOARD} {ROWS}".replace("ali/qwen/3/a:50.0", "ali/qwen/3/a:35.0"), without, without, without]
    assert lines(passed(*shown, f"{without} ali/qwen/4/big:55.0")) == ["ali > oai!"]


def test_an_entry_that_returns_was_there_all_along():
    without = BOARD.replace("oai/gpt/5/a:60.0 ", "") + f" {ROWS}"
    assert passed(f"{BOARD} {ROWS}", without, f"{BOARD} {ROWS}") == []


def test_an_entry_from_below_the_depth_may_have_been_there():
    season = Season(SCORE, depth="varies")
    season.events_of("a/f/1/x:50 b/f/1/x:40", depth=2)
    assert season.events_of("a/f/1/x:50 b/f/1/x:40 c/f/1/x:30 d/f/1/x:20", depth=4) == []
    assert season.events_of("a/f/1/x:50 b/f/1/x:40 c/f/1/x:30 d/f/1/x:20 d/f/2/x:35", depth=5) != []


def test_a_row_that_names_no_entry_may_be_the_rivals():
    season = Season(SCORE)
    season.events_of(BOARD)
    after = snapshot(f"{BOARD} ali/qwen/4/big:65.0", day=1, who={key: who(key) for key in KEYS})
    shown = dict(season.diff.after.entries) | {
        key: type(entry)(id=entry.id, name=entry.name, position=entry.position, measures=entry.measures, who=who(key))
        for key, entry in after.entries.items()
    }
    cloudy = replace(after, entries=shown, unnamed=(70.0,))
    event, *_ = of("line_overtake", season.take(cloudy))
    assert (lines([event]), event.is_news) == (["ali > oai"], False)


def test_the_best_of_a_rival_is_not_stated_if_several_rows_have_its_key_now():
    season = Season(SCORE)
    season.events_of("oai/gpt/5/a:60.0 oai/gpt/4/a:41.0 ali/qwen/3/a:50.0")
    keys = ("oai/gpt/4/a", "ali/qwen/3/a", "ali/qwen/4/a")
    page = snapshot("oai/gpt/4/a:41.0 ali/qwen/3/a:50.0 ali/qwen/4/a:65.0", day=1, who={key: who(key) for key in keys})
    page = replace(page, ambiguous=frozenset(("oai/gpt/5/a",)), unnamed=(30.0, 60.0))
    event, *_ = of("line_overtake", season.take(page))
    assert event.headline == "ali/qwen/4/a (65) enters Board (score), above oai, no error margin published."
    assert [event.facts["rivals"][0][name] for name in ("passed", "value")] == [None, None]


def test_values_that_come_back_to_a_field_pass_nobody():
    full = {f"l{place:02}/f/1/x": 50 - place for place in range(12)}
    thin = {key: "" if place < 6 else value for place, (key, value) in enumerate(full.items())}
    season = Season(SCORE, CODING)
    reported = [season.events_of(line(full), coding=line(values)) for values in (full, thin, full)]
    assert reported == [[], [], []]


def test_another_table_and_a_re_base_pass_nobody():
    season = Season(SCORE)
    season.events_of(BOARD)
    assert season.events_of(f"{BOARD} ali/qwen/4/big:65.0", restart="another table") == []
    assert passed(BOARD, "ali/qwen/3/a:61.0 oai/gpt/5/a:55.0 oai/gpt/4/a:41.0 meta/llama/4/a:31.0") == []


def test_a_drift_of_the_whole_board_passes_nobody():
    season, values = Season(ELO), {f"l{place:02}/f/1/x": 1500 - 10 * place for place in range(12)}
    season.events_of(line({key: f"{value}±4" for key, value in values.items()}))
    assert season.events_of(line({key: f"{value + 1}±4" for key, value in values.items()})) == []


@pytest.mark.parametrize(("value", "reported"), [("61.4", False), ("61.5", True)])
def test_a_pass_is_news_only_beyond_the_stated_error(value: str, reported: bool):
    (event,) = passed(BOARD, f"{BOARD} ali/qwen/4/big:{value}", on=STATED)
    assert (event.is_news, event.facts["rivals"][0]["certainty"]) == (reported, "supported" if reported else "nominal")
    assert reported or event.headline.endswith(", within the error of the values.")


def test_the_headline_says_when_no_error_is_stated():
    (event,) = passed(BOARD, f"{BOARD} ali/qwen/4/big:65.0")
    assert event.headline.endswith("(best: oai/gpt/5/a, 60), no error margin published.")


def test_overlapping_intervals_are_not_news():
    (event,) = passed("a/f/1/x:50±5 b/f/1/x:40±5", "a/f/1/x:50±5 b/f/1/x:40±5 b/f/2/x:52±5")
    assert (event.is_news, event.facts["rivals"][0]["certainty"]) == (False, "nominal")


def test_each_pair_is_reported_only_once():
    season = Season(STATED)
    shown = [BOARD, f"{BOARD} ali/qwen/4/x:65.0", f"{BOARD} ali/qwen/4/x:65.0 oai/gpt/6/x:70.0"]
    actual = [lines(season.events_of(text)) for text in shown]
    assert actual == [[], ["ali > oai!"], ["oai > ali!"]]
    again = season.events_of(f"{shown[-1]} ali/qwen/5/x:75.0")
    assert (lines(again), [event.is_news for event in again]) == (["ali > oai"], [False])


def test_on_a_secondary_metric_only_a_pass_near_the_top_is_news():
    score = "a/f/1/x:9 b/f/1/x:8 c/f/1/x:7 d/f/1/x:6 e/f/1/x:5"
    coding = "a/f/1/x:50 b/f/1/x:40 c/f/1/x:30 d/f/1/x:20 e/f/1/x:10"
    for new, reported in (("e/f/2/x:45", False), ("e/f/2/x:55", True)):
        season = Season(SCORE, CODING)
        season.events_of(score, coding=coding)
        actual = [event for event in season.events_of(f"{score} e/f/2/x:1", coding=f"{coding} {new}") if event.metric == "coding"]
        assert [event.is_news for event in actual] == [reported]


@pytest.mark.parametrize(("new", "reported"), [("35", ["e > c"]), ("25", [])])
def test_passes_reported_on_a_secondary_metric_are_remembered(new: str, reported: list[str]):
    board = "a/f/1/x:50 b/f/1/x:40 c/f/1/x:30 d/f/1/x:20"
    season = Season(STATED, metric("coding", primary=False, stated_error=0.5))
    season.events_of(board, coding=board)
    actual = season.events_of(f"{board} e/f/2/x:1", coding=f"{board} e/f/2/x:{new}")
    assert [rival["told"] for event in actual if event.is_news for rival in event.facts["rivals"] if rival["told"]] == reported
    assert [key for key in season.past.memory["line_overtake"]["told"].get("coding", ()) if key in reported] == reported


def test_estimates_pass_nobody_and_are_named_if_they_are_above():
    assert passed(BOARD, f"{BOARD} ali/qwen/4/big:~65.0") == []
    (event,) = passed(f"{BOARD} oai/gpt/6/x:~70.0", f"{BOARD} oai/gpt/6/x:~70.0 ali/qwen/4/big:65.0", on=STATED)
    assert event.headline.endswith(", among measured values (oai/gpt/6/x's 70 is an estimate).")
    assert event.facts["rivals"][0]["estimate_above"] == ["oai/gpt/6/x", 70.0]


def test_a_pass_of_a_rival_outside_the_ten_best_labs_is_not_news():
    season = Season(STATED)
    board = " ".join(f"l{place:02}/f/1/x:{90 - 3 * place}" for place in range(14))
    season.events_of(board)
    (event,) = season.events_of(f"{board} new/f/1/x:58.0")
    assert (event.is_news, event.facts["rivals"][0]["place_before"]) == (False, 12)


def test_a_rival_that_others_push_out_of_the_ten_best_labs_stops_being_news():
    season = Season(STATED)
    season.events_of("l00/f/1/x:90 l01/f/1/x:20")
    crowd = " ".join(f"n{place:02}/f/1/x:{80 - 3 * place}" for place in range(10))
    told = season.events_of(f"l00/f/1/x:90 l01/f/1/x:20 {crowd}")
    assert {event.is_news for event in told} == {False}
    season.events_of("l00/f/1/x:90 l01/f/1/x:20")
    assert {
        event.is_news for event in passed("l00/f/1/x:90 l01/f/1/x:20", "l00/f/1/x:90 l01/f/1/x:20 n/f/1/x:80", on=STATED)
    } == {True}


@pytest.mark.parametrize(
    ("row", "told"), [("Calude-2.1:63", False), ("Calude-2.1:50", True), ("Cohere-2.1:63", True), ("Claude-X:63", True)]
)
def test_a_misprinted_row_above_the_best_of_a_lab_keeps_it_out_of_the_news(row: str, told: bool):
    named = {"old": Identity(lab="Anthropic", family="Claude", generation="2"), "new": Identity(lab="Berkeley", family="Star")}
    board = f"old:60 {row}"
    named[row.partition(":")[0]] = Identity(family=row.partition("-")[0], guessed_family=True)
    season = Season(STATED)
    season.events_of(board, who=named)
    assert {event.is_news for event in season.events_of(f"{board} new:62", who=named)} == {told}


def test_a_family_passes_where_its_lab_was_already_above():
    board = "ali/qwen/3/a:70.0 ali/wan/1/a:20.0 oai/gpt/5/a:60.0 oai/o/1/a:50.0"
    assert lines(passed(board, f"{board} ali/wan/2/a:65.0", on=STATED)) == ["ali/wan > oai/gpt!", "ali/wan > oai/o!"]


def test_a_known_model_is_passed_while_its_lab_is_still_above():
    gpt4 = Identity(name="GPT-4", lab="OpenAI", family="GPT", generation="4")
    gpt5 = Identity(name="GPT-5.4", lab="OpenAI", family="GPT", generation="5.4")
    qwen = Identity(name="Qwen3.5", lab="Alibaba", family="Qwen", generation="3.5")
    named = {"gpt4": gpt4, "gpt5": gpt5, "q397": qwen, "q27": qwen, "q2": qwen}
    season = Season(STATED)
    season.events_of("gpt5:60.0 gpt4:20.0", who=named)
    (event,) = season.all_events_of("gpt5:60.0 gpt4:20.0 q397:45.0 q27:42.0 q2:15.0", who=named)
    (rival,) = event.facts["rivals"]
    assert (event.is_news, rival["told"], rival["still_above"]) == (True, "Alibaba/Qwen > OpenAI/GPT/4", ["gpt5"])
    assert [variant["entry"] for variant in event.facts["variants"]] == ["q397", "q27"]
    assert event.headline == "q397 (45) enters Board (score) and puts Qwen 3.5 above GPT-4 (best: gpt4, 20)."
    later = named | {"q4": Identity(name="Qwen4", lab="Alibaba", family="Qwen", generation="4")}
    more = season.all_events_of("gpt5:60.0 gpt4:20.0 q397:45.0 q27:42.0 q2:15.0 q4:50.0", who=later)
    assert [event.is_news for event in more] == [False]


@pytest.mark.parametrize(("others", "is_news"), [(7, True), (8, False)])
def test_a_known_model_far_below_the_ten_best_generations_is_passed_without_news(others: int, is_news: bool):
    gpt4 = Identity(name="GPT-4", lab="OpenAI", family="GPT", generation="4")
    gpt5 = Identity(name="GPT-5.4", lab="OpenAI", family="GPT", generation="5.4")
    keys = [f"l{place}/f/1/x" for place in range(others)]
    named = {"gpt4": gpt4, "gpt5": gpt5, "ali/qwen/4/x": who("ali/qwen/4/x")} | {key: who(key) for key in keys}
    board = line({key: 80 - 3 * place for place, key in enumerate(keys)} | {"gpt5": 90, "gpt4": 20})
    season = Season(STATED)
    season.events_of(board, who=named)
    events = season.all_events_of(f"{board} ali/qwen/4/x:30", who=named)
    assert any(event.is_news and event.rivals[0].entry == "gpt4" for event in events) is is_news


@pytest.mark.parametrize(("labs", "ending"), [(9, "and 7 more."), (12, "and 7 more, among others.")])
def test_a_pass_of_lines_that_are_not_counted_says_so(labs: int, ending: str):
    board = line({f"l{place:02}/f/1/x": 80 - 3 * place for place in range(labs)})
    season = Season(STATED)
    season.events_of(board)
    event, *_ = season.events_of(f"{board} ali/qwen/4/x:95")
    assert (event.is_news, event.headline.endswith(ending)) == (True, True), event.headline


def test_an_entry_of_no_known_family_passes_nobody_but_stands_for_its_lab():
    assert passed(BOARD, f"{BOARD} ali:65.0") == []
    assert lines(passed(f"{BOARD} oai:70.0", f"{BOARD} oai:70.0 ali/qwen/4/x:65.0", on=STATED)) == ["ali/qwen > oai/gpt!"]


def test_a_system_of_several_models_is_of_no_line():
    named = {"a": who("a/f/1"), "b": who("b/f/1"), "s": Identity(lab="b", family="f", generation="1", kind="system")}
    season = Season(SCORE)
    season.events_of("a:50 b:40", who=named)
    assert season.all_events_of("a:50 b:40 s:60", who=named) == []


def test_the_memory_is_plain_and_has_only_reported_passes_and_unseen_entries():
    season = Season(STATED)
    season.events_of(f"{BOARD} {ROWS}")
    season.events_of(f"{BOARD} {ROWS} ali/qwen/4/big:65.0".replace("meta/llama/4/a:30.0 ", ""))
    memory = season.past.memory["line_overtake"]
    assert json.loads(json.dumps(memory)) == memory
    assert memory["unseen"] == {"score": [["meta/llama/4/a", "meta", "llama", "4", 30.0]]}
    assert memory["told"] == {"score": ["ali > oai", "ali/qwen > oai/gpt", "ali/qwen > oai/gpt/5"]}


def test_evidence_shows_every_value_of_the_headline_on_both_days():
    (event,) = passed(BOARD, f"{BOARD} ali/qwen/4/big:65.0", on=STATED)
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [
        ("ali/qwen/4/big", None),
        ("ali/qwen/4/big", "65.0"),
        ("oai/gpt/5/a", "60.0"),
        ("oai/gpt/5/a", "60.0"),
    ]


def test_a_line_is_not_named_by_a_guess():
    season, text = Season(STATED), "ali/qwen/3:50 goo/gemini/3:52 joe/tune/1:40"
    known = {key: who(key) for key in ("ali/qwen/3", "goo/gemini/3", "joe/tune/1", "ali/new/9", "goo/tuned/3")}
    known["ali/new/9"] = replace(known["ali/new/9"], guessed_family=True)
    known["goo/tuned/3"] = replace(known["goo/tuned/3"], guessed_lab=True)
    season.all_events_of(text, who=known)
    assert season.all_events_of(f"{text} goo/tuned/3:60", who=known) == []
    passing = season.all_events_of(f"{text} goo/tuned/3:60 ali/new/9:58", who=known)
    assert [(event.facts["line"], [rival["line"] for rival in event.facts["rivals"]]) for event in passing] == [
        (["ali"], [["goo"]])
    ]


@pytest.mark.parametrize(
    ("better", "unit", "words"),
    [
        ("lower", "USD", "and makes ali cheaper than oai"),
        ("lower", "s", "and puts ali above oai"),
        ("higher", "USD", "and puts ali above oai"),
    ],
)
def test_a_lower_price_is_called_cheaper(better: str, unit: str, words: str):
    low, high = ("5", "9") if better == "lower" else ("9", "5")
    on = metric(better=better, unit=unit)
    (event,) = passed(f"oai/gpt/4:{high}", f"oai/gpt/4:{high} ali/qwen/3:{low}", on=on, names={"ali/qwen/3": "Foo"})
    assert words in event.headline


def test_a_line_that_the_last_page_showed_above_did_not_pass_the_one_whose_best_was_missing():
    others = "mis/large/1/a:20 mis/large/2/a:19 mis/large/3/a:18"
    season = Season(STATED)
    season.events_of(f"oai/gpt/4/a:60 oai/gpt/3/a:30 ali/qwen/3/a:48 {others}")
    season.events_of(f"oai/gpt/3/a:30 ali/qwen/3/a:48 {others}")
    events = season.all_events_of(f"oai/gpt/3/a:30 ali/qwen/3/a:48 ali/qwen/4/a:79 {others}")
    assert not [event for event in events if event.kind == "line_overtake" and event.is_news]
