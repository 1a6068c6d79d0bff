"""What upheld objections set aside, as conditions of statements: whom nobody else sees, and whom runs leave out."""

from typing import Any

from sqlalchemy import ColumnElement, select

from talent.portraits.models import PortraitObjection

UPHELD, LEAVE_OUT = "upheld", "leave_out"


def set_aside(person_id: Any) -> ColumnElement[bool]:
    """Whether an objection of the person was upheld and stands: nobody else sees their portrait."""
    return select(PortraitObjection.id).where(PortraitObjection.person_id == person_id,
                                              PortraitObjection.state == UPHELD).exists()


def left_out(person_id: Any) -> ColumnElement[bool]:
    """Whether an upheld objection also keeps the person out of later runs."""
    return select(PortraitObjection.id).where(PortraitObjection.person_id == person_id,
                                              PortraitObjection.state == UPHELD,
                                              PortraitObjection.measure == LEAVE_OUT).exists()
