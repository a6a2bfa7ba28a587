"""A watch over standings fires at the edge, and never on what cannot be known."""

from __future__ import annotations

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from watches_world import OPEN, Watched, described, lab, watch

from tracker.model import Comparability, Identity

ELSE = "d:30 e:20 f:10 g:5"
OPENLY = {"a": {"open_weights": "true"}, "c": {"open_weights": "true"}, "b": {"open_weights": "false"}}


def test_it_fires_when_it_becomes_true_and_not_while_it_stays_so():
    days = Watched(watch(subject="a", above=50)).days("a:40 b:60", "a:51 b:60", "a:52 b:60", "a:50 b:60", "a:53 b:60")
    assert days == [[], ["a"], [], [], ["a"]]


def test_a_standing_that_held_when_the_record_began_is_noted_and_not_reported():
    assert Watched(watch(above=50)).days("a:60 b:40", "a:61 b:40") == [["(a)"], []]


def test_within_counts_the_points_to_the_leader_exactly():
    over = Watched(watch(subject="a", within=2))
    assert over.days(f"a:42.8 b:44.9 {ELSE}", f"a:42.9 b:44.9 {ELSE}") == [[], ["a"]]


def test_the_first_entry_to_meet_it_fires_and_with_each_every_entry():
    texts = ("a:40 b:50 c:40", "a:49 b:50 c:40", "a:49 b:50 c:49")
    assert Watched(watch(within=2, classes=OPEN)).days(*texts, attributes=OPENLY) == [[], ["a"], []]
    assert Watched(watch(within=2, classes=OPEN, each=True)).days(*texts, attributes=OPENLY) == [[], ["a"], ["c"]]


def test_a_newcomer_fires_it():
    over = Watched(watch(subject="a", within=2))
    assert over.show("b:50 c:40") == ()
    (fired,) = over.show("a:49 b:50 c:40")
    assert fired.headline == "a (49) is 1 behind b (50) on Board (score)."
    assert (fired.leader.entry, fired.leader_value, fired.rank) == ("b", 50, 2)
    assert [(proof.entry, proof.raw) for proof in fired.evidence] == [("a", "49"), ("b", "50")]


def test_top_counts_ranks_with_ties():
    assert Watched(watch(subject="c", top=2)).days("a:50 b:50 c:40", "a:50 b:50 c:49", "a:50 b:51 c:50") == [[], [], ["c"]]


def test_against_rivals_it_is_measured_by_the_best_of_them():
    over = watch(subject="a", rival="b*", within=0)
    texts = ("a:40 b:50 b2:45 z:90", "a:46 b:50 b2:45 z:90", "a:50 b:50 b2:45 z:90")
    assert Watched(over).days(*texts, names={"b2": "b 2"}) == [[], [], ["a"]]


def test_on_a_chart_a_place_is_free_when_its_entry_is_gone():
    places = kit.metric(nature="points", better="lower")
    assert Watched(watch(subject="c", top=2), places).days("a:1 b:2 c:3 d:4 e:5", "b:1 c:2 d:3 e:4 f:5") == [[], ["c"]]


def test_points_above_a_threshold_are_counted_exactly():
    stars = kit.metric(nature="points", unit="stars")
    over = Watched(watch(subject="a", above=1000), stars)
    assert over.days("a:998 b:5000", "a:1000 b:5010", "a:1001 b:5020", "a:1009 b:5030") == [[], [], ["a"], []]


def test_lower_may_be_better():
    latency = kit.metric(better="lower")
    assert Watched(watch(subject="a", within=1), latency).days("a:9 b:5", "a:6 b:5") == [[], ["a"]]


def test_ratios_are_counted_in_percent():
    ratio = kit.metric(unit="ratio")
    assert Watched(watch(subject="a", within=2), ratio).days("a:0.42 b:0.49", "a:0.46 b:0.49", "a:0.47 b:0.49") == [[], [], ["a"]]
    over = Watched(watch(subject="a", above=56), ratio)
    assert over.days("a:0.56 b:0.9") == [[]]
    (fired,) = over.show("a:0.57 b:0.9")
    assert fired.headline == "a (57 %) is above 56 % on Board (score)."


