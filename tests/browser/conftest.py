"""A real browser on the real site: Debian's Chromium, the waitress server, the sample district."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from talent.app import create_app
from talent.cli.demo import PASSWORD, add_logins, compute, import_steps
from talent.cli.site import set_up
from talent.cli.strict import strict_server
from talent.core.config import Settings
from talent.core.work import Program
from talent.sample import build, logins
from tests.conftest import Clock

TODAY = date(2026, 9, 8)
TEACHERS, SEED = 120, 2026
#: Chromium would otherwise look for Google's hosts at every start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is. CI demands one; elsewhere the journeys are skipped with one line."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("TALENT_BROWSER") == "required":
        pytest.fail("no chromium, and TALENT_BROWSER=required")
    if path is None:
        pytest.skip("no chromium on this machine: browser journeys not run")
    return path


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A small sample district, imported and computed as ``talent demo`` does."""
    home = tmp_path_factory.mktemp("district") / "home"
    settings = Settings(home=home, database_url="", argon2_time_cost=1, argon2_memory_kib=8192)
    program = Program(set_up(settings).settings, Clock())
    import_steps(program, build(home / "sample", seed=SEED, teachers=TEACHERS, today=TODAY))
    compute(program, TODAY)
    add_logins(program, logins(seed=SEED, teachers=TEACHERS, today=TODAY))
    yield program
    program.engine.dispose()


@pytest.fixture(scope="session")
def address(district: Program) -> Iterator[str]:
    """The site, served on loopback."""
    server = strict_server(create_app(district), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A person at a screen."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page, self.address, self.name = page, address, name
        self.problems: list[str] = []
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def sign_in(self) -> None:
        self.page.goto(f"{self.address}/login")
        self.page.fill("input[name=name]", self.name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/home/")

    def open(self, path: str) -> None:
        response = self.page.goto(self.address + path)
        assert response is not None and response.status == 200, (path, response and response.status)

    def keep(self, name: str) -> None:
        """A picture of the page for people to look at, where ``TALENT_SCREENSHOTS`` names a folder for them."""
        if folder := os.environ.get("TALENT_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def overflow(self) -> int:
        """Pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    visitors = list[Visitor]()

    def enter(name: str, width: int = 1366, height: int = 768) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        visitor = Visitor(context.new_page(), address, name)
        visitors.append(visitor)
        visitor.sign_in()
        return visitor

    yield enter
    for number, visitor in enumerate(visitors):
        visitor.keep(f"{request.node.name}-{number}")
        visitor.page.context.close()
