"""The floor of a watch cycle: fetch each page conditionally, hash it, read a changed one into rows.

`PYTHON bench/floor_watch.py STATE URL…`, with the tracker's interpreter; STATE keeps tags and hashes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from selectolax.lexbor import LexborHTMLParser


def main(state: Path, *urls: str) -> None:
    known = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    for url in urls:
        tag, digest = known.get(url, ("", ""))
        try:
            with urlopen(Request(url, headers={"If-None-Match": tag})) as answer:
                body, tag = answer.read(), answer.headers["ETag"]
        except HTTPError as error:
            if error.code != 304:
                raise
            continue
        new = hashlib.sha256(body).hexdigest()
        if new != digest:
            rows_of(body)
        known[url] = (tag, new)
    state.write_text(json.dumps(known), encoding="utf-8")


def rows_of(body: bytes) -> object:
    if body[:1] == b"<":
        return [[cell.text() for cell in row.css("td, th")] for row in LexborHTMLParser(body).css("tr")]
    return json.loads(body) if body[:1] == b"{" else [line.split(",") for line in body.decode().splitlines()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
