"""Requests whose length can be read in two ways: the real server answers once, or not at all, and never twice.

A length beside chunks is read as chunks (RFC 9112, 6.3), and stopped by the proxy: see tests/test_proxy.py.
"""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from waitress.server import create_server

from talent.app import create_app
from talent.cli.site import server_options
from talent.core.config import Settings
from talent.core.work import Program

HIDDEN = b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HEAD = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("framing")
    (folder / "talent.db").write_bytes(sqlite_template.read_bytes())
    settings = Settings(home=folder / "home", database_url=f"sqlite:///{folder / 'talent.db'}")
    settings.make_keys()
    program = Program(settings)
    server = create_server(create_app(program), host="127.0.0.1", port=0, **server_options(settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    server.close()
    thread.join(timeout=10)
    program.engine.dispose()


def told(port: int, sent: bytes) -> list[bytes]:
    """The status lines that come back until the server closes or has nothing more to say."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        line.sendall(sent)
        back = b""
        try:
            while piece := line.recv(65536):
                back += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return re.findall(rb"HTTP/1\.[01] \d{3}", back)  # one follows the body before it without a line's end


def test_two_plain_requests_are_two_answers(port: int) -> None:
    """The measure: what the cases below would show if the hidden request were read."""
    plain = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert told(port, plain + HIDDEN) == [b"HTTP/1.1 200", b"HTTP/1.1 200"]


@pytest.mark.parametrize("head", [
    b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
    b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN),
    b"Content-Length: +0\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"Content-Length: 0\r\n folded: %d\r\n\r\n" % len(HIDDEN),
], ids=["two lengths", "a list of lengths", "a signed length", "chunks of another name",
        "a blank before the colon", "a vertical tab", "no number", "a prefixed number", "a negative number", "a fold"])
def test_what_is_read_in_two_ways_hides_no_request(port: int, head: bytes) -> None:
    statuses = told(port, HEAD + head + HIDDEN)
    assert len(statuses) <= 1 and all(status != b"HTTP/1.1 200" for status in statuses), statuses


@pytest.mark.parametrize("line", [b"GET /healthz HTTP/1.1\nHost: localhost\n\n", b"GET  /healthz HTTP/1.1\r\n\r\n",
                                  b"GET /healthz\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_a_line_that_ends_oddly_is_at_most_one_request(port: int, line: bytes) -> None:
    assert len(told(port, line)) <= 1
