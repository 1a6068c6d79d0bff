"""Every code of this slice can be said, and every word belongs to a code."""

import re
from pathlib import Path

from talent import settings
from talent.policy import shapes as policy_shapes
from talent.settings import refused, typed
from talent.words.settings import WORDS


def test_codes_and_words_are_the_same_set() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in Path(settings.__path__[0]).glob("*.py"))
    found = set(re.findall(r'Finding\("(policy\.[a-z_]+)"', sources))
    found |= set(refused.CODES.values()) | {"policy.value_refused"}
    found |= set(re.findall(r'Misfit\("(policy\.[a-z_]+)"', Path(policy_shapes.__file__).read_text("utf-8")))
    shapes = {f"policy.not_{shape}" for shape in typed._READERS} - {"policy.not_code", "policy.not_words"}
    assert found | shapes | {"conflict.policy"} == set(WORDS)
