"""What is due to go on a day, class by class, and how it goes. What pay or a chain rests on is no class: it stays."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    not_,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from talent.accounts.models import ApiAnswer, LoginFailure, RecoveryCode, User, UserSession
from talent.core.batches import ChangeImage, ImportBatch
from talent.core.files import StoredFile
from talent.core.jobs import Job
from talent.core.periods import add_months
from talent.core.terms import IN_SERVICE
from talent.core.work import Work
from talent.exchange.attendance.models import HostReport
from talent.pay.awards.models import PayDistribution
from talent.pay.chain_models import PayStep
from talent.pay.payout.models import PayPayoutFile, PayReturn
from talent.pay.year_models import PayYearAct
from talent.people.models import Employment, Person, PersonAlias
from talent.portraits.models import SUPERSEDED, PortraitRun, PortraitScore

AT_ONCE = 500
#: How the three forms of a number end.
FORMS = ("_sealed", "_index", "_masked")
BLANK = {"_sealed": None, "_index": None, "_masked": ""}


@dataclass(frozen=True, slots=True)
class Kind:
    """One class: the policy entry with its months, how what is due is found, how it goes.

    ``find`` selects (key, told): what names the row for good, and what a list shows of it. ``remembered``: a restored
    backup must lose it again at once, so its keys, ``people.uid``, are kept as tombstones.
    """

    code: str
    key: str
    find: Callable[["Cut"], Select[*tuple[Any, ...]]]
    erase: Callable[[Work, Sequence[str]], None]
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """What ended before this local day is due; ``moment`` is when the day begins."""

    day: date
    moment: datetime


def cut(work: Work, kind: Kind, on: date) -> Cut:
    """What ended before this day is due on ``on``."""
    day = add_months(on, -work.book.at(kind.key, on).value)
    return Cut(day, datetime.combine(day, time.min, work.zone))


def keys_due(work: Work, kind: Kind, on: date) -> list[str]:
    """What of a class is due on the day, in a fixed order."""
    found = kind.find(cut(work, kind, on)).subquery()
    return [str(key) for key in work.session.scalars(select(found.c.key).order_by(found.c.key))]


def digest(keys: Sequence[str]) -> str:
    """What an approval binds of a class."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


# ── people who left ──────────────────────────────────────────────────────────────────────────────────────────


def _left_before(day: date) -> ColumnElement[bool]:
    """Somebody was employed, and since the day in no service."""
    post = aliased(Employment)
    serving = select(post.id).where(
        post.person_id == Person.id, or_(post.valid_to.is_(None), post.valid_to > day),
        or_(post.status.in_(IN_SERVICE), post.left_on > day, post.valid_from > day))
    ever = select(Employment.id).where(Employment.person_id == Person.id)
    return ever.exists() & ~serving.exists()


def _with_number(field: str) -> Callable[[Cut], Select[*tuple[Any, ...]]]:
    sealed = getattr(Person, f"{field}_sealed")

    def find(before: Cut) -> Select[*tuple[Any, ...]]:
        return select(Person.uid.label("key"), (Person.staff_no + " " + Person.name).label("told")).where(
            sealed.is_not(None), _left_before(before.day))

    return find


def _erase_number(field: str) -> Callable[[Work, Sequence[str]], None]:
    columns = {f"{field}{form}": BLANK[form] for form in FORMS}

    def erase(work: Work, uids: Sequence[str]) -> None:
        for start in range(0, len(uids), AT_ONCE):
            some = uids[start : start + AT_ONCE]
            ids = list(work.session.scalars(select(Person.id).where(Person.uid.in_(some))))
            work.session.execute(update(Person).where(Person.id.in_(ids)).values(columns)
                                 .execution_options(synchronize_session=False))
            if field == "id_number":
                work.session.execute(delete(PersonAlias).where(PersonAlias.person_id.in_(ids),
                                                               PersonAlias.kind == field))
            images = select(ChangeImage).where(ChangeImage.table_name == Person.__tablename__,
                                               ChangeImage.row_id.in_(ids))
            for image in work.session.scalars(images):
                _strip(image, (field,))

    return erase


