"""The names of models that hold in a workspace."""

from __future__ import annotations

from tracker import lexicon
from tracker.lexicon import Lexicon
from tracker.workspace.settings import Settings


def lexicon_of(settings: Settings) -> Lexicon:
    """The names that ship with the package, with those of the user's `models/` over them, however the boards were chosen.

    Raises:
        DeclarationError: a file is wrong, or two contradict each other.
    """
    own, base = settings.schedules / "models", lexicon.SHIPPED
    return lexicon.load(own, base) if own.is_dir() and not own.samefile(base) else lexicon.shipped()
