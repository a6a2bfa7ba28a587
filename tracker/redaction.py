"""Secrets that declarations name as `${NAME}`: fills them in, and finds and hides them in what others write.

A server may repeat a key in another encoding, or with something in between that a parser removes. To find it, only letters and
digits are compared, without case: `Secrets.found_in` reduces both the texts that a value may become and the bytes it looks at.
"""

from __future__ import annotations

import base64
import codecs
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import entities, escape
from urllib.parse import quote, quote_plus

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
HIDDEN = "***"
"""Replaces a secret without a name."""
SHORTEST_TRACE = 8
"""Fewer letters and digits occur by chance, so a value with fewer of them is only found as `spellings`."""
HALVED = 24
"""From this many letters and digits on, half a value is as secret as the whole, unless it may be a UUID: many share a half."""
PASSES = 3
"""How many escapes in escapes are undone: a text of JSON in an attribute of HTML in a URL."""

_LOWER = bytes(range(256)).lower()
_DROPPED = bytes(byte for byte in range(256) if not bytes((byte,)).isalnum())
_ESCAPES = {
    b"&": re.compile(rb"&(?:#[xX]0*(?P<hex>[0-9a-fA-F]{1,6})|#0*(?P<dec>[0-9]{1,7})|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));?"),
    b"%": re.compile(rb"%(?:u00)?(?P<hex>[0-9a-fA-F]{2})"),
    b"\\": re.compile(
        rb"\\(?:(?:u00|U000000|x|u\{0*)(?P<hex>[0-9a-fA-F]{2})\}?|(?P<oct>[0-7]{3})|[\\abfnrtv]|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\})"
    ),
}
"""Character references, percent-encoding and the escapes of JSON and scripts, by the sign that begins them."""
_BASES = {"hex": 16, "dec": 10, "oct": 8}
_OTHER_LETTERS = (b"\xef\xbc", b"\xef\xbd", b"\xf0\x9d", b"\xe2\x92", b"\xe2\x93")
"""How full-width, mathematical and circled letters begin in UTF-8: NFKC makes plain ones of them."""
_TAG = re.compile(rb"(<[^<>]*>)")


def spellings(value: str) -> frozenset[str]:
    """The ways in which a server or a library may repeat a value: as it is, percent-encoded, in JSON, in HTML."""
    in_json = json.dumps(value)[1:-1]
    return frozenset(
        (value, quote(value, safe=""), quote(value), quote_plus(value), in_json, value.replace("/", "\\/"), escape(value))
    )


