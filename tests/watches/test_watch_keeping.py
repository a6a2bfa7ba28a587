"""Watches beside the line: what they fire with becomes events, and what they hold survives as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from watches_world import watch

from tracker.errors import StoreError
from tracker.model import BoardState, Check, Event, EventId, Result, Step
from tracker.watches import Fired, Held, Watch, fire, firings
from tracker.watches.keeping import key_of
from tracker.workspace.names import default_lexicon


class Line:
    """A board that is looked at once a day, with watches beside it; what they hold goes through text."""

    def __init__(self, *watches: Watch) -> None:
        self.watches, self.history, self.holds = watches, kit.History(), dict[str, str]()

    def show(self, text: str, **more: object) -> Fired:
        step, past = self.step(text, **more)
        return self.fire(step, past)

    def step(self, text: str, **more: object) -> tuple[Step, BoardState]:
        past = self.history.past
        events = self.history.show(text, **more)
        after = self.history.diff.after
        check = Check(board=self.history.board.id, observed_at=after.observed_at, result=Result.ACCEPTED, url=kit.PAGE)
        return Step(check=check, past=self.history.past, diff=self.history.diff, events=events), past

    def fire(self, step: Step, past: BoardState) -> Fired:
        result = fire(self.watches, self.history.board, step, past, self.holds, lexicon=default_lexicon())
        self.holds = dict(result.holds)
        return result


def fired(result: Fired) -> list[str]:
    """The subjects of what standings fired with, with the watches that did."""
    return [
        f"{','.join(party.entry for party in event.subjects)} by {','.join(sorted(result.names[event.id]))}"
        for event in result.events
    ]


def test_a_standing_that_becomes_true_is_an_event_with_its_evidence():
    line = Line(watch(subject="a", within=2, each=True))
    line.show("a:40 b:50")
    result = line.show("a:49 b:50")
    (event,) = result.events
    assert event == Event(
        id=event.id,
        kind="watch",
        grade="became",
        weight=70,
        is_news=True,
        board=line.history.board.id,
        metric="score",
        subjects=event.subjects,
        rivals=event.rivals,
        after=kit.START,
        until=line.history.diff.after.observed_at,
        headline="a (49) is 1 behind b (50) on Board (score).",
        facts={"watch": "it", "value": 49.0, "rank": 2, "leader": "b", "leader_value": 50.0},
        evidence=event.evidence,
        rule="watch/1",
        recorded_at=line.history.diff.after.observed_at,
    )
    assert ([shown.entry for shown in event.subjects], [shown.entry for shown in event.rivals]) == (["a"], ["b"])
    assert [(proof.entry, proof.raw) for proof in event.evidence] == [("a", "49"), ("b", "50")]
    assert result.names == {event.id: frozenset({"it"})}


def test_the_same_step_gives_the_same_ids_and_each_watch_its_own():
    own, other = watch(subject="a", above=45), replace(watch(subject="a", above=45), name="other")
    line = Line(own, other)
    line.show("a:40 b:50")
    step, past = line.step("a:49 b:50")
    holds = dict(line.holds)
    first, again = (
        fire(line.watches, line.history.board, step, past, holds, lexicon=default_lexicon()),
        fire(line.watches, line.history.board, step, past, holds, lexicon=default_lexicon()),
    )
    assert first == again
    assert len({event.id for event in first.events}) == 2
    assert sorted(fired(first)) == ["a by it", "a by other"]


def test_a_standing_that_already_held_is_not_an_event():
    line = Line(watch(above=45))
    assert line.show("a:50 b:40") == Fired(holds=line.holds)
    assert fired(line.show("a:51 b:40")) == []


def test_a_later_watch_begins_with_the_state_before_the_step():
    line = Line()
    line.show("a:50 b:40")
    line.show("a:50 b:41")
    line.watches = (watch(above=45, each=True),)
    assert fired(line.show("a:50 b:46")) == ["b by it"]
    assert fired(line.show("a:50 b:47 c:50")) == ["c by it"]


def test_a_later_watch_at_a_step_without_a_snapshot_begins_at_the_next_one():
    line = Line()
    line.show("a:50 b:40")
    line.watches = (watch(above=45, each=True),)
    failed = Step(
        check=Check(board=line.history.board.id, observed_at=kit.START, result=Result.FAILED, url=kit.PAGE),
        past=line.history.past,
    )
    assert line.fire(failed, line.history.past) == Fired()
    assert fired(line.show("a:50 b:46")) == ["b by it"]


def test_an_edited_watch_begins_again_and_a_renamed_one_does_not():
    line = Line(watch(subject="a", above=45))
    line.show("a:40 b:50")
    line.show("a:46 b:50")
    line.watches = (replace(line.watches[0], name="renamed"),)
    assert fired(line.show("a:47 b:50")) == []
    line.watches = (watch(subject="a", above=46.5),)
    assert fired(line.show("a:48 b:50")) == []
    assert len(line.holds) == 1


def test_a_step_without_a_snapshot_keeps_the_holds_and_events_still_fire():
    standing, over_events = watch(subject="a", above=45), replace(watch(kinds=("board_broken",)), name="trouble")
    line = Line(standing, over_events)
    line.show("a:40 b:50")
    held = dict(line.holds)
    trouble = Event(**{name: getattr(_event(line), name) for name in Event.__slots__ if name != "kind"}, kind="board_broken")
    failed = Step(
        check=Check(board=line.history.board.id, observed_at=kit.START, result=Result.FAILED, url=kit.PAGE),
        past=line.history.past,
        events=(trouble,),
    )
    assert line.fire(failed, line.history.past) == Fired(names={trouble.id: frozenset({"trouble"})}, holds=held)
    assert fired(line.show("a:46 b:50")) == ["a by it"]


def _event(line: Line) -> Event:
    """Some event about the board as a whole."""
    made = kit.events_of("a:1 b:2", "a:3 b:2")[0]
    return replace(made, id=EventId("e"), board=line.history.board.id, subjects=(), rivals=(), metric=None)


def test_events_of_the_step_are_named_with_every_watch_that_fired():
    first, other = watch(kinds=("new_leader",)), replace(watch(subject="a"), name="of a")
    line = Line(first, other)
    line.show("a:40 b:50")
    step, past = line.step("a:60 b:50")
    result = line.fire(step, past)
    leads = [event.id for event in step.events if event.kind == "new_leader"]
    assert result.events == ()
    assert [result.names[event] for event in leads] == [frozenset({"it", "of a"})] * len(leads)
    assert leads


def test_a_watch_of_other_boards_holds_nothing():
    line = Line(watch(above=45, boards=("other/*",)))
    assert line.show("a:40 b:50") == Fired()


def test_an_unreadable_hold_is_a_store_error():
    line = Line(watch(above=45))
    line.show("a:40 b:50")
    line.holds = dict.fromkeys(line.holds, '{"holds": 1}')
    with pytest.raises(StoreError, match=r'^made/board: the memory of watch "it" cannot be read: .*; restore the store$'):
        line.show("a:46 b:50")


def test_the_key_depends_on_the_conditions_and_not_on_the_name():
    assert key_of(watch(above=45)) == key_of(replace(watch(above=45), name="other"))
    assert len({key_of(over) for over in (watch(above=45), watch(above=46), watch(below=45), watch(above=45, subject="a"))}) == 4


@pytest.mark.slow
@given(
    st.lists(kit.pages(), min_size=2, max_size=6),
    st.sampled_from([{"above": 50}, {"within": 2, "each": True}, {"top": 2}, {"top": 1, "each": True}]),
)
def test_holds_survive_as_text_between_steps(shown: list[dict[str, object]], asked: Mapping[str, object]):
    over = watch(**asked)
    line, held = Line(over), Held()
    for page in shown:
        step, past = line.step(**page)
        found_firings, held = firings(over, line.history.board, step, past, held, lexicon=default_lexicon())
        result = line.fire(step, past)
        assert [event.headline for event in result.events] == [text.headline for text in found_firings if not text.already]


@given(st.lists(st.fixed_dictionaries({key: st.integers(44, 56) for key in "abcdef"}), min_size=3, max_size=6), st.data())
def test_a_watch_that_begins_late_fires_from_then_on_as_one_from_the_start(shown: list[dict[str, int]], data: st.DataObject):
    over = watch(above=50, each=True)
    early, late = Line(over), Line()
    begins = data.draw(st.integers(1, len(shown) - 1))
    for number, page in enumerate(shown):
        late.watches = (over,) if number >= begins else ()
        early_result, other = early.show(kit.line(page)), late.show(kit.line(page))
        assert subjects(other.events) == (subjects(early_result.events) if number >= begins else set())


def subjects(events: Iterable[Event]) -> set[str]:
    return {party.entry for event in events for party in event.subjects}
