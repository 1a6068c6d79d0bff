"""Every table of the program, imported: for migrations, for tests and for the doors."""

from talent.accounts import models as accounts
from talent.accounts import notice_models as notices
from talent.achievements import models as achievements
from talent.assistance import models as assistance
from talent.core import audit, batches, files, jobs, overrides
from talent.core.database import Base
from talent.exchange import models as exchange
from talent.exchange.attendance import models as attendance
from talent.indicators import models as indicators
from talent.pay import chain_models as pay_chain
from talent.pay import ledger_models as pay_ledger
from talent.pay import models as pay
from talent.pay import year_models as pay_years
from talent.pay.awards import models as pay_awards
from talent.pay.budgets import models as pay_budgets
from talent.pay.payout import models as pay_payout
from talent.people import models as people
from talent.portraits import models as portraits
from talent.privacy import models as privacy
from talent.tiers import models as tiers
from talent.training import models as training

ROOMS = (
    audit,
    batches,
    files,
    jobs,
    overrides,
    people,
    accounts,
    notices,
    training,
    achievements,
    assistance,
    tiers,
    indicators,
    pay,
    pay_chain,
    pay_ledger,
    pay_awards,
    pay_payout,
    pay_years,
    pay_budgets,
    portraits,
    privacy,
    exchange,
    attendance,
)
metadata = Base.metadata
