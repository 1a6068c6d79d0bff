"""Fields that nobody offered, sent beside a valid submission: what is stored is what the same submission stores alone.

Every address that takes a POST is sent once as its page sends it and once with every column of every table beside, in
a database put back in between; then each row must be the same. A new address fails until its submission stands here.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from talent.accounts import tokens
from talent.core.database import Base
from tests.api.conftest import actor_of
from tests.browser_client import Browser, text
from tests.factories import PASSWORD, Account
from tests.guards.addresses import Recording
from tests.guards.district import FAR, NEAR, District, a_site, build, dump
from tests.portraits.stored import HOURS_ONLY, Told, add_run
from tests.web.test_proof import code_of, seed_on

#: New every time, or a digest over what is.
VOLATILE = frozenset({"token_sha256", "code_sha256", "password_hash", "code_index", "seed_sealed", "stored_as",
                      "digest", "previous", "uid", "id_number_sealed", "answer", "state_index", "sha256", "detail"})
#: What attackers try first; every column of every table comes with them.
CLASSICS = {"is_admin": "1", "admin": "true", "role": "admin", "roles": "admin", "approved_by": "1", "user": "1",
            "ignore_permissions": "1", "_method": "DELETE", "id": "1", "bypass": "1", "operator": "1"}
#: What no form may read at all, whatever is sent: it is decided by who acts and by the rules. Names a page reads
#: although they are columns are those of its own form.
DECIDED = frozenset({"person_id", "school_id", "user_id", "amount_fen", "total_fen", "fen", "approved_by",
                     "computed_by", "created_by", "proposed_by", "reviewed_by", "batch_id", "granted_by", "state",
                     "founding", "must_change", "is_admin", "staff", "uid"})
DECIDED_BY_FORM: Mapping[str, frozenset[str]] = {
    "/records/<kind>/export": frozenset({"state"}), "/records/<kind>/new": frozenset({"state"}),
    "/records/<kind>/<number:record_id>/correct": frozenset({"state"}),
    "/corrections/new": frozenset({"state"}),
}
NO_PROVIDER = "404 without a provider; its form has no field"
#: Addresses without a submission → why.
UNTRIED: Mapping[str, str] = {
    "/pay/payout/<number:year>/settle": "needs a year that is paid whole; it has no field",
    "/admin/accounts/slips": "needs slips that lapsed; its form is that of /admin/accounts/teachers",
    "/proof/sso": NO_PROVIDER, "/login/sso": NO_PROVIDER,
    "/account/identity": NO_PROVIDER, "/account/identity/unlink": NO_PROVIDER,
    "/admin/accounts/<number:user_id>/identity": NO_PROVIDER,
    "/admin/accounts/<number:user_id>/identity/unlink": NO_PROVIDER,
}
UNMET = """One line each among SENT: Sent("hr", "/awards/{award_id}/end", {"reason": "x"}), a valid submission. Names in
braces stand in made.of[NEAR] or made.shared of tests/guards/district.py."""
_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@dataclass(frozen=True)
class Sent:
    """A valid submission: by whom, to where, with which fields; ``page`` is where the hidden ones come from.

    Names in braces are things of the district (``tests/guards/district.py``).

    ``seen``: the answer shows what would happen, and its seal confirms it. ``before`` are submissions it rests on.
    """

    by: str
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    seen: bool = False
    before: tuple["Sent", ...] = ()
    body: bytes = b""


PAPER = {"value": "26000", "since": "2028-01-01", "basis": "delegated", "document": "明教〔2027〕1号"}
ACT = {"on": "2026-09-08", "document_no": "明教〔2026〕8号", "reason": "调整"}
TRAINING = {"name": "新训", "level": "district", "ended_on": "2026-05-02", "hours_hundredths": "7.5"}
VERIFIED = Sent("school", "/corrections/{proposal_id}/verify", page="/corrections/{proposal_id}")
NEWCOMER = Sent("admin", "/admin/accounts/new", {"name": "newcomer", "display_name": "新人", "role": "auditor",
                                                 "password": "another horse 8 lines"})
SHEET = "工号,年度,考核结果\nNEARQ号,2022,合格\n".encode()
TEACHERS = Sent("admin", "/admin/accounts/teachers", {"school_code": "S1"})
BATCH, SPLIT = "/pay/batch/{pay.batch_id}", "/pay/awards/2020/{code}"
CONFIRMED = Sent("principal", f"{BATCH}/school/S1", {"verdict": "confirm"}, page=f"{BATCH}/school/S1")
OPEN_RUN = "/portraits/run/{draft_id}"
DECISION = {"k_reason": "两类最稳定", "method": "model", "name_1": "研修成长型", "name_2": "竞赛见长型"}
DECIDED_RUN = Sent("hr", f"{OPEN_RUN}/decide", DECISION, page=OPEN_RUN)
REVIEWED_RUN = Sent("hr2", f"{OPEN_RUN}/review", page=OPEN_RUN, before=(DECIDED_RUN,))
ENROLLED = Sent("teacher", "/account/factor", {"code": "{code}"}, page="/account/factor")
OBJECTION = "/objections/{objection_id}"
UPHELD = Sent("hr", f"{OBJECTION}/answer", {"decision": "hide", "answer": "确有遗漏", "version": "1"}, page=OBJECTION)
NOMINATIONS, NOTICE = "/assistance/nominations", "/privacy/notice/proposed/{notice_id}"
NOMINATION = f"{NOMINATIONS}/{{nominations.proposal_id}}"
SPELL = {"host": "柳河小学", "kind": "paired", "started_on": "2026-10-15", "ended_on": "2027-07-10"}
REJECTED_NOTICE = Sent("leader", f"{NOTICE}/reject")
APPROVED_NOTICE = Sent("leader", f"{NOTICE}/approve")
PAYOUT = "/pay/payout/{pay.year}"
DRAWN = Sent("finance", f"{PAYOUT}/draw/regular", page=f"{PAYOUT}/draw/regular")
ANSWER = "流水号,金额,结果\n{},24000.00,失败\n".format("P202000100002").encode()
STAGED = "/pay/payout/return/{return_id}"
SPLIT_SHEET = "工号,金额,草案标记\nNEARQ号,24000.00,2020\n".encode()
CLOSED = Sent("finance", f"{PAYOUT}/close", {"reason": "明年补发"}, page=f"{PAYOUT}/closing")
REOPENED = Sent("finance", f"{PAYOUT}/reopen", {"reason": "补发"}, page=f"{PAYOUT}/closing", before=(CLOSED,))
HOSTS = "/assistance/hosts"
REPORTED = f"{HOSTS}/report/{{report_id}}"
SIGNED = {"witness": "赵敏", "confirmed": "y", "note": ""}
FILLED = "工号,缺勤开始,缺勤结束,缺勤类型\nNEARQ号,2021-08-02,2021-08-03,病假\n".encode()
ASKED_HOST = {"at": "NEARQ受援", "month": "2021-08"}
SENT = (
    DRAWN, Sent("finance", f"{PAYOUT}/draw/reissue", page=f"{PAYOUT}/draw/reissue"),
    Sent("finance", f"{PAYOUT}/return", {"file": ANSWER}),
    Sent("finance", f"{STAGED}/accept", {"period": "2026-09"}, page=STAGED),
    Sent("finance", f"{STAGED}/discard", page=STAGED),
    Sent("finance", f"{PAYOUT}/recover/{{person_id}}/{{code}}", {
        "amount": "5.00", "means": "repaid", "document": "缴款书 2", "received_on": "2026-09-08", "period": "2026-09"}),
    CLOSED, REOPENED, Sent("leader", "/pay/payout/closing/{next_act}/approve", before=(REOPENED,)),
    Sent("finance", f"{PAYOUT}/reconcile"), Sent("finance", "/pay/payout/closing/{pay.closing.act_id}/evidence"),
    Sent("finance", "/pay/payout/file/{payout_id}/download/csv"), Sent("finance", "/pay/payout/file/{payout_id}/paper"),
    UPHELD, Sent("teacher", f"{OBJECTION}/withdraw", {"version": "1"}),
    Sent("teacher", f"{OBJECTION}/lift", {"version": "2"}, before=(UPHELD,)),
    Sent("teacher", "/objections/new", {"part": "dimension:training", "reason": "线上研修没有算"}),
    Sent("school", f"{NOMINATIONS}/new", {**SPELL, "staff_no": "NEARQ号", "why": "自愿报名"}),
    Sent("school", f"{NOMINATIONS}/{{nominations.record_id}}/end", {"ended_on": "2020-10-31", "why": "来函"}),
    Sent("school", f"{NOMINATIONS}/{{nominations.record_id}}/move", {"host": "河东小学", "started_on": "2020-11-01",
                                                                      "why": "来函"}),
    Sent("school", f"{NOMINATION}/withdraw", page=NOMINATION),
    Sent("hr", f"{NOMINATION}/return", {"answer": "人数已满"}, page=NOMINATION),
    Sent("hr", f"{NOMINATION}/approve", {"document_no": "明教〔2026〕11号"}, page=NOMINATION),
    Sent("finance", "/assistance/budget/enter?year=2027", {
        "document_no": "明财〔2026〕2号", "document_on": "2026-09-01", "budget_code": "S1", "budget_yuan": "300"},
         page="/assistance/budget/enter?year=2027"),
    Sent("school", f"{HOSTS}/enter?at=NEARQ受援&month=2021-08", SIGNED), Sent("hr", f"{HOSTS}/link", ASKED_HOST),
    Sent("school", f"{HOSTS}/workbook?at=NEARQ受援&month=2021-08", {"file": FILLED}),
    Sent("school", f"{HOSTS}/link/{{link_id}}/revoke"), Sent("", "/host/", {"code": "{NEARQ.link}"}),
    Sent("", "/host/answer", {**SIGNED, "code": "{NEARQ.link}"}, page="/host/"),
    Sent("hr", f"{REPORTED}/accept", page=REPORTED),
    Sent("hr", f"{REPORTED}/return", {"answer": "无章"}, page=REPORTED),
    APPROVED_NOTICE, REJECTED_NOTICE, Sent("hr2", f"{NOTICE}/withdraw"),
    Sent("hr", "/privacy/notice/new", {"effective_on": "2026-12-01", "document": "明教〔2026〕12号", **dict.fromkeys(
        ("text_zh", "text_en", "portraits_zh", "portraits_en"), "新文")}, before=(REJECTED_NOTICE,)),
    Sent("expert", "/privacy/notice", before=(APPROVED_NOTICE,)),
    ENROLLED, Sent("teacher", "/account/recovery-codes", before=(ENROLLED,)),
    Sent("expert", "/account/sign-out-everywhere"),
    Sent("hr", "/account/tokens/", {"label": "对接", "expires_on": "2026-10-01", "reads_only": "y"}),
    Sent("school", "/account/tokens/{token_id}/revoke"),
    Sent("school", "/account/sessions/{session_id}/end"),
    Sent("admin", "/admin/accounts/{user_id}/sessions/end"),
    Sent("admin", "/admin/accounts/{user_id}/disable"),
    Sent("admin", "/admin/accounts/{user_id}/enable", before=(Sent("admin", "/admin/accounts/{user_id}/disable"),)),
    Sent("admin", "/admin/accounts/{holder_id}/factor/reset"),
    Sent("admin", "/admin/accounts/{user_id}/password", {"password": "another horse 8 lines"}),
    Sent("admin", "/admin/accounts/{user_id}/role", {"role": "auditor"}),
    Sent("admin2", "/admin/accounts/grants/{next_grant}/approve", before=(NEWCOMER,)),
    Sent("admin", "/admin/accounts/grants/{grant_id}/end"), NEWCOMER, TEACHERS,
    Sent("admin2", "/admin/accounts/grants/{next_grant}/approve-all", before=(TEACHERS,)),
    Sent("admin2", "/admin/accounts/grants/{next_grant}/decline-all", before=(TEACHERS,)),
    Sent("leader", "/board/reports"),
    VERIFIED, Sent("hr", "/corrections/{proposal_id}/recognise", page="/corrections/{proposal_id}", before=(VERIFIED,)),
    Sent("school", "/corrections/{proposal_id}/return", {"answer": "缺证书"}, page="/corrections/{proposal_id}"),
    Sent("teacher", "/corrections/{proposal_id}/withdraw", page="/corrections/{proposal_id}"),
    Sent("teacher", "/corrections/new?kind=training", {**TRAINING, "why": "漏登"}),
    Sent("school", "/imports/", {"files": SHEET}),
    Sent("school", "/imports/batch/{batch_id}/accept", {"warnings": "y", "encoding": "y"},
         page="/imports/batch/{batch_id}"),
    Sent("school", "/imports/batch/{batch_id}/again", {"encoding": "utf-8"}),
    Sent("school", "/imports/batch/{batch_id}/discard"),
    Sent("hr", "/imports/batch/{entry_batch}/undo"),
    Sent("hr", "/indicators/evidence"), Sent("hr", "/indicators/missing"),
    Sent("nobody", "/login", {"name": "nearq-expert", "password": PASSWORD}),
    Sent("expert", "/logout"),
    Sent("expert", "/password", {"current": PASSWORD, **dict.fromkeys(("new", "again"), "another horse 8 lines")}),
    CONFIRMED, Sent("hr", f"{BATCH}/review", page=f"{BATCH}/review", before=(CONFIRMED,)),
    Sent("hr", f"{BATCH}/acknowledge", {"finding": "{finding_id}"}),
    Sent("finance", f"{BATCH}/assume", {"document": "明教〔2022〕3号"}),
    Sent("hr", f"{BATCH}/remark", {"comment": "请核对"}),
    Sent("school", f"{SPLIT}/draw", {"method": "equal"}, page=SPLIT),
    Sent("school", f"{SPLIT}/withdraw", page=SPLIT),
    Sent("school", f"{SPLIT}/edit", {"extra_no": "NEARQ友", "extra_purpose": "管理人员", "extra_fen": "5"}),
    Sent("school", f"{SPLIT}/sheet", {"file": SPLIT_SHEET}), Sent("school", f"{SPLIT}/sheet/download"),
    Sent("school", f"{SPLIT}/notice", {"start": "2026-08-20", "end": "2026-08-31", "where": "教工大会"}),
    Sent("principal", f"{SPLIT}/submit"),
    Sent("finance", "/pay/compute", {"year": "2022"}),
    Sent("hr", "/pay/line/{line_id}/hold", {"version": "{batch_version}", "comment": "待核"}),
    Sent("finance", "/pay/periods", {"code": "2026-11", "act": "open", "reason": "月结"}),
    Sent("leader", "/pay/periods/{act_id}/approve"),
    Sent("hr", "/people/{person_id}/acts/transfer", {**ACT, "school_code": "FARQS", "stage": "", "subject": "语文"},
         seen=True),
    Sent("hr", "/policy/paired_assistance.yearly_amount/propose", PAPER),
    Sent("leader", "/policy/proposals/{override_id}/approve"), Sent("leader", "/policy/proposals/{override_id}/reject"),
    Sent("hr2", "/policy/proposals/{override_id}/withdraw"),
    Sent("hr", "/portraits/build", {"as_of": "2026-08-31", "k": ""}), Sent("teacher", "/portraits/mine/hide",
                                                                           {"hidden": "0"}),
    DECIDED_RUN, REVIEWED_RUN, Sent("hr", f"{OPEN_RUN}/publish", page=OPEN_RUN, before=(REVIEWED_RUN,)),
    Sent("teacher", "/privacy/mine/download", {"form": "json"}),
    Sent("hr", "/privacy/number/{person_id}/phone", {"reason": "identity", "words": "核对证件"}),
    Sent("leader", "/privacy/retention/{privacy.run_id}/approve"),
    Sent("leader", "/privacy/retention/{privacy.run_id}/reject"),
    Sent("hr", "/privacy/affected", {"account": "nearq-teacher", "since": "2026-09-01", "until": "2026-09-08"}),
    Sent("hr", "/privacy/affected/download", {"since": "2026-09-01", "until": "2026-09-08"}),
    Sent("hr", "/privacy/retention/propose", before=(Sent("leader", "/privacy/retention/{privacy.run_id}/reject"),)),
    Sent("expert", "/proof", {"password": PASSWORD}),
    Sent("hr", "/records/training/{training.record_id}/correct", {**TRAINING, "why": "更正"}),
    Sent("hr", "/records/training/{training.record_id}/withdraw", {"why": "误登"}),
    Sent("hr", "/records/training/export"),
    Sent("school", "/records/training/new", {**TRAINING, "staff_no": "NEARQ号"}),
    Sent("hr", "/schools/{school_id}/rename", {**ACT, "name": "新校名", "kind": "小学"}, seen=True),
    Sent("hr", "/schools/new", {**ACT, "code": "S9", "name": "新学校", "kind": "小学", "ownership": "",
                                  "area": ""}, seen=True),
    Sent("hr", "/tiers/eligible/new_talent/export"),
    Sent("hr", "/api/v1/imports?name=a.csv", body=SHEET),
    Sent("hr", "/api/v1/imports/{entry_batch}/undo"),
    Sent("finance", "/api/v1/pay/batches", {"year": 2022}),
    Sent("school", "/api/v1/imports/{batch_id}/accept", {"token": "{token}", "confirmed": ["warnings", "encoding"]}),
)


# ── a district that is put back ──────────────────────────────────────────────────────────────────────────────


@dataclass
class Stage:
    """The district, everybody signed in, and a copy of it all to go back to."""

    made: District
    browsers: dict[str, Browser]
    places: dict[str, Any]
    file: Path
    kept: Path
    cookies: dict[str, dict[Any, Any]]

    def put_back(self) -> None:
        """The database as it was, and the browsers' cookies with it."""
        for role, browser in self.browsers.items():
            browser._cookies = dict(self.cookies[role])
        self.made.site.program.engine.dispose()
        for path in self.file.parent.glob(f"{self.file.name}-*"):
            path.unlink()
        shutil.copyfile(self.kept, self.file)

    def filled(self, told: Any) -> Any:
        """Names in braces are things of the district."""
        if isinstance(told, str):
            return re.sub(r"\{([^}]+)\}", lambda found: str(self.places[found.group(1)]), told)
        return told


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stage:
    """Over SQLite alone: what a form reads does not depend on the database, and a file is quickly put back."""
    folder = tmp_path_factory.mktemp("stage")
    site = a_site(folder, sqlite_template, Recording)
    made, program = build(site), site.program
    draft = add_run(program, {made.of[NEAR]["person_id"]: HOURS_ONLY},
                    Told(built_by=made.account("leader", NEAR).user_id))
    browsers = {}
    for role in ("admin", "hr", "leader", "principal", "school", "expert", "teacher", "finance", "hr2", "admin2"):
        kind = role.rstrip("2")
        actor = made.account(kind, FAR if role == "admin2" else NEAR) if role != "hr2" else made.office.hr2
        browsers[role] = site.browser()
        assert browsers[role].sign_in(actor.name).status_code == 303
        browsers[role].kept_token()
        site._accounts[kind] = Account(actor.user_id or 0, actor.name, kind)
        if role in ("hr", "school", "finance"):
            with program.begin(actor_of(site, kind)) as work:
                browsers[role].key = {"Authorization": "Bearer " + tokens.issue(
                    work, label="k", expires_on=work.today, reads_only=False)}
    places = things(made, browsers) | {"draft_id": draft}
    program.engine.dispose()
    kept = shutil.copyfile(folder / "talent.db", folder / "kept.db")
    cookies = {role: dict(browser._cookies or {}) for role, browser in browsers.items()}
    return Stage(made, browsers, places, folder / "talent.db", kept, cookies)