@dataclass(frozen=True)
class Secrets:
    """Values by name. Its repr shows none. `mask` replaces a value in a text, by default its `${NAME}`."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    mask: str = ""

    def __bool__(self) -> bool:
        return bool(self.values)

    def fill(self, text: str) -> str:
        """The text with each `${NAME}` replaced by its value."""
        return NAMED.sub(lambda found: self.values[found[1]], text)

    def fill_url(self, text: str) -> str:
        """The same with the values percent-encoded, so that no value can change the host or add a parameter."""
        return NAMED.sub(lambda found: quote(self.values[found[1]], safe=""), text)

    def scrub(self, text: str) -> str:
        """The text with every spelling of a value masked; only the mask if a value is in it in another encoding."""
        for name, pattern in self._patterns.items():
            text = pattern.sub(self._mask(name), text)
        traced = self._traced_in(text.encode("utf-8", "surrogatepass"))
        return text if traced is None else self._mask(traced)

    def scrub_bytes(self, body: bytes) -> bytes:
        """The same for bytes as received."""
        return self.scrub(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def found_in(self, body: bytes) -> str | None:
        """The name of a secret whose value is in the body in any encoding, if any."""
        lowered = body.lower() if self.values else b""
        for name, texts in self._spelled.items():
            if any(text.encode("utf-8", "surrogateescape").lower() in lowered for text in texts):
                return name
        return self._traced_in(body)

    def _traced_in(self, body: bytes) -> str | None:
        for reduced in _reduced(body) if self._traces else ():
            for name, traces in self._traces.items():
                if any(trace in reduced for trace in traces):
                    return name
        return None

    def _mask(self, name: str) -> str:
        return self.mask or f"${{{name}}}"

    @cached_property
    def _spelled(self) -> Mapping[str, Sequence[str]]:
        """The longest first, so that a value that contains another is masked whole."""
        longest_first = sorted(((len(value), name) for name, value in self.values.items() if value), reverse=True)
        return {name: sorted(spellings(self.values[name]), key=lambda text: (-len(text), text)) for _, name in longest_first}

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        """In any case, because hosts and escapes ignore case."""
        return {name: re.compile("|".join(map(re.escape, texts)), re.IGNORECASE) for name, texts in self._spelled.items()}

    @cached_property
    def _traces(self) -> Mapping[str, Collection[bytes]]:
        """Without a mask, of keys only; with one, not of names of users and hosts, whose letters a sentence may have."""
        values = {name: value for name, value in self.values.items() if not self.mask or any(map(str.isdigit, value))}
        traces = {name: _traces_of(value.encode("utf-8", "surrogateescape")) for name, value in values.items()}
        return {name: found for name, found in traces.items() if found}


def _reduced(body: bytes) -> Iterator[bytes]:
    """A body reduced to letters and digits: as sent, and without escapes and tags (the tags follow, as they may hold a value)."""
    yield body.translate(_LOWER, _DROPPED)
    before, plain = b"", body.replace(b"\0", b"")  # of UTF-16
    for _ in range(PASSES):
        before, plain = plain, _unescaped(plain)
        if plain == before:
            break
    if b"<" in plain:
        parts = _TAG.split(plain)
        plain = b"".join((*parts[::2], *parts[1::2]))
    if plain != body:
        yield plain.translate(_LOWER, _DROPPED)
    if any(letters in plain for letters in _OTHER_LETTERS):
        yield unicodedata.normalize("NFKC", plain.decode("utf-8", "ignore")).encode().translate(_LOWER, _DROPPED)


def _unescaped(text: bytes) -> bytes:
    for sign, escapes in _ESCAPES.items():
        if sign in text:
            text = escapes.sub(lambda escape: _meant(escape[0]), text)
    return text


@lru_cache(4096)
def _meant(escape: bytes) -> bytes:
    """The ASCII character of an escape; nothing for any other, of which no trace is left either."""
    match = _ESCAPES[escape[:1]].fullmatch(escape)
    kind = match and match.lastgroup
    if not match or not kind:
        return b"\\" if escape == b"\\\\" else b""
    if kind == "name":
        return entities.html5.get(f"{match[kind].decode()};", escape.decode()).encode("ascii", "ignore")
    code = int(match[kind], _BASES[kind])
    return bytes((code,)) if code < 0x80 else b""


def _traces_of(value: bytes) -> Collection[bytes]:
    """What `_reduced` leaves of a value in each encoding; nothing if that is too short to be distinguished from chance.

    What surrounds the value changes its first and last characters in base64, and where a group begins.
    """
    plain = value.translate(_LOWER, _DROPPED)
    if len(plain) < SHORTEST_TRACE:
        return ()
    half, is_hexadecimal = len(plain) // 2, not plain.translate(None, b"0123456789abcdef")
    wholes = [plain] if len(plain) < HALVED or is_hexadecimal else [plain[:half], plain[half:]]
    once = _in_base64(value)
    grouped = [
        *once,
        *(twice for text in once for twice in _in_base64(text)),
        *_in_base64(value.decode("utf-8", "replace").encode("utf-16-le")),
    ]
    for start in range(4):
        whole_groups = value[start : len(value) - (len(value) - start) % 4]
        grouped += base64.b85encode(whole_groups), base64.a85encode(whole_groups)
    listed = ["".join(form.format(byte) for byte in value).encode() for form in ("{}", "{:02x}", "0x{:02x}", "{:03o}")]
    turned = codecs.encode(value.decode("latin-1"), "rot13").encode("latin-1")
    traces = (*wholes, *(whole[::-1] for whole in wholes), turned, base64.b32encode(value).rstrip(b"="), *grouped, *listed)
    return {trace for text in traces if len(trace := text.translate(_LOWER, _DROPPED)) >= SHORTEST_TRACE}


def _in_base64(text: bytes) -> list[bytes]:
    """What base64 makes of a text wherever it begins, without what its surroundings change."""
    return [
        base64.b64encode(bytes(before) + text)[skipped : (before + len(text)) * 8 // 6]
        for before, skipped in enumerate((0, 2, 3))
    ]


def named_in(texts: Iterable[str], environment: Mapping[str, str]) -> Secrets:
    """The values of all `${NAME}` in the texts that the environment has."""
    names = sorted({name for text in texts for name in NAMED.findall(text)})
    return Secrets({name: environment[name] for name in names if environment.get(name)})
