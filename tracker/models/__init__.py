"""Models across boards: who is listed where, which entries a name means, how two of them compare, and why a change was no news."""

from tracker.models.cards import Card, Place, cards
from tracker.models.explain import Change, Explained, What, explain
from tracker.models.find import Found, Listed, State, Way, agrees, find, matching, remembered, states, suggestions
from tracker.models.since import How, Interval, course, looked_at, passed, segment_start
from tracker.models.versus import Pair, Row, Versus, demand, versus

__all__ = [
    "Card",
    "Change",
    "Explained",
    "Found",
    "How",
    "Interval",
    "Listed",
    "Pair",
    "Place",
    "Row",
    "State",
    "Versus",
    "Way",
    "What",
    "agrees",
    "cards",
    "course",
    "demand",
    "explain",
    "find",
    "looked_at",
    "matching",
    "passed",
    "remembered",
    "segment_start",
    "states",
    "suggestions",
    "versus",
]
