"""Fetch: a board and its last validators → a capture, or `Unchanged` (`client.Fetcher`)."""

from tracker.fetch.client import Fetcher
from tracker.fetch.http import Reply, post
from tracker.fetch.politeness import NotYet, still_away

__all__ = ["Fetcher", "NotYet", "Reply", "post", "still_away"]
