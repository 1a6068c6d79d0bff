"""The register: everybody of the ten years, with numbers, papers and the small disorders of rosters."""

from datetime import timedelta
from random import Random

from talent.sample.careers import Careers, certificate_kind
from talent.sample.history import History, day_between
from talent.sample.names import MALE, RARE_GIVEN, dotted_name, given_name, surname
from talent.sample.people import Person
from talent.sample.schools import PRIMARY, School, Slot, slots

# Of those in service, how many leave in a year.
_LEAVING_A_YEAR = 0.026
# A municipality's own level (市辖区): a code the check tables know, which no identity card carries.
_REGION = "120100"
# A prefix no operator has been given.
_PHONE_PREFIX = "154000"


def people_of(rng: Random, history: History, schools: list[School], teachers: int) -> list[Person]:
    """`teachers` people in service on the last day and those who left before it, by staff number."""
    careers = Careers(rng, history, schools)
    posts = slots(rng, schools)
    featured = _featured(posts, careers.taking_over)
    people = [careers.showcase(slot) if slot is featured else careers.staff_member(slot) for slot in posts]
    ordinary = [slot for slot in posts if not slot.post.endswith(("校长", "园长", "主任"))]
    people += [careers.leaver(rng.choice(ordinary)) for _ in range(round(teachers * _LEAVING_A_YEAR * 10))]
    people.sort(key=lambda person: (person.began_teaching, person.joined))
    _identify(rng, people)
    _special_names(rng, people, history)
    _disorder(rng, people, schools, history)
    return people


def _featured(posts: list[Slot], taking_over: str) -> Slot:
    """The post of the showcase teacher: Chinese at an ordinary primary school."""
    return next(
        slot
        for slot in posts
        if slot.school.kind.label == "小学"
        and slot.school.code != taking_over
        and slot.stage == PRIMARY
        and slot.subject == "语文"
        and not slot.post.endswith("校长")
    )


def _identify(rng: Random, people: list[Person]) -> None:
    order = list(range(len(people)))
    rng.shuffle(order)
    taken: set[str] = set()
    for index, (person, serial) in enumerate(zip(people, order, strict=True)):
        person.staff_no = f"0{100000 + 11 * index + rng.randrange(11)}"
        person.id_number = _id_number(person, serial, taken)
        person.phone = f"{_PHONE_PREFIX}{serial:05d}"
        if person.teaches and rng.random() < 0.997:
            person.certificate_kind = certificate_kind(person.stage)
            issued = max(person.began_teaching.year, 1996)
            number = f"{issued}12010{serial % 90 + 10}{'0' if person.sex == MALE else '1'}{serial:05d}"
            person.certificate_no = number if rng.random() < 0.94 else ""
        person.weekly_lessons = _weekly_lessons(rng, person)


def _id_number(person: Person, serial: int, taken: set[str]) -> str:
    """18 digits: region, birth date, a sequence whose last digit tells the sex, the MOD 11-2 check digit."""
    odd = 1 if person.sex == MALE else 0
    while True:
        body = f"{_REGION}{person.born:%Y%m%d}{serial % 500 * 2 + odd:03d}"
        if body not in taken:
            break
        serial += 1
    taken.add(body)
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def _weekly_lessons(rng: Random, person: Person) -> int | None:
    if not person.teaches or rng.random() < 0.05:
        return None
    if person.post in ("校长", "园长", "主任"):
        return 2
    if person.post.startswith("副") or person.post == "教研员":
        return 4
    return rng.randrange(10, 17)


def _special_names(rng: Random, people: list[Person], history: History) -> None:
    """Names every district has: a middle dot, the three rarest characters, somebody who was renamed."""
    staying = [p for p in people if p.left is None and not p.showcase and p.teaches]
    chosen = rng.sample(staying, 5 + max(1, len(people) // 1200))
    dotted, *others = chosen
    dotted.name, dotted.ethnicity = dotted_name(rng, dotted.sex)
    for person, (given, _) in zip(others[:3], RARE_GIVEN[:3], strict=True):
        person.name = surname(rng) + given
    for person in others[3:]:
        person.former_name = person.name
        person.name = person.name[:1] + given_name(rng, person.sex, person.born.year)
        first = max(person.joined, history.start) + timedelta(days=30)
        person.renamed = day_between(rng, first, history.today)
        if person.name == person.former_name or first > history.today:
            person.name, person.former_name, person.renamed = person.former_name, "", None


def _disorder(rng: Random, people: list[Person], schools: list[School], history: History) -> None:
    """Months without a day, empty optional cells, people who teach at two schools."""
    by_stage = {
        stage: [s.code for s in schools if s.closed is None and stage in s.stages]
        for school in schools
        for stage in school.stages
    }
    for person in people:
        if rng.random() < 0.02 and person.began_teaching.month != 10 and not person.showcase:
            began = person.began_teaching
            person.began_teaching_text = rng.choice((f"{began:%Y.%m}", f"{began.year}年{began.month}月"))
        if rng.random() < 0.03:
            person.phone = ""
        if rng.random() < 0.004:
            person.id_number = ""
        if person.teaches and len(person.schools) == 1 and not person.showcase:
            _two_schools(rng, person, by_stage[person.stage])


def _two_schools(rng: Random, person: Person, codes: list[str]) -> None:
    if (
        person.subject in ("音乐", "美术", "体育", "心理健康", "书法")
        and len(codes) > 1
        and rng.random() < 0.07
    ):
        own = person.schools[0][1]
        person.teaching_schools = "；".join([own, rng.choice([code for code in codes if code != own])])
