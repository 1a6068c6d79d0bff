"""Every page a role may open, on a desk and on a phone: for everybody to use, light, quiet, and from here alone."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Request

from talent.app import create_app
from talent.core.access import ROLES, operator
from talent.core.work import Program
from tests.browser.conftest import Visitor
from tests.browser.pages import addresses, filling, is_page, object_to, propose, propose_notice, report_host
from tests.browser.paid import pay_out
from tests.browser.splits import split_by_school
from tests.browser.test_journeys import LOGINS
from tests.test_access import rows

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
MOST_BYTES = 300_000
#: axe's rules of WCAG 2.1 A and AA, and the order of headings. Contrast is told apart, since it takes nine tenths of
#: the time: of all the texts that look the same, on whatever page, it is measured once.
_AXE = """async known => {
  const told = found => found.violations.map(broken => `${broken.impact} ${broken.id}: ` + broken.nodes.slice(0, 3).map(
    node => `${node.target} ${[...node.any, ...node.all, ...node.none].map(check => check.message).join(' ')}`
  ).join('; '));
  const looks = new Map();
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    if (!element.checkVisibility()) continue;
    const style = getComputedStyle(element), grounds = [];
    for (let at = element; at; at = at.parentElement)
      grounds.push(getComputedStyle(at).backgroundColor, getComputedStyle(at).opacity);
    const drawn = element.closest('svg') ? location.pathname : '';
    looks.set([element.className, style.color, style.fill, style.fontSize, style.fontWeight, drawn, ...grounds].join(),
              element);
  }
  const fresh = [...looks.keys()].filter(look => !known.includes(look));
  const found = await axe.run(document, {
    resultTypes: ['violations'], runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa']}, preload: false,
    rules: {'heading-order': {enabled: true}, 'empty-heading': {enabled: true}, 'color-contrast': {enabled: false}}});
  const pale = fresh.length === 0 ? {violations: []} : await axe.run(
    {include: fresh.map(look => looks.get(look))}, {resultTypes: ['violations'], runOnly: ['color-contrast']});
  return {broken: [...told(found), ...told(pale)], fresh};
}"""
_TAG = re.compile(r"<[a-z][^>]*>")
_VALUE = re.compile(r'(?<!class)(?<!role)(?<!type)="[^"]*"')


class Walker(Visitor):
    """A person who opens page after page and looks at each one."""

    def __init__(self, context: BrowserContext, address: str, name: str, looks: list[str]) -> None:
        super().__init__(context.new_page(), address, name)
        self.sizes: dict[str, int] = {}
        self.requests: list[Request] = []
        self.looks: list[str] = looks
        self.page.on("request", lambda request: self.requests.append(request))

    def parts(self, path: str) -> frozenset[str] | None:
        """What the page is built of besides its frame: its tags without their data. None: this reader has no such page.
        """
        response = self.page.request.get(self.address + path, max_redirects=0)
        if response.status != 200:
            assert response.status in (302, 303, 403, 404), (path, response.status)
            return None
        shown = response.text()
        return frozenset(_VALUE.sub("", tag) for tag in _TAG.findall(shown[shown.index("<main"):]))

    def look(self, path: str) -> Iterator[str]:
        """What is wrong with a page."""
        self.requests.clear()
        self.problems.clear()
        self.page.set_viewport_size(DESK)
        self.open(path)
        yield from self._loaded()
        self.page.evaluate(AXE_SCRIPT)
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)
            found = self.page.evaluate(_AXE, self.looks)
            self.looks += found["fresh"]
            yield from (f"{size['width']} px: {each}" for each in found["broken"])
            if self.overflow() > 0:
                yield f"{self.overflow()} px wider than {size['width']} px"
            self.keep(f"{path.strip('/').replace('/', '-') or 'front'}-{self.name}-{size['width']}")
        yield from self.problems

    def _loaded(self) -> Iterator[str]:
        for request in self.requests:
            response = request.response()
            if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
                yield f"asks another host: {request.url}"
            elif response is None or response.status >= 400:
                yield f"failed: {request.url}"
            elif request.url not in self.sizes:
                self.sizes[request.url] = int(response.headers["content-length"])
        total = sum(self.sizes.get(url, 0) for url in {request.url for request in self.requests})
        if total > MOST_BYTES:
            yield f"{total} bytes"


@pytest.fixture(scope="module")
def pages(district: Program) -> dict[str, list[str]]:
    """Row of the access matrix → the addresses under which the page is looked at."""
    app, staff_no = create_app(district), LOGINS["teacher"].staff_no or ""
    propose(district, staff_no)
    propose_notice(district)
    object_to(district, staff_no)
    report_host(district, LOGINS["school"].school_code or "")
    split_by_school(district, LOGINS["school"].school_code or "")
    pay_out(district)
    with district.read(operator()) as work:
        filled = filling(work, staff_no)
    return {f"GET {rule.rule}": list(addresses(app, rule, filled)) for rule in app.url_map.iter_rules()
            if is_page(rule)}


def test_every_page_of_every_role_serves_everybody(
    browser: Browser, address: str, pages: Mapping[str, list[str]]
) -> None:
    """A page is looked at with the eyes of every role to whom it shows something new."""
    matrix, looks, wrong = rows(), list[str](), dict[tuple[str, str], list[str]]()
    shown: dict[str, set[str]] = {}
    for role in (*ROLES, "nobody"):
        context = browser.new_context(viewport=DESK, locale="zh-CN")
        walker = Walker(context, address, role, looks)
        if role != "nobody":
            walker.sign_in()
        for entry, path in [(entry, path) for entry, paths in pages.items() for path in paths]:
            parts = walker.parts(path) if matrix["web", entry][role] == "in" else None
            if parts is None or parts <= shown.get(entry, set()):
                continue
            shown.setdefault(entry, set()).update(parts)
            if found := list(walker.look(path)):
                wrong[role, path] = found
        context.close()
    assert wrong == {}
    assert set(pages) - set(shown) == set(), "nobody opens these: fill their addresses in pages.py"


def test_english_pages_are_no_wider_than_the_screen(
    browser: Browser, address: str, pages: Mapping[str, list[str]]
) -> None:
    """English words are longer than Chinese ones: the office's pages, on a desk and on a phone."""
    matrix, wide = rows(), dict[tuple[str, int], int]()
    context = browser.new_context(viewport=DESK, locale="en-GB")
    walker = Walker(context, address, "hr", [])
    walker.sign_in()
    walker.open("/home/?lang=en")
    for path in [path for entry, paths in pages.items() for path in paths if matrix["web", entry]["hr"] == "in"]:
        if walker.parts(path) is None:
            continue
        walker.open(path)
        for size in (DESK, PHONE):
            walker.page.set_viewport_size(size)
            if walker.overflow() > 0:
                wide[path, size["width"]] = walker.overflow()
    context.close()
    assert wide == {}
