"""What finance has set aside for a school's assistance of a year: rows are only added, the last of them stands."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant


class PayBudget(Base):
    """The budget of one school for one year, as a document of a date has it.

    ``sequence`` counts the rows of a school and year; a later one takes the place of those before. The database lets
    none be changed or removed.
    """

    __tablename__ = "pay_budgets"
    __table_args__ = (
        UniqueConstraint("year", "school_id", "sequence"),
        CheckConstraint("fen >= 0", name="fen"),
        CheckConstraint("document_no <> ''", name="document_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sequence: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[str] = mapped_column(String(80))
    document_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    entered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[int | None]
    entered_by_name: Mapped[str] = mapped_column(String(80))
