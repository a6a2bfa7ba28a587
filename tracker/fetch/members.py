"""Reads one file of a ZIP archive (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), within bounds."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

from tracker.errors import Refused, Transient
from tracker.fetch.http import Ask, Reply
from tracker.wording import listed

MAX_MEMBERS = 10_000
_SHOWN = 8
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What the library raises for other files, and for damaged, encrypted or unknown archives."""


def with_member(ask: Ask, reply: Reply, member: str) -> Reply:
    """The reply with a file of the archive as its body, named by its path, or by its last part if that is unique.

    Raises:
        Transient: the body is not a readable ZIP archive.
        Refused: it has no such file, several, more than 10,000 in all, or one larger than `ask.max_bytes`.
    """
    try:
        with zipfile.ZipFile(BytesIO(reply.body)) as archive:
            name = _name(ask, archive.namelist(), member)
            with archive.open(name) as file:
                body = file.read(ask.max_bytes + 1)
    except _BROKEN as error:
        raise Transient(f"{ask.place}: the answer is not a readable ZIP archive; look at its answer") from error
    if len(body) > ask.max_bytes:
        raise Refused(
            f"{ask.place}: {member} in it has more than {ask.max_bytes} bytes; raise request.max_bytes if that is right"
        )
    return replace(reply, body=body)


def _name(ask: Ask, names: list[str], member: str) -> str:
    if len(names) > MAX_MEMBERS:
        raise Refused(f"{ask.place}: an archive of {len(names)} files, expected at most {MAX_MEMBERS}; correct request.url")
    if member in names:
        return member
    matches = [name for name in names if name.rpartition("/")[2] == member]
    if len(matches) == 1:
        return matches[0]
    count = f"{len(matches)} files" if matches else "no file"
    near = listed([repr(name[:80]) for name in matches or names], _SHOWN)
    raise Refused(f"{ask.place}: {count} called {member!r} in the archive, which has {near}; correct request.member")