def things(made: District, browsers: Mapping[str, Browser]) -> dict[str, Any]:
    """What the submissions speak of."""
    rows = dump(made.site.program, frozenset())
    columns = {name: list(table.columns.keys()) for name, table in Base.metadata.tables.items()}

    def last(table: str, column: str = "id") -> Any:
        return max(row[columns[table].index(column)] for row in rows[table])

    entered = [dict(zip(columns["import_batches"], row, strict=True)) for row in rows["import_batches"]]
    state = browsers["school"].get(f"/api/v1/imports/{made.of[NEAR]['batch_id']}", headers=browsers["school"].key)
    return {**made.of[NEAR], **made.shared, "next_grant": last("role_grants") + 1,
            "holder_id": rows["second_factors"][0][columns["second_factors"].index("user_id")],
            "finding_id": last("pay_findings"), "token": state.get_json()["token"],
            "batch_version": next(row[columns["pay_batches"].index("version")] for row in rows["pay_batches"]
                                  if row[0] == made.shared["pay.batch_id"]),
            "entry_batch": min(row["id"] for row in entered if row["source"] == "form")}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page but the token."""
    found = {}
    for tag in _FIELD.findall(page):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and name.group(1) not in ("csrf_token", ""):
            found[name.group(1)] = unescape(value.group(1)) if value else ""
    return found


def send(stage: Stage, sent: Sent, extra: Mapping[str, str], filled: dict[str, Any] | None = None) -> TestResponse:
    """Send it as its page would, with ``extra`` beside what the page offers. ``filled`` keeps what the page offered, so
    that a second sending need not ask it again."""
    for first in sent.before:
        assert send(stage, first, {}).status_code in (200, 302, 303), first.path
    path, filled = stage.filled(sent.path), {} if filled is None else filled
    browser = stage.browsers.get(sent.by) or stage.made.site.browser()
    if path.startswith("/api/"):
        fields = {name: stage.filled(value) for name, value in sent.fields.items()}
        return browser.open(path, method="POST", headers=browser.key,
                            **({"data": sent.body} if sent.body else {"json": {**fields, **extra}}))
    if not filled or "{code}" in sent.fields.values():
        filled |= offered(stage, sent, browser.get(stage.filled(sent.page) or path))
    whole = {**extra, **files(filled), "csrf_token": browser.kept_token()}
    Recording.asked.clear()
    answer = browser.post(path, data=whole)
    if sent.seen:
        answer = browser.post(path, data={**whole, **hidden(text(answer))})
    return answer


def offered(stage: Stage, sent: Sent, page: TestResponse) -> dict[str, Any]:
    """The fields of a page, filled; the code of a second factor is computed from the seed it shows."""
    fields = {name: value if value == "{code}" else stage.filled(value) for name, value in sent.fields.items()}
    if fields.get("code") == "{code}":
        fields["code"] = code_of(stage.made.site, seed_on(text(page)))
    is_form = page.status_code == 200 and page.mimetype == "text/html"
    return {**(hidden(text(page)) if is_form else {}), **fields}


def files(filled: Mapping[str, Any]) -> dict[str, Any]:
    """Bytes are handed in as a file."""
    return {name: (BytesIO(value), "表.csv") if isinstance(value, bytes) else value for name, value in filled.items()}


def rule_of(stage: Stage, sent: Sent) -> str:
    adapter = stage.made.site.app.url_map.bind("localhost")
    found = adapter.match(stage.filled(sent.path).partition("?")[0], method="POST", return_rule=True)
    return str(found[0].rule)


def stored(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row without what is new each time."""
    columns = {name: list(table.columns.keys()) for name, table in Base.metadata.tables.items()}
    return {name: sorted((tuple(value for key, value in zip(columns[name], row, strict=True) if key not in VOLATILE)
                          for row in rows), key=repr)
            for name, rows in dump(stage.made.site.program, frozenset()).items()}


