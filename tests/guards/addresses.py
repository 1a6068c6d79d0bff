"""Every address of the URL map and every name it reads, filled with one's own, with strangers' and with nobody's."""

import inspect
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from flask import Flask
from pydantic import BaseModel
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from talent.exchange.kinds import BY_CODE
from tests.guards.district import FAR, MATE, NEAR, District

NOBODY: Mapping[str, Any] = {"staff_no": "NOBODYQ", "code": "NOBODYQ", "words": "NOBODYQ", "host": "NOBODYQ"}
NO_ID = 999999
#: Whose things a role may not reach. Others reach the whole district, or nobody at all.
STRANGERS = {"teacher": (FAR, MATE), "principal": (FAR,), "school": (FAR,)}
#: Things that are one account's, whatever its role; an import is worked on by who handed it in.
PERSONAL = frozenset({"token_id", "session_id", "job_id", "board.job_id"})
PERSONAL_TO_CHANGE = frozenset({"batch_id"})
#: Reading that is for who handed a file in alone: it holds what lists must not show.
AS_IF_TO_CHANGE = frozenset({"/imports/report/<number:batch_id>"})
#: Whoever may take an import back may take back anybody's.
ANYBODYS = frozenset({"/imports/batch/<number:batch_id>/undo",
                      "/api/v1/imports/<int(max=2147483647):batch_id>/undo"})
#: Arguments of addresses that name nobody's things, with the values that are tried.
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "imports.kind": ("training",), "tier": ("new_talent",), "stage": ("primary",),
    "number": (1, 7), "what": ("hours", "certificate"), "key": ("paired_assistance.yearly_amount",),
    "field": ("phone", "id_number"), "verdict": ("approve", "reject"), "filename": ("talent.css",),
    "people_acts.act": ("transfer", "teaching", "retire", "rehire", "facts", "post"),
    "school_acts.act": ("rename", "merge", "close", "correct"), "pay.act": ("review", "approve", "return", "lock"),
    "pay.line.act": ("hold", "release"), "pay.kind": ("regular", "reissue"),
    "pay.form": ("csv", "voucher"), "privacy.code": ("phone",), "year": (2021,),
}
#: Names in queries, forms and bodies that lead to something of somebody → which.
REFERENCES: Mapping[str, str] = {
    "q": "words", "school": "code", "school_code": "code", "staff_no": "staff_no", "apprentice_no": "staff_no",
    "sending_school_code": "code", "from_school_code": "code", "to_school_code": "code", "record_id": "record_id",
    "again": "proposal_id", "signatory": "user_id", "into": "code", "first": "code", "second": "code", "third": "code",
    "teaching_schools": "code", "person_name": "words", "key": "code", "extra_no": "staff_no",
    "served_no": "staff_no", "budget_code": "code", "at": "host", "absent_of": "assistance.record_id",
    "appraised_of": "assistance.record_id",
}
#: What a form needs beside a name that leads to somebody, to be taken.
TYPED: Mapping[str, Mapping[str, str]] = {
    "training": {"name": "培训", "level": "district", "ended_on": "2026-05-02", "hours_hundredths": "7.5"},
    "results": {"contest": "比赛", "level": "district", "grade": "first", "awarded_on": "2026-05-02"},
    "achievements": {"kind": "paper", "name": "论文", "level": "district", "achieved_on": "2026-05-02"},
    "mentoring": {"apprentice_no": "NEARQ友", "started_on": "2026-05-02"},
    "absences": {"kind": "sick", "started_on": "2026-05-02", "ended_on": "2026-05-03"},
    "appraisals": {"year": "2022", "result": "qualified"},
}
#: What a page reads only where the query says this.
BESIDE: Mapping[str, Mapping[str, str]] = {
    "/corrections/new": {"kind": "training"},
    "/assistance/hosts/month": {"month": "2021-06"}, "/assistance/hosts/enter": {"month": "2021-06"},
    "/assistance/hosts/workbook": {"month": "2021-06"}}
