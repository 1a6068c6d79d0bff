"""What the eligibility rules found, in words: what is asked, what is there, and where to put it right.

``tiers.<rule>.<verdict>`` is a sentence with its hint, ``….asked`` the requirement in a few words, ``….found.…`` what
is there.
"""

WORDS: dict[str, tuple[str, str]] = {
    "tiers.in_service.met": ("截止日在职。", ""),
    "tiers.in_service.not_met": (
        "截止日不在职（在岗、长假、借调为在职）（依据：{clause}）。",
        "如在岗状态或离岗日期有误，请学校在教职工表中更正。",
    ),
    "tiers.professional_title.met": ("职称{actual}，达到{required}及以上。", ""),
    "tiers.professional_title.not_met": (
        "职称须在{required}及以上，现为{actual}（依据：{clause}）。",
        "如已取得更高职称，请学校在教职工表中补录职称和生效日期。",
    ),
    "tiers.professional_title.no_data": (
        "职称须在{required}及以上，但没有职称记录（依据：{clause}）。",
        "请学校在教职工表中补录职称和生效日期。",
    ),
    "tiers.teaching_years.met": ("教龄 {actual} 年，满 {at_least} 年。", ""),
    "tiers.teaching_years.not_met": (
        "教龄须满 {at_least} 年，截止日为 {actual} 年（依据：{clause}）。",
        "如从教日期有误，请学校在教职工表中更正。",
    ),
    "tiers.teaching_years.no_data": (
        "教龄须满 {at_least} 年，但从教日期未填或只到月份而不能判定（依据：{clause}）。",
        "请学校在教职工表中补录从教日期，精确到日。",
    ),
    "tiers.teaching_years_between.met": ("教龄 {actual} 年，在 {at_least} 至 {at_most} 年之内。", ""),
    "tiers.teaching_years_between.not_met": (
        "教龄须在 {at_least} 至 {at_most} 年之内，截止日为 {actual} 年（依据：{clause}）。",
        "如从教日期有误，请学校在教职工表中更正。",
    ),
    "tiers.teaching_years_between.no_data": (
        "教龄须在 {at_least} 至 {at_most} 年之内，但从教日期未填或只到月份而不能判定（依据：{clause}）。",
        "请学校在教职工表中补录从教日期，精确到日。",
    ),
    "tiers.prior_title.met": ("曾有称号：{actual}。", ""),
    "tiers.prior_title.not_met": (
        "须曾有下列称号之一：{required}；截止日前没有（依据：{clause}）。",
        "如已获得，请人事科在称号表中补录。",
    ),
    "tiers.result.met": ("近 {years} 年竞赛成绩：{actual}。", ""),
    "tiers.result.not_met": (
        "近 {years} 年须有下列之一或更高的竞赛成绩：{required}；已认定的记录中没有（依据：{clause}）。",
        "如已获奖，请补录竞赛成绩，学校核实、区里认定后计入。",
    ),
    "tiers.appraisal.met": ("年度考核 {years} 年均合格或优秀。", ""),
    "tiers.appraisal.not_met": (
        "年度考核 {years} 年须均为合格或优秀；{below} 年不是（依据：{clause}）。",
        "如考核结果有误，请学校在年度考核表中更正。",
    ),
    "tiers.appraisal.no_data": (
        "年度考核 {years} 年须均为合格或优秀；缺 {missing} 年（依据：{clause}）。",
        "请学校在年度考核表中补录所缺年度。",
    ),
    "tiers.hours.met": ("近五年认定学时 {actual_hundredths}，达到 {required_hundredths}。", ""),
    "tiers.hours.not_met": (
        "近五年认定学时须达到 {required_hundredths}，现为 {actual_hundredths}（依据：{clause}）。",
        "如有未录入的培训，请补录，学校核实、区里认定后计入。",
    ),
    "tiers.hours.no_data": (
        "近五年认定学时须达到 {required_hundredths}；没有培训记录，或从教日期不明（依据：{clause}）。",
        "请补录培训记录；从教日期请学校在教职工表中补录。",
    ),
    "tiers.conduct.met": ("截止日没有师德限制。", ""),
    "tiers.conduct.not_met": (
        "截止日仍在师德处理的限制期内（依据：{clause}）。",
        "限制期满后可再申报；如有疑问，请向人事科核实。",
    ),
    "tiers.age.met": ("年龄 {actual} 周岁，不超过 {at_most} 周岁。", ""),
    "tiers.age.not_met": (
        "年龄不超过 {at_most} 周岁，截止日为 {actual} 周岁（依据：{clause}）。",
        "如出生日期有误，请学校在教职工表中更正。",
    ),
    "tiers.age.no_data": (
        "年龄不超过 {at_most} 周岁，但出生日期未填或只到月份而不能判定（依据：{clause}）。",
        "请学校在教职工表中补录出生日期，精确到日。",
    ),
    "tiers.in_service.asked": ("截止日在职", ""),
    "tiers.professional_title.asked": ("职称{required}及以上", ""),
    "tiers.teaching_years.asked": ("从教满 {at_least} 年", ""),
    "tiers.teaching_years_between.asked": ("从教 {at_least} 至 {at_most} 年", ""),
    "tiers.prior_title.asked": ("曾有称号：{required}之一", ""),
    "tiers.prior_title_any.asked": ("曾有塔上或市级以上任一称号", ""),
    "tiers.prior_title_above.asked": ("曾任{lowest}及以上", ""),
    "tiers.result.asked": ("近 {years} 年竞赛{floors}", ""),
    "tiers.appraisal.asked": ("{since}—{until} 年度考核合格", ""),
    "tiers.hours.asked": ("近五年认定学时满 {required_hundredths}", ""),
    "tiers.conduct.asked": ("没有师德限制", ""),
    "tiers.age.asked": ("不超过 {at_most} 周岁", ""),
    "tiers.in_service.found.met": ("在职", ""),
    "tiers.in_service.found.not_met": ("不在职", ""),
    "tiers.professional_title.found.met": ("{actual}", ""),
    "tiers.professional_title.found.no_data": ("没有职称记录", ""),
    "tiers.teaching_years.found.met": ("{actual} 年", ""),
    "tiers.teaching_years.found.no_data": ("没有从教日期", ""),
    "tiers.teaching_years.found.no_data_yet": ("从教日期只到月份，是 {actual} 年，由哪一日决定", ""),
    "tiers.prior_title.found.met": ("{actual}", ""),
    "tiers.prior_title.found.not_met": ("截止日前没有", ""),
    "tiers.result.found.met": ("{best}", ""),
    "tiers.result.found.short": ("近 {years} 年没有够条件的成绩", ""),
    "tiers.result.found.none": ("近 {years} 年没有已认定的成绩", ""),
    "tiers.result.found.not_met": ("近 {years} 年 {count} 项，最高{best}", ""),
    "tiers.result.found.too_old": ("{year} 年的{best}已过 {years} 年", ""),
    "tiers.appraisal.found.met": ("{grades}", ""),
    "tiers.appraisal.found.not_met": ("{below_grades}", ""),
    "tiers.appraisal.found.no_data_yet": ("缺 {missing} 年", ""),
    "tiers.hours.found.met": ("{actual_hundredths}", ""),
    "tiers.hours.found.no_data": ("没有培训记录", ""),
    "tiers.hours.found.no_data_yet": ("现有 {actual_hundredths}；从教日期不明，应达多少不能判定", ""),
    "tiers.conduct.found.met": ("没有限制", ""),
    "tiers.conduct.found.not_met": ("仍在限制期内", ""),
    "tiers.age.found.met": ("{actual} 周岁", ""),
    "tiers.age.found.no_data": ("出生日期未填或只到月份", ""),
    "tiers.age.found.no_data_yet": ("出生日期只到月份，是 {actual} 周岁，由哪一日决定", ""),
    "tiers.age.found.withheld": ("年龄不在此显示", ""),
}
