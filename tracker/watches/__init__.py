"""Watches: users' rules over events and standings, evaluated step by step. Pure."""

from tracker.watches.declaration import load
from tracker.watches.firing import Firing, Held, firings, touches
from tracker.watches.keeping import Fired, fire
from tracker.watches.matching import Pattern, Watch
from tracker.watches.standing import Hold

__all__ = ["Fired", "Firing", "Held", "Hold", "Pattern", "Watch", "fire", "firings", "load", "touches"]
