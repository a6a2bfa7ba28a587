"""Folding: a reader sees each thing once, and nothing is lost."""

from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_world import DAY, T0, event, health, ids, report, stories

from tracker.events import KINDS as EVENT_KINDS
from tracker.model import Event, MetricId, Story
from tracker.reports import words
from tracker.reports.folding import _base, _keys, _releases

CODING = MetricId("coding")


def debut(
    key: str, name: str, *, weight: int = 50, rank: int | None = None, creator: str = "", released: str = "", **more
) -> Event:
    return event(key, "debut", name, weight=weight, rank=rank, creator=creator, released=released, **more)


# ── one entry ────────────────────────────────────────────────────────────────────────────────────


def test_a_newcomer_that_takes_the_lead_is_one_story():
    leads = event("leads", "new_leader", "New", grade="debut", weight=95, rivals=["Old"])
    enters = debut("enters", "New", weight=90)
    passes = event("passes", "overtake", "New", grade="debut", weight=65, rivals=["Old", "B", "C", "D", "E"])
    (story,) = stories(passes, enters, leads)
    assert ids(story) == ["leads", "enters", "passes"]
    assert words.sentences(story) == ("Also debuts; overtakes Old, B, C and 2 more.",)


def test_a_newcomer_is_said_to_pass_everyone_it_passed_though_only_the_first_are_named():
    passes = event("passes", "overtake", "New", grade="debut", weight=65, rivals=["Old", "B", "C"], passed=441)
    (story,) = stories(debut("enters", "New", weight=90), passes)
    assert words.sentences(story) == ("Also overtakes Old, B, C and 438 more.",)


def test_news_of_one_entry_on_another_metric_keeps_its_sentence():
    leads = event("leads", "new_leader", "A", weight=95)
    passes = event("passes", "overtake", "A", grade="decisive", weight=46, metric=CODING, headline="A overtakes B on Coding.")
    (story,) = stories(leads, passes)
    assert words.sentences(story) == ("A overtakes B on Coding.",)


def test_the_prices_of_one_entry_are_one_story_with_both():
    out = event("out", "price_change", "A", weight=40, headline="A: Output price falls.")
    into = event("in", "price_change", "A", weight=30, headline="A: Input price falls.")
    (story,) = stories(into, out)
    assert ids(story) == ["out", "in"]
    assert words.sentences(story) == ("A: Input price falls.",)


def test_a_frontier_is_part_of_the_story_of_the_first_that_reached_it():
    both = event("both", "frontier", "A", "B", weight=40, grade="price")
    assert [ids(story) for story in stories(debut("a", "A", weight=60), debut("b", "B"), both)] == [["a", "both"], ["b"]]
    assert [ids(story) for story in stories(event("none", "frontier", weight=40, grade="price"))] == [["none"]]


def test_the_same_entry_a_day_later_is_another_story():
    assert len(stories(debut("1", "A"), event("2", "price_change", "A", at=T0 + DAY))) == 2


def test_events_of_several_entries_or_none_are_not_folded():
    both, neither = event("both", "new_leader", "A", "B", weight=95), event("neither", "methodology", weight=90)
    assert [ids(story) for story in stories(debut("a", "A"), both, neither)] == [["both"], ["neither"], ["a"]]


def test_stories_are_ordered_by_weight_then_time_then_id():
    folded_stories = stories(debut("c", "C"), debut("b", "B"), debut("late", "D", at=T0 + DAY), debut("top", "E", weight=60))
    assert [story.lead.id for story in folded_stories] == ["top", "b", "c", "late"]


# ── one release ──────────────────────────────────────────────────────────────────────────────────


def test_siblings_of_one_creator_and_day_fold_into_the_best_ranked():
    release = {"creator": "OpenAI", "released": "2026-04-17"}
    folded_stories = stories(
        debut("mini", "GPT-6 mini", rank=31, weight=50, **release),
        debut("base", "GPT-6", rank=2, weight=80, **release),
        debut("max", "GPT-6 Max", rank=1, weight=80, **release),
        debut("other", "Grok 6", rank=9, creator="xAI", released="2026-04-17"),
    )
    assert [ids(story) for story in folded_stories] == [["max", "base", "mini"], ["other"]]
    assert words.sentences(folded_stories[0]) == ("And 2 more variants: GPT-6 and GPT-6 mini.",)


def test_variants_that_differ_in_a_parenthesis_at_the_end_fold_without_a_known_creator():
    names = ["o7 (high)", "o7 (Reasoning) (low)", "o7", "o7-mini (high)", "o7 (max)", "o7 (medium)"]
    folded_stories = stories(*(debut(str(rank), name, rank=rank) for rank, name in enumerate(names, 1)))
    assert [ids(story) for story in folded_stories] == [["1", "2", "3", "5", "6"], ["4"]]
    assert words.sentences(folded_stories[0]) == ("And 4 more variants: o7 (Reasoning) (low), o7, o7 (max) and o7 (medium).",)


