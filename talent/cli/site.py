"""Setting up and serving: ``init``, ``user``, ``serve``, ``worker``."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click

from talent import worker as jobs
from talent.accounts import passwords, posts, teachers
from talent.accounts.commands import add_user
from talent.app import create_app
from talent.cli.door import acting, complain, open_program, refusing
from talent.cli.logs import begin_log
from talent.core import migrations
from talent.core.access import ROLES, operator
from talent.core.config import Settings
from talent.core.database import grant_site_role
from talent.core.work import Program
from talent.privacy import notices


@click.command()
@click.option("--grant-to", "role", metavar="ROLE", help="PostgreSQL：让网站用的数据库角色可读写记录，"
              "但不能改结构和审计 · let this database role serve the site, without changing schema or audit")
@refusing
def init(role: str | None) -> None:
    """Create or upgrade the schema and make missing keys; safe to repeat."""
    program = set_up(Settings())
    if role and program.engine.dialect.name == "sqlite":
        raise click.UsageError("SQLite 没有数据库角色 · SQLite has no roles: --grant-to")
    if role:
        grant_site_role(program.engine, role)
    click.echo(f"已就绪 · ready: {program.settings.home.absolute()}")


def set_up(settings: Settings) -> Program:
    """Keys, folders and schema of a home, new or old, and the notice as shipped where there is none yet."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.make_keys()
    program = Program(settings)
    migrations.upgrade(program.engine)
    if program.engine.dialect.name == "sqlite" and program.engine.url.database:
        # The file holds personal data: nobody but its owner reads it.
        Path(program.engine.url.database).chmod(0o600)
    with program.begin(operator()) as work:
        notices.ship(work, settings.bureau)
    return program


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--school", help="学校代码 · school code, for principal and school")
@click.option("--staff-no", help="工号 · staff number, for teacher")
@refusing
def add(name: str, role: str, school: str | None, staff_no: str | None) -> None:
    """Add an account; the password is read from stdin, or asked for."""
    program = open_program()
    actor = acting(program)
    actor.require("account:manage")
    if sys.stdin.isatty():
        password = click.prompt("密码 · password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    secret = passwords.seal(program.settings, password, (name,))
    with program.begin(actor) as work:
        add_user(work, name=name, role=role, secret=secret, school_code=school, staff_no=staff_no)
    click.echo(f"{name}: {role}")


@user.command("add-teachers")
@click.option("--school", default="", help="学校代码，不填就是全区 · school code; without it the whole district")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="密码条：一所学校是 PDF，几所是 ZIP · the slips, a PDF or a ZIP of them")
@refusing
def add_teachers(school: str, output: Path) -> None:
    """Add an account for everybody in service who has none; the one-time passwords are on the slips in FILE only."""
    # the slips need a compiler of 40 MB; no other verb here does
    from talent.reports import slips

    program = open_program()
    actor = acting(program)
    if output.exists():
        raise click.BadParameter(f"{output} 已经有了 · exists already", param_hint="-o")
    with program.read(actor) as work:
        drawn = teachers.draw(work, school_code=school, days=program.settings.slip_days)
    _name, content = slips.download(program.settings, drawn)
    # Nobody but the owner reads the file, and one that is there is not written over.
    with open(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        with program.begin(actor) as work:
            count = teachers.add(work, drawn=drawn)
    except BaseException:
        output.unlink()
        raise
    click.echo(f"{output}: {count} 个账号 · accounts")
    complain(drawn.passed_over)


@user.command()
@refusing
def sweep() -> None:
    """Close the role grants whose post or time has ended; the worker does so by itself every ten minutes."""
    program = open_program()
    with program.begin(acting(program)) as work:
        ended = posts.end_what_is_over(work)
    click.echo(f"收回 {ended} 项 · grants ended")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@refusing
def serve(host: str, port: int) -> None:
    """Serve the site; on SQLite the worker runs as a child and ends with it."""
    serve_site(open_ready(), host, port)


def open_ready() -> Program:
    """The program, refused when its database is not at the schema this version works with."""
    program = open_program()
    if migrations.stored(program.engine) != migrations.newest():
        raise click.ClickException("数据库版本不符：请先运行 talent init · run talent init first")
    return program


def serve_site(program: Program, host: str, port: int) -> None:
    """Serve until told to stop."""
    from talent.cli.strict import strict_server  # only the server needs it

    child = start_worker() if program.engine.dialect.name == "sqlite" else None

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    click.echo(f"http://{host}:{port}/  (Ctrl-C 结束 · to stop)", err=True)
    try:
        begin_log(program.settings.log)
        strict_server(create_app(program), host=host, port=port, **server_options(program.settings)).run()
    finally:
        if child is not None:
            child.terminate()
            child.wait(timeout=30)


def server_options(settings: Settings) -> dict[str, Any]:
    """How waitress serves: no name of its own; what a client says it was forwarded for is dropped, unless it comes from
    the proxy the settings trust.
    """
    options: dict[str, Any] = {"threads": 24, "ident": None, "clear_untrusted_proxy_headers": True}
    if settings.trusted_proxy:
        options |= {"trusted_proxy": settings.trusted_proxy, "trusted_proxy_count": 1,
                    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
    return options


def start_worker() -> "subprocess.Popen[bytes]":
    """A worker process of our own, ended with the server."""
    return subprocess.Popen([sys.executable, "-m", "talent", "worker"])


@click.command()
@refusing
def worker() -> None:
    """Do background jobs until told to stop."""
    program = open_ready()
    begin_log(program.settings.log)
    jobs.run(program)
