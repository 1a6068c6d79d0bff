"""告知书: the version in force with everybody's acknowledgement, the versions before, and how a new one comes about."""

from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from talent.core.errors import NotFound
from talent.core.work import Work
from talent.privacy import notices
from talent.privacy.inventory import OWN
from talent.privacy.notice_rules import MOST_CHARACTERS
from talent.privacy.notice_text import Body, blocks, shipped
from talent.privacy.notices import NoticeView
from talent.web import kit
from talent.web.privacy import pages, tabs
from talent.web.security import (
    current_actor,
    is_own_path,
    language,
    open_read,
    open_write,
    permission,
    program,
    signed_in,
)
from talent.web.templating import moment

PROPOSAL = "/notice/proposed/<number:notice_id>"
#: The texts of a version, as a form asks for them.
TEXTS = ("text_zh", "portraits_zh", "text_en", "portraits_en")


class ReadForm(kit.BaseForm):
    """That somebody read this version, and where they were going."""

    digest = HiddenField()
    next = HiddenField()


class NoticeForm(kit.BaseForm):
    """A version to lay before a second person."""

    places: ClassVar = {}
    effective_on = kit.DayField(lazy_gettext("生效日期"), [InputRequired()])
    document = StringField(lazy_gettext("文件名称或文号"), [InputRequired(), Length(max=200)])
    text_zh = TextAreaField(lazy_gettext("正文"), [InputRequired(), Length(max=MOST_CHARACTERS)])
    portraits_zh = TextAreaField(lazy_gettext("画像说明（教师看到）"), [InputRequired(), Length(max=MOST_CHARACTERS)])
    text_en = TextAreaField(lazy_gettext("正文（英文）"), [InputRequired(), Length(max=MOST_CHARACTERS)])
    portraits_en = TextAreaField(lazy_gettext("画像说明（英文）"), [InputRequired(), Length(max=MOST_CHARACTERS)])

    @property
    def body(self) -> Body:
        """The texts as typed."""
        return Body(**{name: (self[name].data or "").replace("\r\n", "\n").strip()
                       for name in TEXTS})


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/notice")
@signed_in
def notice() -> str:
    """The version in force, and the button of whoever has not acknowledged it."""
    with open_read() as work:
        return _shown(work, notices.current(work))


@pages.get("/notice/<number:number>")
@signed_in
def notice_version(number: int) -> str:
    """Another version, as it was or will be."""
    with open_read() as work:
        return _shown(work, notices.version(work, number))


def _shown(work: Work, row: NoticeView | None) -> str:
    actor, now = current_actor(), notices.current(work)
    is_current = row is not None and now is not None and row.id == now.id
    form = ReadForm(formdata=None, digest=row.digest if row else "", next=request.args.get("next", ""))
    return render_template(
        "privacy/notice.html", row=row, is_current=is_current, form=form, tabs=tabs("notice"), moment=moment,
        text=_text(row), portrait=_portrait(row), versions=notices.versions(work), now=now, today=work.today,
        read_at=notices.own_reading(work, row.id) if row else None, waiting=notices.proposed(work),
        counts=notices.counts(work) if actor.may(notices.COUNT) and now else None,
        may={right for right in (notices.PROPOSE, notices.APPROVE, notices.LIST) if actor.may(right)},
        own=actor.may(OWN))


def _text(row: NoticeView | None) -> list[tuple[str, list[str]]]:
    """The text in the reader's language."""
    return blocks(getattr(row, f"text_{language()}")) if row is not None else []


def _portrait(row: NoticeView | None) -> list[tuple[str, list[str]]]:
    """The section on portraits, for whoever may have one or decides on versions."""
    actor = current_actor()
    wanted = bool(actor.scope("portrait:read").persons) or actor.may(notices.PROPOSE) or actor.may(notices.APPROVE)
    return blocks(getattr(row, f"portraits_{language()}")) if row is not None and wanted else []


