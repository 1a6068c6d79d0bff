"""Figures on a date: ``hours``, ``tiers``, ``indicators``, ``pay``, ``portraits``, ``notice-end``."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from talent.cli.door import (
    DAY,
    REFUSED,
    acting,
    as_json,
    complain,
    has_keys,
    open_program,
    print_json,
    print_json_rows,
    refusing,
)
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.errors import NotAllowed
from talent.core.money import yuan
from talent.core.terms import TITLE, chinese
from talent.core.work import Program
from talent.core.workdays import WorkCalendar
from talent.indicators import queries as indicator_queries
from talent.pay import commands as pay_commands
from talent.pay import queries as pay_queries
from talent.pay.rules import CONVENTIONS
from talent.policy.book import Book, load_book
from talent.policy.errors import UnknownKey
from talent.tiers import candidates
from talent.tiers import queries as tier_queries
from talent.tiers.candidates import Judged, Sight
from talent.tiers.eligibility import RuleVerdict, TierRules, Verdict, tally
from talent.tiers.reasons import asked, found
from talent.training import queries as training_queries
from talent.words.say import say

on_date = click.option("--on", type=DAY, required=True, help="哪一天 · on which day")


@click.command()
@on_date
@as_json
@refusing
def hours(on: date, form: str) -> None:
    """Training hours of everyone in service on the date, in both views."""
    program = open_program()
    with program.read(acting(program)) as work:
        teachers = [row.as_json() for row in training_queries.hours(work, on)]
    if form == "json":
        print_json({"on": on, "teachers": teachers})
        return
    for row in teachers:
        said = {name: "—" if value is None else value for name, value in row.items()}
        click.echo("{staff_no}\t{rolling_hours}\t{cycle_hours}/{cycle_target}".format(**said))


@click.group()
def tiers() -> None:
    """The talent pyramid."""


@tiers.command()
@on_date
@as_json
@refusing
def pyramid(on: date, form: str) -> None:
    """Holders of each title on the date; the tower counts each person once."""
    program = open_program()
    with program.read(acting(program)) as work:
        document = tier_queries.document(work, on)
    if form == "json":
        print_json(document)
        return
    for row in document["tiers"]:
        click.echo(f"{chinese(TITLE, row['tier'])}\t{row['holders']}")
    click.echo(f"共 {document['people']} 人 · people")


@tiers.command()
@click.option("--tier", metavar="CODE", required=True, help="申报哪个层级，如 famous_teacher · which tier")
@on_date
@as_json
@refusing
def eligible(tier: str, on: date, form: str) -> None:
    """Who may apply for a tier on the cut-off date: each rule met, not met, or without data."""
    program = open_program()
    with program.read(acting(program)) as work:
        try:
            people = candidates.eligible(work, tier, on)
        except UnknownKey:
            known = ", ".join(candidates.tiers_with_rules(work.book))
            raise click.BadParameter(f"{tier}: 没有申报条件，可填 {known} · no rules", param_hint="--tier") from None
        sight = Sight.of(work.actor)
        if form == "json":
            print_json_rows({"tier": tier, "on": on}, "teachers", (each.as_json(sight) for each in people))
        else:
            _print_verdicts(list(people), sight, TierRules.in_force(work.book, tier, on), work.book)


VERDICTS: dict[Verdict, str] = {"met": "满足", "not_met": "没有满足", "no_data": "没有数据"}


def _print_verdicts(people: list[Judged], sight: Sight, terms: TierRules, book: Book) -> None:
    """A line a person, by staff number: the verdict, and what stands against it."""
    table = tier_queries.table_on(book, terms.on)

    def told(row: RuleVerdict) -> str:
        there = "，".join(say(each)[0] for each in found(sight.shown(row), terms, table))
        return f"{VERDICTS[row.verdict]}：{say(asked(row, terms, table))[0]}（{there}）"

    for each in people:
        against = [told(row) for row in each.found.rules if row.verdict != "met"]
        click.echo("\t".join([each.person.staff_no, VERDICTS[each.found.verdict], *against]))
    counts = tally([each.found for each in people])
    click.echo("，".join(f"{word} {counts[code]} 人" for code, word in VERDICTS.items()) + " · people")


@click.command()
@on_date
@as_json
@refusing
def indicators(on: date, form: str) -> None:
    """The national indicators of 教督〔2017〕6号 on a statistics date."""
    program = open_program()
    with program.read(acting(program)) as work:
        document = indicator_queries.document(work, on)
    if form == "json":
        print_json(document)
        return
    for stage, figures in document["stages"].items():
        click.echo(f"{stage}: {figures['schools']} 校，{figures['pupils']} 人")
        for row in figures["indicators"]:
            click.echo("  {number}\t均值 {mean}\t差异系数 {cv}（≤ {cv_limit}）".format(**row))


@click.group()
def pay() -> None:
    """The assistance incentive."""


@pay.command()
@click.option("--year", type=click.IntRange(1, 9998), required=True)
@click.option("--convention", type=click.Choice(list(CONVENTIONS)))
@as_json
@refusing
def compute(year: int, convention: str | None, form: str) -> None:
    """Compute a draft batch of the year from the records."""
    program = open_program()
    with program.begin(acting(program)) as work:
        batch = pay_commands.compute(work, year=year, convention=convention)
        document = pay_queries.document(work, batch, say)
    if form == "json":
        print_json(document)
        return
    for row in document["schools"]:
        click.echo(f"{row['school_code']}\t{yuan(row['amount_fen'])}")
    click.echo(
        f"合计 {yuan(document['total_fen'])} 元，{len(document['lines'])} 行，{len(document['findings'])} 条发现"
    )


@pay.command()
@refusing
def verify() -> None:
    """Check every invariant of the book; exit 1 and the first broken one otherwise."""
    program = open_program()
    with program.read(acting(program)) as work:
        if not work.require("pay:read").everyone:
            raise NotAllowed("pay:read")
        broken = pay_commands.verify(work.session)
    if broken:
        complain(broken[:1])
        sys.exit(REFUSED)
    click.echo("账目一致 · consistent")


@click.group()
def portraits() -> None:
    """Teacher portraits."""


@portraits.command()
@click.option("--as-of", type=DAY, help="截止日 · cut-off, computed from the records")
@click.option("--features", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="只算这个文件，不保存")
@click.option("--k", type=click.IntRange(2, 20))
@click.option("--seed", type=int, default=0, show_default=True)
@as_json
@refusing
def build(as_of: date | None, features: Path | None, k: int | None, seed: int, form: str) -> None:
    """Compute scores and groups: from the records (stored as a draft), or from a file of features (nothing stored)."""
    if (as_of is None) == (features is None):
        raise click.UsageError("--as-of 与 --features 填一个 · give one of --as-of and --features")
    document = _from_file(features, k, seed) if features else _from_records(as_of, k, seed)
    if form == "json":
        print_json(document)
        return
    stability = "—" if document["stability"] is None else f"{document['stability']:.2f}"
    click.echo(f"{document['run']}: k={document['k']}，稳定性 {stability}，{len(document['teachers'])} 人")


def _from_file(features: Path | None, k: int | None, seed: int) -> dict[str, Any]:
    # scikit-learn takes seconds to import and only portraits need it
    from talent.portraits.build import build as build_portraits
    from talent.portraits.features import read_features

    assert features is not None
    result = build_portraits(read_features(features), k=k, seed=seed)
    return result.as_dict()


def _from_records(as_of: date | None, k: int | None, seed: int) -> dict[str, Any]:
    # scikit-learn takes seconds to import and only portraits need it
    from talent.portraits import commands

    assert as_of is not None
    program = open_program()
    return commands.build(program, acting(program), as_of=as_of, k=k, seed=seed).document()


@click.command("notice-end")
@click.option("--published", type=DAY, required=True)
@click.option("--workdays", type=click.IntRange(1, 250), required=True)
@refusing
def notice_end(published: date, workdays: int) -> None:
    """Print the last day of a public notice: the day of publication is not counted."""
    click.echo(WorkCalendar(_book().calendars()).notice_end(published, workdays).isoformat())


def _book() -> Book:
    """The book with the calendars an administrator loaded; the shipped one where there is no home yet."""
    settings = Settings()
    if not has_keys(settings):
        return load_book()
    with Program(settings).read(operator()) as work:
        return work.book
