"""Retries what a retry is likely to fix: three tries, at growing intervals, on the given clock.

tenacity rather than stamina, which is built on it: here the sleep is an argument, and nothing is logged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from tracker.errors import Transient
from tracker.fetch.politeness import LONGEST_WAIT_S, NotYet
from tracker.ports import Clock

ATTEMPTS = 3
BACK_OFF = wait_exponential_jitter(max=10, jitter=1)
"""1 s, 2 s …, plus up to a random second, so that boards that failed together do not retry together."""

T = TypeVar("T")


def patiently(attempt: Callable[[], T], clock: Clock) -> T:
    """The result of `attempt`, called up to `ATTEMPTS` times while it raises a `Transient` worth it; raises its last error."""
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS), wait=_wait_s, retry=retry_if_exception(_worth_it), sleep=clock.sleep, reraise=True
    )
    return retrying(attempt)


def _worth_it(error: BaseException) -> bool:
    if not isinstance(error, Transient) or isinstance(error, NotYet):
        return False
    return error.retry_after_s is None or error.retry_after_s <= LONGEST_WAIT_S


def _wait_s(state: RetryCallState) -> float:
    """The publisher's wait, if it asked for one, but at least our back-off."""
    error = state.outcome and state.outcome.exception()
    asked_s = error.retry_after_s if isinstance(error, Transient) else None
    return max(asked_s or 0.0, BACK_OFF(state))
