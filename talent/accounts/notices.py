"""Which version of the notice is in force, and whether an account still owes reading it."""

from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, select

from talent.accounts.models import User
from talent.accounts.notice_models import APPROVED, Acknowledgement, Notice


def in_force_on(day: date) -> ScalarSelect[int]:
    """The id of the version in force on the day, for use within a statement; NULL where there is none."""
    return (select(Notice.id).where(Notice.state == APPROVED, Notice.effective_on <= day)
            .order_by(Notice.effective_on.desc(), Notice.number.desc()).limit(1).scalar_subquery())


def has_read(day: date) -> ColumnElement[bool]:
    """Whether the account of the statement around acknowledged the version in force on the day."""
    read = select(Acknowledgement.id).where(Acknowledgement.user_id == User.id,
                                            Acknowledgement.notice_id == in_force_on(day))
    return read.correlate(User).exists()


def owes_reading(day: date) -> ColumnElement[bool]:
    """Whether there is a version in force that the account of the statement around has not acknowledged."""
    return in_force_on(day).is_not(None) & ~has_read(day)
