"""The evidence of a year: one archive of everything that was decided, booked, sent and answered, with its digests.

The same book gives the same bytes: members stand in the order of their names, each with the same time of 1980, and the
manifest names the SHA-256 of every one.
"""

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from talent.core import files
from talent.core.config import Settings
from talent.core.errors import Finding
from talent.core.files import StoredFile
from talent.core.secrets import Vault
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.chain_models import PayStep
from talent.pay.ledger_models import PayEntry, PayPeriodAct
from talent.pay.models import PayBatch, PayFinding, PayLine, PaySnapshotPart
from talent.pay.payout import sealing
from talent.pay.payout.book import read_year
from talent.pay.payout.models import PayPayout, PayPayoutFile, PayPayoutItem, PayRecovery, PayResult, PayReturn
from talent.pay.year_models import PayYearAct
from talent.people.models import School

Member = tuple[str, bytes]


def archive(session: Session, settings: Settings, vault: Vault, year: int, checked: Sequence[Finding]) -> bytes:
    """The archive of a year as it stands; ``checked`` is what ``talent pay verify`` answered."""
    members = sorted([
        *_batches(session, year), *_ledger(session, year), *_splits(session, year),
        *_payouts(session, settings, vault, year), *_returns(session, settings, vault, year),
        *_papers(session, settings, vault, year), *_year(session, year),
        ("verify.json", _json({"broken": [finding.as_dict() for finding in checked]})),
        ("reconciliation.json", _json(_schools(session, year))),
    ])
    manifest = {"year": year, "parts": sealing.parts(session, year),
                "members": {name: sha256(content).hexdigest() for name, content in members}}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for name, content in [("manifest.json", _json(manifest)), *members]:
            book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _row(thing: Any) -> dict[str, Any]:
    """Every column of a row, but what is read only when asked for."""
    return {column.key: getattr(thing, column.key) for column in inspect(type(thing)).column_attrs}


