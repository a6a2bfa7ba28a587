"""One file out of an answer that is a ZIP archive (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), within bounds."""

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
"""What the library raises for what is no archive, is damaged, packed in an unknown way, or encrypted."""


def with_member(ask: Ask, reply: Reply, member: str) -> Reply:
    """The reply with that file of the archive as its body: by its whole path, or the only one whose last part is so named.

    Raises:
        Transient: the body is no ZIP archive that can be read.
        Refused: it has no such file, several, more than 10,000 in all, or one larger than `ask.max_bytes`.
    """
    try:
        with zipfile.ZipFile(BytesIO(reply.body)) as archive:
            name = _name(ask, archive.namelist(), member)
            with archive.open(name) as file:
                body = file.read(ask.max_bytes + 1)
    except _BROKEN as error:
        raise Transient(
            f"{ask.place}: the answer is no ZIP archive that can be read: {type(error).__name__}; look at its answer"
        ) from error
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
    found = [name for name in names if name.rpartition("/")[2] == member]
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} files called" if found else "no file called"
    near = listed([repr(name[:80]) for name in found or names], _SHOWN)
    raise Refused(f"{ask.place}: {what} {member!r} in the archive, which has {near}; correct request.member")
