"""Fetch: a board and its last validators → a capture, or the word that nothing changed (`client.Fetcher`)."""

from tracker.fetch.client import Fetcher
from tracker.fetch.http import Posted, post
from tracker.fetch.politeness import MemoryHosts, NotYet

__all__ = ["Fetcher", "MemoryHosts", "NotYet", "Posted", "post"]
