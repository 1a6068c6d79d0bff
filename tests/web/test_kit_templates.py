"""Every template renders with sample data, holds no inline style or script, leaves no text untranslated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.web import gallery, gallery_data

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")  # with its punctuation
VOID = frozenset(("base", "br", "col", "hr", "img", "input", "link", "meta", "source"))


@pytest.fixture(scope="module")
def app():
    return gallery.build(testing=True)


class Page(HTMLParser):
    """A page as tags: collects what must not be there, and checks that tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._look(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._look(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script" and data.strip():
            self.wrong.append("inline script")

    def _look(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag == "style" or "style" in names:
            self.wrong.append(f"style in <{tag}>")
        self.wrong += [f"{name} in <{tag}>" for name in names if name.startswith("on")]
        if len(names) != len(set(names)):
            self.wrong.append(f"an attribute twice in <{tag}>")
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.targets += [given["for"]] if "for" in given else []


@pytest.mark.parametrize("name", gallery.PAGES)
def test_a_page_is_sound(app, name):
    answer = app.test_client().get(f"/{name}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert (page.wrong, page.open) == ([], [])
    assert len(page.ids) == len(set(page.ids)) or name == "form"  # its sample shows one field twice
    assert set(page.targets) <= set(page.ids)


@pytest.mark.parametrize("name", gallery_data.REFUSALS)
def test_a_refusal_page_is_sound(app, name):
    answer = app.test_client().get(f"/errors/{name}")
    page = Page(answer.text)
    assert (page.wrong, page.open) == ([], [])
    assert gallery_data.REFUSALS[name]["title"] in answer.text


def test_before_signing_in_only_the_bureau_is_named(app):
    text = app.test_client().get("/errors/login").text
    assert "明河区教育局" in text
    assert "tl-rail" not in text


def test_a_past_date_tints_the_bar_and_leads_back(app):
    client = app.test_client()
    text = client.get("/tower?on=2024-09-01").text
    assert 'class="is-past"' in text
    assert "回到今天 2026-09-08" in text
    assert 'class="is-past"' in client.get("/todo").text
    assert 'class="is-past"' not in client.get("/todo?on=2026-09-08").text


def test_errors_stand_at_the_field_and_in_the_summary(app):
    text = (
        app.test_client()
        .post("/form", data={"start": "2026-09-01", "end": "2026年6月30日", "host": " "})
        .text
    )
    assert '<a href="#host">受援单位：请填这一项。</a>' in text
    assert 'id="end-error"' not in text  # a range is one field: its error stands once, above both dates
    assert text.count("结束日期早于开始日期。") == 2
    assert 'value="2026年6月30日"' in text


def test_findings_stand_at_their_field_or_in_the_summary(app):
    data = {"host": "某校", "kind": "paired", "start": "20260901", "stage": "primary"}
    text = app.test_client().post("/form", data=data).text
    assert "受援单位：没有这所学校。写全称，如 柳河镇中心小学。" in text
    assert "<li>2025 年度批次已锁定。请在本年补记。</li>" in text


def test_a_chosen_filter_is_a_chip_that_leads_away(app):
    text = app.test_client().get("/tower?stage=primary&page=3").text
    assert '<a class="tl-chip on" href="/tower" aria-label="去掉条件 学段 小学">小学' in text
    assert '<select class="form-select tl-chip" name="stage"' not in text


@pytest.mark.parametrize("name", FILES)
def test_a_template_is_short(name):
    assert len((TEMPLATES / name).read_text(encoding="utf-8").splitlines()) <= 150


def _bare(node: nodes.Node, wrapped: bool = False) -> Iterator[str]:
    """Chinese in a template outside ``_()``: text, and constants that are printed."""
    if isinstance(node, nodes.TemplateData) and CHINESE.search(node.data):
        yield node.data.strip()
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and not wrapped
    ):
        yield node.value
    if (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in ("_", "ngettext")
    ):
        wrapped = True
    for child in node.iter_child_nodes():
        yield from _bare(child, wrapped)


@pytest.mark.parametrize("name", FILES)
def test_every_text_is_translated(name):
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    tree = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"]).parse(source)
    assert list(_bare(tree)) == []


@pytest.mark.parametrize("name", FILES)
def test_a_template_has_no_inline_style_or_script(name):
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", source) == []


@pytest.mark.parametrize("name", FILES)
def test_a_per_cent_sign_in_a_text_is_doubled(name):
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    texts = re.findall(r"_\('([^']*)'", source)
    assert [text for text in texts if re.search(r"%(?!\(\w+\)[sd]|%)", text.replace("%%", ""))] == []
