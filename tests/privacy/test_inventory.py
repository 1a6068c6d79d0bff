"""The inventory of personal information: no column without an entry, no entry without a column."""

import pytest

from talent.core import terms
from talent.core.access import RIGHTS
from talent.policy.book import load_book
from talent.privacy.inventory import Field, fields, inventory, readers_of
from talent.privacy.mine import about
from talent.schema import metadata
from tests.browser_client import Site, text


def test_every_column_has_its_entry_and_every_entry_its_column() -> None:
    said = [(field.table, field.column) for field in fields()]
    assert len(said) == len(set(said)), "a column stands twice"
    assert set(said) == {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}


def test_readers_are_rights_and_periods_are_policy() -> None:
    rights = {right for held in RIGHTS.values() for right in held}
    assert {reader.partition("@")[0] for field in fields() for reader in field.readers} <= rights
    book = load_book()
    assert [field.keep.key for field in fields() if field.keep.key and field.keep.key not in book] == []
    assert [field for field in fields() if field.vocabulary and not hasattr(terms, field.vocabulary)] == []


def test_every_personal_field_says_what_it_is_and_why() -> None:
    assert [field for field in fields() if field.personal and not (field.label and field.purpose)] == []


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_a_table_that_leads_to_a_person_is_in_their_copy_or_says_why_not(name: str) -> None:
    sheet = inventory()[name]
    leads = about(metadata.tables[name], 1) is not None
    assert sheet.exported == (leads and not sheet.exempt), "exempt it by name, with a reason"
    assert not leads or sheet.personal, "rows about a person hold personal columns"
    assert leads or sheet.exempt or not sheet.personal


def pointed_at() -> set[str]:
    """The tables from which foreign keys, one after another, lead to people."""
    found = {"people"}
    while True:
        more = {table.name for table in metadata.sorted_tables
                for key in table.foreign_keys if key.column.table.name in found} | found
        if more == found:
            return found
        found = more


def test_no_way_of_foreign_keys_is_forgotten() -> None:
    assert [name for name in pointed_at() if not inventory()[name].exported and not inventory()[name].exempt] == []


def field(table: str, column: str) -> Field:
    return next(field for field in inventory()[table].fields if field.column == column)


@pytest.mark.parametrize(("table", "column", "readers"), [
    ("people", "id_number_sealed", {"all": ["hr"], "self": ["teacher"]}),
    ("people", "id_number_index", {}),
    ("people", "name", {"all": ["hr", "leader", "auditor", "operator"], "school": ["principal", "school"],
                        "self": ["teacher"]}),
    ("pay_lines", "amount_fen", {"all": ["hr", "leader", "finance", "auditor", "operator"],
                                 "school": ["principal", "school"], "self": ["teacher"]}),
    ("conduct_cases", "reason", {"all": ["hr", "operator"], "self": ["teacher"]}),
    ("user_sessions", "token_sha256", {}),
])
def test_readers_follow_from_the_table_of_rights(table: str, column: str, readers: dict[str, list[str]]) -> None:
    found = {reach: [role for role in roles if reach != "self" or role == "teacher"]
             for reach, roles in readers_of(field(table, column)).items()}
    assert found == readers


def test_finance_reads_no_id_number_and_no_phone() -> None:
    numbers = [each for each in inventory()["people"].fields if each.column.startswith(("id_number", "phone"))]
    for each in numbers:
        assert all("finance" not in roles for reach, roles in readers_of(each).items() if reach != "self")


@pytest.mark.parametrize("role", ["teacher", "finance", "auditor"])
def test_everybody_reads_the_inventory(site: Site, role: str) -> None:
    page = text(site.sign_in(role).get("/privacy/inventory?q=手机"))
    assert "工作联系" in page and "离岗后保存 1 年" in page and "假定" in page
    assert "称号申报条件" not in page


def test_the_list_narrows(site: Site) -> None:
    browser = site.sign_in("auditor")
    assert "政治面貌" not in text(browser.get("/privacy/inventory?table=people&role=finance"))
    assert "政治面貌" in text(browser.get("/privacy/inventory?table=people&class=sensitive"))
    assert "没有符合条件的项目" in text(browser.get("/privacy/inventory?table=schools"))
    assert "merged_into_id" in text(browser.get("/privacy/inventory?table=schools&class=impersonal"))
