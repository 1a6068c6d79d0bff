"""Numbers in addresses: whole, and no larger than a column of any of our databases holds."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter
from werkzeug.routing.map import Map

LARGEST = 2**31 - 1


class NumberConverter(IntegerConverter):
    """``<number:person_id>``. A larger one is nobody's: 404 before a database is asked."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **options})


def install(app: Flask) -> None:
    """Let every address say ``<number:…>``; before the first page is registered."""
    app.url_map.converters["number"] = NumberConverter