@pages.post("/notice")
@signed_in
def acknowledge() -> Response:
    """Keep that the reader read it, and lead on to where they were going."""
    form = ReadForm()
    with open_write() as work:
        notices.acknowledge(work, digest=form.digest.data or "")
    target = form.next.data or ""
    return redirect(target if is_own_path(target) else url_for("root"), 303)


@pages.get("/notice/owing")
@permission(notices.LIST)
def owing() -> str:
    """Who has not acknowledged the version in force, within the reader's reach."""
    asked = kit.asked_page()
    filters = kit.Filters.read([kit.Filter("q", gettext("姓名或登录名"))])
    with open_read() as work:
        rows, total = notices.owing(work, words=filters["q"], offset=asked.offset, limit=asked.size)
        return render_template(
            "privacy/owing.html", page=asked.page(rows, total), filters=filters, now=notices.current(work),
            counts=notices.counts(work), tabs=tabs("notice"))


# ── a new version ────────────────────────────────────────────────────────────────────────────────────────────


@pages.route("/notice/new", methods=["GET", "POST"])
@permission(notices.PROPOSE)
def propose_notice() -> str | Response:
    """A new version, beginning with the text in force; ``?anew=1`` with that of the inventory and policy of today."""
    with open_read() as work:
        now = notices.current(work)
        anew = shipped(work, program().settings.bureau)
        known = notices.body_of(now) if now is not None else anew
    form = NoticeForm(data=asdict(anew if "anew" in request.args else known))
    for name in TEXTS:
        form[name].render_kw = {"rows": 14 if name.startswith("text") else 8, "lang": name[-2:]}

    def save() -> None:
        with open_write() as work:
            notices.propose(work, effective_on=_day(form.effective_on.data), document=form.document.data or "",
                            body=form.body)

    done = kit.submit(form, save, url_for(".notice"), gettext("已提出，另一位批准后公布。"))
    return done or render_template("privacy/propose_notice.html", form=form, differs=known != anew,
                                   is_anew="anew" in request.args)


def _day(asked: date | None) -> date:
    if asked is None:
        raise NotFound("notice")
    return asked


@pages.get(PROPOSAL)
@permission(notices.PROPOSE, notices.APPROVE)
def proposed_notice(notice_id: int) -> str:
    """A version that waits, whole, for the second person to read before deciding."""
    with open_read() as work:
        row = notices.waiting_version(work, notice_id)
        now = notices.current(work)
        texts = [{"label": label, "language": name[-2:], "blocks": blocks(getattr(row, name)),
                  "same": now is not None and getattr(now, name) == getattr(row, name)}
                 for name, label in _parts().items()]
        return render_template(
            "privacy/proposed_notice.html", row=row, texts=texts, moment=moment,
            mine=row.proposed_by == current_actor().user_id, may=_may_decide())


def _parts() -> dict[str, str]:
    return {name: str(getattr(NoticeForm, name).args[0]) for name in TEXTS}


def _may_decide() -> dict[str, Any]:
    actor = current_actor()
    return {"propose": actor.may(notices.PROPOSE), "approve": actor.may(notices.APPROVE)}


@pages.post(f"{PROPOSAL}/approve")
@permission(notices.APPROVE)
def approve_notice(notice_id: int) -> Response:
    """The second person's yes."""
    with open_write() as work:
        notices.approve(work, notice_id=notice_id)
    return _back(gettext("已公布；从生效日期起，每个人登录后先读这一版。"))


@pages.post(f"{PROPOSAL}/reject")
@permission(notices.APPROVE)
def reject_notice(notice_id: int) -> Response:
    """The second person's no."""
    with open_write() as work:
        notices.reject(work, notice_id=notice_id)
    return _back(gettext("已退回，告知书没有改变。"))


@pages.post(f"{PROPOSAL}/withdraw")
@permission(notices.PROPOSE)
def withdraw_notice(notice_id: int) -> Response:
    """The proposer's second thought."""
    with open_write() as work:
        notices.withdraw(work, notice_id=notice_id)
    return _back(gettext("已撤回，告知书没有改变。"))


def _back(said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for(".notice"), 303)
