"""What every verb shares: the program, the acting account, words for refusals, JSON that stands alone on stdout."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from talent.accounts.queries import actor_named
from talent.core.access import Actor, operator
from talent.core.config import Settings
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.periods import FIRST_DAY, LAST_DAY
from talent.core.work import Program
from talent.policy.errors import NotInForce
from talent.words.say import Said, say

REFUSED = 1
P = ParamSpec("P")
T = TypeVar("T")


class Day(click.ParamType):
    """A date written 2026-09-01."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or a usage error."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value}: 日期写成 2026-09-01 · write dates as 2026-09-01", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value}: 日期须在 {FIRST_DAY} 至 {LAST_DAY} 之间 · a date within these", param, ctx)
        return day


DAY = Day()
as_json = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="text 或 json")


def open_program() -> Program:
    """The program of the environment (``TALENT_HOME``, ``TALENT_DATABASE_URL``); its keys and schema must be there."""
    settings = Settings()
    if not has_keys(settings):
        raise click.ClickException("还没有建立：请先运行 talent init · run talent init first")
    return Program(settings)


def has_keys(settings: Settings) -> bool:
    """Whether ``talent init`` was run in this home."""
    return (settings.keys_folder / "field.key").exists()


def acting(program: Program) -> Actor:
    """The account named by ``--as``, else the local operator."""
    account = (click.get_current_context().find_root().obj or {}).get("account")
    if account is None:
        return operator()
    with program.read(operator()) as work:
        actor = actor_named(work.session, account, work.today)
    if actor is None:
        raise click.BadParameter(f"没有账号 {account} · no such account", param_hint="--as")
    return actor


def refusing(verb: Callable[P, T]) -> Callable[P, T]:
    """Turn the program's refusals into words on stderr and exit code 1."""

    @wraps(verb)
    def worded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except RuleViolation as refused:
            complain(refused.findings)
        except NotInForce as refused:
            facts = {"label": refused.label, "first": refused.first, "on": refused.on}
            complain([Finding("policy.not_in_force", params=facts)])
        except NotAllowed as refused:
            click.echo(f"没有权限：{refused.permission} · not allowed", err=True)
        except NotFound as refused:
            click.echo(f"没有找到：{refused.what} {refused.key} · not found", err=True)
        except Conflict as refused:
            click.echo(f"有人先改了：{refused.what} · changed meanwhile", err=True)
        sys.exit(REFUSED)

    return worded


def complain(said: Iterable[Said]) -> None:
    """Reasons and hints on stderr, one a line."""
    for each in said:
        reason, hint = say(each)
        click.echo("。".join(part.rstrip("。") for part in (reason, hint) if part) + "。", err=True)


def print_json(document: Any) -> None:
    """One JSON document on stdout: Chinese as it is, dates in ISO form."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def print_json_rows(head: Mapping[str, Any], name: str, rows: Iterable[Any]) -> None:
    """``head`` with ``rows`` under ``name``, written row by row: a city's worth need not be one string in memory."""
    opening = json.dumps(dict(head), ensure_ascii=False, default=str)[:-1]
    click.echo(f"{opening}, {json.dumps(name)}: [", nl=False)
    for place, row in enumerate(rows):
        click.echo((", " if place else "") + json.dumps(row, ensure_ascii=False, default=str), nl=False)
    click.echo("]}")
