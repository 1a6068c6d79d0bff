"""Keeping the program well: ``backup``, ``restore``, ``doctor``, ``bench``."""

import shutil
import sys
from pathlib import Path

import click

from talent.cli import archive
from talent.cli.checks import examine
from talent.cli.door import REFUSED, as_json, open_program, print_json, refusing
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.work import Program
from talent.privacy import retention

PATH = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=PATH)
@refusing
def backup(file: Path) -> None:
    """Write database and files to FILE while the site runs; the keys go to FILE.keys, to be kept elsewhere."""
    program = open_program()
    rows = archive.write(program, file)
    click.echo(f"{file}: {rows} 行 · rows")
    click.echo(f"{archive.keys_file(file)}: 密钥，请另处保管 · the keys, keep them elsewhere", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="默认为 FILE.keys")
@click.option("--tombstones", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="原处 privacy/tombstones 的副本：备份之后清理过的再清理一次 · what was erased since the backup")
@refusing
def restore(file: Path, keys: Path | None, tombstones: Path | None) -> None:
    """Restore FILE into an empty home, and erase again what had been erased."""
    settings = Settings()
    try:
        rows = archive.read(Program(settings), file, keys or archive.keys_file(file))
    except archive.NotRestored as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{settings.home.absolute()}: {rows} 行 · rows")
    if tombstones is None:
        click.echo("原处若有 privacy/tombstones，请用 --tombstones 再清理一次 · bring the tombstones, if any", err=True)
        return
    count = retention.replay(Program(settings), operator(), tombstones.read_text(encoding="ascii").splitlines())
    kept = retention.tombstones_file(settings.home)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(tombstones, kept)
    kept.chmod(0o600)
    click.echo(f"再清理 {count} 项 · erased again")


@click.command()
@as_json
@refusing
def doctor(form: str) -> None:
    """Check settings, schema, keys, files and the integrity of the database; exit 1 when something is wrong."""
    found = examine(open_program())
    if form == "json":
        print_json([{"check": check.name, "ok": check.ok, "detail": check.detail} for check in found])
    else:
        for check in found:
            click.echo(f"{'✓' if check.ok else '✗'} {check.name}: {check.detail}")
    if not all(check.ok for check in found):
        sys.exit(REFUSED)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--rounds", default=5, show_default=True, type=int)
@click.option("-o", "--output", type=PATH, help="另存 JSON · also write JSON")
def bench(names: tuple[str, ...], rounds: int, output: Path | None) -> None:
    """Measure this machine against bare counterparts, in turn, and print the ratios."""
    # Measurements build whole districts; nothing else needs their module.
    from talent.bench import run

    run(names, rounds, output)
