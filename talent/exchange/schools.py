"""Plan the schools sheet: rows may point at schools that the same import brings."""

from talent.exchange.records import RecordPlanner
from talent.workbooks.plan import SheetPlan


class SchoolPlanner(RecordPlanner):
    """Announces the schools to come before resolving rows, and withdraws those whose row turned out bad."""

    def plan(self) -> list[SheetPlan]:
        """The plans of all school sheets."""
        rows = [(plan, row) for plan in self.plans for row in plan.rows if row.values.get("operation") is None]
        for _plan, row in rows:
            self.directory.coming_school(row.values["code"], row.values["name"])
        super().plan()
        for plan, row in rows:
            if row.number in plan.bad_rows and self.directory.schools[row.values["code"]].id is None:
                del self.directory.schools[row.values["code"]]
        for plan in self.plans:
            for change in plan.changes:
                if change.action == "add":
                    change.ref = self.directory.schools[change.values["code"]]
        return self.plans
