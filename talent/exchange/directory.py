"""The schools and people that rows may point at: those on record that the actor may load for, and those coming."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, or_, select

from talent.core.access import Scope
from talent.core.secrets import Vault
from talent.core.work import Work
from talent.people.models import Employment, Person, PersonAlias, School
from talent.people.queries import current_on
from talent.workbooks.plan import Ref

FEW = 2_000
ID_LENGTH = 18
#: As many leading zeros are looked for in front of a number that a spreadsheet made shorter.
MOST_ZEROS = 4


class Directory:
    """Finds a referent by what the sheet wrote: school code; staff number, former staff number or ID number."""

    def __init__(self, work: Work, scope: Scope, wanted: Iterable[str], ids: Iterable[int] = ()) -> None:
        self._vault: Vault = work.vault
        schools = work.session.execute(select(School.id, School.code, School.name))
        self.schools = {code: Ref(id_, code, name) for id_, code, name in schools}
        self.schools_by_id = {ref.id: ref for ref in self.schools.values()}
        self.people: dict[str, Ref] = {}
        self.people_by_id: dict[int | None, Ref] = {}
        self._by_index: dict[str, Ref] = {}
        self._former: set[tuple[int, str]] = set()
        self._load_people(work, scope, set(wanted), set(ids))
        self._allowed_schools = None if scope.everyone else scope.schools

    def _load_people(self, work: Work, scope: Scope, wanted: set[str], ids: set[int]) -> None:
        query: Any = select(Person.id, Person.staff_no, Person.name, Person.id_number_index)
        if not scope.everyone:
            query = query.where(
                Person.id.in_(
                    select(Employment.person_id).where(
                        Employment.school_id.in_(scope.schools), current_on(Employment, work.today)
                    )
                )
            )
        aliases: Any = select(PersonAlias.value, PersonAlias.person_id)
        if len(wanted) + len(ids) <= FEW:
            keys = wanted | {self._vault.index(value.upper()) for value in wanted if len(value) == ID_LENGTH}
            former = select(PersonAlias.person_id).where(PersonAlias.value.in_(keys))
            # Those with leading zeros too, so that a number which lost them can be named.
            bare = {value.lstrip("0") for value in wanted}
            query = query.where(
                or_(
                    func.ltrim(Person.staff_no, "0").in_(bare),
                    Person.id_number_index.in_(keys),
                    Person.id.in_(former),
                    Person.id.in_(ids),
                )
            )
        for id_, staff_no, name, index in work.session.execute(query):
            ref = Ref(id_, staff_no, name)
            self.people[staff_no] = ref
            self.people_by_id[id_] = ref
            if index:
                self._by_index[index] = ref
        if len(wanted) + len(ids) <= FEW:
            aliases = aliases.where(PersonAlias.person_id.in_(list(self.people_by_id)))
        for value, person_id in work.session.execute(aliases):
            if person_id in self.people_by_id:
                self._former.add((person_id, value))
                self._by_index.setdefault(value, self.people_by_id[person_id])

    def may_load_for(self, school: Ref) -> bool:
        """Whether the actor's scope holds this school."""
        return self._allowed_schools is None or school.id in self._allowed_schools

    def school(self, code: str) -> Ref | None:
        """The school with this code."""
        return self.schools.get(code)

    def person(self, written: str) -> Ref | None:
        """The person with this staff number, former staff number or ID number."""
        found = self.people.get(written) or self._by_index.get(written)
        if found is None and len(written) == ID_LENGTH:
            found = self._by_index.get(self._vault.index(written.upper()))
        return found

    def by_id_number(self, number: str) -> Ref | None:
        """The person whose present or former ID number this is."""
        return self._by_index.get(self._vault.index(number))

    def is_former(self, ref: Ref, number: str) -> bool:
        """Whether it is kept already that the person was known by this staff number, or the hash of this ID number."""
        return ref.id is not None and (ref.id, number) in self._former

    def coming_school(self, code: str, name: str) -> Ref:
        """A school this import adds."""
        return self.schools.setdefault(code, Ref(None, code, name))

    def coming_person(self, staff_no: str, name: str, id_number: str | None) -> Ref:
        """A person this import adds."""
        ref = self.people[staff_no] = Ref(None, staff_no, name)
        if id_number:
            self._by_index[self._vault.index(id_number)] = ref
        return ref

    def renumbered(self, ref: Ref, staff_no: str) -> None:
        """A person whose staff number this import changes: later sheets use the new one."""
        ref.code = staff_no
        self.people[staff_no] = ref

    def likely_school(self, code: str) -> str:
        """The known code that only lost its leading zeros, if there is one."""
        bare = code.lstrip("0")
        return next((f"{known} {ref.name}" for known, ref in self.schools.items() if known.lstrip("0") == bare), "")

    def longer_by_zeros(self, staff_no: str) -> Ref | None:
        """The person of a known staff number that is this one with more zeros in front."""
        found = (self.people.get(f"{'0' * zeros}{staff_no}") for zeros in range(1, MOST_ZEROS + 1))
        return next((ref for ref in found if ref is not None), None)

    def likely_person(self, staff_no: str) -> str:
        """The known staff number that only lost its leading zeros, if there is one among those looked up."""
        bare = staff_no.lstrip("0")
        return next((known for known in self.people if known.lstrip("0") == bare), "") if bare else ""
