"""Documents that devalue has packed, as in the payloads of Nuxt: a list of values, with their places as references.

https://github.com/sveltejs/devalue
"""

from __future__ import annotations

from tracker.errors import ParseError


def is_packed(document: object) -> bool:
    """Whether a document is a list that begins with a tagged reference: `[["ShallowReactive", 1], …`."""
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, list) and len(first) == 2 and isinstance(first[0], str) and not first[0].isdigit()


def unpacked(document: object) -> object:
    """The document that a list of values describes; numbers are text. Raises ParseError if a reference leads nowhere."""
    if not isinstance(document, list) or not document:
        raise ParseError("found no list of values, expected a document that devalue has packed")
    known: dict[int, object] = {}

    def value(reference: object) -> object:
        if not isinstance(reference, str) or not reference.lstrip("-").isdigit() or int(reference) >= len(document):
            raise ParseError(f"found {reference!r:.60}, expected the place of one of {len(document)} values")
        place = int(reference)
        if place < 0:  # undefined, a hole, NaN or an infinity
            return None
        if place not in known:
            known[place] = None
            known[place] = _filled(document[place])
        return known[place]

    def _filled(packed: object) -> object:
        if isinstance(packed, dict):
            return {name: value(reference) for name, reference in packed.items()}
        if not isinstance(packed, list):
            return packed
        tag = packed[0] if packed and isinstance(packed[0], str) and not packed[0].lstrip("-").isdigit() else ""
        if not tag:
            return [value(reference) for reference in packed]
        is_reference = len(packed) == 2 and isinstance(packed[1], str) and packed[1].isdigit()
        return value(packed[1]) if is_reference else packed[1] if len(packed) == 2 else None

    return value("0")
