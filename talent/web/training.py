"""研修: the training records, where the rail leads."""

from flask import Blueprint

from talent.web.ledgers import show_list
from talent.web.security import permission

pages = Blueprint("training", __name__, url_prefix="/training")


@pages.get("/")
@permission("hours:read")
def index() -> str:
    """The training records on the page's date."""
    return show_list("training")
