"""Fetch: a board and its last validators → a capture, or `Unchanged` (`client.Fetcher`)."""

from tracker.fetch.client import Fetcher, as_failure
from tracker.fetch.http import Reply, post
from tracker.fetch.politeness import NotYet, still_away

__all__ = ["Fetcher", "NotYet", "Reply", "as_failure", "post", "still_away"]
