"""Serve invented pages on loopback for the watch cycles: `python bench/pages.py FOLDER HOSTS` prints its port.

`/N` is the page FOLDER/N.bin. `POST /mode` with `same`, `304` or `half` decides what follows: the same bytes, an answer 304 to a
conditional request, or the other version FOLDER/N.new.bin of every second page.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

FOLDER = Path(sys.argv[1])
generation: dict[str, int] = {}
"""1 for a page that is served in its other version."""


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mode = "same"

    def do_POST(self) -> None:  # named by http.server
        Pages.mode = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.mode == "half":
            for path in FOLDER.glob("*[02468].bin"):
                generation[path.stem] = 1 - generation.get(path.stem, 0)
        self._answer(204, b"")

    def do_GET(self) -> None:  # named by http.server
        name = self.path.strip("/")
        path = FOLDER / (f"{name}.new.bin" if generation.get(name) else f"{name}.bin")
        if not path.is_file():
            self._answer(404, b"")
        elif self.mode == "304" and self.headers.get("If-None-Match") == self._tag(name):
            self._answer(304, b"")
        else:
            self._answer(200, path.read_bytes(), self._tag(name))

    def _tag(self, name: str) -> str:
        return f'"{name}-{generation.get(name, 0)}"'

    def _answer(self, status: int, body: bytes, tag: str = "") -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "text/html; charset=utf-8")
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed but the port."""


def main(hosts: int) -> None:
    first = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    others = [ThreadingHTTPServer((f"127.0.0.{host}", first.server_port), Pages) for host in range(2, hosts + 1)]
    for server in others:
        Thread(target=server.serve_forever, daemon=True).start()
    print(first.server_port, flush=True)
    first.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[2]))
