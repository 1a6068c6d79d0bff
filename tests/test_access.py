"""The access matrix: every route and every verb, by role, exactly as ``access.csv`` says.

A route or verb without a row fails, and so does a row without one. ``in`` is let in (whatever the page then says of an
object that is not there), ``403`` is refused for want of the right, ``login`` is sent to sign in; an operation of the
interface for other systems is asked with a key of the account, ``401`` where the role gets none. Who may see which
object behind an open door is tested with each family of pages.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from talent.app import create_app
from talent.cli import VERBS, main
from talent.core.access import RIGHTS, ROLES
from talent.core.work import Program
from tests.api.conftest import key_of
from tests.browser_client import Browser, Site

MATRIX = Path(__file__).with_name("access.csv")
COLUMNS = ("door", "entry", *ROLES, "nobody")
NOBODY_THERE = {"int": "999999", "number": "999999", "path": "talent.css", "default": "nothing", "string": "nothing"}
#: Verbs that act on files of this machine or start servers: whoever has the shell may call them, whatever the account.
LOCAL = {"demo", "init", "serve", "worker", "backup", "restore", "doctor", "bench", "template", "notice-end", "audit",
         "keys"}


def rows() -> dict[tuple[str, str], dict[str, str]]:
    with open(MATRIX, encoding="utf-8", newline="") as file:
        return {(row["door"], row["entry"]): row for row in csv.DictReader(file)}


def routes(site: Site) -> Iterator[tuple[str, str, str]]:
    """(entry, method, address with ids of nobody)."""
    for rule in site.app.url_map.iter_rules():
        address = re.sub(
            r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda found: NOBODY_THERE[found.group(1) or "default"], rule.rule
        )
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", method, address


def outcome(browser: Browser, method: str, address: str) -> str:
    if address.startswith("/api/"):
        response = browser.open(address, method=method, headers=browser.key)
    elif method == "GET":
        response = browser.get(address)
    else:
        response = browser.post(address, data={"csrf_token": browser.kept_token()})
    if response.status_code in (401, 403):
        return str(response.status_code)
    to_login = response.status_code in (302, 303) and "/login" in response.headers["Location"]
    return "login" if to_login and address != "/logout" else "in"


def verbs(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every verb of the command line that does something."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name)


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Rights do not depend on the database: SQLite alone."""
    path = tmp_path / "talent.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def site(program: Program) -> Site:
    app = create_app(program)
    app.test_client_class = Browser
    return Site(app, program)


def observed_routes(site: Site) -> dict[tuple[str, str], dict[str, str]]:
    """What each role really meets at each route. Signing out comes last: it ends the browser's session."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    ordered = sorted(routes(site), key=lambda route: (ends_session(route[0]), route[0]))
    for role in (*ROLES, "nobody"):
        for entry, method, address in ordered:
            browser = site.browser() if role == "nobody" else None
            if browser is None:
                if ends_session(entry) or role not in site_browsers(site):
                    site_browsers(site)[role] = site.sign_in(role)
                    site_browsers(site)[role].key = key_header(site, role)
                browser = site_browsers(site)[role]
            found.setdefault(("web", entry), {})[role] = outcome(browser, method, address)
    return found


def ends_session(entry: str) -> bool:
    """Whether the route signs its browser out."""
    return entry.endswith(("/logout", "/sign-out-everywhere"))


def key_header(site: Site, role: str) -> dict[str, str]:
    """The key of a role's account, as another system sends it; nothing where the role gets none."""
    may = "api:use" in RIGHTS[role]
    return {"Authorization": f"Bearer {key_of(site, role, reads_only=False)}"} if may else {}


def site_browsers(site: Site) -> dict[str, Browser]:
    browsers: dict[str, Browser] = site.app.extensions.setdefault("test browsers", {})
    return browsers


ARGUMENTS = {
    ("import",): ["FILE"],
    ("export",): ["appraisals", "-o", "OUT"],
    ("hours",): ["--on", "2026-09-01"],
    ("tiers", "pyramid"): ["--on", "2026-09-01"],
    ("tiers", "eligible"): ["--tier", "famous_teacher", "--on", "2026-09-01"],
    ("indicators",): ["--on", "2026-09-01"],
    ("pay", "compute"): ["--year", "2025"],
    ("pay", "verify"): [],
    ("portraits", "build"): ["--as-of", "2026-08-31"],
    ("user", "sweep"): [],
    ("user", "add-teachers"): ["-o", "SLIPS"],
    ("user", "add"): ["someone", "--role", "auditor"],
}


def observed_verbs(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[tuple[str, str], dict[str, str]]:
    """What each role really meets at each verb that takes ``--as``; ``nobody`` is the local operator."""
    settings = site.program.settings
    monkeypatch.setenv("TALENT_HOME", str(settings.home))
    monkeypatch.setenv("TALENT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TALENT_ARGON2_TIME_COST", "1")
    monkeypatch.setenv("TALENT_ARGON2_MEMORY_KIB", "8192")
    file = tmp_path / "年度考核.csv"
    file.write_text("工号,年度,考核结果\nT1,2024,合格\n", encoding="utf-8")
    found: dict[tuple[str, str], dict[str, str]] = {}
    for verb in verbs():
        entry = ("cli", " ".join(verb))
        if verb[0] in LOCAL:
            found[entry] = dict.fromkeys((*ROLES, "nobody"), "in")
            continue
        places = {"FILE": file, "OUT": tmp_path / "out.xlsx", "SLIPS": tmp_path / "slips.pdf"}
        arguments = [str(places.get(word, word)) for word in ARGUMENTS[verb]]
        for role in (*ROLES, "nobody"):
            account = [] if role == "nobody" else ["--as", site.account(role).name]
            result = CliRunner().invoke(main, [*account, *verb, *arguments], input="a long enough 口令 7\n")
            assert result.exception is None or isinstance(result.exception, SystemExit), (verb, role, result.exception)
            found.setdefault(entry, {})[role] = "403" if "not allowed" in result.stderr else "in"
    return found


def test_every_route_answers_each_role_as_the_matrix_says(site: Site) -> None:
    matrix = {key: row for key, row in rows().items() if key[0] == "web"}
    seen = observed_routes(site)
    assert set(matrix) == set(seen), "a route without a row, or a row without a route"
    assert {key: {role: row[role] for role in (*ROLES, "nobody")} for key, row in matrix.items()} == seen


def test_every_verb_answers_each_role_as_the_matrix_says(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = {key: row for key, row in rows().items() if key[0] == "cli"}
    seen = observed_verbs(site, tmp_path, monkeypatch)
    assert set(matrix) == set(seen), "a verb without a row, or a row without a verb"
    assert {key: {role: row[role] for role in (*ROLES, "nobody")} for key, row in matrix.items()} == seen


def test_help_names_every_verb() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert [name for name in VERBS if f"  {name} " not in shown] == []
