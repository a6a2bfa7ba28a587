"""The secrets that a board's requests name as `${NAME}`."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.errors import Refused
from tracker.model import Board
from tracker.redaction import NAMED, Secrets, named_in


def secrets_of(board: Board, environment: Mapping[str, str]) -> Secrets:
    """The values of every `${NAME}` in the requests of the board and its payloads. An empty value counts as missing.

    Raises:
        Refused: a name is not set, or its value has unprintable characters (a line end, a broken encoding).
    """
    secrets = named_in(board.asked_with(), environment)
    missing = sorted({name for text in board.asked_with() for name in NAMED.findall(text)} - set(secrets.values))
    if missing:
        raise Refused(f"{board.id}: paused: no key: set {', '.join(missing)} in the environment")
    unfit = [name for name, value in secrets.values.items() if not value.isprintable()]
    if unfit:
        raise Refused(
            f"{board.id}: paused: the value of {', '.join(unfit)} has a line end or another unprintable character; set it again"
        )
    return secrets