# ── what cannot be known ─────────────────────────────────────────────────────────────────────────


def test_an_estimate_never_fires():
    assert Watched(watch(subject="a", above=50)).days("a:40 b:1", "a:~60 b:1", "a:61 b:1") == [[], [], ["a"]]


def test_an_estimate_in_between_does_not_make_it_fire_again():
    assert Watched(watch(subject="a", above=50)).days("a:40 b:1", "a:60 b:1", "a:~60 b:1", "a:61 b:1") == [[], ["a"], [], []]


def test_an_estimate_above_the_leader_leaves_the_distance_unknown():
    assert Watched(watch(subject="a", within=2)).days("a:40 b:50", "a:49 b:50 x:~55", "a:49 b:50 x:50.5") == [[], [], ["a"]]


def test_an_unknown_class_is_not_false_and_learning_it_is_not_news():
    over = Watched(watch(above=50, classes=OPEN))
    assert described(over.show(f"a:60 {ELSE}")) == []
    assert described(over.show(f"a:60 {ELSE}", attributes=OPENLY)) == ["(a)"]
    assert described(over.show(f"a:60 {ELSE}")) == []
    assert described(over.show(f"a:60 {ELSE}", attributes=OPENLY)) == []


def test_newly_classified_entries_neither_block_nor_help_others():
    over = watch(above=50, classes=OPEN)
    newly = {"n": {"open_weights": "true"}, "o": {"open_weights": "true"}}
    watched = Watched(over)
    assert described(watched.show(f"o:60 {ELSE}")) == []
    assert described(watched.show(f"o:60 n:70 {ELSE}", attributes=newly)) == ["(o)"]
    each = Watched(watch(above=50, classes=OPEN, each=True))
    assert described(each.show(f"o:60 {ELSE}")) == []
    assert described(each.show(f"o:60 n:70 {ELSE}", attributes=newly)) == ["n"]


def test_a_drifted_field_changes_nothing():
    over = Watched(watch(subject="a", within=2))
    filled = "a:40 b:50 c:30 d:20 e:10 f:9"
    assert described(over.show(filled)) == []
    assert described(over.show("a:40 b: c: d: e: f:")) == []
    assert over.history.diff.metrics[kit.SCORE.id].verdict is Comparability.DRIFTED
    assert described(over.show(filled)) == []


def test_a_key_that_changes_while_the_field_is_lost_is_still_the_same_entry():
    over = Watched(watch(subject="a", above=50))
    rest = "b:50 c:30 d:20 e:10 f:9"
    assert over.days(f"a:40 {rest}", f"a:60 {rest}", "A: b: c: d: e: f:9", f"A:60 {rest}") == [[], ["a"], [], []]


def test_a_rebase_starts_again():
    over = Watched(watch(subject="a", above=50))
    texts = ("a:40 b:45 c:30 d:20", "a:60 b:65 c:50.5 d:40.5", "a:49 b:65 c:50.5 d:40.5", "a:61 b:65 c:50.5 d:40.5")
    assert over.days(*texts) == [[], ["(a)"], [], ["a"]]


def test_nobody_gains_by_a_leader_who_could_not_be_seen():
    over = Watched(watch(subject="a", within=2))
    assert over.days(f"a:40 b:50 {ELSE}", f"a:40 {ELSE}", f"a:40 {ELSE}") == [[], [], ["a"]]


def test_a_leader_below_the_depth_keeps_its_value():
    over = Watched(watch(subject="a", top=1), depth="varies")
    assert described(over.show("b:50 a:40", depth=2)) == []
    assert described(over.show("a:40 x:30", depth=2)) == []


def test_an_entry_that_could_not_be_seen_does_not_fire_when_it_is_back():
    assert Watched(watch(subject="a", above=50)).days("a:40 b:1", "a:60 b:1", "b:1", "a:60 b:1") == [[], ["a"], [], []]


def test_another_spelling_of_the_key_is_the_same_entry():
    over = Watched(watch(subject="a", above=50))
    assert over.days("a:40 b:1", "a:60 b:1", "A:60 b:1") == [[], ["a"], []]
    assert over.history.diff.rekeyed == {"A": "a"}