#: Names that lead to nothing of anybody.
PLAIN = frozenset({
    "absent_first", "absent_kind", "absent_last", "appraised", "witness",
    "act", "action", "actor", "again_password", "against", "answer", "appraisal", "area", "as_of", "backbone", "basis",
    "budget_yuan", "carried", "category", "change", "changed_on", "claim", "class", "clause", "code", "column",
    "comment", "community", "confirmed", "convention", "csrf_token", "current", "display_name", "document",
    "document_on", "encoding", "end", "error", "exchange", "expires_on", "extra_fen", "extra_purpose", "file", "files",
    "fill", "finding", "form", "good_rows_only", "grade", "group", "heading", "hidden", "host", "hours", "k",
    "k_reason", "keep", "kind", "label", "lang", "left_on", "level", "method", "mode", "month", "name", "name_1",
    "name_2", "new", "next", "no", "note", "number", "of", "on", "only", "overdue", "own", "ownership", "page", "part",
    "password", "period", "post", "professional_title", "published", "q_kind", "quota_type", "reads_only", "reason",
    "repeat", "result", "role", "rule", "run", "scan", "seal", "seen", "served_value", "sheet", "signer", "since",
    "size", "sort", "source", "stage", "start", "state", "status", "subject", "subject_key", "tab", "table", "tier",
    "title", "token", "until", "v", "valid_to", "value", "verdict", "version", "warning_reason", "warnings", "where",
    "why", "with", "words", "workdays", "year",
})
#: What is asked by POST of oneself or of the whole district alone: it names nobody.
NAMES_NOBODY: Mapping[str, str] = {
    "/logout": "ends the visit", "/account/sign-out-everywhere": "ends one's own visits",
    "/account/recovery-codes": "one's own codes", "/account/factor": "one's own factor", "/password": "one's own",
    "/proof": "one's own", "/login": "a name and a password", "/login/sso": "a provider's",
    "/account/identity": "one's own", "/account/identity/unlink": "one's own", "/account/tokens/": "a key of one's own",
    "/portraits/mine/hide": "one's own type", "/privacy/mine/download": "one's own copy",
    "/privacy/retention/propose": "of the district", "/portraits/build": "of the district",
    "/pay/compute": "of the district", "/board/reports": "of the district",
    "/pay/payout/<number:year>/return": "a file of the district's", "/pay/periods": "of the district",
    "/assistance/budget/enter": "for who sees every school",
    "/indicators/evidence": "of the district", "/indicators/missing": "of the district",
    "/tiers/eligible/<tier>/export": "of all in reach", "/imports/": "a file; its rows are tried by themselves",
    "/api/v1/imports": "a file; its rows are tried by themselves", "/api/v1/pay/batches": "of the district",
    "/admin/accounts/new": "for who manages every account", "/schools/new": "for who changes every school",
    "/admin/accounts/teachers": "for who manages every account",
    "/admin/accounts/slips": "for who manages every account", "/proof/sso": "a provider's",
    "/privacy/affected": "for who reads everybody", "/privacy/affected/download": "for who reads everybody",
    "/objections/new": "to one's own portrait", "/privacy/notice": "one's own reading",
    "/privacy/notice/new": "of the district",
    "/host/": "a code, which is the right", "/host/answer": "a code, which is the right",
}


class Recording(ImmutableMultiDict):  # type: ignore[type-arg]
    """The parameters of a request; remembers which names were asked for."""

    asked: ClassVar[set[str]] = set()

    def __contains__(self, key: Any) -> bool:
        Recording.asked.add(key)
        return super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        Recording.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        Recording.asked.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        Recording.asked.add(key)
        return super().getlist(key, *args, **kwargs)


def read_by(app: Flask, rule: Rule) -> set[str]:
    """The names an operation for other systems declares: of its query and of its body."""
    if not rule.rule.startswith("/api/"):
        return set()
    told = inspect.get_annotations(inspect.unwrap(app.view_functions[rule.endpoint]), eval_str=True)
    return {name for key, model in told.items()
            if key in ("query", "json") and inspect.isclass(model) and issubclass(model, BaseModel)
            for name in model.model_fields}


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: an address with its arguments, and what stands in the query, the form or the JSON body."""

    method: str
    rule: str
    endpoint: str
    arguments: Mapping[str, Any]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def address(self, app: Flask) -> str:
        """What is typed into the browser."""
        return app.url_map.bind("localhost").build(self.endpoint, {**self.arguments, **self.query})


def place_of(asking: Asking) -> tuple[str, str, str]:
    """Where names are read: each kind of record has a form of its own."""
    return asking.method, asking.rule, str(asking.arguments.get("kind", ""))


#: Place → the names it reads.
Names = dict[tuple[str, str, str], set[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same request for a stranger's thing and for one that is not there."""

    foreign: Asking
    missing: Asking
    given: tuple[str, ...]


def key_of(rule: Rule, name: str, made: District) -> str:
    """What an argument of a rule is called among the things: an import is no pay run, though both are ``batch_id``."""
    family = rule.endpoint.partition(".")[0]
    if rule.rule.startswith("/pay/line/"):
        family = "pay.line"
    if rule.rule.startswith("/pay/payout/closing/"):
        family = "pay.closing"
    special = f"{family}.{name}"
    return special if any(special in held for held in (CHOICES, made.shared, *made.of.values())) else name


def choices(rule: Rule, made: District) -> Iterator[dict[str, Any]]:
    """Every filling of the arguments that are nobody's."""
    names = sorted(name for name in rule.arguments if _is_shared(rule, name, made))
    offered = [_offered(key_of(rule, name, made), made) for name in names]
    for values in itertools.product(*offered):
        yield dict(zip(names, values, strict=True))