def unoffered(read: set[str]) -> dict[str, str]:
    """Every column of every table, and what attackers try, but the names the page's own form reads."""
    columns = {column.name: "1" for table in Base.metadata.tables.values() for column in table.columns}
    return {name: value for name, value in {**columns, **CLASSICS}.items() if name not in read}


def problems(page: str) -> list[str]:
    """What a form says is wrong."""
    return re.findall(r'class="[^"]*(?:field-error|summary|invalid-feedback|error)[^"]*"[^>]*>([^<]+)', page)[:5]


def accepted(answer: TestResponse) -> bool:
    return answer.status_code in (200, 201, 202, 302, 303)


def test_every_address_has_its_submission(stage: Stage) -> None:
    posted = {rule.rule for rule in stage.made.site.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    met = {rule_of(stage, sent) for sent in SENT} | set(UNTRIED)
    assert posted - met == set(), UNMET
    assert met - posted == set(), "these addresses are no more"


def test_what_was_not_offered_is_not_stored(stage: Stage) -> None:
    wrong = []
    untouched = stored(stage)
    for sent in SENT:
        stage.put_back()
        filled: dict[str, Any] = {}
        answer = send(stage, sent, {}, filled)
        plain, read = stored(stage), set(Recording.asked)
        rule = rule_of(stage, sent)
        if not accepted(answer) or (plain == untouched and rule not in WRITES_NOTHING):
            wrong.append((sent.path, f"not valid: {answer.status_code} {problems(text(answer))}"))
        if forbidden := read & DECIDED - DECIDED_BY_FORM.get(rule, frozenset()):
            wrong.append((sent.path, f"reads {sorted(forbidden)}"))
        stage.put_back()
        send(stage, sent, {} if rule.startswith("/api/") else unoffered(read), filled)
        if (now := stored(stage)) != plain:
            wrong.append((sent.path, str({name: now[name] for name in now if now[name] != plain[name]})))
    assert wrong == []


#: Submissions that are valid and leave no row: an answer alone.
WRITES_NOTHING = frozenset({"/host/", "/logout", "/assistance/hosts/workbook",
                            "/pay/awards/<number:year>/<code>/sheet"})


# ── the interface for other systems ──────────────────────────────────────────────────────────────────────────


def operations() -> Iterator[Sent]:
    return (sent for sent in SENT if sent.path.startswith("/api/"))


@pytest.mark.parametrize("sent", list(operations()), ids=lambda sent: sent.path)
def test_an_unknown_member_is_refused_by_name(stage: Stage, sent: Sent) -> None:
    """In a body as in a query: what an operation does not describe is never taken for said, and never written."""
    stage.put_back()
    before, caller, path = stored(stage), stage.browsers[sent.by], stage.filled(sent.path)
    fields = {name: stage.filled(value) for name, value in sent.fields.items()}
    beside = f"{path}{'&' if '?' in path else '?'}approved_by=1"
    tries = [caller.post(beside, **({"json": fields} if fields else {"data": sent.body}), headers=caller.key)]
    if not sent.body:
        tries.append(caller.post(path, json={**fields, "approved_by": 1}, headers=caller.key))
    for answer in tries:
        found = [(each["code"], each["field"]) for each in (answer.get_json() or {}).get("findings", ())]
        assert (answer.status_code, found) == (422, [("api.parameter_unknown", "approved_by")]), text(answer)
    assert stored(stage) == before
