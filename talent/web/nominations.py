"""帮扶支教 proposed by schools: name a person, ask for another host or end, and the bureau's answer."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField

from talent.core.errors import Conflict
from talent.core.language import in_a_row
from talent.core.numbers import whole
from talent.core.work import Work
from talent.exchange import listing, nomination_lists, nominations
from talent.exchange.ledgers import BY_KIND
from talent.exchange.nominations import KIND, LONGEST_DOCUMENT, NOMINATE
from talent.exchange.proposal_lists import Narrowed
from talent.exchange.proposals import DECIDE, VERIFY
from talent.web import kit
from talent.web import nominations_view as view
from talent.web.corrections import DecisionForm
from talent.web.entries import with_people
from talent.web.entry_forms import EntryForm, Required, columns_of, form_for, sizes
from talent.web.ledgers import tabs as ledger_tabs
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, open_write, permission, today

pages = Blueprint("nominations", __name__, url_prefix="/assistance/nominations")

Answer = str | Response | tuple[str, int]
NUMBER = "<number:proposal_id>"
RECORD = "<number:record_id>"
#: Who reads nominations: the school that names and its principal, and the bureau that answers.
SEE = (NOMINATE, VERIFY, DECIDE)
#: What the bureau or the command says of a nomination.
NOT_ASKED = frozenset({"sending_school_code", "appraisal", "document_no"})


class ApprovalForm(DecisionForm):
    """An answer to a nomination, which is a proposal; a yes has its document."""

    document_no = StringField(lazy_gettext("批准文号"), [Required()], render_kw={"maxlength": LONGEST_DOCUMENT})


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission(*SEE)
def index() -> str:
    """What nobody has answered yet."""
    return _list(is_open=True)


@pages.get("/all")
@permission(*SEE)
def every() -> str:
    """Every nomination within the reader's reach."""
    return _list(is_open=False)


def _list(*, is_open: bool) -> str:
    asked, words = kit.asked_page(), view.words()
    with open_read() as work:
        offered = [kit.Filter("q", gettext("姓名、拼音或工号"))]
        if not is_open:
            offered.append(kit.Filter("state", gettext("状态"), list(words["state"].items())))
        if schools := listing.schools_in_reach(work, BY_KIND[KIND], work.today):
            offered.append(kit.Filter("school", gettext("学校"), schools))
        filters = kit.Filters.read(offered)
        narrowed = Narrowed(filters["q"], "" if is_open else filters["state"], school_code=filters["school"])
        rows, total = nomination_lists.page(work, narrowed, is_open=is_open, offset=asked.offset, limit=asked.size)
    narrower = [{"label": gettext("待批准"), "url": url_for(".index"), "current": is_open},
                {"label": gettext("全部"), "url": url_for(".every"), "current": not is_open}]
    return render_template("nominations/index.html", filters=filters, page=asked.page(rows, total), tabs=_tabs(),
                           narrower=narrower, words=words, today=today(), is_open=is_open,
                           may_nominate=current_actor().may(NOMINATE), bureau=current_actor().may(DECIDE))


def _tabs() -> list[dict[str, Any]]:
    """The pages of the family; also says which entry of the rail they belong to."""
    return ledger_tabs("nominations.index")


# ── the school proposes ──────────────────────────────────────────────────────────────────────────────────────


@pages.route("/new", methods=["GET", "POST"])
@permission(NOMINATE)
def add() -> Answer:
    """Name a person. ``?staff_no=`` names them already; ``?again=`` fills in what came back."""
    again, values = whole(request.args.get("again")), {"staff_no": request.args.get("staff_no", "")}
    if again is not None:
        with open_read() as work:
            values = dict(nomination_lists.asked_before(work, again))
    form = form_for(KIND, leave_out=NOT_ASKED, needs_reason=True, values=values)

    def save() -> int:
        with open_write() as work:
            return nominations.nominate(work, with_people(work, form.typed), form.why.data or "")

    said = {"title": gettext("提名支教人选"), "labels": {}, "note": gettext("人事科批准并写上文号后，才成为支教记录。")}
    return kit.submit(form, save, _to, _sent()) or _form(form, said)


@pages.route(f"/{RECORD}/end", methods=["GET", "POST"])
@permission(NOMINATE)
def end(record_id: int) -> Answer:
    """Ask for another last day: back early, or longer."""
    said = {"title": gettext("改结束日期"), "labels": {"ended_on": gettext("新的结束日期")},
            "note": gettext("提前返回、延长都在这里提；人事科批准后才改。")}
    return _change(record_id, frozenset({"ended_on"}), said, lambda work, form: nominations.propose_end(
        work, record_id, form.seen, form.typed["ended_on"], form.why.data or ""))


