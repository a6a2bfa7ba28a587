"""The past of a page in the Wayback Machine: its index (CDX), and the original bytes of each capture (`id_`).

Source: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tracker.backfill.remote import PastServer
from tracker.backfill.states import Loaded, PastState, provenance
from tracker.errors import Refused, Transient
from tracker.fetch.http import origin_of, read_url
from tracker.reading.pages import recognise

ADDRESS = "https://web.archive.org"
GAP_S = 3.0
"""The Internet Archive asks for at most 24 searches a minute; we ask at most 20 times."""
_FIELDS = ("timestamp", "original", "statuscode", "mimetype", "digest", "length")
_ROWS = 2000
_REPLAYED = re.compile(r"/web/(\d{14})id_/")


def states(server: PastServer, url: str, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[PastState]:
    """The successful captures of an address. A capture that repeats the bytes of another is not requested again.

    Raises:
        Transient, Refused: the index does not answer.
    """
    rows = list(_rows(server, url, since, until))
    good = {row["digest"] for row in rows if row["statuscode"] == "200"}
    for row in rows:
        if row["statuscode"] in {"200", "-"} and row["digest"] in good:
            path = f"web/{row['timestamp']}id_/{row['original']}"
            yield PastState(
                observed_at=_time(row["timestamp"]),
                origin=provenance("wayback", f"{server.address}/{path}", captured=_time(row["timestamp"])),
                load=partial(_load, server, path),
                content=f"wayback {row['digest']}",
                content_type="" if row["mimetype"] == "warc/revisit" else row["mimetype"],
            )


def _rows(server: PastServer, url: str, since: datetime | None, until: datetime | None) -> Iterator[Mapping[str, str]]:
    """The rows of the index, in its order, page by page."""
    params = {"url": url, "output": "json", "fl": ",".join(_FIELDS), "limit": str(_ROWS), "showResumeKey": "true"}
    params |= {name: _stamp(at) for name, at in (("from", since), ("to", until)) if at is not None}
    resume: str | None = ""
    while resume is not None:
        answer = server.json("cdx/search/cdx", params | ({"resumeKey": resume} if resume else {}))
        rows, resume = _page(server, answer)
        yield from rows


def _page(server: PastServer, answer: Any) -> tuple[list[Mapping[str, str]], str | None]:
    """The rows of an answer, and the key of the next one; an empty row precedes it."""
    try:
        resume = answer[-1][0] if len(answer) > 2 and answer[-2] == [] else None
        header, *rows = answer[:-2] if resume is not None else answer or [list(_FIELDS)]
        return [dict(zip(header, row, strict=True)) for row in rows], resume
    except (TypeError, ValueError, LookupError) as error:
        raise Transient(f"{server.board.id}: {server.address}: the index answers with something else than rows") from error


def _load(server: PastServer, path: str) -> Loaded:
    """The original bytes of a capture and its time: the server may answer with the nearest one."""
    reply = server.get(path)
    found = _REPLAYED.search(str(reply.url))
    if found is None or origin_of(reply.url) != origin_of(read_url(server.address)):
        raise Refused(f"{server.board.id}: {path}: is answered from elsewhere; expected a capture")
    if not reply.body.strip():
        raise Refused(f"{server.board.id}: {path}: is empty")
    recognise(server.board.id, reply.body, server.board.parse.format)
    return Loaded(bodies=(reply.body,), observed_at=_time(found[1]))


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
