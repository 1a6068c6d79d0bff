"""Rows of the sheet 教职工: the first roster whole, later only the people of whom something changed."""

from collections import defaultdict
from datetime import date, timedelta

from talent.sample.history import History
from talent.sample.people import Person, value_on

Row = tuple[object, ...]


def row_on(person: Person, on: date) -> list[object]:
    """All columns but 生效日期 as they stood on `on`; names before a change of name are the former ones."""
    renamed = person.renamed is not None and person.renamed <= on
    before = person.renamed is not None and not renamed
    gone = person.left is not None and person.left <= on
    last = person.left - timedelta(days=1) if gone and person.left else on
    school = person.school_on(last)
    return [
        person.staff_no,
        person.former_name if before else person.name,
        school,
        (person.teaching_schools or school) if person.teaches else "",
        person.id_number,
        person.sex,
        person.born,
        person.ethnicity,
        person.politics,
        person.schooling,
        person.degree,
        person.rank_on(last),
        person.stage,
        person.subject,
        person.category,
        value_on(person.posts, last),
        person.quota_kind,
        person.began_work,
        person.began_teaching_text or (person.began_teaching if person.teaches else ""),
        person.at_school_since(last),
        person.certificate_kind,
        person.certificate_no,
        person.weekly_lessons,
        person.status_on(on),
        person.left if gone else "",
        person.former_name if renamed else "",
        person.phone,
    ]


def first_roster(people: list[Person], history: History) -> list[Row]:
    """Everybody in service on the first day; each person's first period opens at 到校日期."""
    return [tuple(row_on(person, history.start)) for person in people if person.in_service_on(history.start)]


def changes(people: list[Person], history: History) -> dict[tuple[date, int], list[Row]]:
    """Rows with 生效日期, by the 1 September (or last day) they were gathered for and the part.

    One person stands once in a part; a second change of the same year goes to part 2, and so on.
    """
    gathered: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for person in people:
        parts: dict[date, int] = defaultdict(int)
        for on in person.changes(history.start, history.today):
            until = min(date(on.year + (on > date(on.year, 9, 1)), 9, 1), history.today)
            parts[until] += 1
            gathered[until, parts[until]].append((*row_on(person, on), on))
    for rows in gathered.values():
        rows.sort(key=lambda row: (row[-1], row[0]))
    return dict(sorted(gathered.items()))
