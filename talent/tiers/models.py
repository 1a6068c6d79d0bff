"""Titles of the talent pyramid and beside it, with their dated states."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.batches import Imported
from talent.core.database import Base
from talent.core.terms import TITLE_STATE, alternatives
from talent.people.models import Person


class Title(Imported, Base):
    """One term of one title of one person. ``tier`` is a code of the policy book, so no CHECK pins it."""

    __tablename__ = "titles"
    __table_args__ = (
        UniqueConstraint("person_id", "tier", "term_from"),
        Index(None, "tier", "term_from"),
        CheckConstraint("term_to IS NULL OR term_from <= term_to", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    tier: Mapped[str] = mapped_column(String(40))
    round: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(40), default="")
    stage: Mapped[str] = mapped_column(String(20), default="")
    recognised_on: Mapped[date]
    term_from: Mapped[date]
    term_to: Mapped[date | None]
    document_no: Mapped[str] = mapped_column(String(80), default="")

    person: Mapped[Person] = relationship()
    states: Mapped[list["TitleState"]] = relationship(order_by="TitleState.id")


class TitleState(Imported, Base):
    """A state a title took on a day. Earlier states stay, so that past dates keep their answer."""

    __tablename__ = "title_states"
    __table_args__ = (CheckConstraint(f"state IN ({alternatives(TITLE_STATE)})", name="state"),)

    title_id: Mapped[int] = mapped_column(ForeignKey("titles.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    changed_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
