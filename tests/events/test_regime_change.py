"""A lasting shift of a noisy value."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insight_world import model
from kit import SCORE, START, History, brief, examples, metric, of, snapshot

from tracker.events.regime_change import BEFORE, HELD, KEPT
from tracker.model import Event

SPEED = metric("speed", "live", primary=False, topic="speed", unit="tokens per second")
RATING = metric(nature="fitted", unit="elo")
WOBBLE = (100, 104, 97, 101, 99)


def season(
    *speeds: float | None, others: int = 10, scores: str = "a:60", on: tuple = (SCORE, SPEED), step: float = 1.0, **more: object
) -> list[Event]:
    """All regime events of days on which `a` shows those speeds, while the others vary."""
    history, events = History(*on), []
    for at, speed in enumerate(speeds):
        rest = " ".join(f"o{place}:{50 + place + (at + place) % 3}" for place in range(others))
        shown = "" if speed is None else f"a:{speed} "
        known = " ".join(f"o{place}:{40 - place}" for place in range(others))
        events += of("regime_change", history.take(snapshot(f"{scores} {known}", day=at * step, speed=shown + rest, **more)))
    return events


def test_a_level_that_holds_for_three_readings_is_reported_once_with_the_date_it_began():
    (event,) = season(*WOBBLE, 50, 52, 51, 50, 51, 49, 50, 52, 51)
    assert (brief([event]), event.is_news) == (["regime_change/worse a @speed"], True)
    assert (
        event.headline == "a: speed on Board went from about 100 to about 51 tokens per second and stayed there for 3 readings."
    )
    assert (event.after, event.until) == (START + timedelta(days=4), START + timedelta(days=5))
    assert event.recorded_at == START + timedelta(days=7)
    assert event.facts["shifts"] == {
        "a": {"before": 100.0, "since": 51.0, "values": [100.0, 104.0, 97.0, 101.0, 99.0, 50.0, 52.0, 51.0]}
    }
    assert len({proof.sha256 for proof in event.evidence}) == BEFORE + HELD


def test_every_reading_that_it_rests_on_is_in_its_evidence():
    (event,) = season(*WOBBLE, 50, 52, 51)
    assert [proof.observed_at for proof in event.evidence] == [START + timedelta(days=day) for day in range(BEFORE + HELD)]
    assert (event.evidence[-1].entry, event.evidence[-1].metric, event.evidence[-1].raw) == ("a", "speed", "51")


@pytest.mark.parametrize("speeds", [
    (*WOBBLE, 50, 51),
    (*WOBBLE, 50, 51, 100, 99, 101),
    (*WOBBLE, 50, 150, 52, 148),
    (*WOBBLE, 75, 74, 76, 75),
    (60, 140, 100, 80, 120, 65, 62, 61, 63),
    (100, 104, 97, 50, 51, 52, 50),
    (*WOBBLE, 50, 50, 50, 50),
])  # fmt: skip
def test_a_variation_a_small_shift_a_wild_past_a_short_one_and_a_frozen_value_are_not_levels(speeds: tuple[float, ...]):
    assert season(*speeds) == []


def test_a_second_shift_is_judged_against_the_new_level():
    first, second = season(*WOBBLE, 50, 52, 51, 50, 51, 101, 99, 100, 102)
    assert (first.grade, second.grade) == ("worse", "better")
    assert "from about 51 to about 100" in second.headline


def test_readings_within_hours_of_each_other_are_one():
    assert season(*WOBBLE, 50, 52, 51, step=0.1) == []


def test_a_page_without_new_measurements_does_not_count_as_a_reading():
    history = History(SCORE, SPEED)
    pages = [f"a:{speed} b:{80 + day}" for day, speed in enumerate((*WOBBLE, 50, 52, 51))]
    shown = [of("regime_change", history.show("a:60 b:50", speed=page)) for page in pages for _ in range(2)]
    assert [len(events) for events in shown] == [0] * 14 + [1, 0]


def test_a_shift_that_the_whole_board_shares_is_not_news_of_any_entry():
    history, events = History(SCORE, SPEED), []
    for at in range(10):
        factor = 0.5 if at >= 5 else 1.0
        speeds = " ".join(f"o{place}:{(50 + place + (at + place) % 3) * factor}" for place in range(12))
        events += of("regime_change", history.show(" ".join(f"o{place}:{40 - place}" for place in range(12)), speed=speeds))
    assert events == []


def test_variants_of_one_model_that_shift_together_are_one_event():
    history, events = History(SCORE, SPEED), []
    who = {"a": model("Fast 1"), "b": model("Fast 1")}
    for speed in (*WOBBLE, 50, 52, 51):
        events += of("regime_change", history.show("a:60 b:50", speed=f"a:{speed} b:{speed + 1}", who=who))
    assert brief(events) == ["regime_change/worse a,b @speed"]
    assert "(the first of them)" in events[0].headline


def test_a_model_below_the_top_ten_or_a_shift_of_less_than_half_is_only_recorded():
    assert [event.is_news for event in season(*WOBBLE, 50, 52, 51, scores="a:1")] == [False]
    assert [event.is_news for event in season(*WOBBLE, 140, 143, 141)] == [False]


def test_an_entry_that_came_lately_has_no_level_yet():
    assert season(None, None, None, 100, 101, 50, 52, 51, 50) == []


def test_a_missing_reading_is_bridged_and_the_interval_says_so():
    (event,) = season(*WOBBLE, None, 50, 52, 51)
    assert (event.after, event.until) == (START + timedelta(days=4), START + timedelta(days=6))


def ratings(*moves: float, drift: float = 0.0, width: int = 4) -> list[Event]:
    """The events of ratings of a board of forty that all drift, while `a` also moves."""
    history, events = History(RATING), []
    for at, move in enumerate(moves):
        rest = " ".join(f"o{place}:{1000 + 5 * place + drift * at}±{width}" for place in range(40))
        events += of("regime_change", history.show(f"a:{1300 + drift * at + move}±{width} {rest}"))
    return events


def test_a_uniform_drift_of_a_rating_board_is_not_a_decline_of_any_entry():
    assert ratings(*[0, 1, 0, 1, 0, 1, 0, 1, 0, 1], drift=-1.9) == []


def test_a_rating_that_slips_step_by_step_is_reported_once_it_holds():
    (event,) = ratings(0, 1, 0, 1, 0, -3, -6, -7, -6, -7, -6, drift=-1.0)
    assert (event.grade, event.is_news) == ("worse", True)
    assert event.headline.endswith(" elo on its present scale and stayed there for 3 readings.")


def test_a_rating_whose_fall_was_reported_as_a_revision_is_only_recorded():
    (event,) = ratings(0, 1, 0, 1, 0, -6, -7, -6, -7, drift=-1.0)
    assert (event.grade, event.is_news) == ("worse", False)


@pytest.mark.slow
def test_the_memory_is_bounded_and_plain():
    metrics = (SCORE, SPEED, metric("latency", "live", better="lower", primary=False), metric("tokens", "live", primary=False))
    history = History(*metrics)
    keys = [f"{place:08x}-0000-4000-8000-000000000000" for place in range(500)]
    for at in range(KEPT + 2):
        shown = {
            name: " ".join(f"{key}:{(place * 7919 + at * 104729) % 99991 / 321:.4f}" for place, key in enumerate(keys))
            for name in ("speed", "latency", "tokens")
        }
        history.show(" ".join(f"{key}:{place / 10}" for place, key in enumerate(keys)), **shown)
    remembered = history.past.memory["regime_change"]
    text = json.dumps(remembered, separators=(",", ":"))
    assert json.loads(text) == remembered
    assert {len(shown) for kept in remembered["values"].values() for shown in kept} == {KEPT}
    assert len(text) < 100_000


def test_of_a_large_board_only_the_best_are_watched():
    history = History(SCORE, SPEED)
    text = " ".join(f"m{place}:{place}" for place in range(700))
    history.show(text, speed=text)
    values = history.past.memory["regime_change"]["values"]
    assert (len(values), "m699" in values, "m0" in values) == (500, True, False)


def median(values: list[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def shifts(speeds: list[int]) -> list[int]:
    """The days on which a shift is confirmed, straight from the rule; after one, only later readings count."""
    actual, start = [], 0
    for day in range(len(speeds)):
        window = speeds[max(start, day + 1 - KEPT) : day + 1]
        before, since = window[:-HELD], window[-HELD:]
        if len(before) < BEFORE or len(set(since)) == 1:
            continue
        level = median(before)
        error = max(0.3 * level, 3 * 1.4826 * median([abs(value - level) for value in before]))
        up, down = ([sign * (value - level) > error for value in (before[-1], *since)] for sign in (1, -1))
        if (all(up[1:]) and not up[0]) or (all(down[1:]) and not down[0]):
            actual.append(day)
            start = day + 1 - HELD
    return actual


@pytest.mark.slow
@examples(300)
@given(st.lists(st.one_of(st.integers(90, 110), st.integers(45, 55)), min_size=8, max_size=18))
def test_shifts_are_found_on_the_days_that_the_rule_names(speeds: list[int]):
    history, days = History(SCORE, SPEED), []
    for day, speed in enumerate(speeds):
        events = of("regime_change", history.show("a:60 b:50", speed=f"a:{speed} b:{7 + day % 2}"))
        days += [day for event in events if event.subjects[0].entry == "a"]
    assert days == shifts(speeds)
