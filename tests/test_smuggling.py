"""Requests whose end can be read in two ways, sent to the real server byte by byte: one refusal, never two answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from talent.cli.site import server_options
from talent.cli.strict import strict_server
from talent.core.config import Settings

#: What is smuggled: to one reader the body of the request before it, to another a request of its own.
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(HIDDEN)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"
Speak = Callable[[bytes], tuple[list[bytes], list[tuple[str, bytes]]]]


@pytest.fixture(scope="module")
def speak() -> Iterator[Speak]:
    """Sends bytes to the server as it is run; returns the status of each answer, and what the program was handed."""
    handed = list[tuple[str, bytes]]()

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        handed.append((environ["PATH_INFO"], environ["wsgi.input"].read()))
        start("200 OK", [("Content-Length", "0")])
        return [b""]

    server = strict_server(app, host="127.0.0.1", port=0, **server_options(Settings()))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def send(sent: bytes) -> tuple[list[bytes], list[tuple[str, bytes]]]:
        handed.clear()
        with socket.create_connection(("127.0.0.1", server.effective_port), timeout=5) as connection:
            connection.sendall(b"POST /open HTTP/1.1\r\nHost: 127.0.0.1\r\n" + sent)
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        statuses = [part.split(b" ", 2)[1] for part in answer.split(b"HTTP/1.")[1:]]
        return statuses, list(handed)

    yield send
    server.close()
    thread.join(timeout=10)


def test_honest_requests_are_answered_one_by_one(speak: Speak) -> None:
    assert speak(LENGTH + b"\r\n" + HIDDEN) == ([b"200"], [("/open", HIDDEN)])
    assert speak(CHUNKED + b"\r\n2\r\nab\r\n" + LAST) == ([b"200"], [("/open", b"ab")])
    assert speak(b"Content-Length: 2\r\n\r\nab" + HIDDEN) == ([b"200", b"200"], [("/open", b"ab"), ("/hidden", b"")])


@pytest.mark.parametrize(("case", "sent"), [
    ("two lengths", b"Content-Length: 0\r\n" + LENGTH + b"\r\n"),
    ("the same length twice", LENGTH + LENGTH + b"\r\n"),
    ("a list of lengths", b"Content-Length: 0, 42\r\n\r\n"),
    ("a length with a sign", b"Content-Length: +42\r\n\r\n"),
    ("a length below nothing", b"Content-Length: -1\r\n\r\n"),
    ("a length in sixteens", b"Content-Length: 0x2a\r\n\r\n"),
    ("a length with a line in it", b"Content-Length: 4_2\r\n\r\n"),
    ("a length before chunks", b"Content-Length: 47\r\n" + CHUNKED + b"\r\n" + LAST),
    ("a length after chunks", CHUNKED + b"Content-Length: 47\r\n\r\n" + LAST),
    ("chunks in capitals with a length", b"TRANSFER-ENCODING: Chunked\r\ncontent-length: 47\r\n\r\n" + LAST),
    ("a space before the colon", b"Transfer-Encoding : chunked\r\n\r\n" + LAST),
    ("chunks folded", b"Transfer-Encoding:\r\n chunked\r\n\r\n" + LAST),
    ("a length folded into another line", b"X-Note: b\r\n " + LENGTH + b"\r\n"),
    ("a length folded with a tab", b"X-Note: b\r\n\t" + LENGTH + b"\r\n"),
    ("a size of a chunk that is none", CHUNKED + b"\r\nzz\r\n"),
    ("a size of a chunk with its base", CHUNKED + b"\r\n0x2a\r\n"),
    ("a chunk longer than it says", CHUNKED + b"\r\n2\r\nabcd\r\n" + LAST),
    ("a chunk whose line ends in LF", CHUNKED + b"\r\n2\nab\r\n" + LAST),
    ("lines that end in LF", b"X-Note: b\n" + LENGTH + b"\r\n"),
    ("lines that end in CR", b"X-Note: b\r" + LENGTH + b"\r\n"),
    ("a nought in a line", b"X-Note: b\0\r\n" + LENGTH + b"\r\n"),
])
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_after_it_read(
    speak: Speak, case: str, sent: bytes
) -> None:
    assert speak(sent + HIDDEN) == ([b"400"], []), case


@pytest.mark.parametrize("encoding", [b"xchunked", b"chunked, identity", b"identity, chunked"])
def test_an_encoding_the_server_does_not_know_is_refused(speak: Speak, encoding: bytes) -> None:
    assert speak(b"Transfer-Encoding: " + encoding + b"\r\n\r\n" + LAST + HIDDEN) == ([b"501"], [])
