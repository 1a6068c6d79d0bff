"""The ledgers: one declaration per kind of record, from which lists, filters, exports and record pages are built."""

from dataclasses import dataclass
from typing import Literal

from talent.exchange.kinds import BY_CODE
from talent.workbooks.intake import Intake
from talent.workbooks.kinds import CellType, Column

Standing = Literal["", "record", "span", "title"]
"""What the state of a line is: none; the one of the record; whether it still runs; whether the title is held."""


@dataclass(frozen=True)
class Ledger:
    """How the records of one kind are listed.

    ``dated`` is the column the list is about: a record belongs to the list of a day once this day has come (a year,
    once it is over). ``shown`` and ``filters`` are columns of the kind, ``searched`` are texts looked through beside
    the person. The first three columns shown are those a phone shows.
    """

    kind: str
    right: str
    dated: str
    shown: tuple[str, ...]
    filters: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    standing: Standing = ""

    @property
    def intake(self) -> Intake:
        """What the sheet of the kind means."""
        return BY_CODE[self.kind]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns shown."""
        return tuple(self.intake.kind.column(name) for name in self.shown)

    @property
    def sortable(self) -> tuple[str, ...]:
        """Keys a list may be sorted by."""
        plain = (name for name in self.shown if name in self.intake.table.columns and name not in self.filters)
        return ("name", "staff_no", "school", *plain)

    @property
    def by_year(self) -> bool:
        """Whether a record is of a whole year rather than of a day."""
        return self.intake.kind.column(self.dated).type is CellType.INTEGER


LEDGERS = (
    Ledger("training", "hours:read", "ended_on", ("name", "hours_hundredths", "ended_on", "level", "organiser"),
           ("level", "mode", "result"), ("name",), "record"),
    Ledger("results", "record:read", "awarded_on", ("contest", "grade", "awarded_on", "level", "work_title"),
           ("level", "grade", "category"), ("contest", "work_title"), "record"),
    Ledger("achievements", "record:read", "achieved_on", ("name", "kind", "achieved_on", "level", "role"),
           ("kind", "level", "role"), ("name",), "record"),
    Ledger("mentoring", "record:read", "started_on", ("apprentice_no", "started_on", "ended_on"), standing="span"),
    Ledger("titles", "title:read", "term_from", ("tier", "term_from", "term_to", "round", "subject", "document_no"),
           ("tier", "stage"), ("round", "document_no"), "title"),
    Ledger("assistance", "assistance:read", "started_on",
           ("host", "started_on", "ended_on", "kind", "sending_school_code", "appraisal"), ("kind", "appraisal"),
           ("host", "document_no"), "span"),
    Ledger("absences", "record:read", "started_on", ("kind", "started_on", "ended_on"), ("kind",)),
    Ledger("appraisals", "record:read", "year", ("year", "result"), ("result",)),
    Ledger("exchanges", "record:read", "started_on",
           ("from_school_code", "to_school_code", "started_on", "ended_on"), standing="span"),
    Ledger("conduct", "conduct:read", "decided_on", ("decided_on", "limited_until", "reason"), searched=("reason",)),
)
BY_KIND = {ledger.kind: ledger for ledger in LEDGERS}
#: Every right that opens one of the ledgers.
RIGHTS = tuple(dict.fromkeys(ledger.right for ledger in LEDGERS))
