"""The bill of materials: ``python -m tests.bill FILE`` (``make sbom``) writes what is locked as CycloneDX 1.6."""

import re
import sys
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK = Path(__file__).resolve().parent.parent / "requirements.txt"
_PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill() -> Bom:
    """One component for each package of the lock, with the hashes it may have."""
    components = [
        Component(name=found["name"], version=found["version"], type=ComponentType.LIBRARY,
                  bom_ref=f"{found['name']}=={found['version']}",
                  purl=PackageURL("pypi", None, found["name"], found["version"]),
                  hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _HASH.findall(found["rest"])])
        for found in _PINNED.finditer(LOCK.read_text(encoding="utf-8"))]
    return Bom(components=components)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(JsonV1Dot6(bill()).output_as_string(indent=2), encoding="utf-8")
