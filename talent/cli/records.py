"""Workbooks in and out: ``import``, ``export``, ``template``."""

import sys
from datetime import date
from pathlib import Path

import click

from talent.cli.door import DAY, REFUSED, acting, as_json, open_program, print_json, refusing
from talent.core.work import Program
from talent.exchange.commands import Outcome, load, plan
from talent.exchange.export import export_workbook
from talent.exchange.kinds import BY_CODE, INTAKES
from talent.exchange.reading import Reading, read_files
from talent.words.say import say
from talent.workbooks.guard import COMMAND_LINE, FileRefused
from talent.workbooks.reader import read
from talent.workbooks.report import write_report

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
KIND = click.Choice(list(BY_CODE))


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--as-of", type=DAY, help="没有生效日期的行从这一天起生效 · when rows take effect")
@click.option("--dry-run", is_flag=True, help="只核对，不保存 · check only")
@click.option("--good-rows-only", is_flag=True, help="只导入没有错误的行，并记录这一选择 · leave rows with errors out")
@click.option("--encoding", help="CSV 的编码 · of a CSV: utf-8, gb18030")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="标出错处的原表 · your sheet, bad cells marked"
)
@as_json
@refusing
def import_(
    files: tuple[Path, ...],
    as_of: date | None,
    dry_run: bool,
    good_rows_only: bool,
    encoding: str | None,
    report: Path | None,
    form: str,
) -> None:
    """Import workbooks: nothing is saved unless every row is good."""
    program = open_program()
    reading = read_files(files, COMMAND_LINE, encoding=encoding)
    for name, guessed in reading.guessed.items():
        click.echo(f"{name}: 按 {guessed} 读取，如有乱码请用 --encoding 指定 · read as {guessed}", err=True)
    outcome = _run(program, reading, as_of, dry_run, good_rows_only)
    if report is not None:
        _write_reports(report, files, outcome, encoding)
    if form == "json":
        print_json(_document(outcome))
    else:
        _tell(outcome, dry_run)
    stopped = outcome.refused and not (good_rows_only and outcome.accepted)
    if stopped:
        sys.exit(REFUSED)


def _write_reports(report: Path, files: tuple[Path, ...], outcome: Outcome, encoding: str | None) -> None:
    """The user's own sheets with their bad cells marked: one workbook per file, the second as NAME-2.xlsx."""
    for number, file in enumerate(files, 1):
        issues = [(issue, *say(issue)) for issue in outcome.issues if issue.file == file.name]
        path = report if number == 1 else report.with_stem(f"{report.stem}-{number}")
        try:
            write_report(path, read(file, COMMAND_LINE, encoding=encoding), issues)
        except FileRefused:
            click.echo(f"{file.name}: 打不开，没有标红的副本 · cannot be opened, so no marked copy", err=True)


def _run(program: Program, reading: Reading, as_of: date | None, dry_run: bool, good_rows_only: bool) -> Outcome:
    actor = acting(program)
    if dry_run:
        with program.read(actor) as work:
            return plan(work, reading, as_of)
    with program.begin(actor) as work:
        return load(work, reading, as_of=as_of, good_rows_only=good_rows_only)


def _document(outcome: Outcome) -> dict[str, object]:
    issues = []
    for issue in outcome.issues:
        reason, hint = say(issue)
        issues.append(
            {
                "file": issue.file,
                "sheet": issue.sheet,
                "cell": issue.cell,
                "column": issue.column,
                "value": issue.value,
                "reason": reason,
                "hint": hint,
                "level": issue.level,
                "code": issue.code,
            }
        )
    return {"batch": outcome.batch_id, "sheets": outcome.sheets(), "issues": issues}


def _tell(outcome: Outcome, dry_run: bool) -> None:
    for sheet in outcome.sheets():
        click.echo(
            "{file} {sheet}: {rows} 行，新增 {added}，更新 {updated}，不变 {unchanged}，错误 {errors}".format(**sheet)
        )
    for issue in outcome.issues:
        reason, hint = say(issue)
        where = " ".join(part for part in (issue.file, issue.sheet, issue.cell, issue.column) if part)
        value = f"“{issue.value}”" if issue.value else ""
        word = "错误" if issue.level == "error" else "提醒"
        click.echo(f"{word} {where}{value}: {reason}。{hint}", err=True)
    if outcome.refused and not outcome.accepted:
        click.echo("没有保存任何一行 · nothing was saved", err=True)
    elif dry_run:
        click.echo("只核对，没有保存 · checked only")
    elif outcome.batch_id is None:
        click.echo("没有变化 · nothing to change")
    else:
        click.echo(f"已保存，批次 {outcome.batch_id} · saved as batch {outcome.batch_id}")


@click.command()
@click.argument("kinds", nargs=-1, required=True, type=KIND)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@refusing
def export(kinds: tuple[str, ...], output: Path) -> None:
    """Write the records of these kinds with the columns that are imported."""
    program = open_program()
    with program.begin(acting(program)) as work:
        rows = export_workbook(work, kinds, output)
    click.echo(f"{output}: {rows} 行 · rows")


@click.command()
@click.argument("kinds", nargs=-1, type=KIND)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def template(kinds: tuple[str, ...], output: Path) -> None:
    """Write an empty workbook with notes and drop-downs; all kinds where none is named."""
    # The writer alone needs XlsxWriter, which costs 0.2 s.
    from talent.workbooks.writer import write_template

    write_template(output, [intake.kind for intake in INTAKES if not kinds or intake.kind.code in kinds])
    click.echo(str(output))
