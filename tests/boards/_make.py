"""Writes the generated part of the boards' test folders: `python tests/boards/_make.py`, the same bytes every time.

Generated are the hostile pages of every board, and the pages and expectations of those in FOLDERS;
aider and vectara are written by hand. A test holds the files to this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import _made_aa
import _made_arena
import _made_openrouter
import _made_swebench
from _hostile import PAGES
from _made import Folder

HERE = Path(__file__).resolve().parent
FOLDERS: Mapping[str, Callable[[], Folder]] = {
    **_made_aa.FOLDERS,
    **_made_arena.FOLDERS,
    **_made_openrouter.FOLDERS,
    **_made_swebench.FOLDERS,
}
BY_HAND = {"aider/polyglot": "page.yml", "vectara/hallucination": "page.md"}


def files() -> Iterator[tuple[str, bytes]]:
    """Every generated file: its path under this folder, and its bytes."""
    for board, make in FOLDERS.items():
        folder = make()
        yield from ((f"{board}/{name}", body) for name, body in folder.pages.items())
        yield f"{board}/expected.json", folder.expected
        yield from hostile(board, folder.short, next(iter(folder.pages)))
    for board, name in BY_HAND.items():
        yield from hostile(board, shortened((HERE / board / name).read_bytes()), name)


def shortened(page: bytes) -> bytes:
    """A page of YAML records without most of those in its middle; any other page as it is."""
    records = page.split(b"\n\n- ")
    return b"\n\n- ".join([*records[:2], records[8], records[-1]]) if len(records) > 4 else page


def hostile(board: str, page: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """The hostile pages of a board, made of a good one."""
    extension = name.rpartition(".")[2]
    for what, make in PAGES[board].items():
        yield f"{board}/hostile/{what}.{extension}", make(page)


if __name__ == "__main__":
    for path, body in files():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_bytes(body)
