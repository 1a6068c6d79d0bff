"""Every macro with sample data and no database: ``python -m tests.web.gallery``, then open ``/``.

The people, schools and figures are fictitious.
"""

from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask, Response, flash, render_template, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from talent.core.errors import Finding, RuleViolation
from talent.web import kit, templating
from tests.web import gallery_data as sample

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STATIC = Path(templating.__file__).resolve().parents[1] / "static"
TODAY = date(2026, 9, 8)
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:"

NAV = (
    ("待办", "/todo", "clipboard2-check", 9),
    ("教师", "/import", "people", 0),
    ("研修", "/person", "mortarboard", 0),
    ("竞赛与成果", "/parts", "trophy", 0),
    ("梯队", "/tower", "bar-chart-steps", 0),
    ("帮扶支教", "/batch", "signpost-split", 0),
    ("画像", "/portrait", "hexagon", 0),
    ("监测", "/board", "speedometer2", 0),
)
PAGES = ("todo", "person", "tower", "receipt", "batch", "import", "portrait", "board", "form", "parts")
CURRENT = {"receipt": "batch", "form": "batch"}


class AssignmentForm(kit.BaseForm):
    """One of each kind of field."""

    host = StringField("受援单位", [DataRequired()])
    kind = RadioField(
        "类型",
        [DataRequired()],
        choices=[SelectChoice("paired", "结对帮扶"), SelectChoice("community", "区域发展共同体")],
    )
    start = kit.DayField("开始日期", [DataRequired()])
    end = kit.DayField("结束日期", [kit.not_before("start")])
    document = StringField("批准文号")
    stage = SelectField("学段", choices=[SelectChoice("primary", "小学"), SelectChoice("junior", "初中")])
    reason = TextAreaField("说明")
    sheet = FileField("名册")
    password = PasswordField("口令")
    agreed = BooleanField("内容属实")

    places: ClassVar = {"assistance.host_unknown": "host"}


def worded(finding: Finding) -> tuple[str, str]:
    """The gallery's two sentences."""
    return {
        "assistance.host_unknown": ("没有这所学校。", "写全称，如 柳河镇中心小学。"),
        "assistance.locked": ("2025 年度批次已锁定。", "请在本年补记。"),
    }[finding.code]


def build(testing: bool = False) -> Flask:
    """The gallery as an application: one page per screen of the drawings, and the refusal pages."""
    app = Flask("gallery", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config |= {
        "SECRET_KEY": "gallery",
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "zh",
        "TESTING": testing,
        "WTF_CSRF_ENABLED": not testing,
    }
    Babel(app)
    Bootstrap5(app)
    CSRFProtect(app)
    templating.install(app, worded)
    app.jinja_env.loader = _with_gallery(app)
    app.context_processor(lambda: {"frame": _frame()})
    app.after_request(_with_policy)
    app.add_url_rule("/", view_func=lambda: _page("todo"), endpoint="home")
    app.add_url_rule("/<name>", view_func=_page, endpoint="page", methods=["GET", "POST"])
    app.add_url_rule("/errors/<name>", view_func=_error, endpoint="error")
    return app


def _with_gallery(app: Flask) -> ChoiceLoader:
    """The application's own loader (it also knows Bootstrap-Flask's), then the gallery's pages."""
    assert app.jinja_env.loader is not None
    return ChoiceLoader([app.jinja_env.loader, FileSystemLoader(Path(__file__).parent / "gallery")])


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _frame() -> kit.Frame:
    name = request.path.strip("/").split("/")[0] or "todo"
    here = "/" + CURRENT.get(name, name)
    signed_in = name != "login" and not request.path.endswith("/login")
    return kit.Frame(
        bureau="明河区教育局",
        actor_name="何思齐" if signed_in else "",
        actor_place="人事科",
        nav=[kit.NavItem(label, url, icon, url == here, count) for label, url, icon, count in NAV],
        inbox=9,
        inbox_url="/todo",
        as_of=kit.as_of(TODAY),
        search_url="/search",
        search_hint="搜姓名、拼音、工号、学校、文号",
        account_url="/parts",
        logout_url="/todo",
        languages=[kit.Language("zh", "中文", "#", True), kit.Language("en", "English", "#")],
    )


def _page(name: str) -> Any:
    if name not in PAGES:
        return _error("404")
    form = AssignmentForm(kind="paired")
    if name == "parts":
        flash("已报送，人事科核对前您可以撤回。", "ok")
    answer = kit.submit(form, _refuse, "/todo", done="已报送")
    if answer is not None:
        return answer
    offered = [
        kit.Filter("stage", "学段", [("primary", "小学"), ("junior", "初中")]),
        kit.Filter("subject", "学科", [("chinese", "语文"), ("maths", "数学")]),
        kit.Filter("ownership", "办学性质", [("public", "公办"), ("private", "民办")]),
        kit.Filter("q", "姓名、工号"),
    ]
    return render_template(
        f"{name}.html",
        sample=sample,
        form=form,
        filters=kit.Filters.read(offered, ["name", "amount"], "name"),
        page=kit.asked_page(12).page(sample.SCHOOLS[:12], 34),
        today=TODAY,
    )


def _refuse() -> None:
    raise RuleViolation([Finding("assistance.host_unknown"), Finding("assistance.locked")])


def _error(name: str) -> Any:
    given = sample.REFUSALS[name]
    return render_template(f"errors/{name}.html", **given), 200 if name == "login" else int(name)


if __name__ == "__main__":
    build().run(port=5055, debug=False)
