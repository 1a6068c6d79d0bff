"""The papers that repeat the code say what it says."""

from pathlib import Path

import pytest

from talent.core.access import RIGHTS
from talent.core.config import Settings
from tests.limits import DRAWN, SET, SETTINGS
from tests.papers import LIMITS, PAPERS, RIGHTS_PAPER, bounds, form_lines, forms

#: Judged by talent/accounts/rules.py, which says how long a password may be.
NEW_PASSWORDS = {("web.admin.AccountForm", "password"), ("web.admin.InitialPasswordForm", "password"),
                 ("web.login.PasswordForm", "new"), ("web.login.PasswordForm", "again")}
AGAIN = "run `make papers`"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.stem)
def test_a_paper_says_what_the_code_says(paper: Path) -> None:
    said, meant = paper.read_text(encoding="utf-8").splitlines(), PAPERS[paper]().splitlines()
    assert [line for line in said if line not in meant] == [], AGAIN
    assert [line for line in meant if line not in said] == [], AGAIN
    assert said == meant, AGAIN


def test_every_constant_that_bounds_something_is_listed() -> None:
    named = set(SET) | DRAWN
    assert set(bounds()) - named == set(), "a line in tests/limits.py says what it bounds"
    assert {place for place in named - set(bounds()) if not place.startswith("talent.accounts.passwords.")} == set()
    assert SETTINGS.keys() <= Settings.model_fields.keys()


def test_every_text_of_a_form_is_bounded_or_judged() -> None:
    """Free text ends up in rows: a field without a longest length fails, whatever the command says later."""
    loose = {(form.strip("`"), field.strip("`")) for form, field, kind, _, said in form_lines()
             if kind in ("String", "TextArea", "Password") and not said}
    assert loose == NEW_PASSWORDS


def test_the_papers_hold_something() -> None:
    assert len(forms()) >= 40
    limits, rights = LIMITS.read_text(encoding="utf-8"), RIGHTS_PAPER.read_text(encoding="utf-8")
    assert "| `accounts.rules.SHORTEST_PASSWORD` | 10 | characters of a password, at least |" in limits
    assert "| `TALENT_UPLOAD_BYTES` | 50,000,000 | bytes of one request, files included |" in limits
    assert f"| right | {' | '.join(RIGHTS)} |" in rights
    assert "| `person:reveal` ★ |  | all |  |  |  |  |  |  |  |  |" in rights
