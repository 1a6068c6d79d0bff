"""The site's records and figures as JSON, for other systems of the bureau: the same queries, commands and rights.

``/api/v1/openapi.json`` describes every operation. A key of an account goes into ``Authorization: Bearer``; refusals
are ``application/problem+json`` (RFC 9457) with the codes, reasons and hints that the pages show.
"""

from flask import Flask

from talent.api import figures, imports, pay, records
from talent.api.door import operations, spec

__all__ = ["OPERATIONS", "install", "operations"]

#: Each module adds its operations to the one blueprint by being imported.
OPERATIONS = (figures, records, pay, imports)


def install(app: Flask) -> None:
    """Offer the operations and the document that describes them."""
    app.register_blueprint(operations)
    spec.app = app