@pages.route(f"/{RECORD}/move", methods=["GET", "POST"])
@permission(NOMINATE)
def go_elsewhere(record_id: int) -> Answer:
    """Ask for another host from a day on."""
    said = {"title": gettext("换受援单位"),
            "labels": {"host": gettext("新的受援单位"), "started_on": gettext("从哪天起换")},
            "note": gettext("原来的一段到前一天结束，从这天起另立一段；人事科批准后才改。")}
    return _change(record_id, frozenset(nominations.MOVED), said, lambda work, form: nominations.propose_move(
        work, record_id, form.seen, form.typed, form.why.data or ""))


def _change(
    record_id: int, asked: frozenset[str], said: Mapping[str, Any], propose: Callable[[Work, EntryForm], int]
) -> Answer:
    """The form of a change with what the record says now. Changed meanwhile: it is shown anew."""
    with open_read() as work:
        held = nominations.own_assignment(work, record_id)
        whose = listing.whose(work, BY_KIND[KIND], record_id, work.today)
    left_out = frozenset(column.name for column in columns_of(BY_KIND[KIND].intake)) - asked
    values = {**held.values, "host": "", "started_on": ""}
    form = form_for(KIND, leave_out=left_out, needs_reason=True, values=values, version=held.version)

    def save() -> int:
        with open_write() as work:
            return propose(work, form)

    said = {**said, "whose": whose, "spell": held.values, "record_id": record_id}
    try:
        return kit.submit(form, save, _to, _sent()) or _form(form, said)
    except Conflict as conflict:
        if conflict.what != "record.changed":
            raise
    form.version.data = str(held.version)
    form.refusals.append(gettext("您打开之后，这一段已被别人改过；请看现在的内容，再提一次。"))
    return _form(form, said), 409


def _sent() -> str:
    return gettext("已提出，等人事科批准；答复会出现在这里。")


def _to(number: int) -> str:
    return url_for(".show", proposal_id=number)


def _form(form: EntryForm, said: Mapping[str, Any]) -> str:
    g.nav_entry = "pay.index"
    for name, label in said["labels"].items():
        form[name].label.text = label
    return render_template("nominations/form.html", form=form, sizes=sizes(form), **said)


# ── one nomination ───────────────────────────────────────────────────────────────────────────────────────────


@pages.get(f"/{NUMBER}")
@permission(*SEE)
def show(proposal_id: int) -> str:
    """What is asked, what it touches, who said what, and the buttons of whoever reads it."""
    return _page(proposal_id)


def _page(proposal_id: int, form: ApprovalForm | None = None, *, look_again: bool = False) -> str:
    """``look_again``: what the record says now has been shown, so that a second yes is meant."""
    g.nav_entry = "pay.index"
    with open_read() as work:
        shown = view.read(work, proposal_id)
    if form is not None and look_again:
        form.seen.data = str(shown.record_version)
    if form is None:
        form = ApprovalForm(formdata=None, data={"version": shown.detail.version, "seen": shown.record_version})
    return render_template("nominations/show.html", s=shown, form=form, words=view.words(), today=today())


@pages.post(f"/{NUMBER}/withdraw")
@permission(NOMINATE)
def withdraw(proposal_id: int) -> Answer:
    """The school's second thought."""
    return _act(proposal_id, lambda work, form: nominations.withdraw(work, proposal_id, form.read),
                gettext("已撤回。"))


@pages.post(f"/{NUMBER}/return")
@permission(DECIDE)
def send_back(proposal_id: int) -> Answer:
    """A no with its reason."""
    return _act(proposal_id, lambda work, form: nominations.return_(
        work, proposal_id, form.read, form.answer.data or ""), gettext("已退回，学校会看到理由。"))


@pages.post(f"/{NUMBER}/approve")
@permission(DECIDE)
def approve(proposal_id: int) -> Answer:
    """The bureau's yes: the record is written."""

    def command(work: Work, form: ApprovalForm) -> None:
        entry = nominations.approve(work, proposal_id, form.read, form.document_no.data or "",
                                    whole(form.seen.data), form.answer.data or "")
        for finding in entry.warnings:
            flash(in_a_row(worded(finding)), "warn")

    return _act(proposal_id, command, gettext("已批准，写入支教记录。"))


def _act(proposal_id: int, command: Callable[[Work, ApprovalForm], None], done: str) -> Answer:
    """Carry out an act. What a rule says, and a record that changed meanwhile, stand on the page of the nomination."""
    form = ApprovalForm()

    def save() -> None:
        with open_write() as work:
            command(work, form)

    try:
        return kit.submit(form, save, url_for(".index"), done) or _page(proposal_id, form)
    except Conflict as conflict:
        if conflict.what != "proposal.stale":
            raise
    form.refusals.append(gettext("提出之后这一段支教又被改过，没有批准。请看现在的内容；再批准一次，就以提出的为准。"))
    return _page(proposal_id, form, look_again=True), 409
