"""Every operation answers what the pages and the command line say, within the reach of its key."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from talent.core.access import operator
from talent.core.batches import ImportBatch
from talent.pay.models import PayBatch
from talent.worker import run_once
from tests import factories
from tests.api.conftest import Calling
from tests.browser_client import Site
from tests.guards.district import dump
from tests.pay.office import Office
from tests.pay.records import ends, send

ON = "2026-09-01"
READINGS = (
    "/hours", "/tiers/pyramid", "/tiers/eligible?tier=famous_teacher", "/indicators", "/policy", "/schools", "/people",
    "/records/training", "/pay/batches", "/notice-end?published=2026-09-18&workdays=5",
)


@pytest.fixture
def district(site: Site) -> Site:
    """Two schools with a teacher each."""
    factories.add_person(site.program, "T1", "张三", "S1")
    factories.add_school(site.program, "S2", "第二小学")
    factories.add_person(site.program, "T2", "李四", "S2")
    return site


def codes(answer: Any) -> list[str]:
    return [finding["code"] for finding in answer.get_json()["findings"]]


def test_the_document_describes_every_operation(site: Site) -> None:
    document = site.app.test_client().get("/api/v1/openapi.json").get_json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    there = {(method, rule.rule.replace("<", "{").replace(">", "}"))
             for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("api.")
             for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} if rule.endpoint != "api.openapi"}
    assert len(described) == len(there) == 16
    assert document["openapi"].startswith("3.") and document["info"]["title"] == "talent"
    assert document["security"] == [{"key": []}]
    body = document["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]
    assert body == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@pytest.mark.parametrize("path", READINGS)
def test_every_reading_answers(district: Site, calling: Calling, path: str) -> None:
    answer = calling("hr").get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers


def test_reading_never_writes(district: Site, calling: Calling) -> None:
    """But for the audit of what was refused."""
    callers = [calling(role) for role in ("hr", "school", "finance", "auditor")]
    before = dump(district.program)
    for caller in callers:
        for path in READINGS:
            assert caller.get(path).status_code in (200, 403)
    assert dump(district.program) == before


def test_a_school_reads_its_own_people(district: Site, calling: Calling) -> None:
    mine, all_of_them = calling("school", school_code="S1").read("/people"), calling("hr").read("/people")
    assert [row["name"] for row in mine["people"]] == ["张三"] and mine["total"] == 1
    assert [row["name"] for row in all_of_them["people"]] == ["张三", "李四"]


def test_rows_come_in_pages(district: Site, calling: Calling) -> None:
    hr = calling("hr")
    first, second = hr.read("/people", size=1), hr.read("/people", size=1, page=2)
    assert [row["staff_no"] for row in (*first["people"], *second["people"])] == ["T1", "T2"]
    assert (first["total"], second["total"], hr.read("/people", page=9)["people"]) == (2, 2, [])
    hours = hr.read("/hours", on=ON, size=1, page=2)
    assert [row["staff_no"] for row in hours["teachers"]] == ["T2"] and hours["on"] == ON


def test_figures_are_those_of_the_command_line(district: Site, calling: Calling) -> None:
    hr = calling("hr")
    assert hr.read("/notice-end", published="2026-09-18", workdays=5) == {"ends": "2026-09-24"}
    assert {row["tier"]: row["holders"] for row in hr.read("/tiers/pyramid", on=ON)["tiers"]}["famous_teacher"] == 0
    verdicts = hr.read("/tiers/eligible", tier="new_talent", on=ON)
    assert [row["staff_no"] for row in verdicts["teachers"]] == ["T1", "T2"]
    assert hr.get("/tiers/eligible?tier=nobody").status_code == 404
    amounts = [row for row in hr.read("/policy", on=ON)["parameters"] if row["key"].endswith("yearly_amount")]
    assert [(row["value"], row["basis"]) for row in amounts] == [(2400000, "assumed")]


@pytest.mark.parametrize(("path", "code", "field"), [
    ("/people?on=2026-02-30", "api.parameter", "on"), ("/people?page=0", "api.parameter", "page"),
    ("/people?size=501", "api.parameter", "size"), ("/people?sice=5", "api.parameter_unknown", "sice"),
    ("/tiers/eligible", "api.parameter_missing", "tier"), ("/people?on=1999-01-01", "api.parameter", "on"),
    ("/hours?on=9999-12-31", "api.parameter", "on"),
    ("/notice-end?published=9999-12-31&workdays=5", "api.parameter", "published"),
])
def test_a_parameter_is_refused_by_name(calling: Calling, path: str, code: str, field: str) -> None:
    answer = calling("hr").get(path)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [(finding["code"], finding["field"]) for finding in answer.get_json()["findings"]] == [(code, field)]


def test_refusals_speak_the_language_asked_for(calling: Calling) -> None:
    hr = calling("hr")
    chinese, english = (hr.get("/people?page=0", headers={"Accept-Language": lang}).get_json() for lang in ("zh", "en"))
    assert chinese["findings"][0]["reason"] == "参数 page 的值“0”不能用。"
    assert english["findings"][0]["reason"] == "The value “0” of page cannot be used."


def test_what_is_out_of_reach_is_not_found(district: Site, calling: Calling) -> None:
    assert calling("hr").get("/records/nothing").status_code == 404
    assert calling("hr").get("/nothing").status_code == 404
    assert calling("finance").get("/people").status_code == 403


def test_broken_json_is_a_refusal(calling: Calling) -> None:
    caller = calling("finance", reads_only=False)
    for body in ("{", "[]", '"x"', '{"year": "x"}', '{"year": 2025, "total_fen": 1}', "null", "\x00"):
        answer = caller.post("/pay/batches", data=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), body


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_is_computed_once_for_one_key(district: Site, calling: Calling) -> None:
    caller, once = calling("finance", reads_only=False), {"Idempotency-Key": "run-2025"}
    first = caller.post("/pay/batches", json={"year": 2025}, headers=once)
    again = caller.post("/pay/batches", json={"year": 2025}, headers=once)
    assert (first.status_code, again.status_code) == (201, 201) and first.get_json() == again.get_json()
    other = caller.post("/pay/batches", json={"year": 2024}, headers=once)
    assert (other.status_code, codes(other)) == (422, ["token.key_reused"])
    with district.program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(PayBatch)) == 1
    assert [row["year"] for row in caller.read("/pay/batches")["batches"]] == [2025]
    assert caller.read("/pay/years/2025/lines")["lines"] == []
    assert caller.get("/pay/years/2019/lines").status_code == 404


def test_what_was_computed_is_what_is_answered(district: Site, calling: Calling) -> None:
    """A run under another convention beside one that schools have confirmed, and an adjustment of a locked year."""
    send(district.program, "T1", "A", "2021-01-01", "2021-11-30")
    caller, office = calling("finance", reads_only=False), Office(district.program)
    office.confirm_all(office.compute())
    other = caller.post("/pay/batches", json={"year": 2021, "convention": "day"}).get_json()
    assert (other["sequence"], other["convention"], other["state"]) == (2, "day", "computed")
    office.do("return_", 1, office.hr, comment="重来")
    office.locked(1)
    ends(district.program, "T1", "2021-10-31")
    put_right = caller.post("/pay/batches", json={"year": 2021}).get_json()
    assert (put_right["sequence"], put_right["state"], put_right["total_fen"]) == (3, "computed", 2_000_000)


def test_ten_at_once_compute_one_run(district: Site, calling: Calling) -> None:
    caller = calling("finance", reads_only=False)
    gate, answers = threading.Barrier(10), []

    def send() -> None:
        client = type(caller)(district.app.test_client(use_cookies=False), "")
        client.headers = caller.headers
        gate.wait()
        answers.append(client.post("/pay/batches", json={"year": 2025}, headers={"Idempotency-Key": "k"}))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({json.dumps(answer.get_json(), sort_keys=True) for answer in answers}) == 1
    with district.program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(PayBatch)) == 1


def test_a_workbook_goes_in_and_comes_back_out(district: Site, calling: Calling, tmp_path: Path) -> None:
    hr = calling("hr", reads_only=False)
    sheet = "工号,年度,考核结果\nT1,2024,合格\nT2,2024,优秀\n".encode()
    handed = hr.post("/imports?name=年度考核.csv", data=sheet)
    assert handed.status_code == 202, handed.get_data(as_text=True)
    batch = handed.get_json()["batch"]
    assert hr.read(f"/imports/{batch}")["ready"] is False
    assert run_once(district.program)
    seen = hr.read(f"/imports/{batch}")
    assert (seen["ready"], seen["errors"], seen["sheets"][0]["added"], bool(seen["token"])) == (True, 0, 2, True)
    strange = hr.post(f"/imports/{batch}/accept", json={"token": "1.x"})
    assert strange.status_code == 409
    confirmed = ["warnings", "encoding"]
    accepted = hr.post(f"/imports/{batch}/accept", json={"token": seen["token"], "confirmed": confirmed})
    assert accepted.status_code == 202, accepted.get_data(as_text=True)
    assert run_once(district.program)
    assert hr.read(f"/imports/{batch}")["state"] == "accepted"
    assert hr.read("/records/appraisals")["total"] == 2
    undone = hr.post(f"/imports/{batch}/undo").get_json()
    assert undone == {"batch": batch, "restored": 0, "removed": 2, "kept": 0}
    assert hr.read("/records/appraisals")["total"] == 0


def test_a_bad_sheet_tells_every_cell(district: Site, calling: Calling) -> None:
    hr = calling("hr", reads_only=False)
    sheet = "工号,年度,考核结果\nT1,2024,很好\nT9,2024,合格\n".encode()
    batch = hr.post("/imports?name=a.csv", data=sheet).get_json()["batch"]
    assert run_once(district.program)
    seen = hr.read(f"/imports/{batch}")
    assert seen["state"] in ("staged", "refused") and seen["errors"] == 2
    assert {issue["cell"] for issue in seen["issues"] if issue["level"] == "error"} == {"C2", "A3"}
    assert all(issue["reason"] and issue["hint"] for issue in seen["issues"])


def test_an_empty_body_hands_nothing_in(district: Site, calling: Calling) -> None:
    hr = calling("hr", reads_only=False)
    answer = hr.post("/imports?name=a.csv")
    assert (answer.status_code, codes(answer)) == (422, ["import.no_file"])
    with district.program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(ImportBatch)) == 0
