"""The fictitious sample district 明河区, written as ordinary workbooks and imported like anybody's.

Nothing in it is real: schools, people, numbers and records are drawn from a seed. `build` writes the
workbooks and returns the imports in order; `logins` names the accounts: one per role, two of finance.
"""

from talent.sample.build import Login, Step, build, logins

__all__ = ["Login", "Step", "build", "logins"]
