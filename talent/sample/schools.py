"""The schools of the fictitious district and the posts each has at the end of the history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from talent.sample.history import History

PRIMARY, JUNIOR, SENIOR = "小学", "初中", "高中"
PRESCHOOL, SPECIAL, VOCATIONAL = "学前", "特殊教育", "职业"
PUPIL_STAGES = (PRIMARY, JUNIOR, SENIOR)
COMPULSORY = (PRIMARY, JUNIOR)

DISTRICT = "明河区"


@dataclass(frozen=True, slots=True)
class Kind:
    """One 办学类型: how many of it 3,000 teachers have, its usual staff, its stages with their shares."""

    label: str
    count: int
    at_least: int
    staff: int
    stages: tuple[tuple[str, float], ...]
    name: str


KINDS = (
    Kind("小学", 18, 3, 68, ((PRIMARY, 1),), "{place}小学"),
    Kind("初级中学", 8, 1, 88, ((JUNIOR, 1),), "{place}初级中学"),
    Kind("九年一贯制学校", 3, 1, 130, ((PRIMARY, 0.56), (JUNIOR, 0.44)), "{place}学校"),
    Kind("完全中学", 2, 1, 150, ((JUNIOR, 0.5), (SENIOR, 0.5)), "{place}中学"),
    Kind("高级中学", 2, 1, 110, ((SENIOR, 1),), "{place}高级中学"),
    Kind("十二年一贯制学校", 1, 0, 170, ((PRIMARY, 0.4), (JUNIOR, 0.3), (SENIOR, 0.3)), "{place}实验学校"),
    Kind("特殊教育学校", 1, 1, 30, ((SPECIAL, 1),), "{place}启智学校"),
    Kind("职业学校", 1, 1, 60, ((VOCATIONAL, 1),), "{place}职业中等专业学校"),
    Kind("教学点", 1, 1, 4, ((PRIMARY, 1),), "{place}教学点"),
    Kind("幼儿园", 2, 1, 26, ((PRESCHOOL, 1),), "{place}幼儿园"),
    Kind("教师发展机构", 1, 1, 40, ((PRIMARY, 0.45), (JUNIOR, 0.4), (SENIOR, 0.15)), "教师发展中心"),
)

# Of school and stage: the subjects with their shares in per cent.
SUBJECTS: dict[str, tuple[tuple[str, float], ...]] = {
    PRESCHOOL: (("学前教育", 100),),
    PRIMARY: (
        ("语文", 31),
        ("数学", 23),
        ("英语", 9),
        ("体育", 8),
        ("音乐", 4.7),
        ("美术", 4.6),
        ("科学", 6),
        ("道德与法治", 5),
        ("信息科技", 3.2),
        ("心理健康", 2),
        ("劳动", 2),
        ("书法", 1.5),
    ),
    JUNIOR: (
        ("语文", 16.5),
        ("数学", 16.5),
        ("英语", 16),
        ("物理", 7.5),
        ("体育", 7.2),
        ("道德与法治", 6),
        ("历史", 5),
        ("化学", 4.8),
        ("生物", 4.2),
        ("地理", 4.2),
        ("音乐", 3.4),
        ("美术", 3.4),
        ("信息科技", 3),
        ("心理健康", 1.3),
        ("劳动", 1),
    ),
    SENIOR: (
        ("语文", 15),
        ("数学", 15),
        ("英语", 15),
        ("物理", 10),
        ("化学", 8.5),
        ("生物", 7.5),
        ("历史", 6.5),
        ("地理", 6.5),
        ("思想政治", 6),
        ("体育", 5),
        ("信息技术", 2),
        ("音乐", 1.2),
        ("美术", 1.2),
        ("通用技术", 0.6),
    ),
    SPECIAL: (
        ("特殊教育", 62),
        ("语文", 9),
        ("数学", 9),
        ("体育", 7),
        ("音乐", 5),
        ("美术", 5),
        ("心理健康", 3),
    ),
    VOCATIONAL: (
        ("语文", 13),
        ("数学", 12),
        ("英语", 10),
        ("计算机应用", 14),
        ("机电技术", 13),
        ("会计事务", 10),
        ("旅游服务", 9),
        ("幼儿保育", 8),
        ("体育", 6),
        ("思想政治", 5),
    ),
}

_PLACES = [
    "实验",
    "青石桥",
    "柳堤",
    "望湖",
    "东园",
    "西园",
    "槐荫",
    "书院街",
    "文昌",
    "清溪",
    "长虹",
    "海棠",
    "松涛",
    "银杏",
    "竹林",
    "芳草",
    "育红",
    "春晖",
    "明德",
    "临水",
    "云杉",
    "翠屏",
    "双桥",
    "南营",
    "北辰路",
    "金穗",
    "桃李",
    "晨光",
    "鼓楼后",
    "渡口",
    "安澜",
    "白鹭",
    "杏坛",
    "丹枫",
    "澄江",
    "观澜",
    "采薇",
    "栖霞",
    "知行",
    "启航",
    "静安里",
    "桐花",
    "荷塘",
    "紫藤",
]
_HEAD = {"幼儿园": "园长", "教师发展机构": "主任"}
_ORDINALS = ("", "第二", "第三", "第四", "第五", "第六", "第七", "第八", "第九")
_COMMUNITIES = (
    "文昌片区发展共同体",
    "柳堤片区发展共同体",
    "望湖片区发展共同体",
    "双桥片区发展共同体",
    "临水片区发展共同体",
)


@dataclass(frozen=True, slots=True)
class School:
    """One school; `staff` is its head count on the last day of the history, by stage."""

    code: str
    name: str
    kind: Kind
    ownership: str
    area: str
    community: str
    opened: date | None
    closed: date | None = None
    merged_into: str = ""
    staff: tuple[tuple[str, int], ...] = ()

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(stage for stage, _ in self.kind.stages)

    @property
    def teaches_pupils(self) -> bool:
        """Whether it sends staff as one of 中小学 does: neither kindergarten, vocational nor centre."""
        return self.kind.label not in ("幼儿园", "职业学校", "教师发展机构")

    def open_on(self, on: date) -> bool:
        return self.closed is None or on < self.closed


@dataclass(frozen=True, slots=True)
class Slot:
    """One post filled on the last day: where, what is taught, in which category and with which 职务."""

    school: School
    stage: str
    subject: str
    category: str
    post: str


def share_out(total: int, weights: Sequence[float], at_least: int = 0) -> list[int]:
    """`total` split in proportion to `weights` by largest remainder, nobody under `at_least`."""
    whole = sum(weights)
    spare = total - at_least * len(weights)
    exact = [spare * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: spare - sum(parts)]:
        parts[i] += 1
    return [part + at_least for part in parts]


def plan_schools(rng: Random, teachers: int, history: History) -> list[School]:
    """Schools of all kinds for a district of so many teachers; one primary school is merged away."""
    kinds = [kind for kind in KINDS for _ in range(max(kind.at_least, round(kind.count * teachers / 3000)))]
    schools = [_school(rng, number, kind, history) for number, kind in enumerate(_spread(rng, kinds))]
    primaries = [index for index, school in enumerate(schools) if school.kind.label == "小学"]
    closing, taking_over = primaries[1], primaries[2]
    schools[closing] = replace(
        schools[closing], closed=history.merger, merged_into=schools[taking_over].code, ownership="公办"
    )
    return _staffed(rng, schools, teachers)


def _spread(rng: Random, kinds: list[Kind]) -> list[Kind]:
    """Codes were given out over decades, so kinds are mixed; the centre stands first."""
    mixed = [kind for kind in kinds if kind.label != "教师发展机构"]
    rng.shuffle(mixed)
    return [kind for kind in kinds if kind.label == "教师发展机构"] + mixed


def _school(rng: Random, number: int, kind: Kind, history: History) -> School:
    private = kind.label in ("十二年一贯制学校", "幼儿园") and rng.random() < 0.6
    opened = date(2004, 9, 1) if private else date(rng.randrange(1951, 1984), 9, 1)
    rural = kind.label == "教学点"
    return School(
        code=f"{number + 11:04d}",
        name=_school_name(number, kind),
        kind=kind,
        ownership="民办" if private else "公办",
        area="乡村" if rural else rng.choices(("城区", "镇区"), (82, 18))[0],
        community=""
        if kind.label in ("教师发展机构", "职业学校")
        else _COMMUNITIES[number % len(_COMMUNITIES)],
        opened=None if not private and rng.random() < 0.06 else opened,
    )


def _school_name(number: int, kind: Kind) -> str:
    if kind.label == "教师发展机构":
        return f"{DISTRICT}{'' if number == 0 else _PLACES[number]}{kind.name}"
    round_, place = divmod(number, len(_PLACES))
    ordinal = _ORDINALS[round_ % len(_ORDINALS)]
    return DISTRICT + kind.name.format(place=_PLACES[place] + ordinal)


def _staffed(rng: Random, schools: list[School], teachers: int) -> list[School]:
    running = [school for school in schools if school.closed is None]
    weights = [school.kind.staff * rng.uniform(0.72, 1.28) for school in running]
    by_code = {
        school.code: tuple(
            zip(school.stages, share_out(count, [share for _, share in school.kind.stages]), strict=True)
        )
        for school, count in zip(running, share_out(teachers, weights, at_least=2), strict=True)
    }
    return [replace(school, staff=by_code.get(school.code, ())) for school in schools]


def slots(rng: Random, schools: Sequence[School]) -> list[Slot]:
    """Every post filled on the last day, school by school."""
    return [slot for school in schools for slot in _school_slots(rng, school)]


def _school_slots(rng: Random, school: School) -> Iterator[Slot]:
    leaders = 0
    for stage, count in school.staff:
        others = round(count * 0.08) if count >= 10 else 0
        subjects = _subjects(rng, stage, count - others)
        for subject in subjects:
            post = _teacher_post(rng, school, subject)
            if leaders <= count // 40:
                post = ("副" if leaders else "") + _HEAD.get(school.kind.label, "校长")
                leaders += 1
            yield Slot(school, stage, subject, "专任教师", post)
        for _ in range(others):
            category = rng.choices(("行政", "教辅", "工勤"), (38, 40, 22))[0]
            yield Slot(school, stage, "", category, "办公室主任" if category == "行政" else "")


def _subjects(rng: Random, stage: str, count: int) -> list[str]:
    names = [name for name, _ in SUBJECTS[stage]]
    shares = share_out(count, [share for _, share in SUBJECTS[stage]])
    subjects = [name for name, share in zip(names, shares, strict=True) for _ in range(share)]
    rng.shuffle(subjects)
    return subjects


def _teacher_post(rng: Random, school: School, subject: str) -> str:
    if school.kind.label == "教师发展机构":
        return "教研员"
    main_subject = subject in ("语文", "数学", "英语", "学前教育", "特殊教育")
    draw = rng.random()
    if draw < (0.5 if main_subject else 0.12):
        return "班主任"
    return "教研组长" if draw > 0.95 else "年级组长" if draw > 0.92 else ""
