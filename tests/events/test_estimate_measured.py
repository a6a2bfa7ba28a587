"""An estimate that became a measurement."""

from kit import SCORE, History, brief, events_of, metric

from tracker.model import Column


def test_a_measured_estimate_is_an_event_of_its_own_and_not_a_revision():
    (event,) = events_of("a:50 b:~40 c:30", "a:50 b:45 c:30")
    assert (brief([event]), event.is_news) == (["estimate_measured/measured b"], True)
    assert event.headline == "b is now measured at 45 on Board (score); the estimate was 40."
    assert [proof.raw for proof in event.evidence] == ["~40", "45"]


def test_an_estimate_confirmed_to_the_digit_is_measured_too():
    assert brief(events_of("a:50 b:~40", "a:50 b:40")) == ["estimate_measured/measured b"]


def test_a_measurement_that_becomes_an_estimate_is_not_news():
    assert events_of("a:50 b:40 c:30", "a:50 b:~45 c:30") == ()


def test_what_was_reported_is_taken_back_in_one_event():
    history = History()
    cells = ("b:~40 d:~31", "b:45 d:30", "b:~41 d:~32", "b:~41 d:30", "b:~41 d:~32")
    reported = [history.show(f"a:50 {cell} c:20 e:10 f:9 g:8") for cell in cells]
    assert [[(event.grade, event.is_news) for event in events] for events in reported] == [
        [],
        [("measured", True), ("measured", True)],
        [("estimated", True)],
        [("again", True)],
        [("estimated", True)],
    ]
    assert reported[2][0].headline == "b and d are estimated again on Board (score)."
    assert reported[2][0].facts == {"values": {"b": [45.0, 41.0], "d": [30.0, 32.0]}}
    assert [proof.raw for proof in reported[2][0].evidence] == ["45", "~41", "30", "~32"]
    assert reported[3][0].headline == "d is measured again on Board (score): 30, after 32."


def test_what_was_reported_is_remembered_under_another_label():
    history, coding = History(SCORE, metric("coding", primary=False)), "a:1.25 {}:7.31 c:9.52 d:4.44"
    for key, cell in (("b one", "~40.11"), ("b one", "45.12"), ("b-One", "45.12")):
        history.show(f"a:50 c:30.1 d:20.2 {key.replace(' ', '_')}:{cell}", coding=coding.format(key.replace(" ", "_")))
    (event,) = history.show("a:50 c:30.1 d:20.2 b-One:~41", coding=coding.format("b-One"))
    assert (event.grade, [party.entry for party in event.subjects]) == ("estimated", ["b-One"])


def test_a_secondary_metric_is_only_recorded():
    history = History(SCORE, metric("coding", primary=False, estimated=Column(sources=("is_estimated",))))
    history.show("a:50 b:40 c:30", coding="a:~9 b:8 c:7")
    assert [(event.kind, event.is_news) for event in history.show("a:50 b:40 c:30", coding="a:9 b:8 c:7")] == [
        ("estimate_measured", False)
    ]


def test_nothing_is_reported_on_the_day_of_a_re_base_or_of_a_volatile_metric():
    kinds = {event.kind for event in events_of("a:50 b:~40 c:30 d:20", "a:51 b:45 c:33 d:24")}
    assert kinds == {"methodology"}
    assert events_of("a:50 b:~40 c:30", "a:50 b:45 c:30", on=[metric(volatile=True)]) == ()
