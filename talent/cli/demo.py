"""``talent demo``: the fictitious district, imported like anybody's workbooks, computed, and served."""

from dataclasses import dataclass
from datetime import date

import click
from sqlalchemy import select

from talent.accounts import passwords
from talent.accounts.commands import add_user
from talent.accounts.models import User
from talent.accounts.queries import actor_named
from talent.cli.door import complain, refusing
from talent.cli.site import serve_site, set_up
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.money import yuan
from talent.core.terms import TITLE, chinese
from talent.core.work import Program
from talent.exchange.commands import load
from talent.exchange.reading import read_files
from talent.indicators import queries as indicators
from talent.pay import commands as pay
from talent.people.models import Person
from talent.privacy import notices
from talent.sample import Login, Step, build, logins
from talent.tiers import queries as tiers
from talent.workbooks.guard import COMMAND_LINE

PASSWORD = "mingheqc-demo-2026"  # noqa: S105 of people who do not exist, and printed


@click.command()
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--no-serve", is_flag=True, help="只建数据，不打开网站 · do not serve")
@click.option("--seed", default=2026, show_default=True, type=int)
@click.option("--teachers", default=3000, show_default=True, type=click.IntRange(60, 20_000))
@refusing
def demo(port: int, no_serve: bool, seed: int, teachers: int) -> None:
    """Build the fictitious district 明河区, import it, compute everything, and serve it with one login per role."""
    program = set_up(Settings())
    today = program.today
    click.echo("样例区“明河区”及其学校、教师和记录均为程序生成的虚构数据 · everything in this district is invented")
    steps = build(program.settings.home / "sample", seed=seed, teachers=teachers, today=today)
    click.echo(f"{len(steps)} 个工作簿 · workbooks: {program.settings.home / 'sample'}")
    imported = import_steps(program, steps)
    click.echo(f"导入 {imported.rows} 行：新增 {imported.added}，更新 {imported.updated}，不变 {imported.unchanged}")
    accounts = logins(seed=seed, teachers=teachers, today=today)
    for line in compute(program, today):
        click.echo(line)
    add_logins(program, accounts)
    click.echo("样例账号已替本人确认告知书；另建的账号，登录后先读它 · the sample logins acknowledged the notice")
    click.echo(f"登录（口令都是 {PASSWORD}）· logins, all with that password:")
    for account in accounts:
        click.echo(f"  {account.name:<10} {account.title}")
    if not no_serve:
        serve_site(program, "127.0.0.1", port)


@dataclass
class Imported:
    """Sums over all steps."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0


def import_steps(program: Program, steps: list[Step]) -> Imported:
    """Load each workbook by the ordinary import, one transaction each; a refusal ends the demo with its reasons."""
    total = Imported()
    with click.progressbar(steps, label="导入 · importing") as progress:
        for step in progress:
            reading = read_files([step.path], COMMAND_LINE)
            with program.begin(operator()) as work:
                outcome = load(work, reading, as_of=step.as_of)
            if outcome.refused:
                complain(outcome.issues)
                raise click.ClickException(f"{step.path.name} 没有导入 · was refused")
            for sheet in outcome.sheets():
                total.rows += sheet["rows"]
                total.added += sheet["added"]
                total.updated += sheet["updated"]
                total.unchanged += sheet["unchanged"]
    return total


def compute(program: Program, today: date) -> list[str]:
    """Titles, pay of the last full year, indicators and portraits; a line on each."""
    with program.read(operator()) as work:
        tower = tiers.document(work, today)
        board = indicators.document(work, today)
    lines = [
        "梯队 · pyramid: " + "，".join(f"{chinese(TITLE, row['tier'])} {row['holders']}" for row in tower["tiers"])
    ]
    for stage, figures in board["stages"].items():
        passing = sum(result["passes"] is True for result in figures["school_results"])
        lines.append(f"指标 · indicators {stage}: {figures['schools']} 校，达标 {passing}")
    year = today.year - 1
    with program.begin(operator()) as work:
        batch = pay.compute(work, year=year)
        lines.append(f"激励 · incentive {year}: {yuan(batch.total_fen)} 元")
    lines.append(_portraits(program, today))
    return lines


def _portraits(program: Program, today: date) -> str:
    # scikit-learn takes seconds to import and only this step needs it.
    from talent.portraits import commands as portraits

    run = portraits.build(program, operator(), as_of=date(today.year if today.month > 8 else today.year - 1, 8, 31))
    stability = "—" if run.stability is None else f"{run.stability:.2f}"
    return f"画像 · portraits: 第 {run.id} 次，{run.k or 0} 组，稳定性 {stability}"


def add_logins(program: Program, accounts: list[Login]) -> None:
    """One account per role, where they are not there yet; nobody of them still has to read the notice."""
    secret = passwords.seal(program.settings, PASSWORD)
    with program.begin(operator()) as work:
        known = set(work.session.scalars(select(User.name)))
        for account in accounts:
            if account.name not in known:
                display = work.session.scalar(select(Person.name).where(Person.staff_no == account.staff_no))
                add_user(
                    work,
                    name=account.name,
                    role=account.role,
                    secret=secret,
                    school_code=account.school_code if account.role in ("principal", "school") else None,
                    staff_no=account.staff_no if account.role == "teacher" else None,
                    display_name=display or account.title,
                    must_change=False,
                )
    _acknowledge(program, [account.name for account in accounts])


def _acknowledge(program: Program, names: list[str]) -> None:
    """Acknowledge the notice in force for the sample's people, who are invented: the demo opens on its pages."""
    with program.read(operator()) as work:
        row = notices.current(work)
        digest = row.digest if row is not None else ""
        actors = [actor for name in names if (actor := actor_named(work.session, name, work.today)) is not None]
    for actor in actors if digest else ():
        with program.begin(actor) as work:
            notices.acknowledge(work, digest=digest)