# ── images ───────────────────────────────────────────────────────────────────────────────────────────────────


def _strip(image: ChangeImage, numbers: Sequence[str] = ("id_number", "phone")) -> None:
    """Take numbers out of an image: an undo then leaves the number as it is."""
    gone = {f"{field}{form}" for field in numbers for form in FORMS}
    for side in ("before", "after"):
        values = json.loads(getattr(image, side))
        kept = {name: value for name, value in values.items() if name not in gone}
        setattr(image, side, json.dumps(kept, ensure_ascii=False, sort_keys=True))


def _images(before: Cut) -> Select[*tuple[Any, ...]]:
    return select(ChangeImage.id.label("key"), cast(ChangeImage.batch_id, String).label("told")).join(
        ImportBatch, ImportBatch.id == ChangeImage.batch_id).where(
        ChangeImage.table_name == Person.__tablename__, ImportBatch.accepted_at < before.moment,
        or_(ChangeImage.before.contains("_sealed"), ChangeImage.after.contains("_sealed")))


def _strip_images(work: Work, keys: Sequence[str]) -> None:
    for key in keys:
        _strip(work.session.get_one(ChangeImage, int(key)))


# ── rows that simply go ──────────────────────────────────────────────────────────────────────────────────────


def _sessions(before: Cut) -> Select[*tuple[Any, ...]]:
    ended = func.coalesce(UserSession.ended_at, UserSession.expires_at)
    return select(UserSession.id.label("key"), User.name.label("told")).join(
        User, User.id == UserSession.user_id).where(ended < before.moment)


def _failures(before: Cut) -> Select[*tuple[Any, ...]]:
    return select(LoginFailure.id.label("key"), LoginFailure.address.label("told")).where(
        LoginFailure.last_at < before.moment)


def _jobs(before: Cut) -> Select[*tuple[Any, ...]]:
    """Finished ones whose result nobody opens any more; a paper's job goes with the paper."""
    return select(Job.id.label("key"), Job.kind.label("told")).where(
        Job.finished_at < before.moment, Job.state.in_(("done", "failed")), ~Job.result.contains('"file"'))


def _answers(before: Cut) -> Select[*tuple[Any, ...]]:
    """Answers to other systems that nobody sends the same request for any more."""
    named = cast(ApiAnswer.user_id, String) + " " + ApiAnswer.key
    return select(named.label("key"), (User.name + " " + ApiAnswer.key).label("told")).join(
        User, User.id == ApiAnswer.user_id).where(ApiAnswer.answered_at < before.moment)


def _remove_answers(work: Work, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        named = (each.partition(" ") for each in keys[start : start + AT_ONCE])
        pairs = [(int(user), key) for user, _blank, key in named]
        work.session.execute(delete(ApiAnswer).where(tuple_(ApiAnswer.user_id, ApiAnswer.key).in_(pairs))
                             .execution_options(synchronize_session=False))


def _spent_codes(before: Cut) -> Select[*tuple[Any, ...]]:
    """Recovery codes that were used; those in hand stay as long as the account."""
    return select(RecoveryCode.id.label("key"), User.name.label("told")).join(
        User, User.id == RecoveryCode.user_id).where(RecoveryCode.used_at < before.moment)


def _scores(before: Cut) -> Select[*tuple[Any, ...]]:
    """Superseded runs whose scores no later run goes on from."""
    later = select(PortraitRun.previous_id).where(PortraitRun.previous_id.is_not(None))
    return select(PortraitRun.id.label("key"), PortraitRun.code.label("told")).where(
        PortraitRun.state == SUPERSEDED, PortraitRun.published_at < before.moment, PortraitRun.id.not_in(later),
        select(PortraitScore.id).where(PortraitScore.run_id == PortraitRun.id).exists())


def _remove(column: Any) -> Callable[[Work, Sequence[str]], None]:
    def erase(work: Work, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), AT_ONCE):
            some = [int(key) for key in keys[start : start + AT_ONCE]]
            work.session.execute(delete(column.class_).where(column.in_(some))
                                 .execution_options(synchronize_session=False))

    return erase


# ── imports ──────────────────────────────────────────────────────────────────────────────────────────────────


