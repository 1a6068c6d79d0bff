"""How large schools and classes are, and how many posts their pupils are worth: pure rules (rules §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from talent.indicators.rules import STAGES, is_class_size_met

THROUGH_TRAIN = "nine_year"


@dataclass(frozen=True, slots=True)
class SchoolSize:
    """Pupils of 小学 and 初中 together, the limit for such a school, and whether it holds."""

    pupils: int
    limit: int
    meets: bool


@dataclass(frozen=True, slots=True)
class ClassSize:
    """The average class of one stage; None where classes were not reported."""

    stage: str
    pupils: int
    classes: int | None
    limit: int
    average: Fraction | None
    meets: bool | None


def size_limit(kind: str, pupils: Mapping[str, int], limits: Mapping[str, int]) -> int | None:
    """The limit for a school: by its kind; a kind the document does not name is judged by the stages it teaches.

    None for a school without pupils of 小学 or 初中.
    """
    taught = [stage for stage in STAGES if pupils.get(stage, 0) > 0]
    if not taught:
        return None
    like = THROUGH_TRAIN if len(taught) > 1 else taught[0]
    return limits.get(kind, limits[like])


def school_size(kind: str, pupils: Mapping[str, int], limits: Mapping[str, int]) -> SchoolSize | None:
    """The size of a school with pupils of 小学 or 初中, None for any other."""
    limit = size_limit(kind, pupils, limits)
    if limit is None:
        return None
    count = sum(pupils.get(stage, 0) for stage in STAGES)
    return SchoolSize(count, limit, count <= limit)


def class_size(stage: str, pupils: int, classes: int | None, limits: Mapping[str, int]) -> ClassSize:
    """The average class of one stage of a school."""
    average = Fraction(pupils, classes) if classes else None
    return ClassSize(stage, pupils, classes, limits[stage], average, is_class_size_met(pupils, classes, limits[stage]))
