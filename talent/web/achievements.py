"""竞赛与成果: contest results, with achievements and mentoring as tabs beside them."""

from flask import Blueprint

from talent.web.ledgers import show_list
from talent.web.security import permission

pages = Blueprint("achievements", __name__, url_prefix="/achievements")


@pages.get("/")
@permission("record:read")
def index() -> str:
    """The contest results on the page's date."""
    return show_list("results")
