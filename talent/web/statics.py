"""What comes with a page: the few icons it uses, drawn in it, and style sheets and scripts made small for the wire.

The sheet of all icons is a megabyte, of which a page uses some twenty. Pages themselves go out as they are: what is
packed together with a secret can be guessed from its length.
"""

import gzip
import re
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

SHEET = "icons/bootstrap-icons.svg"
PACKED = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_SYMBOL = re.compile(r'<symbol[^>]*? viewBox="([^"]+)" id="([^"]+)">(.*?)</symbol>', re.S)


def install(app: Flask) -> None:
    """Offer ``use_icon`` and ``icon_sheet`` to templates, and pack what can be packed."""
    app.jinja_env.globals.update(use_icon=use_icon, icon_sheet=icon_sheet)
    app.after_request(pack)


def use_icon(name: str) -> str:
    """Where on the page the icon will be drawn."""
    g.setdefault("icons", {})[name] = None
    return f"#i-{name}"


def icon_sheet() -> Markup:
    """The icons used so far, to be said last on a page."""
    known = _symbols(str(current_app.blueprints["bootstrap"].static_folder))
    drawn = (f'<symbol id="i-{name}" viewBox="{known[name][0]}">{known[name][1]}</symbol>'
             for name in g.get("icons", {}) if name in known)
    return Markup('<svg class="tl-defs" width="0" height="0" aria-hidden="true" focusable="false">'  # noqa: S704 from the wheel
                  f'{"".join(drawn)}</svg>')


@cache
def _symbols(folder: str) -> dict[str, tuple[str, str]]:
    """Name → view box and drawing of every icon of the sheet."""
    sheet = (Path(folder) / SHEET).read_text(encoding="utf-8")
    return {name: (box, drawing) for box, name, drawing in _SYMBOL.findall(sheet)}


def pack(response: Response) -> Response:
    """A style sheet or script in the form that takes the least of the wire, where the browser reads it."""
    if not (request.endpoint or "").endswith("static") or response.mimetype not in PACKED:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and request.accept_encodings["gzip"]:
        response.direct_passthrough = False
        response.set_data(_packed(response.get_data()))
        response.content_encoding = "gzip"
    return response


@lru_cache(maxsize=32)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
