"""What is not theirs, asked for in every way by everybody: nothing of a stranger comes back, and nothing happens.

Every address of the URL map that takes an id, a code or a search is asked with things outside the asker's reach, in
its path, its query, its form and its JSON. The answer must be that for a thing that is not there, byte for byte but
for the value itself; no word of a stranger may stand in any answer at all; and no row may change. An argument or a
name that the sweep does not know how to fill fails and says where its line belongs, so that a new address cannot be
forgotten.
"""

import re
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.routing import Map, Rule

from talent.core.access import ROLES
from talent.core.config import Settings
from talent.exchange import staging
from talent.exchange.staging import Upload
from talent.worker import run_once
from tests.browser_client import Site
from tests.guards.addresses import STRANGERS, UNNAMED, Names, fillings, is_known
from tests.guards.district import NEAR, TABLES, District, a_site, build, counts
from tests.guards.sweep import CANARIES, browser_of, learn_names, swept, told

#: Who asks in the ordinary run: those who have strangers, and nobody.
ORDINARY = (*STRANGERS, "nobody")
#: What the ordinary run asks addresses with ``<kind>`` for, behind open doors alone; every other kind goes through the
#: same functions, and the matrix of rights tries the shut doors. ``pytest -m verify`` asks for each at every door.
#: A mentor's record names two people, an exchange two schools.
FEW = ("training", "mentoring", "exchanges")
KINDS = pytest.mark.parametrize("sweep", [FEW, pytest.param(tuple(TABLES), marks=pytest.mark.verify)],
                                ids=["few kinds", "every kind"], indirect=True)
Sweep = tuple[District, Names]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nobody is asked to slow down."""
    return settings.model_copy(update={"searches_per_minute": 1_000_000, "exports_per_hour": 1_000_000})


@pytest.fixture
def made(site: Site) -> District:
    return build(site)


@pytest.fixture(scope="module")
def sweep(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Sweep:
    """One district for all roles, since nothing may change in it, and the names its addresses read."""
    names = learn_names(tmp_path_factory.mktemp("names"), sqlite_template, request.param)
    made = build(a_site(tmp_path_factory.mktemp("swept"), sqlite_template))
    made.kinds, made.shut = request.param, request.param != FEW
    return made, names


@KINDS
def test_every_name_is_known(sweep: Sweep) -> None:
    assert {f"{method} {rule}": unknown for (method, rule, _kind), asked in sweep[1].items()
            if (unknown := {name for name in asked if not is_known(name)})} == {}, UNNAMED


def test_every_table_holds_something(made: District) -> None:
    """So that there is something to leak from each."""
    made.site.sign_in("expert")
    assert [name for name, number in counts(made.site.program).items() if not number] == []


@KINDS
@pytest.mark.parametrize("role", [
    role if role in ORDINARY else pytest.param(role, marks=pytest.mark.verify) for role in (*ROLES, "nobody")])
def test_nothing_of_strangers_comes_back_and_nothing_happens(sweep: Sweep, role: str) -> None:
    wrong, questions = swept(*sweep, role)
    assert wrong == []
    assert questions > (50 if role in STRANGERS else 20 if sweep[0].shut else -1)


@pytest.mark.verify
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("role", sorted(STRANGERS))
@pytest.mark.parametrize("sweep", [FEW], ids=["few kinds"], indirect=True)
def test_the_other_database_keeps_strangers_out_as_well(made: District, sweep: Sweep, role: str) -> None:
    made.kinds = FEW
    assert swept(made, sweep[1], role)[0] == []


def test_an_address_nobody_filled_says_how(site: Site) -> None:
    rule = Rule("/awards/<int:award_id>", endpoint="awards.one")
    Map([rule])
    with pytest.raises(AssertionError, match=r'(?s)<award_id>.*One line.*of\[word\]\["award_id"\]'):
        list(fillings(rule, District(site), NEAR))


# ── rows of a sheet ──────────────────────────────────────────────────────────────────────────────────────────


def previewed(made: District, sheet: str) -> int:
    """A sheet handed in by the near school's office, and previewed."""
    program = made.site.program
    with program.begin(made.account("school", NEAR)) as work:
        batch = staging.stage(work, program.settings.home, [Upload("表.csv", BytesIO(sheet.encode()))], None).id
    assert run_once(program)
    return batch


@pytest.mark.parametrize("sheet", [
    "工号,年度,考核结果\n{},2022,合格\n", "工号,带教对象工号,开始日期\nNEARQ号,{},2024-09-01\n",
], ids=["of a stranger", "beside a stranger"])
def test_a_row_about_a_stranger_is_a_row_about_nobody(made: District, sheet: str) -> None:
    browser, given = browser_of(made, "school"), ("FARQ号", "NOBODYQ")
    batches = [previewed(made, sheet.format(value)) for value in given]
    answers = [told(browser.get(f"/imports/batch/{batch}"), (*given, *map(str, batches))) for batch in batches]
    assert answers[0] == answers[1] and answers[0][0] == 200
    assert "¤" in answers[0][2] and not re.search(CANARIES["school"], answers[0][2])
