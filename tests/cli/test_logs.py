"""The program's log: readable by whatever collects it, and telling nothing of anybody."""

import json
import os
import subprocess
import sys

import pytest

FAULT = """
import logging
from talent.cli.logs import begin_log
from talent.core.config import Settings

begin_log(Settings().log)
log = logging.getLogger("talent.web")
log.info("nothing to worry about")
try:
    try:
        raise KeyError("110105194912310038")
    except KeyError as cause:
        raise ValueError("陈秀兰 has no place") from cause
except ValueError as error:
    log.error("incident %s: %s", "1A2B", "GET\\nforged", exc_info=error)
log.warning("database unavailable")
"""


def written(form: str) -> list[str]:
    """What a process with a fault writes to standard error."""
    done = subprocess.run([sys.executable, "-c", FAULT], env={**os.environ, "TALENT_LOG": form}, capture_output=True,
                          encoding="utf-8", check=True, timeout=60)
    return done.stderr.splitlines()


def test_a_fault_is_one_object_without_the_words_of_the_exception() -> None:
    lines = written("json")
    fault, warning = (json.loads(line) for line in lines)
    assert (fault["level"], fault["logger"], fault["message"]) == ("ERROR", "talent.web", "incident 1A2B: GET\nforged")
    assert [error["kind"] for error in fault["errors"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert [error["trace"] for error in fault["errors"]] == [["<string>:13 <module>"], ["<string>:11 <module>"]]
    assert {**warning, "at": ""} == {"at": "", "level": "WARNING", "logger": "talent.web",
                                     "message": "database unavailable"}
    assert fault["at"].endswith("+00:00")
    for words in ("陈秀兰", "has no place", "110105194912310038"):
        assert words not in "".join(lines)


def test_without_asking_the_log_is_text_with_its_trace() -> None:
    lines = written("text")
    assert (lines[0], lines[-1]) == ("ERROR:talent.web:incident 1A2B: GET", "WARNING:talent.web:database unavailable")
    assert "ValueError: 陈秀兰 has no place" in lines


def test_another_form_is_refused_at_the_start() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        written("xml")
