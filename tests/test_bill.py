"""The bill of materials lists what is locked, and what is locked is what is installed."""

import json
import re
from importlib.metadata import version

from cyclonedx.output.json import JsonV1Dot6

from tests.bill import LOCK, bill


def test_the_bill_lists_the_lock_with_its_hashes() -> None:
    written = json.loads(JsonV1Dot6(bill()).output_as_string())
    listed = {(each["name"], each["version"]): each for each in written["components"]}
    lock = LOCK.read_text(encoding="utf-8")
    assert set(listed) == set(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE))
    assert sum(len(each["hashes"]) for each in listed.values()) == lock.count("--hash=sha256:")
    assert {each["purl"] for each in listed.values()} == {f"pkg:pypi/{name}@{number}" for name, number in listed}
    assert written["specVersion"] == "1.6" and len(listed) > 50


def test_what_is_used_is_installed_as_locked() -> None:
    locked = {each.name: each.version for each in bill().components}
    for name in ("flask", "sqlalchemy", "wtforms", "cryptography", "argon2-cffi", "waitress", "pandas", "zxcvbn"):
        assert version(name) == locked[name], name
