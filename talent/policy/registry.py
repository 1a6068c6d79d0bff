"""Which type each entry of the book has. A key not named here is not an entry."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from talent.policy import tables, types
from talent.policy.calendars import CalendarYear
from talent.policy.eligibility import EligibilityRules
from talent.policy.errors import PolicyError

CALENDAR = "calendar.year."
ELIGIBILITY = "tiers.eligibility."


@dataclass(frozen=True, slots=True)
class Family:
    """Entries of one type whose last part is open: another year, another district's tier."""

    prefix: str
    type: Any
    label: str
    unit: str


FAMILIES = (
    Family(CALENDAR, CalendarYear, "{member} 年工作日历", "days"),
    Family(ELIGIBILITY, EligibilityRules, "{member} 申报条件", "rules"),
)

TYPES: dict[str, Any] = {
    "paired_assistance.yearly_amount": types.FenPerYear,
    "paired_assistance.accrual_year": types.AccrualYear,
    "paired_assistance.school_kinds": types.Codes,
    "paired_assistance.convention": types.Code,
    "paired_assistance.conventions": types.LabelTable,
    "paired_assistance.month_min_days": types.Days,
    "paired_assistance.month_share": types.Share,
    "paired_assistance.year_limit": types.Exact,
    "paired_assistance.absence_limit": types.WorkingDays,
    "paired_assistance.discarded_appraisals": types.Codes,
    "paired_assistance.participants_minimum_share": types.Share,
    "paired_assistance.award_notice_days": types.WorkingDays,
    "paired_assistance.host_link_days": types.Days,
    "paired_assistance.voucher_accounts": types.LabelTable,
    "hours.levels": tables.HoursLevelTable,
    "hours.evaluation_minimum": types.HundredthsOfHour,
    "hours.evaluation_years": types.Years,
    "hours.cycle_start": types.Day,
    "hours.cycle_years": types.Years,
    "hours.cycle_target": types.HundredthsOfHour,
    "hours.cycle_target_step": types.HundredthsOfHour,
    "hours.cycle_caps": types.HoursByLevel,
    "hours.daily_maximum": types.HundredthsOfHour,
    "hours.induction_minimum": types.HundredthsOfHour,
    "hours.induction_months": types.Months,
    "hours.discarded_results": types.Codes,
    "tiers.strata": types.LabelTable,
    "tiers.table": tables.TierTable,
    "tiers.cultivation_targets": tables.CultivationTargets,
    "tiers.cultivation_scope": tables.CultivationScope,
    "rounds.notice_workdays": types.WorkingDays,
    "rounds.experts_minimum": types.Count,
    "rounds.score_maximum": types.Count,
    "rounds.spread_limit": types.Count,
    "rounds.criteria": tables.CriteriaTable,
    "rounds.duties": tables.DutyTable,
    "rounds.excellent_maximum_share": types.Share,
    "rounds.unqualified_suspends": types.Count,
    "rounds.unqualified_removes": types.Count,
    "indicators.thresholds": tables.IndicatorTable,
    "indicators.reached_minimum": types.Count,
    "indicators.other_minimum_share": types.Share,
    "indicators.cv_limits": types.ByStage,
    "indicators.schooling_above": types.CodeByStage,
    "indicators.specialist_subjects": types.Texts,
    "indicators.specialist_subject_additions": types.Texts,
    "indicators.excluded_kinds": types.Codes,
    "indicators.teaching_point_minimum": types.Count,
    "indicators.split_weights": types.ByStage,
    "indicators.training_minimum_rate": types.Share,
    "indicators.certified_minimum_rate": types.Share,
    "indicators.certified_evidence": types.CertifiedEvidence,
    "indicators.exchange_minimum_rate": types.Share,
    "indicators.exchange_backbone_minimum_rate": types.Share,
    "indicators.exchange_years": types.Years,
    "indicators.exchange_denominator": types.ExchangeDenominator,
    "indicators.exchange_backbone_denominator": types.ExchangeBackboneDenominator,
    "indicators.assistance_counts_as_exchange": types.Flag,
    "indicators.school_size_limits": types.CountByCode,
    "indicators.class_size_limits": types.CountByCode,
    "staffing.ratios": types.ByStage,
    "staffing.rounding": types.StaffingRounding,
    "privacy.peer_minimum": types.Count,
    "privacy.own_school_minimum": types.Count,
    "privacy.dominance_limit": types.Share,
    "privacy.correction_days": types.Days,
    "privacy.objection_days": types.Days,
    "privacy.keep_access_logs": types.Months,
    "privacy.keep_vouchers": types.Months,
    "privacy.keep_portraits": types.Months,
    "privacy.keep_contact": types.Months,
    "privacy.keep_id_number": types.Months,
    "privacy.keep_uploads": types.Months,
    "privacy.keep_images": types.Months,
    "privacy.keep_jobs": types.Months,
    "privacy.reveals_an_hour": types.Count,
    "privacy.correction_school_days": types.Days,
    "vocabulary.professional_titles": types.RankTable,
    "vocabulary.professional_title_aliases": types.AliasTable,
    "vocabulary.schooling": types.RankTable,
    "vocabulary.result_levels": types.RankTable,
    "vocabulary.result_grades": types.RankTable,
    "vocabulary.result_categories": types.LabelTable,
    "vocabulary.art_subjects": types.Texts,
    "portraits.window_years": types.Years,
    "portraits.scale_months": types.Months,
    "portraits.minimum_months": types.Months,
    "portraits.hour_columns": tables.HourColumnTable,
    "portraits.hour_parts_missing_limit": types.Count,
    "portraits.contest_level_points": types.PointsTable,
    "portraits.contest_grade_factors": types.PointsTable,
    "portraits.contest_category_factors": types.PointsTable,
    "portraits.project_role_factors": types.PointsTable,
    "portraits.open_lesson_points": types.PointsTable,
    "portraits.dimensions": tables.DimensionTable,
    "portraits.other_type_names": types.LabelTable,
    "portraits.forbidden_words": types.Texts,
    "portraits.score_percentile": types.Share,
    "portraits.coverage_minimum": types.Share,
    "portraits.career_bands": types.Bands,
    "portraits.membership_minimum": types.Share,
    "portraits.margin_minimum": types.Share,
    "portraits.k_range": types.CountRange,
    "portraits.group_minimum_share": types.Share,
    "portraits.group_minimum_people": types.Count,
    "portraits.stability_minimum": types.Share,
    "portraits.group_stability_minimum": types.Share,
    "portraits.continuity_minimum": types.Share,
    "portraits.association_limits": types.ShareByCode,
    "portraits.change_percentile": types.Share,
    "portraits.method": tables.PortraitMethod,
}