#: Signed sheets, notices, payroll and return files and the evidence of a year belong to the pay they are vouchers of;
#: what a host signed says for which days it was paid.
VOUCHERS = (PayStep.sheet_id, PayDistribution.notice_file_id, PayPayoutFile.file_id, PayReturn.file_id,
            PayYearAct.file_id, HostReport.file_id)


def _files(before: Cut) -> Select[*tuple[Any, ...]]:
    """The bytes follow once their rows have gone."""
    vouchers = union_all(*(select(column).where(column.is_not(None)) for column in VOUCHERS))
    return select(StoredFile.id.label("key"), StoredFile.name.label("told")).where(
        StoredFile.stored_at < before.moment, StoredFile.id.not_in(vouchers))


def _previews(before: Cut) -> Select[*tuple[Any, ...]]:
    """Imports handed in and never decided on."""
    return select(ImportBatch.id.label("key"), cast(ImportBatch.id, String).label("told")).where(
        ImportBatch.state.in_(("staged", "refused")), ImportBatch.created_at < before.moment)


def _discard(work: Work, keys: Sequence[str]) -> None:
    for start in range(0, len(keys), AT_ONCE):
        some = [int(key) for key in keys[start : start + AT_ONCE]]
        work.session.execute(update(ImportBatch).where(ImportBatch.id.in_(some))
                             .values(state="discarded", summary="{}", issues="[]")
                             .execution_options(synchronize_session=False))


def _remarks(before: Cut) -> Select[*tuple[Any, ...]]:
    """Files taken in, whose preview and remarks still quote their rows."""
    return select(ImportBatch.id.label("key"), cast(ImportBatch.id, String).label("told")).where(
        ImportBatch.source == "file", ImportBatch.state.in_(("accepted", "undone")),
        ImportBatch.accepted_at < before.moment,
        or_(ImportBatch.issues != "[]", and_(ImportBatch.summary.contains('"preview"'),
                                             not_(ImportBatch.summary.endswith(UNQUOTED)))))


#: How the preview of a batch ends that quotes nothing: totals stay, rows and samples are gone.
UNQUOTED = '"samples": {}, "rows": []}}'


def _unquote(work: Work, keys: Sequence[str]) -> None:
    """Totals stay, and what was changed stays undoable; what the file said of people goes."""
    for start in range(0, len(keys), AT_ONCE):
        some = [int(key) for key in keys[start : start + AT_ONCE]]
        for batch in work.session.scalars(select(ImportBatch).where(ImportBatch.id.in_(some))):
            kept = json.loads(batch.summary)
            if isinstance(kept, dict) and "preview" in kept:
                told = {name: value for name, value in kept["preview"].items() if name not in ("samples", "rows")}
                batch.summary = json.dumps({**kept, "preview": {**told, "samples": {}, "rows": []}}, ensure_ascii=False)
            batch.issues = "[]"


KINDS: tuple[Kind, ...] = (
    Kind("phone", "privacy.keep_contact", _with_number("phone"), _erase_number("phone"), remembered=True),
    Kind("id_number", "privacy.keep_id_number", _with_number("id_number"), _erase_number("id_number"),
         remembered=True),
    Kind("images", "privacy.keep_images", _images, _strip_images),
    Kind("uploads", "privacy.keep_uploads", _files, _remove(StoredFile.id)),
    Kind("previews", "privacy.keep_uploads", _previews, _discard),
    Kind("remarks", "privacy.keep_uploads", _remarks, _unquote),
    Kind("scores", "privacy.keep_portraits", _scores, _remove(PortraitScore.run_id)),
    Kind("sessions", "privacy.keep_access_logs", _sessions, _remove(UserSession.id)),
    Kind("failures", "privacy.keep_access_logs", _failures, _remove(LoginFailure.id)),
    Kind("codes", "privacy.keep_access_logs", _spent_codes, _remove(RecoveryCode.id)),
    Kind("jobs", "privacy.keep_jobs", _jobs, _remove(Job.id)),
    Kind("answers", "privacy.keep_jobs", _answers, _remove_answers),
)
BY_CODE = {kind.code: kind for kind in KINDS}
