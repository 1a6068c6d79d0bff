"""What stands of the acts on a batch: the whole log in order, and what of it still binds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.accounts.queries import person_behind
from talent.pay.chain import CAPACITIES, VOIDING, Hand, Past
from talent.pay.chain_models import PayStep
from talent.pay.content import BareLine, canonical, digest
from talent.pay.models import PayBatch

ANSWERS = ("confirm", "dispute")


@dataclass(frozen=True)
class Acts:
    """The log of one batch. A return voids all before it; a change of what is held voids reviews and approvals."""

    batch: PayBatch
    steps: Sequence[PayStep]

    @cached_property
    def current(self) -> Sequence[PayStep]:
        """What came after the last return."""
        after = max((step.id for step in self.steps if step.act == "return"), default=0)
        return [step for step in self.steps if step.id > after]

    @cached_property
    def answers(self) -> dict[int, PayStep]:
        """The last answer of each school since the last return."""
        return {step.school_id: step for step in self.current if step.act in ANSWERS and step.school_id is not None}

    @cached_property
    def disputed(self) -> list[int]:
        """The schools whose answer is that their lines are wrong: these are held out of the lock."""
        return sorted(school_id for school_id, step in self.answers.items() if step.act == "dispute")

    @cached_property
    def held(self) -> dict[int, PayStep]:
        """Line → the act that took it out, of the lines held one by one. A return leaves them out."""
        last = {step.line_id: step for step in self.steps if step.act in ("hold", "release")}
        return {line_id: step for line_id, step in last.items() if step.act == "hold" and line_id is not None}

    @cached_property
    def seal(self) -> str:
        """What a review or an approval binds: the content, and what of it is held out."""
        return digest(canonical([self.batch.content_hash, sorted(self.held), self.disputed]))

    @cached_property
    def binding(self) -> Sequence[PayStep]:
        """Reviews, approvals and what follows, made on exactly the content that stands."""
        after = max((step.id for step in self.steps if step.act in VOIDING), default=0)
        return [step for step in self.steps if step.id > after and step.content_hash == self.seal]

    def of(self, act: str) -> list[PayStep]:
        """The binding acts of a kind."""
        return [step for step in self.binding if step.act == act]

    @property
    def approvals(self) -> tuple[str, ...]:
        """In which capacities it has been approved."""
        signed = {step.capacity for step in self.of("approve")}
        return tuple(capacity for capacity in CAPACITIES if capacity in signed)

    @cached_property
    def acknowledged(self) -> frozenset[int]:
        """The findings somebody answered for."""
        return frozenset(step.finding_id for step in self.steps if step.finding_id is not None)

    @property
    def document(self) -> str:
        """The approving document of the assumptions, as last entered."""
        return next((step.document for step in reversed(self.steps) if step.act == "assume"), "")

    def past(self, session: Session, people: Iterable[int]) -> Past:
        """The acts as the rules of the chain are given them."""
        batch = self.batch
        computer = Hand(batch.computed_by, batch.computed_by_name, person_behind(session, batch.computed_by))
        hands = {act: [hand for step in self.of(act) for hand in hands_of(session, step)]
                 for act in ("review", "approve")}
        return Past(computer, hands, frozenset(people))


def signer_of(step: PayStep) -> Hand:
    """Who signed, on the page or on paper."""
    return Hand(step.user_id, step.user_name, step.person_id)


def entered_hand(session: Session, step: PayStep) -> Hand | None:
    """Who entered the sheet, where it was paper: by person, whichever account they used."""
    if step.entered_by is None:
        return None
    return Hand(step.entered_by, step.entered_by_name, person_behind(session, step.entered_by))


def hands_of(session: Session, step: PayStep) -> list[Hand]:
    """Who signed, and who entered the sheet."""
    return [hand for hand in (signer_of(step), entered_hand(session, step)) if hand is not None]


def acts_of(session: Session, batch: PayBatch) -> Acts:
    """The acts on a batch; one statement."""
    steps = session.scalars(select(PayStep).where(PayStep.batch_id == batch.id).order_by(PayStep.id)).all()
    return Acts(batch, steps)


def lines_hash(lines: Iterable[BareLine]) -> str:
    """What a school confirms: the digest of its lines."""
    return digest(canonical(sorted(lines)))
