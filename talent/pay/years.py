"""Whether a year's book is closed: then nothing of it is split, sent, taken over or booked until two open it again."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.pay.year_models import PayYear

CLAUSE = "rules §2.11"


def shut(session: Session, year: int) -> list[Finding]:
    """That the year is closed, where it is; it stays as it is until the transaction ends."""
    held = session.execute(
        update(PayYear).where(PayYear.year == year, PayYear.state == "closed")
        .values(version=PayYear.version).execution_options(synchronize_session=False))
    return [Finding("payout.year_closed", CLAUSE, {"year": year})] if held.rowcount else []  # type: ignore[attr-defined]