# ── whom it is about ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("over", "whom"),
    [
        (watch(subject="Qwen*", above=0), ["q", "p"]),
        (watch(subject="qwen-3.5*", above=0), ["q"]),
        (watch(subjects=(lab("Alibaba"),), above=0), ["q", "p"]),
        (watch(subject="family:gpt", above=0), ["g"]),
        (watch(subject="model:openai/gpt-4o", above=0), ["g"]),
        (watch(subject="*4o", above=0), ["g"]),
    ],
)
def test_models_are_named_by_name_lab_family_or_id(over, whom):
    ids = {
        "q": Identity(lab="Alibaba", family="Qwen", generation="3.5", model="alibaba/qwen-3.5"),
        "p": Identity(lab="Alibaba", family="Qwen", generation="3"),
        "g": Identity(lab="OpenAI", family="GPT", generation="4o", model="openai/gpt-4o"),
    }
    names = {"q": "Qwen3.5 Max", "p": "alibaba: Qwen-3", "g": "openai/gpt-4o"}
    watched = Watched(over)
    watched.show("x:1")
    (fired,) = watched.show("x:1 q:9 p:8 g:7", who=ids, names=names)
    assert [party.entry for party in fired.subjects if party.entry != "x"] == whom


@pytest.mark.parametrize(
    ("topic", "metric", "asked"),
    [("Maths", None, {"maths"}), (None, "m*", {"maths"}), (None, None, {"score"}), ("price", None, {"price"})],
)
def test_metrics_are_named_by_topic_or_id_and_default_to_the_primary_one(topic, metric, asked):
    maths = kit.metric("maths", topic="maths")
    over = watch(above=0, topics=(topic,) if topic else (), metrics=(metric,) if metric else ())
    watched = Watched(over, kit.SCORE, maths, kit.PRICE)
    fired = watched.show("a:1", maths="a:1", price="a:1")
    assert {firing.metric for firing in fired} == asked


# ── against the definition ───────────────────────────────────────────────────────────────────────


@given(
    st.lists(kit.tables(values=(40, 41, 42, 50, 51), least=1), min_size=2, max_size=8),
    st.sampled_from(["within", "top", "above"]),
)
def test_it_fires_exactly_when_an_entry_meets_it_and_none_did_before(days, key):
    """On whole boards without estimates, where nobody leaves and no scale is re-based, that is all there is to it."""
    keys, shown, was = sorted({name for day in days for name in day}), {}, None
    over = Watched(watch(**{key: {"within": 1, "top": 2, "above": 49}[key]}, subject="a"))
    for day in days:
        shown = {**dict.fromkeys(keys, 45), **shown, **day}
        firings = over.show(kit.line(shown))
        standing = fulfils(key, shown)
        if over.history.diff.before is None or not over.history.diff.metrics[kit.SCORE.id].usable:
            assert described(firings) == (["(a)"] if standing else [])
        else:
            assert described(firings) == (["a"] if standing and not was else [])
        was = standing


def fulfils(key: str, shown: dict[str, int]) -> bool:
    """Whether `a` does, by looking at every value."""
    if "a" not in shown:
        return False
    own = shown["a"]
    above = sum(value > own for value in shown.values())
    return {"within": max(shown.values()) - own <= 1, "top": above + 1 <= 2, "above": own > 49}[key]


@given(st.lists(kit.pages(), min_size=1, max_size=6), st.sampled_from([{"within": 3.0}, {"top": 3}, {"above": 49.0}]))
def test_no_entry_fires_by_an_estimate_or_twice_in_a_row(days, threshold):
    over = Watched(watch(**threshold, each=True), kit.SCORE, kit.PRICE)
    holding: set[str] = set()
    for page in days:
        firings = over.show(**page)
        entries = over.history.diff.after.entries
        fired = {party.entry for firing in firings for party in firing.subjects if not firing.already}
        assert not any(entries[entry].measures[kit.SCORE.id].estimated for entry in fired)
        assert not fired & holding
        holding = set(over.held.holds[kit.SCORE.id].holders)