def test_an_unknown_creator_or_day_makes_no_siblings():
    assert len(stories(debut("1", "A", creator="X"), debut("2", "B", creator="X"))) == 2
    assert len(stories(debut("1", "A", released="2026-04-01"), debut("2", "B", released="2026-04-01"))) == 2


def test_siblings_bring_what_was_folded_into_them_and_are_named_once():
    release = {"creator": "OpenAI", "released": "2026-04-17"}
    (story,) = stories(
        debut("a", "A", rank=1, weight=90, **release),
        debut("b", "B", rank=2, weight=80, **release),
        event("passes", "overtake", "B", weight=55, rivals=["Old"]),
    )
    assert ids(story) == ["a", "b", "passes"]
    assert words.sentences(story) == ("And 1 more variant: B.",)


def test_debuts_of_different_observations_are_not_siblings():
    assert len(stories(debut("1", "A (high)"), debut("2", "A (low)", at=T0 + DAY))) == 2


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("o3 (high)", "o3"),
        ("o3 (Reasoning) (high) ", "o3"),
        ("o3 (a (b))", "o3 (a"),
        ("(high)", "(high)"),
        ("o3)", "o3)"),
        ("", ""),
    ],
)
def test_the_base_of_a_name_ends_before_its_last_parentheses(name: str, base: str):
    assert _base(name) == base


def test_a_release_and_the_debuts_of_its_siblings_are_one_story():
    group = event("group", "release_group", "Big", "Small", weight=72)
    both = debut("big", "Big", weight=70, rank=9), debut("small", "Small", weight=50, rank=40)
    passes = event("passes", "overtake", "Big", weight=55, rivals=["Old"])
    (story, other) = stories(*both, passes, group, debut("else", "Else", weight=45))
    assert (ids(story), ids(other)) == (["group", "big", "passes", "small"], ["else"])


def test_the_new_leader_of_a_release_leads_its_story():
    group = event("group", "release_group", "Big", "Small", weight=92)
    (story,) = stories(event("leads", "new_leader", "Big", weight=95), debut("big", "Big"), debut("small", "Small"), group)
    assert ids(story)[:2] == ["leads", "big"]
    assert set(ids(story)) == {"leads", "big", "small", "group"}


def test_two_releases_of_one_day_are_two_stories():
    first, second = (event(name, "release_group", f"{name} 1", f"{name} 2", weight=52) for name in ("A", "B"))
    debuts = [debut(f"{name}{n}", f"{name} {n}") for name in "AB" for n in (1, 2)]
    assert sorted(len(ids(story)) for story in stories(first, second, *debuts)) == [3, 3]


# ── many alike ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [name for name, kind in EVENT_KINDS.items() if kind.folding.crowd])
def test_three_similar_stories_stay_apart_and_more_become_one(kind: str):
    crowd = [event(str(n), kind, f"M{n}", weight=40 - n) for n in range(6)]
    assert len(stories(*crowd[:3])) == 3
    assert len(stories(*crowd[:4])) == 1
    (story,) = stories(*crowd)
    assert ids(story) == ["0", "1", "2", "3", "4", "5"]
    assert words.sentences(story) == (f"And 5 more {EVENT_KINDS[kind].folding.crowd[1]}: M1, M2, M3, M4 and M5.",)


def test_a_crowd_is_counted_by_entry_and_the_rest_of_its_names_by_number():
    prices = [event(f"{way}{n}", "price_change", f"M{n}", weight=30) for n in range(12) for way in ("in", "out")]
    first = event("first", "price_change", "Top", weight=50)
    (story,) = stories(*prices, first)
    assert len(ids(story)) == 25
    assert words.sentences(story) == ("And 12 more price changes: M0, M1, M10, M11, M2, M3, M4, M5 and 4 more.",)


def test_removed_metrics_are_named():
    events = [event(str(n), "metric_removed", metric=MetricId(f"m{n}")) for n in range(7)]
    assert words.sentences(stories(*events)[0]) == ("And 6 more removed metrics: m1, m2, m3, m4, m5 and m6.",)


def test_a_price_change_with_other_news_of_its_entry_is_not_lost_in_a_crowd():
    crowd = [event(str(n), "price_change", f"M{n}") for n in range(6)]
    special = [event("price", "price_change", "A", weight=60), event("licence", "attribute_change", "A", weight=35)]
    assert sorted(map(len, map(ids, stories(*crowd, *special)))) == [2, 6]


def test_crowds_of_two_days_are_two_stories():
    events = [event(f"{day}-{n}", "rename", f"M{n}", at=T0 + day * DAY) for day in (0, 1) for n in range(6)]
    assert [len(ids(story)) for story in stories(*events)] == [6, 6]


def test_many_sentences_of_one_entry_are_cut_short():
    first = event("first", "board_recovered", "A", weight=90)
    more = [event(str(n), "price_change", "A", headline=f"Sentence {n}.") for n in range(7)]
    (story,) = stories(first, *more)
    assert words.sentences(story) == (*(f"Sentence {n}." for n in range(5)), "And 2 more events.")


