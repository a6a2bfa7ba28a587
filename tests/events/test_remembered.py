"""What is remembered of a board: a fold over its snapshots, the same however often it is replayed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from kit import PRICE, SCORE, START, History, cells, examples, line, pages

from tracker.model import BoardState

SEASONS = st.lists(pages(), max_size=6)


def shown(season: list[dict[str, object]]) -> History:
    history = History(SCORE, PRICE)
    for page in season:
        history.show(**page)
    return history


@examples(30)
@given(SEASONS)
def test_a_replay_ends_in_the_same_state(season: list[dict[str, object]]):
    assert shown(season).past == shown(season).past


@examples(40)
@given(SEASONS)
def test_every_entry_ever_listed_is_known_and_only_those(season: list[dict[str, object]]):
    history = shown(season)
    listed = [cells(page["text"]).keys() for page in season]
    assert history.past.known.keys() == set().union(*listed)
    for entry, known in history.past.known.items():
        days = [day for day, keys in enumerate(listed) if entry in keys]
        names = [season[day]["names"][entry] for day in days]
        assert (known.names, known.name) == (set(names), names[-1])
        assert known.first_seen == START + timedelta(days=days[0])
        assert known.last_seen == (None if days[-1] == len(season) - 1 else START + timedelta(days=days[-1]))


@examples(40)
@given(SEASONS)
def test_no_listed_entry_is_missing_and_only_missing_entries_depart(season: list[dict[str, object]]):
    for known in shown(season).past.known.values():
        assert known.last_seen is not None or (known.missing_since, known.departed, known.primary) == (None, False, None)
        assert known.missing_since is not None or not known.departed
        assert known.missing_since is None or known.missing_since > known.last_seen


@examples(30)
@given(SEASONS)
def test_exactly_the_reported_departures_are_remembered(season: list[dict[str, object]]):
    history, gone = History(SCORE, PRICE), set()
    for page in season:
        reported = {party.entry for event in history.show(**page) if event.kind == "departure" for party in event.subjects}
        assert not reported & gone
        gone = (gone | reported) - cells(page["text"]).keys()
        assert gone == {entry for entry, known in history.past.known.items() if known.departed}


def test_a_departed_entry_is_remembered_with_its_last_value_and_bytes():
    history = History()
    history.show("a:50 b:40")
    was = history.diff.after
    history.show("a:50")
    known = history.past.known["b"]
    assert (known.primary, known.last_in, known.last_url) == (40.0, was.digest, was.url)


def test_the_last_seven_sizes_and_fill_rates_and_twelve_changes_are_remembered():
    history = History()
    for day in range(14):
        history.show(line({f"m{place}": place + day % 2 / 2 for place in range(day + 3)}) + " x")
    past = history.past
    assert past.sizes == tuple(range(11, 18))
    assert past.filled["score"] == tuple(round(1 - 1 / size, 4) for size in range(11, 18))
    assert past.changed_at == tuple(START + timedelta(days=day) for day in range(2, 14))
    assert past.seen_until == START + timedelta(days=13)


def test_an_empty_page_is_remembered_without_a_division():
    history = History()
    history.show("", columns=["score"])
    assert (history.past.sizes, history.past.filled) == ((0,), {"score": (0.0,)})


def test_nothing_is_remembered_at_the_start():
    assert History().past == BoardState()
