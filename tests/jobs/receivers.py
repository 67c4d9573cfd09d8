"""A real HTTP server on this machine that notes what it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

__all__ = ["Receiver", "receiver"]


class Receiver(BaseHTTPRequestHandler):
    got: ClassVar[list[tuple[str, dict[str, str], bytes]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        self.send_response(202)
        self.end_headers()
        self.wfile.write(b"x" * 1_000_000)  # nobody reads it

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    class Mine(Receiver):
        got: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    with HTTPServer(("127.0.0.1", 0), Mine) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{server.server_port}/hook?a=b", Mine
        server.shutdown()
        thread.join()
