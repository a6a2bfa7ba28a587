"""Which model a name means, and the names of the store that mean the same or look alike."""

from __future__ import annotations

from dataclasses import dataclass

from tracker import identity
from tracker.model import Identity
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import MatchKind, matching, remembered, states, suggestions
from tracker.workspace import Settings
from tracker.workspace.ids import ids, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The model that a name means, its names in the store (`listed`), and the nearest names if there are none."""

    identity: Identity
    listed: tuple[str, ...]
    nearest: tuple[str, ...]


def resolved(name: str, org: str | None, source: str | None, *, settings: Settings, store: Store, lexicon: Lexicon) -> Resolution:
    """Resolve a name; `org` is the maker that a board states, `source` a board or the source of one.

    Raises:
        DeclarationError: no board is or has that source.
    """
    if source is not None:
        boards = ids(settings).union(store.boards())
        if source not in boards and source not in {board.partition("/")[0] for board in boards}:
            raise unknown(source, boards)
    who = identity.resolve(name, org, source, lexicon=lexicon)
    entries = remembered(store, states(store, lexicon=lexicon), lexicon)
    found = matching(name, who, entries)
    exact = found.entries if found.way in (MatchKind.MODEL, MatchKind.NAME) else ()
    listed = tuple(sorted({match.entry.name for match in exact}))
    return Resolution(identity=who, listed=listed, nearest=() if listed else tuple(suggestions(found, entries)))
