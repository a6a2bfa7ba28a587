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


def test_a_measurement_withdrawn_and_published_again_is_reported_once():
    history = History()
    reported = [history.show(f"a:50 b:{cell} c:30") for cell in ("~40", "45", "~40", "45")]
    assert [[event.is_news for event in events] for events in reported] == [[], [True], [], [False]]


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
