"""编制 on a date: 测算, 核定, 实有在编 and 编外 are four numbers, per school and for the district (rules §5).

People count at the school of their post: those on assistance or teaching elsewhere stay in their own school's quota.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from talent.indicators.facts import Records, SchoolRecord
from talent.indicators.rules import staffing_quota


@dataclass(frozen=True, slots=True)
class Staffing:
    """The four numbers; None where the school reported no pupils of a stage with a ratio, or no posts were granted.

    ``unsaid`` people have no 编制类别 and are in neither of the last two.
    """

    reckoned: int | None
    granted: int | None
    staffed: int
    beyond: int
    unsaid: int


def staffing_of(school: SchoolRecord, ratios: Mapping[str, Fraction]) -> Staffing | None:
    """One school's numbers; None for a school with neither pupils, posts nor staff."""
    pupils = {stage: count for stage, count in school.pupils.items() if stage in ratios and count}
    if not pupils and not school.staff and school.posts is None:
        return None
    return Staffing(
        staffing_quota(pupils, ratios) if pupils else None, school.posts.posts if school.posts else None,
        school.staff.get("staffed", 0), school.staff.get("beyond", 0), school.staff.get("no_quota_type", 0))


def district_staffing(records: Records, ratios: Mapping[str, Fraction]) -> Staffing:
    """The sums over the schools; 核定 is the district's ceiling where one was granted, else the schools' sum."""
    found = [each for school in records.schools if (each := staffing_of(school, ratios)) is not None]
    reckoned = [each.reckoned for each in found if each.reckoned is not None]
    granted = [each.granted for each in found if each.granted is not None]
    whole = sum(granted) if granted else None
    return Staffing(
        sum(reckoned) if reckoned else None, records.ceiling.posts if records.ceiling else whole,
        sum(each.staffed for each in found), sum(each.beyond for each in found), sum(each.unsaid for each in found))
