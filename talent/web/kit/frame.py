"""What stands around every page: the bureau, the rail, the inbox, the languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from talent.web.kit.dates import AsOf


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail, in the words of the work."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Language:
    """A language to switch to, written in itself."""

    code: str
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``base.html`` shows around a page. Without an actor only the bureau's name stands there.

    ``more`` are the entries the rail has no room for; they stand in the person's menu.
    """

    bureau: str
    home_url: str = "/"
    actor_name: str = ""
    actor_place: str = ""
    nav: Sequence[NavItem] = ()
    more: Sequence[NavItem] = ()
    inbox: int = 0
    inbox_at: str = ""
    inbox_url: str = ""
    as_of: AsOf | None = None
    search_url: str = ""
    search_hint: str = ""
    account_url: str = ""
    logout_url: str = ""
    languages: Sequence[Language] = ()

    @property
    def language(self) -> str:
        """The page's language as HTML names it."""
        code = next((language.code for language in self.languages if language.current), "zh")
        return "zh-CN" if code == "zh" else code