def family_of(key: str) -> Family | None:
    """The family ``key`` belongs to, None for none."""
    return next(
        (family for family in FAMILIES if key.startswith(family.prefix) and key != family.prefix), None
    )


_ADAPTERS: dict[int, TypeAdapter[Any]] = {}


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    """The reader of one type, built once for all entries that share it (the type may not be hashable)."""
    return _ADAPTERS.get(id(annotation)) or _ADAPTERS.setdefault(id(annotation), TypeAdapter(annotation))


def read_value(key: str, raw: Any, *, file: str, on: date) -> Any:
    """``raw`` as the type of ``key``; ``PolicyError`` names file, key, date and what is wrong."""
    family = family_of(key)
    if family is None and key not in TYPES:
        raise PolicyError("unknown key", file=file, key=key)
    try:
        value = _adapter(TYPES[key] if family is None else family.type).validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        facts = first.get("ctx", {})
        raise PolicyError(
            f"{place}: {first['msg']}" if place else first["msg"], file=file, key=key, on=on,
            kind=str(facts["error"]) if first["type"] == "value_error" else first["type"], place=place, facts=facts,
        ) from error
    if isinstance(value, CalendarYear) and (key != f"{CALENDAR}{value.year}" or on.year != value.year):
        raise PolicyError(f"holds the days of {value.year}", file=file, key=key, on=on, kind="calendar")
    return value
