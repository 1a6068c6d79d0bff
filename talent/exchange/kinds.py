"""Every kind of sheet, in the order in which one import loads them: what is pointed at comes first."""

from talent.achievements.intake import ACHIEVEMENTS, MENTORING, RESULTS
from talent.assistance.intake import ASSISTANCE
from talent.indicators.intake import ENROLMENT, FACILITIES, QUOTA
from talent.people.intake import (
    ABSENCES,
    APPRAISALS,
    COLLECTION,
    CONDUCT,
    EXCHANGES,
    SCHOOLS,
    TEACHERS,
)
from talent.tiers.intake import TITLES
from talent.training.intake import TRAINING
from talent.workbooks.intake import Intake

INTAKES: tuple[Intake, ...] = (
    SCHOOLS,
    QUOTA,
    ENROLMENT,
    FACILITIES,
    TEACHERS,
    TRAINING,
    RESULTS,
    ACHIEVEMENTS,
    MENTORING,
    TITLES,
    ASSISTANCE,
    ABSENCES,
    APPRAISALS,
    EXCHANGES,
    CONDUCT,
    COLLECTION,
)
BY_CODE = {intake.kind.code: intake for intake in INTAKES}
KINDS = tuple(intake.kind for intake in INTAKES)
