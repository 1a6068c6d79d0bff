"""Compile the message catalogues before the package is built, so that the repository holds only their sources."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    """Every ``messages.po`` gets its ``messages.mo`` beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before files are collected, for wheels and editable installs alike."""
        for source in Path(self.root, "talent", "translations").glob("*/LC_MESSAGES/messages.po"):
            with open(source, "rb") as po, open(source.with_suffix(".mo"), "wb") as mo:
                write_mo(mo, read_po(po))
