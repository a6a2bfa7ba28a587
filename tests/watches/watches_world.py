"""A watch beside a board of the kit: what it says of every day."""

from __future__ import annotations

import kit

from tracker.model import BoardState, Check, Event, Identity, Metric, Result, Step
from tracker.watches import Firing, Held, Pattern, Watch, firings
from tracker.watches.matching import Classes, pattern
from tracker.workspace.names import default_lexicon

OPEN = Classes(open_weights=True)


def watch(**more: object) -> Watch:
    """A watch made by hand: `subject` and `rival` as texts."""
    patterns = {
        key + "s": tuple(pattern(text, lexicon=default_lexicon()) for text in (more.pop(key),))
        for key in ("subject", "rival")
        if key in more
    }
    return Watch(name="it", **patterns, **more)


def lab(name: str) -> Pattern:
    return pattern(f"lab:{name}", lexicon=default_lexicon())


def who(**more: object) -> Identity:
    return Identity(**more)


class Watched:
    """A board that is looked at once a day, with a watch over it."""

    def __init__(self, over: Watch, *metrics: Metric, **contract: object) -> None:
        self.watch, self.history, self.held = over, kit.History(*metrics, **contract), Held()

    def show(self, text: str, **more: object) -> tuple[Firing, ...]:
        """What the watch says of the next day."""
        past = self.history.past
        events = self.history.show(text, **more)
        return self.say(events, past)

    def say(self, events: tuple[Event, ...], past: BoardState) -> tuple[Firing, ...]:
        diff = self.history.diff
        check = Check(board=self.history.board.id, observed_at=diff.after.observed_at, result=Result.ACCEPTED, url=kit.PAGE)
        step = Step(check=check, past=self.history.past, diff=diff, events=events)
        fired, self.held = firings(self.watch, self.history.board, step, past, self.held, lexicon=default_lexicon())
        return fired

    def days(self, *texts: str, **more: object) -> list[list[str]]:
        """For each day the entries that newly fulfil it; in brackets where they already did."""
        return [described(self.show(text, **more)) for text in texts]


def described(fired: tuple[Firing, ...]) -> list[str]:
    names = [(",".join(party.entry for party in firing.subjects), firing.already) for firing in fired]
    return [f"({name})" if already else name for name, already in names]