def test_one_removed_field_is_singular():
    drifts = [event(str(n), "field_drift", metric=MetricId(f"m{n}")) for n in range(2)]
    assert words.sentences(Story(lead=drifts[0], folded=(drifts[1],))) == ("And 1 more field that lost values: m1.",)


# ── whatever happens ─────────────────────────────────────────────────────────────────────────────

NAMES = ["A", "A (high)", "A (low)", "B", "B (max)", "C"]
KINDS = [
    "debut",
    "release_group",
    "overtake",
    "new_leader",
    "price_change",
    "rename",
    "rank_move",
    "score_revision",
    "departure",
    "methodology",
]


@st.composite
def several_events(draw: st.DrawFn) -> list[Event]:
    def one(number: int) -> Event:
        return event(
            f"{number:03}",
            draw(st.sampled_from(KINDS)),
            *draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)),
            weight=draw(st.integers(0, 100)),
            reported=draw(st.booleans()),
            at=T0 + draw(st.integers(0, 2)) * DAY,
            creator=draw(st.sampled_from(["", "X", "Y"])),
            released=draw(st.sampled_from(["", "2026-04", "2026-05"])),
            rank=draw(st.none() | st.integers(1, 9)),
        )

    return [one(number) for number in range(draw(st.integers(0, 24)))]


@given(several_events(), st.booleans())
def test_every_event_is_reported_exactly_once(events: list[Event], news_only: bool):
    board = report(events, news_only=news_only).boards[0]
    reported = sorted(event_id for story in board.stories for event_id in ids(story))
    assert reported == [event.id for event in events if event.is_news or not news_only]
    assert board.recorded == len(events) - len(reported)


@pytest.mark.slow
@given(several_events(), st.data())
def test_the_order_of_the_input_does_not_matter(events: list[Event], data: st.DataObject):
    assert report(data.draw(st.permutations(events))) == report(events)


@pytest.mark.slow
@given(several_events())
def test_a_story_never_mixes_observations_and_its_lead_is_the_weightiest(events: list[Event]):
    for story in report(events).boards[0].stories:
        everyone: list[datetime] = [part.recorded_at for part in (story.lead, *story.folded)]
        assert set(everyone) == {story.lead.recorded_at}
        assert story.lead.weight == max(part.weight for part in (story.lead, *story.folded))


@given(several_events())
def test_folded_events_are_reported_by_name_or_in_full(events: list[Event]):
    for story in report(events, news_only=False).boards[0].stories:
        sentences = " ".join(words.sentences(story))
        for folded in story.folded[:3]:
            about = [party.name for party in folded.subjects]
            assert (
                folded.headline in sentences
                or folded.kind.replace("_", " ") in sentences
                or all(name in sentences for name in about)
            )


def naive_releases(debuts: list[Event]) -> set[frozenset[str]]:
    """Merge groups that share a key until none do."""
    groups = [({debut.id}, set(_keys(debut))) for debut in debuts]
    while pair := next((pair for pair in combinations(groups, 2) if pair[0][1] & pair[1][1]), None):
        groups = [group for group in groups if group not in pair]
        groups.append((pair[0][0] | pair[1][0], pair[0][1] | pair[1][1]))
    return {frozenset(members) for members, _ in groups}


@given(several_events())
def test_releases_are_those_of_naive_merging(events: list[Event]):
    debuts = [event for event in events if len(event.subjects) == 1]
    groups: dict[object, set[str]] = {}
    for debut_id, release in _releases(debuts).items():
        groups.setdefault(release, set()).add(debut_id)
    assert {frozenset(members) for members in groups.values()} == naive_releases(debuts)


@pytest.mark.slow
def test_ten_thousand_siblings_fold_at_once():
    debuts = [debut(f"{n:05}", f"M{n // 2} ({n})", creator="X", released=f"{(n + 1) // 2}") for n in range(10_000)]
    (story,) = report(debuts, health()).boards[0].stories
    assert len(story.folded) == 9_999


def test_what_several_boards_report_is_a_story_of_its_own():
    leads = event("1", "new_leader", "A", grade="debut", weight=90)
    agreed = event("2", "consensus", "A", grade="agreed", weight=60, rivals=["B"])
    assert [story.lead.id for story in stories(leads, agreed)] == ["1", "2"]


def test_more_than_three_newcomers_of_a_day_are_one_story_and_those_of_one_release_its_variants():
    newcomers = [event(f"n{n}", "debut", f"M{n}", weight=40 - n) for n in range(5)]
    (story,) = stories(*newcomers)
    assert words.sentences(story) == ("And 4 more newcomers: M1, M2, M3 and M4.",)
    release = {"creator": "OpenAI", "released": "2026-04-17"}
    (story,) = stories(*(event(f"n{n}", "debut", f"M{n}", weight=40 - n, **release) for n in range(5)))
    assert words.sentences(story) == ("And 4 more variants: M1, M2, M3 and M4.",)
