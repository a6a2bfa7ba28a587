"""Who leads, and who does not although the leader cannot be seen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import ELO, SCORE, START, History, brief, events_of, examples, line, metric, of, snapshot, tables

from tracker.model import Identity, ModelId


def successions(*texts: str, on=SCORE, **more: object) -> list[str]:
    return brief(of("new_leader", events_of(*texts, on=[on], **more)))


def leaders(history: History) -> tuple[str, ...]:
    return history.past.leaders["score"]


def rows(*more: str, count: int = 12) -> str:
    return line({f"m{place:02}": 30 - place for place in range(count)}) + "".join(f" {cell}" for cell in more)


def test_the_lead_passes_to_the_one_that_rose_above():
    assert successions("a:50 b:40 c:30", "a:50 b:60 c:30") == ["new_leader/nominal b > a"]


def test_the_lead_passes_to_the_second_when_the_leader_falls():
    assert successions("a:50 b:40 c:30", "a:35 b:40 c:30") == ["new_leader/nominal b > a"]


def test_a_newcomer_takes_the_lead():
    assert successions("a:50 b:40 c:30", "x:60 a:50 b:40 c:30") == ["new_leader/debut x > a"]


def test_a_first_score_takes_the_lead():
    assert successions("a:50 b:40 x", "a:50 b:40 x:60") == ["new_leader/debut x > a"]


def test_an_estimate_leads_nothing():
    assert successions("a:50 b:40 c:30", "x:~60 a:50 b:40 c:30") == []


@pytest.mark.parametrize(("value", "grade"), [("51.4", "nominal"), ("51.5", "supported")])
def test_a_lead_beyond_the_stated_error_is_supported(value: str, grade: str):
    assert successions("a:50.0 b:40.0 c:30.0", f"a:50.0 b:{value} c:30.0", on=metric(stated_error=1.4)) == [
        f"new_leader/{grade} b > a"
    ]


@pytest.mark.parametrize(("value", "grade"), [("57±5", "nominal"), ("58±5", "supported"), ("61±5", "supported")])
def test_a_lead_is_supported_by_the_same_rule_as_an_overtake(value: str, grade: str):
    assert successions("a:50±5 b:40±5 c:30±5", f"a:50±5 b:{value} c:30±5") == [f"new_leader/{grade} b > a"]


@pytest.mark.parametrize(("on", "reported"), [(SCORE, True), (ELO, False)])
def test_a_nominal_lead_is_news_on_a_tested_board_only(on, reported: bool):
    (event,) = of("new_leader", events_of("a:1500±9 b:1499±9 c:1400±9", "a:1500±9 b:1501±9 c:1400±9", on=[on]))
    assert (event.grade, event.is_news) == ("nominal", reported)


def test_sharing_the_lead_is_reported_once_and_losing_it_again_is_not():
    history = History()
    history.show("a:50 b:40 c:30")
    (event,) = of("new_leader", history.show("a:50 b:50 c:30"))
    assert (brief([event]), event.facts["shared"]) == (["new_leader/nominal b > a"], True)
    assert event.headline.startswith("b shares the lead on Board (score) with 50")
    assert of("new_leader", history.show("a:50 b:40 c:30")) == []


def test_two_that_join_the_leader_share_the_lead():
    (event,) = of("new_leader", events_of("a:50 b:40 c:30 d:20 e:10 f:5", "a:50 b:50 c:50 d:20 e:10 f:5"))
    assert event.headline.startswith("b and c share the lead")


def test_a_leader_pulling_ahead_of_another_is_not_a_new_leader():
    assert successions("a:50 b:50 c:30", "a:50 b:51 c:30") == []


def test_nobody_leads_because_the_leader_is_missing():
    history = History()
    history.show("a:50 b:40 c:30")
    assert of("new_leader", history.show("b:40 c:30")) == []
    assert leaders(history) == ("a",)


def test_a_leader_that_returns_never_lost_the_lead():
    assert successions("a:50 b:40 c:30", "b:40 c:30", "a:50 b:40 c:30") == []


def test_the_second_leads_with_the_snapshot_that_confirms_the_leaders_departure():
    history = History()
    for text in ("a:50 b:40 c:30", "b:40 c:30"):
        history.show(text)
    reported = history.show("b:40 c:31")
    assert brief(of("departure", reported) + of("new_leader", reported)) == ["departure/confirmed a", "new_leader/succession b"]
    assert leaders(history) == ("b",)
    assert of("new_leader", history.show("b:40 c:32")) == []


def test_a_lead_that_a_departure_confirms_is_dated_by_the_first_page_that_showed_it():
    history = History()
    for text in ("a:50 b:40 c:30", "b:40 c:30", "b:40 c:31"):
        events = of("new_leader", history.show(text))
    (event,) = events
    assert (event.after, event.until, event.recorded_at) == (START, START + timedelta(days=1), START + timedelta(days=2))


@pytest.mark.parametrize(("model", "is_news"), [("lab/a", False), ("lab/b", True)])
def test_another_row_of_the_model_that_led_takes_no_lead_from_it(model: str, is_news: bool):
    history, who = History(), {"a": Identity(model=ModelId("lab/a")), "b": Identity(model=ModelId(model))}
    for text in ("a:50 b:40 c:30", "b:40 c:30", "b:40 c:31"):
        events = of("new_leader", history.show(text, who=who))
    assert [(event.grade, event.is_news) for event in events] == [("succession", is_news)]


def test_a_former_leader_that_is_no_longer_listed_is_not_said_to_be_beaten():
    (event,) = of("new_leader", events_of("a:50 b:40 c:30", "b:55 c:30"))
    assert event.headline == (
        "b leads Board (score) with 55, ahead of c (30), no error margin published; before, a led, no longer listed."
    )


@pytest.mark.parametrize(
    ("old", "new", "is_news"),
    [("A 1", "B 2", True), ("A 1", "A 1 (tuned)", False), ("A 1", "a-1", False)],
    ids=["another model", "more words", "another spelling"],
)
def test_a_new_table_with_another_model_first_has_a_new_leader(old: str, new: str, is_news: bool):
    history = History()
    history.show("k1:50 k2:40", names={"k1": old, "k2": "C 3"})
    events = of("new_leader", history.show("n1:12 n2:4", names={"n1": new, "n2": "D"}, restart="another table"))
    assert [(event.grade, event.is_news) for event in events] == ([("rebased", True)] if is_news else [])
    if is_news:
        assert events[0].headline == (
            "B 2 leads Board (score) with 12 in another table than before, ahead of D (4), no error margin published;"
            " before, A 1 led."
        )
    assert leaders(history) == ("n1",)
    assert of("new_leader", history.show("n1:12 n2:5", names={"n1": new, "n2": "D"})) == []


def test_a_new_table_says_nothing_of_a_leader_that_was_missing_before_it():
    history = History()
    for text in ("k1:50 k2:40 k3:30", "k2:40 k3:30"):
        history.show(text, names={"k1": "A 1"})
    assert of("new_leader", history.show("n1:12 n2:4", restart="another table")) == []


def test_an_entry_better_than_the_missing_leader_takes_over_at_once():
    assert successions("a:50 b:40 c:30", "b:55 c:30") == ["new_leader/succession b > a"]


def test_an_entry_as_good_as_the_missing_leader_does_not_take_over():
    assert successions("a:50 b:40 c:30", "b:50 c:30") == []


def test_of_two_missing_leaders_both_must_have_left():
    history = History()
    for text in ("a:50 b:50 c:40 d:30", "b:50 c:40 d:30", "c:40 d:30"):
        reported = history.show(text)
    assert brief(of("departure", reported)) == ["departure/confirmed a"]
    assert of("new_leader", reported) == []
    assert brief(of("new_leader", history.show("c:40 d:31"))) == ["new_leader/succession c"]


def test_one_of_two_leaders_that_left_does_not_hand_on_the_lead_of_the_other():
    history = History()
    for text in ("a:50 b:50 c:40 d:30", "b:50 c:40 d:30"):
        history.show(text)
    reported = [of("new_leader", history.show(f"c:40 d:{day}", ambiguous="b")) for day in (30, 31, 32)]
    assert reported == [[], [], []]


def test_a_leader_hidden_by_a_cap_keeps_the_lead():
    history = History()
    history.show(rows("a:500", count=48))
    for place in range(4):
        reported = history.show(rows(f"x{place}:1", count=49))
        assert (history.diff.cap, of("new_leader", reported), leaders(history)) == (50, [], ("a",))


def test_a_leader_whose_key_is_listed_twice_keeps_the_lead():
    history = History()
    history.show("a:50 b:40 c:30")
    for _ in range(3):
        assert history.show("b:40 c:30", ambiguous="a") == ()
    assert leaders(history) == ("a",)


def test_a_leader_whose_score_is_withdrawn_is_succeeded_one_snapshot_later():
    history = History()
    history.show("a:50 b:40 c:30")
    assert brief(history.show("a b:40 c:30")) == ["score_revision/withdrawn a"]
    assert brief(of("new_leader", history.show("a b:40 c:31"))) == ["new_leader/succession b > a"]


THINNED = " ".join(cell if place >= 6 else cell.partition(":")[0] for place, cell in enumerate(rows("a:50").split()[::-1]))
"""The leader and five others lost their values."""


def test_a_leader_that_lost_its_value_with_the_whole_field_keeps_the_lead():
    history = History()
    history.show(rows("a:50"))
    for _ in range(3):
        assert of("new_leader", history.show(THINNED)) == []
        assert leaders(history) == ("a",)
    assert history.show(rows("a:50")) == ()


def test_a_field_that_stays_thin_is_believed_in_the_end():
    history = History()
    history.show(rows("a:50"))
    reported = [brief(of("new_leader", history.show(THINNED))) for _ in range(10)]
    assert [events for events in reported if events] == [["new_leader/succession m00 > a"]]


def test_a_lead_that_changes_across_a_re_base_is_reported_as_such():
    history = History()
    history.show("a:50 b:40 c:30 d:20")
    (event,) = of("new_leader", history.show("a:25 b:26 c:27 d:10"))
    assert (brief([event]), event.is_news) == (["new_leader/rebased c > a"], True)
    assert (
        event.headline
        == "c leads Board (score) with 27 on a new scale, ahead of b (26), no error margin published; before, a led."
    )
    assert leaders(history) == ("c",)
    assert of("new_leader", history.show("a:25 b:26 c:27 d:11")) == []


def test_a_lead_that_stays_across_a_re_base_is_not_news():
    assert successions("a:50 b:40 c:30 d:20", "a:25 b:22 c:21 d:10") == []


def test_a_re_base_has_its_own_leader_though_the_former_one_is_missing():
    history = History()
    history.show("a:90 b:80 c:70 d:60")
    assert of("new_leader", history.show("b:40 c:45 d:30")) == []
    assert leaders(history) == ("c",)


@pytest.mark.parametrize("on", [metric(nature="live"), metric(better=None), metric(volatile=True)])
def test_a_board_whose_order_is_not_news_has_no_leader(on):
    assert successions("a:50 b:40 c:30", "a:50 b:60 c:30", on=on) == []


def test_a_lead_names_the_runner_up_with_its_value_and_who_led_before():
    (event,) = of("new_leader", events_of("a:50 b:40 c:45 d:20 e:10", "a:30 b:60 c:45 d:20 e:10", on=[metric(stated_error=1.0)]))
    assert event.headline == "b leads Board (score) with 60, ahead of c (45); before, a led."
    assert event.facts["runner_up"] == {"entry": "c", "value": 45.0}


def test_the_runner_up_is_another_model():
    who = {"a": Identity(model=ModelId("one")), "b": Identity(model=ModelId("one")), "c": Identity(model=ModelId("two"))}
    (event,) = of("new_leader", events_of("c:50 b:40", "a:60 c:50 b:55", on=[metric(stated_error=1.0)], who=who))
    assert event.headline == "a leads Board (score) with 60, ahead of c (50), which led before."


def coding(*pages: str, **more: object) -> list[list[str]]:
    """The leaders reported on a further metric whose topic is coding, while the score stands still."""
    history = History(SCORE, metric("coding", primary=False, topic="coding"))
    reports = [history.show("a:9 b:8 c:7 d:6", coding=page, **more) for page in pages]
    return [brief(of("new_leader", events)) for events in reports]


def test_another_leader_of_a_topic_that_people_follow_is_news():
    assert coding("a:50 b:40 c:30 d:20", "a:50 b:60 c:30 d:20")[-1] == ["new_leader/nominal b > a @coding"]


@pytest.mark.parametrize("more", [{"topic": "language"}, {"topic": ""}, {"topic": "coding", "nature": "live"}])
def test_another_leader_of_another_metric_is_not(more: dict[str, str]):
    history = History(SCORE, metric("other", primary=False, **more))
    for page in ("a:50 b:40 c:30 d:20", "a:50 b:60 c:30 d:20"):
        reported = history.show("a:9 b:8 c:7 d:6", other=page)
    assert of("new_leader", reported) == []


def test_on_a_further_metric_a_missing_leader_is_compared_with_its_last_value():
    history = History(SCORE, metric("coding", primary=False, topic="coding"))
    history.show("a:9 b:8 c:7 d:6", coding="a:50 b:40 c:30 d:20")
    assert of("new_leader", history.show("b:8 c:7 d:6", coding="b:45 c:30 d:20")) == []
    history = History(SCORE, metric("coding", primary=False, topic="coding"))
    history.show("a:9 b:8 c:7 d:6", coding="a:50 b:40 c:30 d:20")
    assert brief(of("new_leader", history.show("b:8 c:7 d:6", coding="b:55 c:30 d:20"))) == [
        "new_leader/succession b > a @coding"
    ]


def test_rows_that_share_a_key_hold_the_first_rank():
    history = History()
    first = replace(snapshot("a:50 b:40 c:30", ambiguous="x"), unnamed=(55.0, 20.0))
    history.take(first)
    assert leaders(history) == ("x",)
    second = replace(snapshot("a:50 b:52 c:30", day=1, ambiguous="x"), unnamed=(55.0, 20.0))
    assert of("new_leader", history.take(second)) == []
    third = replace(snapshot("a:50 b:60 c:30", day=2, ambiguous="x"), unnamed=(55.0, 20.0))
    (event,) = of("new_leader", history.take(third))
    assert event.headline == "b leads Board (score) with 60."  # x is a key, and nobody knows whose


def test_an_estimate_of_rows_that_share_a_key_leads_nobody():
    history = History()
    for day, text in enumerate(("a:50 b:40 c:30", "a:50 b:60 c:30")):
        page = replace(snapshot(text, day=day, ambiguous="x"), unnamed=(70.0, 55.0), unnamed_estimates=(55.0, 70.0))
        events = history.take(page)
    (event,) = of("new_leader", events)
    assert event.headline == "b leads Board (score) with 60, ahead of a (50), which led before, no error margin published."


def test_the_remark_at_a_leaders_name_ends_the_headline():
    history = History()
    history.show("a:50 b:40")
    events = history.show("a:50 b:40 x:60", attributes={"x": {"note": "not on unseen questions"}})
    news = [event for event in events if event.is_news and event.subjects]
    assert {event.kind for event in news} >= {"new_leader", "debut", "overtake"}
    assert all(event.headline.endswith(" The page notes at x: “not on unseen questions”.") for event in news)


def test_both_sides_of_both_parties_are_shown():
    (event,) = of("new_leader", events_of("a:50 b:40 c:30", "a:35 b:40 c:30"))
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("b", "40"), ("b", "40"), ("a", "50"), ("a", "35")]


class Lead:
    """The lead as a person would keep it: the leaders, the missing ones with the time since, and their last values."""

    def __init__(self) -> None:
        self.holders: set[str] = set()
        self.last: dict[str, int] = {}
        self.missed: dict[str, int] = {}

    def see(self, page: dict[str, int]) -> set[str]:
        """The new leaders, empty when the lead did not pass."""
        self.missed = {key: self.missed.get(key, 0) + 1 for key in self.last if key not in page}
        self.last |= page
        best = {key for key, value in page.items() if value == max(page.values())}
        unsure = {key for key in self.holders if self.missed.get(key) == 1}
        if not best or any(self.last[key] >= page[next(iter(best))] for key in unsure):
            return set()
        fresh, self.holders = (best - self.holders if self.holders else set()), best
        return fresh


PADDING = {f"low{place}": place - 41 for place in range(41)}
"""Entries that never move, so that no board is re-based and none has a round number of rows."""


@pytest.mark.slow
@examples(100)
@given(st.lists(tables(values=range(40, 46), keys="abcdefgh"), max_size=8))
def test_the_lead_passes_exactly_when_a_plain_account_says_so(season: list[dict[str, int]]):
    history, lead = History(metric(nature="fitted")), Lead()
    for page in season:
        reported = of("new_leader", history.show(line(page | PADDING)))
        assert {party.entry for event in reported for party in event.subjects} == lead.see(page | PADDING)
        assert set(leaders(history)) == lead.holders


# ── a state that the next reading reverses ───────────────────────────────────────────────────────


def leads(*pages: tuple[str, float]) -> list[str]:
    """The leads reported, each page shown at that time in minutes."""
    history = History(SCORE)
    return brief([event for text, at in pages for event in of("new_leader", history.take(snapshot(text, day=at / 1440)))])


@pytest.mark.parametrize("passing", ["a:50 b:60 c:40", "a:50 x:60 b:45 c:40", "a:30 b:45 c:40"])
def test_a_lead_that_the_next_reading_reverses_within_an_hour_counts_no_more(passing: str):
    stays = "a:50 b:45 c:40"
    *_, last = leads((stays, 0), (passing, 600), (stays, 604))
    assert last.startswith("new_leader/reversed a > ")
    *_, last = leads((stays, 0), (passing, 600), (stays, 661), (stays, 2200))
    assert not last.startswith("new_leader/reversed")


def test_only_the_next_reading_reverses_a_lead():
    pages = [("a:50 b:45", 0), ("a:50 b:60", 600), ("a:50 b:61", 610), ("a:62 b:61", 620)]
    assert leads(*pages) == ["new_leader/nominal b > a", "new_leader/nominal a > b"]


def test_a_reversed_lead_says_how_long_it_lasted_and_the_former_leader_stays_acknowledged():
    history = History(SCORE)
    for text, at in (("a:50 b:45", 0), ("a:50 b:45 x:60", 600)):
        history.take(snapshot(text, day=at / 1440))
    (event,) = history.take(snapshot("a:50 b:45", day=604 / 1440))
    assert event.headline == "a again leads Board (score); the lead of x lasted 4 minutes."
    assert history.past.leaders == {"score": ("a",)}
    again = of("new_leader", history.take(snapshot("a:50 b:45 x:60", day=10)))
    assert brief(again) == ["new_leader/nominal x > a"]


def test_before_led_who_led_on_the_last_page_and_not_who_is_remembered():
    pages = (rows("a:95"), rows(), rows("x:97"))
    (event,) = of("new_leader", events_of(*pages))
    assert event.headline == "x leads Board (score) with 97, ahead of m00 (30), which led before, no error margin published."
    assert [rival.entry for rival in event.rivals] == ["m00"]


def test_a_lead_that_is_only_confirmed_names_nobody_who_led_before():
    history = History()
    for text in ("a:50 b:40 c:30", "b:40 c:30"):
        history.show(text)
    (event,) = of("new_leader", history.show("b:40 c:31"))
    assert event.headline == "b leads Board (score) with 40, ahead of c (31), no error margin published."


@pytest.mark.parametrize(
    ("now", "ending"),
    [
        ("a:58 v:59 b:40", "ahead of b (40); before, a led, now at 58, within the error of the values."),
        ("a:50 v:59 b:40", "ahead of b (40); before, a led, now at 50."),
        ("a:30 v:59 b:40", "ahead of b (40); before, a led."),
    ],
)
def test_a_variant_that_led_before_is_said_to_be_next_below(now: str, ending: str):
    history = History(metric(stated_error=2.0))
    for day, text in enumerate(("a:58 v:50 b:40", now)):
        page = snapshot(text, day=day)
        who = {key: Identity(name=key, model=ModelId("b" if key == "b" else "a")) for key in page.entries}
        events = history.take(replace(page, entries={key: replace(entry, who=who[key]) for key, entry in page.entries.items()}))
    (event,) = of("new_leader", events)
    assert event.headline.endswith(ending)


def test_a_lead_within_intervals_that_an_overtake_is_beyond_has_no_reservation():
    lead, caveat = "b leads Board (score) with {}, ahead of a (50), which led before{}.", ", within the error of the values"
    for value, reservation in (("58±5", ""), ("57±5", caveat)):
        (event,) = of("new_leader", events_of("a:50±5 b:40±5 c:30±5", f"a:50±5 b:{value} c:30±5"))
        assert event.headline == lead.format(value[:2], reservation)


def test_a_former_leader_that_the_last_page_did_not_show_is_not_who_led_on_it():
    away = "b:50 c:30 d:20 e:10"
    (event,) = of("new_leader", events_of(f"a:60 {away}", away, f"a:40 {away}"))
    assert event.headline.endswith("ahead of a (40), which led before but was not on the last page, no error margin published.")
    (event,) = of("new_leader", events_of(f"a:60 {away}", away, f"a:25 {away}"))
    assert event.headline.endswith("ahead of c (30), no error margin published; before, a led but was not on the last page.")
