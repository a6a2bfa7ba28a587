"""What a page says of its tables: by which column they are ranked, and how many entries there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.authoring.words import words_of

_RANKED_BY = re.compile(rb"\b(?:ranked|sorted|ordered)(?:\s+\w+){0,3}\s+by\b:?((?:[^<>]|<[^<>]{0,200}>){2,400})", re.IGNORECASE)
_PAGED = re.compile(rb"\b1 ?(?:-|to|\xe2\x80[\x93\x94]) ?(\d{1,6})\s+(?:of|/)\s+(\d[\d,. ]{0,10}\d|\d)\b", re.IGNORECASE)
_TOTAL = re.compile(rb'"(?:num_rows_)?total(?:_?(?:count|results|items|entries|rows|hits))?" ?: ?(\d{1,7})\b', re.IGNORECASE)
_MARK = re.compile(rb"<[^<>]*>|\b(?:the|their|its)\b")
_SORTED = re.compile(r"[▼▲▾▴🔽🔼]")
_BETTER = re.compile(
    rb"\b(?:(higher|more|larger|bigger|greater)|lower|less|fewer|smaller|shorter|faster)(?: \w+){0,2} (?:is|are|=) better\b",
    re.IGNORECASE,
)
_BEST_FIRST = re.compile(
    rb"\b(?:fastest|quickest|best|strongest|top)(?: \w+)?(?: comes?| is| are| listed)? first\b", re.IGNORECASE
)
_SAID = 200
"""Bytes after "ranked by" that may name a column."""


@dataclass(frozen=True)  # no slots: a cached property needs a place
class PageStatements:
    """The statements of one body."""

    body: bytes

    @cached_property
    def ranked_by(self) -> list[tuple[str, ...]]:
        """The words that follow "ranked by" or "sorted by" on the page."""
        texts = (_MARK.sub(b" ", match[1])[:_SAID] for match in _RANKED_BY.finditer(self.body))
        return [words_of(text.decode("utf-8", "replace")) for text in texts]

    @cached_property
    def better(self) -> frozenset[bool]:
        """The directions that "higher is better" states; both if the page only says that the best come first."""
        text = _MARK.sub(b"", self.body)
        stated = {bool(match[1]) for match in _BETTER.finditer(text)}
        return frozenset(stated or ({True, False} if _BEST_FIRST.search(text) else ()))

    @cached_property
    def counts(self) -> list[tuple[int, int]]:
        """The numbers of entries that the page says it shows, and of all that there are: `1-10 of 250`, `"total": 250`."""
        pages = [(int(match[1]), int(re.sub(rb"\D", b"", match[2]))) for match in _PAGED.finditer(self.body)]
        totals = [int(total) for total in _TOTAL.findall(self.body)]
        return [*pages, *((0, total) for total in totals if len(totals) == 1)]  # of several, each may be a figure of an entry

    def ranking(self, columns: Sequence[str]) -> str:
        """The column that the page names after "ranked by", the one of most words, or the only one with a sort mark, or ""."""
        marked = [name for name in columns if _SORTED.search(name)]
        if len(marked) == 1:
            return marked[0]
        words = {name: words_of(name) for name in columns}
        named = [
            name for name in columns if words[name] and any(text[: len(words[name])] == words[name] for text in self.ranked_by)
        ]
        return max(named, key=lambda name: len(words[name]), default="")
