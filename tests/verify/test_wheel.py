"""The wheel in an empty folder: it brings its pages, migrations and catalogue, and needs nothing but a home."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.verify
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
from talent.app import create_app
from talent.core.config import Settings
from talent.core.work import Program
client = create_app(Program(Settings())).test_client()
page = client.get("/login")
assert page.status_code == 200 and "登录" in page.get_data(as_text=True)
assert client.get("/healthz").get_data(as_text=True) == "ok"
"""


def test_an_installed_wheel_works_anywhere(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True
    )
    (wheel,) = tmp_path.glob("talent-*.whl")
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(site)
    assert {
        "talent/templates/base.html",
        "talent/migrations/env.py",
        "talent/translations/en/LC_MESSAGES/messages.mo",
        "talent/policy/tiers.yaml",
        "talent/static/talent.css",
    } <= names
    environment = {**os.environ, "PYTHONPATH": str(site), "TALENT_HOME": str(empty / "home"), "TALENT_DATABASE_URL": ""}
    for command in (["-m", "talent", "init"], ["-m", "talent", "doctor"], ["-c", PROGRAM]):
        subprocess.run([sys.executable, *command], cwd=empty, env=environment, check=True)