def _csv(rows: Iterable[Any]) -> bytes:
    """Rows of a table as text, columns in the order of the table."""
    out, found = StringIO(), [_row(row) for row in rows]
    if found:
        writer = csv.DictWriter(out, list(found[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([{name: _plain(value) if isinstance(value, date | datetime) else value
                           for name, value in row.items()} for row in found])
    return out.getvalue().encode("utf-8-sig")


def _batches(session: Session, year: int) -> Iterator[Member]:
    """Runs with what went into them, their lines and findings, and who decided what."""
    for batch in session.scalars(select(PayBatch).where(PayBatch.year == year).order_by(PayBatch.sequence)):
        folder, told = f"batches/{batch.sequence:03d}", _row(batch)
        yield f"{folder}/snapshot.json", told.pop("snapshot").encode()
        yield f"{folder}/parameters.json", told.pop("parameters").encode()
        yield f"{folder}/batch.json", _json(told)
        for part in session.scalars(select(PaySnapshotPart).where(PaySnapshotPart.batch_id == batch.id)):
            yield f"{folder}/snapshot-{part.number:04d}.json", part.content.encode()
        for name, table in (("lines", PayLine), ("findings", PayFinding), ("decisions", PayStep)):
            rows = session.scalars(select(table).where(table.batch_id == batch.id).order_by(table.id))
            yield f"{folder}/{name}.csv", _csv(rows)


def _ledger(session: Session, year: int) -> Iterator[Member]:
    yield "ledger.csv", _csv(session.scalars(select(PayEntry).where(PayEntry.year == year).order_by(PayEntry.id)))
    yield "periods.csv", _csv(session.scalars(select(PayPeriodAct).order_by(PayPeriodAct.id)))


def _splits(session: Session, year: int) -> Iterator[Member]:
    """What schools gave, former splits among them; drafts are nobody's word."""
    of_year = (PayDistribution.year == year, PayDistribution.state != "draft")
    yield "distributions.csv", _csv(session.scalars(
        select(PayDistribution).where(*of_year).order_by(PayDistribution.id)))
    yield "awards.csv", _csv(session.scalars(
        select(PayAward).join(PayDistribution, PayDistribution.id == PayAward.distribution_id).where(*of_year)
        .order_by(PayAward.distribution_id, PayAward.number)))


def _payouts(session: Session, settings: Settings, vault: Vault, year: int) -> Iterator[Member]:
    """Every payroll file in all its forms."""
    payouts = session.scalars(select(PayPayout).where(PayPayout.year == year).order_by(PayPayout.number)).all()
    yield "payouts.csv", _csv(payouts)
    yield "payout_items.csv", _csv(session.scalars(
        select(PayPayoutItem).where(PayPayoutItem.year == year).order_by(PayPayoutItem.id)))
    kept = session.execute(
        select(PayPayout.number, PayPayoutFile.form, StoredFile.name, StoredFile.stored_as)
        .join(PayPayoutFile, PayPayoutFile.payout_id == PayPayout.id)
        .join(StoredFile, StoredFile.id == PayPayoutFile.file_id).where(PayPayout.year == year))
    for number, form, name, stored_as in kept:
        suffix = name.rpartition(".")[2]
        yield f"payouts/{number:03d}/{form}.{suffix}", files.content(settings.home, vault, stored_as)


def _returns(session: Session, settings: Settings, vault: Vault, year: int) -> Iterator[Member]:
    """What the bank sent, as it was handed in, and what of it was taken over."""
    kept = session.execute(
        select(PayReturn, StoredFile.stored_as).join(StoredFile, StoredFile.id == PayReturn.file_id)
        .where(PayReturn.year == year).order_by(PayReturn.id)).all()
    yield "returns.csv", _csv(row for row, _ in kept)
    for row, stored_as in kept:
        suffix = row.name.rpartition(".")[2].lower()
        name = f"returns/{row.id:05d}.{suffix if suffix in ('xlsx', 'xls', 'csv') else 'bin'}"
        yield name, files.content(settings.home, vault, stored_as)
    yield "results.csv", _csv(session.scalars(
        select(PayResult).join(PayPayoutItem, PayPayoutItem.id == PayResult.item_id)
        .where(PayPayoutItem.year == year).order_by(PayResult.item_id)))


def _papers(session: Session, settings: Settings, vault: Vault, year: int) -> Iterator[Member]:
    """Signed sheets in the place of a click, and the schools' notices."""
    sheets = (select(PayStep.id, StoredFile.stored_as).join(PayBatch, PayBatch.id == PayStep.batch_id)
              .join(StoredFile, StoredFile.id == PayStep.sheet_id).where(PayBatch.year == year))
    notices = (select(PayDistribution.id, StoredFile.stored_as)
               .join(StoredFile, StoredFile.id == PayDistribution.notice_file_id)
               .where(PayDistribution.year == year, PayDistribution.state != "draft"))
    for folder, wanted in (("sheets", sheets), ("notices", notices)):
        for number, stored_as in session.execute(wanted):
            suffix = stored_as.rpartition(".")[2].lower()
            yield f"{folder}/{number:05d}.{suffix}", files.content(settings.home, vault, stored_as)


def _year(session: Session, year: int) -> Iterator[Member]:
    """What came back of what was paid too much; the year's closings and openings so far."""
    yield "recoveries.csv", _csv(session.scalars(
        select(PayRecovery).where(PayRecovery.year == year).order_by(PayRecovery.id)))
    yield "year_acts.csv", _csv(session.scalars(
        select(PayYearAct).where(PayYearAct.year == year).order_by(PayYearAct.id)))


def _schools(session: Session, year: int) -> list[dict[str, Any]]:
    """Ledger, split and bank of every school, and what keeps them apart."""
    codes = {school_id: code for school_id, code in session.execute(select(School.id, School.code))}
    return [{"school_code": codes[school.school_id], "standing_fen": school.standing, "split_fen": school.split,
             "paid_fen": school.paid, "booked_fen": school.booked,
             "differences": [{"why": why, "fen": fen} for why, fen in school.differences]}
            for school in read_year(session, year).asked]
