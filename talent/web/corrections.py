"""What teachers ask of their own records: the form, their own list, the queue of the offices, one with its answer.

A proposal changes nothing before it is recognised; what each page may do is asked of the same rules as the commands.
"""

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField

from talent.core.errors import Conflict, NotFound
from talent.core.language import in_a_row
from talent.core.numbers import whole
from talent.core.work import Work
from talent.exchange import listing, proposal_lists, proposals
from talent.exchange.entries import LONGEST_REASON
from talent.exchange.ledgers import BY_KIND
from talent.exchange.proposal_rules import BRINGS_IN, CORRECTS
from talent.exchange.proposals import DECIDE, READ, VERIFY, WRITE
from talent.web import corrections_view as view
from talent.web import kit
from talent.web.entry_forms import STAFF_NO, EntryForm, form_for, sizes
from talent.web.ledgers import list_url
from talent.web.refusals import worded
from talent.web.security import current_actor, open_read, open_write, permission, today

pages = Blueprint("corrections", __name__, url_prefix="/corrections")

Answer = str | Response | tuple[str, int]
NUMBER = "<number:proposal_id>"
OURS = frozenset({STAFF_NO})


class DecisionForm(kit.BaseForm):
    """An answer. ``version``: the proposal as it was read; ``seen``: the record as it was read."""

    answer = TextAreaField(lazy_gettext("答复"), render_kw={"maxlength": LONGEST_REASON, "rows": 2})
    version = HiddenField()
    seen = HiddenField()

    @property
    def read(self) -> int:
        """The version of the proposal the reader saw; one nobody ever saw when the page carries none."""
        return whole(self.version.data) or -1


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────


@pages.get("/")
@permission(VERIFY, DECIDE)
def index() -> str:
    """What the reader may answer now."""
    return _queue(every=False)


@pages.get("/all")
@permission(VERIFY, DECIDE)
def every() -> str:
    """Every proposal within the reader's reach, what is open first."""
    return _queue(every=True)


def _queue(*, every: bool) -> str:
    asked = kit.asked_page()
    with open_read() as work:
        filters = kit.Filters.read(_offered(work))
        narrowed = proposal_lists.Narrowed(
            filters["q"], filters["state"], filters["kind"], filters["school"], bool(filters["overdue"]), not every)
        rows, total = proposal_lists.queue(work, narrowed, offset=asked.offset, limit=asked.size)
        waiting = proposal_lists.waiting_for(work)
    tabs = [{"label": gettext("等我办"), "url": url_for(".index"), "current": not every, "count": waiting.count},
            {"label": gettext("全部"), "url": url_for(".every"), "current": every}]
    return render_template("corrections/index.html", filters=filters, page=asked.page(rows, total), tabs=tabs,
                           waiting=waiting, words=view.words(), today=today(), bureau=current_actor().may(DECIDE))


def _offered(work: Work) -> list[kit.Filter]:
    words, schools = view.words(), listing.schools_in_reach(work, BY_KIND["training"], work.today)
    offered = [kit.Filter("q", gettext("姓名、拼音或工号")),
               kit.Filter("kind", gettext("类别"), list(words["kind"].items())),
               kit.Filter("state", gettext("状态"), list(words["state"].items())),
               kit.Filter("overdue", gettext("期限"), [("yes", gettext("已超期"))])]
    return [*offered, kit.Filter("school", gettext("学校"), schools)] if schools else offered


@pages.get("/mine")
@permission(WRITE)
def mine() -> str:
    """The reader's own proposals with their answers."""
    asked = kit.asked_page()
    with open_read() as work:
        rows, total = proposal_lists.own(work, offset=asked.offset, limit=asked.size)
        policy = view.policy_of(work)
    return render_template("corrections/mine.html", page=asked.page(rows, total), words=view.words(), today=today(),
                           policy=policy)


# ── propose ──────────────────────────────────────────────────────────────────────────────────────────────────


@pages.route("/new", methods=["GET", "POST"])
@permission(WRITE)
def add() -> Answer:
    """``?kind=``: the form of a new record; with ``&record_id=`` the record as it stands; neither: what to choose."""
    kind, record_id = request.args.get("kind", ""), whole(request.args.get("record_id"))
    if record_id is not None:
        return _correct(kind, record_id)
    if kind in BRINGS_IN:
        return _bring_in(kind)
    if kind and kind not in CORRECTS:
        raise NotFound("kind", kind)
    names = view.words()["kind"]
    return render_template(
        "corrections/choose.html",
        bring_in=[{"text": names[each], "value": gettext("补登一条"), "href": url_for(".add", kind=each)}
                  for each in BRINGS_IN],
        correct=[{"text": names[each], "value": gettext("看我的记录"), "href": list_url(each)} for each in CORRECTS])


