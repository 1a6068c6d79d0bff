"""How unevenly schools are resourced: the coefficient of variation of 教督〔2017〕6号, exactly.

With P_i pupils and a resource x_i at school i: mean X̄ = Σx / ΣP (not the mean of ratios), variance
S² = Σ (P_i / ΣP)(x_i / P_i − X̄)², CV = S / X̄.  Everything is a ``Fraction`` up to the final square root, and
the limit is compared on the squares, so no rounding decides whether a district passes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context
from fractions import Fraction

_DIGITS = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Mean and variance over ``schools`` schools, exact, per pupil × ``scale``."""

    schools: int
    mean: Fraction
    variance: Fraction

    @property
    def sd(self) -> float:
        return square_root(self.variance)

    @property
    def cv(self) -> float | None:
        """The coefficient of variation, None when nobody has any of the resource."""
        return square_root(self.variance / self.mean**2) if self.mean else None

    def within(self, limit: Fraction) -> bool | None:
        """Whether CV ≤ ``limit``, compared exactly; None when there is no CV."""
        return self.variance <= (limit * self.mean) ** 2 if self.mean else None


def dispersion(schools: Iterable[tuple[int, Fraction]], scale: int = 1) -> Dispersion | None:
    """Over (pupils, resource) of the schools with pupils and a known resource; None without a school."""
    known = [(pupils, Fraction(resource)) for pupils, resource in schools if pupils > 0]
    if not known:
        return None
    pupils = sum(count for count, _ in known)
    mean = sum((resource for _, resource in known), Fraction(0)) / pupils
    # Σ (P_i / ΣP)(x_i / P_i − X̄)² multiplied out, which needs one pass and fewer exact divisions.
    squares = sum((resource**2 / count for count, resource in known), Fraction(0)) / pupils
    return Dispersion(len(known), mean * scale, (squares - mean**2) * scale**2)


def square_root(value: Fraction) -> float:
    """The root of an exact number, correct in every digit a float has."""
    return float(_DIGITS.sqrt(_DIGITS.divide(value.numerator, value.denominator)))
