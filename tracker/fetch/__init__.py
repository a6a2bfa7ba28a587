"""Fetch: a board and its last validators → a capture, or the word that nothing changed (`client.Fetcher`)."""

from tracker.fetch.answers import Answer, answer_of
from tracker.fetch.client import Fetcher
from tracker.fetch.http import Posted, post
from tracker.fetch.politeness import MemoryHosts, NotYet

__all__ = ["Answer", "Fetcher", "MemoryHosts", "NotYet", "Posted", "answer_of", "post"]
