"""Trees of pages with a table, as the HTML standard builds them: the classes of html5lib-tests, in cases of our own.

`html_trees.txt` has pairs of lines: the page, and its tree without what readers do not see. The parser html5lib wrote the trees.
It follows an older standard in `<template>` and `<isindex>` only; those two are below, as the standard has them today.
"""

from pathlib import Path

import pytest

from tracker.parsers.html_tree import COMMENT, TEXT, root_of

PAIRS = [
    pair.split("\n") for pair in (Path(__file__).parent / "html_trees.txt").read_text(encoding="utf-8").strip().split("\n\n")
]
NEWER = [
    ("<table><template><tr><td>A</template>", "<body><table></table></body>"),
    ("<table><isindex><tr><td>A", "<body><isindex></isindex><table><tbody><tr><td>A</td></tr></tbody></table></body>"),
]
DIFFERENT = [  # Lexbor drops an <image> in a table; it has no text
    ("<table><image><tr><td>A", "<body><table><tbody><tr><td>A</td></tr></tbody></table></body>"),
]


def tree(node):
    if node.tag == TEXT:
        return node.text_content
    if node.tag in (COMMENT, None):  # None: a processing instruction
        return ""
    return f"<{node.tag}>{''.join(map(tree, node.iter(include_text=True)))}</{node.tag}>"


@pytest.mark.parametrize(("page", "expected"), [*PAIRS, *NEWER, *DIFFERENT])
def test_a_page_has_the_tree_of_the_standard(page, expected):
    assert tree(root_of(page)) == f"<html>{expected}</html>"
