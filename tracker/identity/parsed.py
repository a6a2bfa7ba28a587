"""The records of a parsed name: what it states, and whose it is."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tracker.identity.dates import Date
from tracker.identity.makers import Maker, ProductLine
from tracker.identity.sizes import UNSTATED, Size

Spelled = Literal["repository", "id", "title"]


class Slots(Struct):
    """The statements of a name; filled by `fill`, then constant.

    `generation` and the further `numbers` are as in ids. `words` are those that distinguish models.
    """

    generation: str = ""
    shown_generation: str = ""
    numbers: list[str] = []
    words: set[str] = set()
    tier: list[str] = []
    size: Size = UNSTATED
    tune: str = ""
    base: bool = False
    chat: bool = False
    kind: str = ""
    dates: list[Date] = []
    revision: str = ""
    preview: bool = False
    unfinished: bool = False
    latest: bool = False
    reasoning: str = "unspecified"
    effort: str = ""
    budget: str = ""
    quant: str = ""
    context: str = ""
    serving: list[str] = []
    harness: list[str] = []


class Parsed(Struct, frozen=True, kw_only=True):
    """A parsed name.

    `maker` is None if unknown. `named` are the words of an undeclared brand. `owner` is the maker in ids of a model built on the
    line's by somebody else. `copy`: somebody else's repository, without a word of its own. `spelled`: as the `repository`
    `Org/Name`, as an `id` in lower case without blanks, or as a `title`, which may distinguish less. `stamped`: an id that ends
    in the day of its release. `several`: one row for two models. `parts` are those of a system: an agent and its model, or
    several models. `creator` is the maker according to the board, `guess`: whether somebody else than `maker` may have made it.
    """

    slots: Slots
    maker: Maker | None = None
    line: ProductLine | None = None
    named: tuple[str, ...] = ()
    owner: Maker | None = None
    copy: bool = False
    spelled: Spelled = "title"
    stamped: bool = False
    several: bool = False
    parts: tuple[Parsed, ...] = ()
    creator: Maker | None = None
    guess: bool = False
