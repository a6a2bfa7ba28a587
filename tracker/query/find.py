"""Which entries a name means, on which boards.

A model is what its identity says (docs/decisions/0011-identity.md). Entries whose identity is unsure are never merged with
others: they are found by their own name only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise

from tracker.errors import DeclarationError
from tracker.identity import nearest, resolve, resolve_models
from tracker.model import Board, BoardId, Entry, EntryId, EventFilter, Identity, Snapshot, name_tokens
from tracker.model.names import Lexicon
from tracker.ports import Store

_MOST_NEAREST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardAt:
    """A board at a time: its declaration, its last accepted snapshot with models, and every name that an entry has had on it."""

    board: Board
    snapshot: Snapshot
    names: Mapping[EntryId, frozenset[str]] = field(default_factory=dict)


def states(store: Store, *, at: datetime | None = None, lexicon: Lexicon, boards: Iterable[BoardId] = ()) -> tuple[BoardAt, ...]:
    """Each board of the store (or those named) now or as of a time, by id; boards without an accepted snapshot are left out."""
    present = []
    for name in boards or store.boards():
        declared = store.declared(name)
        snapshot = store.latest(name) if at is None else store.at(name, at)
        if declared is not None and snapshot is not None:
            names = {entry: ever.names for entry, ever in store.past(name).known.items()}
            known = store.identities(name, lexicon.version)
            present.append(BoardAt(board=declared, snapshot=resolve_models(snapshot, lexicon, known), names=names))
    return tuple(present)


def remembered(store: Store, states: Iterable[BoardAt], lexicon: Lexicon) -> tuple[BoardAt, ...]:
    """The same boards with the entries that left them (or are hidden) as well, each as it was last seen.

    `store.past(board).known` says which of them are still listed. Former keys of entries that got another are left out.
    """
    return tuple(_with_gone(store, state, lexicon) for state in states)


def _with_gone(store: Store, state: BoardAt, lexicon: Lexicon) -> BoardAt:
    board, listed = state.board.id, state.snapshot.entries
    former = {event.facts.get("key_before") for event in store.events(EventFilter(board=board, fact="key_before"))}
    gone: dict[datetime, list[EntryId]] = {}
    for entry, known in store.past(board).known.items():
        if entry not in listed and entry not in former and known.last_seen is not None:
            gone.setdefault(known.last_seen, []).append(entry)
    entries, resolved = dict(listed), store.identities(board, lexicon.version) if gone else {}
    for seen, keys in sorted(gone.items()):
        if (snapshot := store.at(board, seen)) is not None:
            last = {key: snapshot.entries[key] for key in keys if key in snapshot.entries}
            entries |= resolve_models(replace(snapshot, entries=last), lexicon, resolved).entries
    return replace(state, snapshot=replace(state.snapshot, entries=entries))


class MatchKind(StrEnum):
    """How a name was found: as the same `model`, as a `name` or key of an entry, or as a product `line`; or not at all.

    By `name`, boards on which no entry has it add the snapshots of that product: a bare `GPT-4o` may mean any of them.
    """

    MODEL = "model"
    NAME = "name"
    LINE = "line"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry and its board."""

    state: BoardAt
    entry: Entry

    @property
    def names(self) -> frozenset[str]:
        """Every name that it has had there."""
        return self.state.names.get(self.entry.id, frozenset()) | {self.entry.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a name means among the listed entries.

    `who` is the name resolved by itself. `entries` are in the order of boards and keys; of `MatchKind.LINE` they are all that
    agree with everything the name states. `line` are all entries of the same lab, family and generation, whatever else the
    name states: the neighbours of one that is not on record. `nearest` are names to suggest if nothing was found.
    """

    name: str
    who: Identity
    way: MatchKind
    entries: tuple[Listed, ...] = ()
    line: tuple[Listed, ...] = ()
    nearest: tuple[str, ...] = ()

    @property
    def by_board(self) -> Mapping[BoardId, tuple[Listed, ...]]:
        """The entries of each board that has any."""
        boards: dict[BoardId, list[Listed]] = {}
        for listed in self.entries:
            boards.setdefault(listed.state.board.id, []).append(listed)
        return {board: tuple(entries) for board, entries in boards.items()}


def listed_on(states: Iterable[BoardAt]) -> list[Listed]:
    """Every entry of those boards."""
    return [Listed(state=state, entry=entry) for state in states for entry in state.snapshot.entries.values()]


def find(name: str, states: Sequence[BoardAt], lexicon: Lexicon, *, org: str | None = None) -> Found:
    """The entries that a name means, board by board; every command and the watches ask here.

    On each board they are the entries of the same model, otherwise those with that very name or key, otherwise those of the
    line it states; of a line its plain members (`GPT-4o` is not GPT-4o mini), and of variants those that the name states. A
    name that states more than a line has (a size, a tier, a date) does not mean the others of its line: `Qwen3.5 72B` is not
    found if Qwen3.5 is listed in other sizes. A board's own name for an entry says more than a name that several have.
    """
    return meant(name, resolve(name, org, None, lexicon=lexicon), states)


def meant(name: str, who: Identity, states: Sequence[BoardAt]) -> Found:
    """The same for a name that is resolved already."""
    if _is_bare_line(who) and not _is_listed(name, states):
        who = replace(who, model=None)  # nothing has that very name: the line is meant
    matches = [_matching(name, who, [state]) for state in states]
    each = [_of_one_product(_as_stated(found)) for found in matches]
    on_any = [listed for found in each for listed in found.entries]
    entries = tuple(listed for found in each for listed in plain(found, on_any))
    way = next((way for way in MatchKind if any(found.way is way for found in each)), MatchKind.NOT)
    alike = (
        found.nearest if match.entries else _alike(name, listed_on([state]))
        for state, match, found in zip(states, matches, each, strict=True)
    )
    near = [] if entries else list(dict.fromkeys(near for names in alike for near in names))
    return Found(
        name=name,
        who=who,
        way=way if entries else MatchKind.NOT,
        entries=entries,
        line=tuple(listed for found in each for listed in found.line),
        nearest=tuple(get_close_matches(name, near, n=_MOST_NEAREST, cutoff=0.0)),
    )


def matching(name: str, who: Identity, states: Sequence[BoardAt]) -> Found:
    """What a name that is resolved to `who` means on boards taken together, before the variants of a line are separated."""
    found = _matching(name, who, states)
    return found if found.entries else replace(found, nearest=_alike(name, listed_on(states)))


def _matching(name: str, who: Identity, states: Sequence[BoardAt]) -> Found:
    """The same without names to suggest, which take long to find."""
    candidates = listed_on(states)
    line = tuple(listed for listed in candidates if _same_line(who, listed.entry.who))
    ways = {
        MatchKind.MODEL: (listed for listed in candidates if who.model is not None and listed.entry.who.model == who.model),
        MatchKind.NAME: _named(name, candidates, _snapshots(name, who, line)),
        MatchKind.LINE: (listed for listed in line if agrees(who, listed.entry.who)),
    }
    for way, matches in ways.items():
        if entries := tuple(matches):
            return Found(name=name, who=who, way=way, entries=entries, line=line)
    folded = name_tokens(name)
    if entries := tuple(listed for listed in candidates if folded and _core(listed.entry) == folded):
        return Found(name=name, who=who, way=MatchKind.NAME, entries=entries, line=line)
    return Found(name=name, who=who, way=MatchKind.NOT, line=line)


def _named(name: str, candidates: Iterable[Listed], snapshots: Iterable[Listed]) -> Iterator[Listed]:
    """The entries with that name, and on boards where none has it now, the snapshots it may mean; nothing if none ever had it."""
    folded = name_tokens(name)
    named = [listed for listed in candidates if name == listed.entry.id or (folded and folded in map(name_tokens, listed.names))]
    now = {listed.state.board.id for listed in named if name == listed.entry.id or name_tokens(listed.entry.name) == folded}
    yield from named
    yield from (listed for listed in snapshots if named and listed not in named and listed.state.board.id not in now)


def _snapshots(name: str, who: Identity, line: Iterable[Listed]) -> Iterator[Listed]:
    """Entries of the same product, dated or not, for a name that does not say which snapshot it means.

    They have all of its words: `chatgpt-4o-latest` is of the line of GPT-4o, and another product.
    """
    words = {word for word in name_tokens(name) if word.isalpha()}
    for listed in line:
        same = all(getattr(listed.entry.who, slot) == getattr(who, slot) for slot in _OF_A_PRODUCT)
        if same and words <= set(name_tokens(listed.entry.name)):
            yield listed


_OF_A_PRODUCT = ("generation", "tier", "size_total_b", "size_active_b", "tune", "kind", "harness")


def _same_line(who: Identity, other: Identity) -> bool:
    """Whether the other is of the line that `who` states; if `who` states no generation, any one is."""
    if not who.family or who.family.casefold() != other.family.casefold():
        return False
    same_lab = not who.lab or not other.lab or who.lab == other.lab
    return same_lab and (not who.generation or who.generation.casefold() == other.generation.casefold())


_STATED = (
    *("tier", "size_total_b", "size_active_b", "tune", "kind"),
    *("effort", "thinking_budget", "quant", "context", "serving", "harness"),
)


def agrees(who: Identity, other: Identity) -> bool:
    """Whether the other has everything that `who` states; what `who` leaves open may be anything. A month is any day of it."""
    if who.reasoning not in ("unspecified", other.reasoning) or (who.preview and not other.preview):
        return False
    same_date = not who.date or (bool(other.date) and (who.date.startswith(other.date) or other.date.startswith(who.date)))
    return same_date and all(getattr(other, slot) == stated for slot in _STATED if (stated := getattr(who, slot)))


def suggestions(found: Found, states: Sequence[BoardAt]) -> tuple[str, ...]:
    """Names to suggest for one that is not listed as such: those of its own line, otherwise those that look like it."""
    own = sorted({listed.entry.name for listed in found.line})
    if not own:
        return _alike(found.name, listed_on(states))
    return tuple(dict.fromkeys((*_alike(found.name, found.line), *own)))[:_MOST_NEAREST]


def _alike(name: str, candidates: Iterable[Listed]) -> tuple[str, ...]:
    return nearest(name, sorted({listed.entry.name for listed in candidates}), _MOST_NEAREST)


def _is_bare_line(who: Identity) -> bool:
    """Whether a name states a family and a generation, and nothing more."""
    more = (who.tier, who.size_total_b, who.tune, who.effort, who.date, who.quant, who.context, who.harness)
    return bool(who.family and who.generation) and not any(more)


def _is_listed(name: str, states: Sequence[BoardAt]) -> bool:
    folded = name_tokens(name)
    return any(_core(listed.entry) == folded for listed in listed_on(states))


def _core(entry: Entry) -> tuple[str, ...]:
    """A name without what follows in brackets, and without its lab before a colon: `OpenAI: GPT-5 (high)` is GPT-5."""
    return name_tokens(entry.name.partition(" (")[0].rpartition(": ")[2])


_GENERAL = frozenset(("", "instruct", "chat", "thinking", "hybrid", "it"))


def plain(found: Found, line: Sequence[Listed]) -> tuple[Listed, ...]:
    """Of a generation its plain members, if most are plain: `GPT-4o` is not GPT-4o mini, `Qwen3` not Qwen3 Coder."""
    entries = found.entries
    if found.way is not MatchKind.LINE or not found.who.generation:
        return entries
    if not found.who.tier and 2 * sum(not listed.entry.who.tier for listed in line) >= len(line):  # Gemini 3 is Pro and Flash
        entries = tuple(listed for listed in entries if not listed.entry.who.tier)
    if not found.who.tune and any(listed.entry.who.tune in _GENERAL for listed in line):
        entries = tuple(listed for listed in entries if listed.entry.who.tune in _GENERAL)
    return entries


def _of_one_product(found: Found) -> Found:
    """Without the models of a chat product, unless the name says so, and the reverse: `GPT-4o` is not chatgpt-4o-latest."""
    if found.way is MatchKind.MODEL:
        return found
    chat, folded = _is_of_chat(found.name), name_tokens(found.name)
    names = {listed.entry.name for listed in found.entries}
    same = {name for name in names if _is_of_chat(name) is chat or name_tokens(name) == folded}
    entries = tuple(listed for listed in found.entries if listed.entry.name in same)
    return replace(found, entries=entries, way=found.way if entries else MatchKind.NOT)


def _is_of_chat(name: str) -> bool:
    """Whether a name is that of a chat product's model: `chatgpt-4o-latest`, `GPT-5 (ChatGPT)`, `gpt-5.2-chat-latest`."""
    words = name_tokens(name)
    return "chatgpt" in words or ("chat", "latest") in pairwise(words)


def _as_stated(found: Found) -> Found:
    """Only the variants that the name states: `GPT-5 (low)` is not its high effort. Entries of the very name always stay."""
    if found.way is MatchKind.NAME:
        return found
    folded = name_tokens(found.name)
    same = {listed.entry.name for listed in found.entries if folded in (name_tokens(listed.entry.name), _core(listed.entry))}
    chosen = tuple(listed for listed in found.entries if listed.entry.name in same or agrees(found.who, listed.entry.who))
    if chosen or not found.entries:
        return replace(found, entries=chosen)
    near = tuple(dict.fromkeys(listed.entry.name for listed in found.entries))[:_MOST_NEAREST]
    return replace(found, way=MatchKind.NOT, entries=(), nearest=near)


def demand(name: str, states: Sequence[BoardAt], lexicon: Lexicon) -> Found:
    """What a name means, if it must mean something.

    Raises:
        DeclarationError: no board lists it; the message names the nearest that are listed.
    """
    found = find(name, states, lexicon)
    if found.way is not MatchKind.NOT:
        return found
    line = tuple(dict.fromkeys(listed.entry.name for listed in found.line))[:10]
    near = f"; nearest: {', '.join(found.nearest)}" if found.nearest else ""
    near = f"; listed of that line: {', '.join(line)}" if line else near
    raise DeclarationError(f'"{name}": no board lists that model{near} (tracker models)')