def _bring_in(kind: str) -> Answer:
    """The form of a new record; ``?again=`` fills it with what a returned proposal asked for."""
    again, values = whole(request.args.get("again")), None
    if again is not None:
        with open_read() as work:
            values = proposal_lists.own_cells(work, again)
    form = form_for(kind, leave_out=OURS, needs_reason=True, suggest=False, values=values)

    def save() -> int:
        with open_write() as work:
            return proposals.propose_new(work, kind, form.typed, form.why.data or "")

    return kit.submit(form, save, _to_proposal, _sent()) or _form(form, kind, None)


def _correct(kind: str, record_id: int) -> Answer:
    """The record prefilled. The second button asks for it to be taken off, whatever was typed."""
    with open_read() as work:
        held = proposals.own_record(work, kind, record_id)
    form = form_for(kind, leave_out=OURS, needs_reason=True, suggest=False, values=held.values, version=held.version)

    def save() -> int:
        with open_write() as work:
            why = form.why.data or ""
            if request.form.get("act") == "withdraw":
                return proposals.propose_withdrawal(work, kind, record_id, form.seen, why)
            return proposals.propose_correction(work, kind, record_id, form.seen, form.typed, why)

    return kit.submit(form, save, _to_proposal, _sent()) or _form(form, kind, record_id)


def _sent() -> str:
    return gettext("已提出。学校核实、人事科认定后才改动记录，答复会出现在这里。")


def _to_proposal(number: int) -> str:
    return url_for(".show", proposal_id=number)


def _form(form: EntryForm, kind: str, record_id: int | None) -> str:
    with open_read() as work:
        schools = proposal_lists.schools(work) if kind in ("assistance", "exchanges") else []
        policy = view.policy_of(work)
    back = url_for("records.show", kind=kind, record_id=record_id) if record_id else url_for(".mine")
    return render_template(
        "corrections/add.html", form=form, name=view.words()["kind"][kind], record_id=record_id, back=back,
        sizes=sizes(form), helps={"apprentice_no": gettext("填徒弟的工号。")}, schools=schools, policy=policy)


# ── one proposal ─────────────────────────────────────────────────────────────────────────────────────────────


@pages.get(f"/{NUMBER}")
@permission(READ)
def show(proposal_id: int) -> str:
    """What is there now beside what is proposed, who said what, and the buttons of whoever reads it."""
    return _page(proposal_id)


def _page(proposal_id: int, form: DecisionForm | None = None, *, look_again: bool = False) -> str:
    """``look_again``: what the record says now has been shown, so that a second yes is meant."""
    with open_read() as work:
        shown = view.read(work, proposal_id)
    if form is not None and look_again:
        form.seen.data = str(shown.record_version)
    if form is None:
        form = DecisionForm(formdata=None, data={"version": shown.detail.version, "seen": shown.record_version})
    return render_template("corrections/show.html", s=shown, form=form, words=view.words(), today=today())


@pages.post(f"/{NUMBER}/withdraw")
@permission(WRITE)
def withdraw(proposal_id: int) -> Answer:
    """The teacher's second thought."""
    return _act(proposal_id, lambda work, form: proposals.withdraw(work, proposal_id, form.read),
                gettext("已撤回申请。"), url_for(".mine"))


@pages.post(f"/{NUMBER}/verify")
@permission(VERIFY)
def verify(proposal_id: int) -> Answer:
    """The school's word."""
    return _act(proposal_id, lambda work, form: proposals.verify(work, proposal_id, form.read, form.answer.data or ""),
                gettext("已核实，转人事科认定。"))


@pages.post(f"/{NUMBER}/return")
@permission(VERIFY, DECIDE)
def send_back(proposal_id: int) -> Answer:
    """A no with its reason."""
    return _act(proposal_id, lambda work, form: proposals.return_(work, proposal_id, form.read, form.answer.data or ""),
                gettext("已退回，教师会看到理由。"))


@pages.post(f"/{NUMBER}/recognise")
@permission(DECIDE)
def recognise(proposal_id: int) -> Answer:
    """The bureau's yes: the record is written."""

    def command(work: Work, form: DecisionForm) -> None:
        entry = proposals.recognise(work, proposal_id, form.read, whole(form.seen.data), form.answer.data or "")
        for finding in entry.warnings:
            flash(in_a_row(worded(finding)), "warn")

    return _act(proposal_id, command, gettext("已认定，写入记录。"))


def _act(proposal_id: int, command: Callable[[Work, DecisionForm], None], done: str, to: str = "") -> Answer:
    """Carry out an act. What a rule says, and a record that changed meanwhile, stand on the page of the proposal."""
    form = DecisionForm()

    def save() -> None:
        with open_write() as work:
            command(work, form)

    try:
        return kit.submit(form, save, to or url_for(".index"), done) or _page(proposal_id, form)
    except Conflict as conflict:
        if conflict.what != "proposal.stale":
            raise
    form.refusals.append(gettext("提出之后这一条记录又被改过，没有认定。请看三处的内容；再认定一次，就以申请的为准。"))
    return _page(proposal_id, form, look_again=True), 409
