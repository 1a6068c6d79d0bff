"""The proxy's example and the operator's paper agree with the program."""

import re
from pathlib import Path

from talent.cli.site import server_options
from talent.core.config import KEY_NAMES, Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
PROXY, PAPER = ((DOCS / name).read_text(encoding="utf-8") for name in ("deploy/nginx.conf", "security/operation.md"))


def told(name: str) -> list[str]:
    """The values of a directive, in order."""
    return re.findall(rf"^\s*{name}\s+([^;]+);", PROXY, re.M)


def test_only_modern_tls_with_forward_secrecy() -> None:
    assert told("ssl_protocols") == ["TLSv1.2 TLSv1.3"]
    ciphers = told("ssl_ciphers")[0].split(":")
    modern = r"ECDHE-(ECDSA|RSA)-AES(128|256)-GCM-SHA(256|384)"
    assert [name for name in ciphers if not re.fullmatch(modern, name)] == []


def test_what_came_in_the_clear_is_led_on_by_reading_alone() -> None:
    plain, _, safe = PROXY.partition("listen 443")
    assert "return 301 https://$host$request_uri" in plain and "proxy_pass" not in plain
    assert "return 403" in plain.partition("location /api/")[2].partition("}")[0]
    assert "!~ ^(GET|HEAD)$) { return 403; }" in plain and "proxy_pass http://127.0.0.1:8000" in safe


def test_sizes_and_headers_are_the_programs() -> None:
    assert told("client_max_body_size") == [f"{Settings().upload_bytes // 1_000_000}m"]
    trusted = server_options(Settings(trusted_proxy="127.0.0.1"))["trusted_proxy_headers"]
    set_anew = {each.split()[0].lower(): each.split()[1] for each in told("proxy_set_header")}
    assert set_anew == {"host": "$host", "x-forwarded-for": "$remote_addr", "x-forwarded-proto": "https"}
    assert trusted == set_anew.keys() - {"host"}


def test_the_paper_names_every_key() -> None:
    assert set(re.findall(r"^\| `(\w+)\.key`", PAPER, re.M)) == set(KEY_NAMES)