def _offered(key: str, made: District) -> tuple[Any, ...]:
    """The values that are tried for an argument that names nobody's thing; none for one that does."""
    if key == "kind":
        return made.kinds
    return CHOICES[key] if key in CHOICES else (made.shared[key],) if key in made.shared else ()


def _is_shared(rule: Rule, name: str, made: District) -> bool:
    return bool(_offered(key_of(rule, name, made), made))


def thing(made: District, word: str, key: str, kind: str) -> Any:
    """Something of a person or their school; None where they have none such."""
    if key == "words":
        return word
    return made.of[word].get(f"{kind}.{key}", made.of[word].get(key))


#: What to do about an address the sweep has not met.
UNFILLED = """{rule}: the sweep does not know what could stand for <{name}>. One line fills it: where it names a thing
of somebody, `made.of[word]["{name}"] = its id` in tests/guards/district.py, for the near and the far word, beside the
rows made there; where it is the whole district's, `made.shared["{name}"] = its id`; where it is a word of a fixed list,
`"{name}": ("one", "two"),` among CHOICES in tests/guards/addresses.py. A name that leads to another thing in
another part of the site is called "blueprint.{name}"."""
UNNAMED = """These read names the sweep has not met. One line each in tests/guards/addresses.py: REFERENCES where the
value leads to something of somebody (`"name": "staff_no"`), PLAIN where it leads to nothing of anybody: """


def fillings(rule: Rule, made: District, word: str) -> Iterator[dict[str, Any]]:
    """The arguments of an address that leads to the things of ``word``, what they have none of being of the far one."""
    for chosen in choices(rule, made):
        whole = dict(chosen)
        for name in rule.arguments - set(chosen):
            key, kind = key_of(rule, name, made), str(chosen.get("kind", ""))
            value = thing(made, word, key, kind)
            if value is None:
                value = thing(made, FAR, key, kind)
            assert value is not None, UNFILLED.format(rule=rule.rule, name=name)
            whole[name] = value
        yield whole


def pairs(rule: Rule, method: str, role: str, made: District, names: Names) -> Iterator[Pair]:
    """A stranger's things beside nobody's, in every place of the request that can name one."""
    for own in fillings(rule, made, NEAR):
        asking = Asking(method, rule.rule, rule.endpoint, own)
        kind = str(own.get("kind", ""))
        for name in sorted(rule.arguments):
            key = key_of(rule, name, made)
            if _is_shared(rule, name, made):
                continue
            for value in _foreign(role, _asks(method, rule), key, kind, made):
                yield _pair(asking, "arguments", name, value, NOBODY.get(key, NO_ID))
        for name in sorted(names.get(place_of(asking), set()) & set(REFERENCES)):
            key = REFERENCES[name]
            for value in _foreign(role, "", key, kind or "training", made):
                place = "query" if method == "GET" or rule.rule in BESIDE else "body"
                yield _pair(with_the_rest(asking), place, name, value, NOBODY.get(key, NO_ID))


def with_the_rest(asking: Asking) -> Asking:
    """All that the address needs to take the request, of one's own."""
    query = BESIDE.get(asking.rule, {})
    if asking.method == "GET":
        return replace(asking, query=query)
    typed = TYPED.get(str(asking.arguments.get("kind", query.get("kind", ""))), {})
    return replace(asking, query=query, body={"staff_no": "NEARQ号", "version": "1", "why": "补登", **typed})


def _asks(method: str, rule: Rule) -> str:
    """What is asked of a thing: to change it, or no more than everybody in reach may."""
    changes = method == "POST" and rule.rule not in ANYBODYS
    return "change" if changes or rule.rule in AS_IF_TO_CHANGE else ""


def _foreign(role: str, asks: str, key: str, kind: str, made: District) -> list[Any]:
    words = STRANGERS.get(role, ())
    if key in PERSONAL or (asks == "change" and key in PERSONAL_TO_CHANGE):
        words = words or (FAR,)
    own = thing(made, NEAR, key, kind)
    found = (thing(made, word, key, kind) for word in words)
    return [value for value in dict.fromkeys(found) if value is not None and value != own]


def _pair(asking: Asking, place: str, name: str, value: Any, nobody: Any) -> Pair:
    def given(one: Any) -> Asking:
        return replace(asking, **{place: {**getattr(asking, place), name: one}})

    return Pair(given(value), given(nobody), (str(value), str(nobody)))


def is_known(name: str) -> bool:
    """Whether the sweep knows what a name leads to. Columns of sheets that point at nothing are plain."""
    plain = {column.name for intake in BY_CODE.values() for column in intake.kind.columns} - set(REFERENCES)
    return name in PLAIN or name in REFERENCES or name in plain
