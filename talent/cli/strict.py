"""The server that reads requests: waitress, refusing what its parser and a proxy before it could read differently."""

from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server


class StrictParser(HTTPRequestParser):
    """Waitress lets ``Transfer-Encoding`` win over a length and joins folded lines, and reads on after both: what
    another reader takes for a body would be answered as a request of its own.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Raises :class:`ParsingError`, answered 400 with the connection closed."""
        lines = header_plus.split(b"\r\n")[1:]
        if any(line.startswith((b" ", b"\t")) for line in lines):
            raise ParsingError("Folded header line")
        names = {line.partition(b":")[0].strip().lower() for line in lines}
        if names >= {b"content-length", b"transfer-encoding"}:
            raise ParsingError("Both a length and a transfer encoding")
        super().parse_header(header_plus)


class StrictChannel(HTTPChannel):
    parser_class = StrictParser


def strict_server(app: Any, **options: Any) -> Any:
    """A server of waitress, not running yet; ``options`` are waitress' own."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, **options)
    for each in sockets.values():
        if hasattr(each, "channel_class"):  # the triggers that wake it stand in the same table
            each.channel_class = StrictChannel
    return server
