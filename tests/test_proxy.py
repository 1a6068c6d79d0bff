"""The proxy's example as it runs: Debian's nginx before the real server, with a certificate of a day."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from talent.accounts.models import LoginFailure
from talent.app import create_app
from talent.cli.site import server_options
from talent.cli.strict import strict_server
from talent.core.access import operator
from talent.core.config import Settings
from talent.core.work import Program
from tests.test_deploy import PROXY

NAME = "teachers.example.gov.cn"


@dataclass(frozen=True, slots=True)
class Front:
    """The proxy on loopback, and the program behind it."""

    plain: int
    tls: int
    authority: Path
    program: Program

    def context(self) -> ssl.SSLContext:
        """A client that trusts the certificate, and nothing else."""
        return ssl.create_default_context(cafile=str(self.authority))

    def handshake(self, context: ssl.SSLContext) -> tuple[str, str]:
        """(version, suite) of a connection."""
        with socket.create_connection(("127.0.0.1", self.tls), timeout=10) as plain, context.wrap_socket(
                plain, server_hostname=NAME) as tls:
            suite = tls.cipher()
            return str(tls.version()), suite[0] if suite else ""

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None, tls: bool = True
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body; without TLS over the plain port."""
        connection = (http.client.HTTPSConnection("127.0.0.1", self.tls, context=self._loose(), timeout=10) if tls
                      else http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10))
        connection.request(method, path, body, {"Host": NAME, **(headers or {})})
        answer = connection.getresponse()
        told = answer.status, dict(answer.getheaders()), answer.read().decode()
        connection.close()
        return told

    def _loose(self) -> ssl.SSLContext:
        """The name is tried by :meth:`handshake`; here the address is loopback's."""
        context = self.context()
        context.check_hostname = False
        return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> None:
    """A key and a certificate of the name, good for a day."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256()))
    (folder / "teachers.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "teachers.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def written(folder: Path, plain: int, tls: int, behind: int) -> Path:
    """The example with ports and paths of this test, inside the frame a main file has."""
    example = (PROXY.replace("listen 80;", f"listen 127.0.0.1:{plain};")
               .replace("listen 443 ", f"listen 127.0.0.1:{tls} ")
               .replace("127.0.0.1:8000;", f"127.0.0.1:{behind};").replace("/etc/nginx/tls/", f"{folder}/"))
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = folder / "nginx.conf"
    path.write_text(f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
                    f"http {{ access_log off; {temporary}\n{example}\n}}\n", encoding="utf-8")
    return path


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether the port takes connections before the process ends or ten seconds pass."""
    until = datetime.now(UTC) + timedelta(seconds=10)
    while datetime.now(UTC) < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
    return False


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Front]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None and os.environ.get("TALENT_PROXY") == "required":
        pytest.fail("no nginx, and TALENT_PROXY=required")
    if nginx is None:
        pytest.skip("no nginx on this machine: the proxy's example is not run")
    folder = tmp_path_factory.mktemp("front")
    (folder / "talent.db").write_bytes(sqlite_template.read_bytes())
    settings = Settings(home=folder / "home", database_url=f"sqlite:///{folder / 'talent.db'}", hosts=NAME,
                        trusted_proxy="127.0.0.1", argon2_time_cost=1, argon2_memory_kib=8192)
    settings.make_keys()
    program = Program(settings)
    server = strict_server(create_app(program), host="127.0.0.1", port=0, **server_options(settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    certificate(folder)
    plain, tls = free_port(), free_port()
    main = written(folder, plain, tls, server.effective_port)
    with subprocess.Popen([nginx, "-p", str(folder), "-c", str(main)], stderr=subprocess.PIPE) as process:
        try:
            assert answers(tls, process), process.stderr and process.stderr.read(2000)
            yield Front(plain, tls, folder / "teachers.crt", program)
        finally:
            process.terminate()
    server.close()
    thread.join(timeout=10)
    program.engine.dispose()


@pytest.mark.parametrize(("version", "told"), [
    (ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_modern_tls_is_spoken_with_forward_secrecy(front: Front, version: ssl.TLSVersion, told: str) -> None:
    context = front.context()
    context.minimum_version = context.maximum_version = version
    spoken, suite = front.handshake(context)
    assert spoken == told and suite.startswith(("ECDHE-", "TLS_AES_"))


@pytest.mark.parametrize(("version", "suites"), [
    (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"), (ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256"),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA256")], ids=["an old version", "a key for all", "a weak suite"])
def test_anything_older_is_refused(front: Front, version: ssl.TLSVersion, suites: str) -> None:
    context = front.context()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = version
    context.set_ciphers(suites)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        front.handshake(context)


def test_the_site_answers_over_tls_alone(front: Front) -> None:
    status, headers, body = front.ask("GET", "/healthz")
    assert (status, body.strip()) == (200, "ok")
    assert re.fullmatch(r"max-age=\d{8,}.*", headers["Strict-Transport-Security"])
    status, headers, _ = front.ask("GET", "/login?next=/people/", tls=False)
    assert (status, headers["Location"]) == (301, f"https://{NAME}/login?next=/people/")
    assert front.ask("POST", "/login", body="name=a", tls=False)[0] == 403
    assert front.ask("GET", "/api/v1/openapi.json", tls=False)[0] == 403


def test_where_a_sign_in_came_from_is_the_proxys_word(front: Front) -> None:
    """What a client claims of itself is dropped; cookies are bound to the site and to TLS."""
    status, headers, page = front.ask("GET", "/login")
    cookie = headers["Set-Cookie"]
    assert status == 200 and cookie.startswith("__Host-") and "Secure" in cookie
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    form = urlencode({"name": "nobody.here", "password": "wrong gravel otter", "csrf_token": token.group(1)})
    status, _, _ = front.ask("POST", "/login", {
        "Cookie": cookie.partition(";")[0], "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"https://{NAME}/login", "X-Forwarded-For": "203.0.113.9"}, form)
    assert status == 401
    with front.program.read(operator()) as work:
        assert set(work.session.scalars(select(LoginFailure.address))) == {"127.0.0.1"}


def test_more_than_an_upload_may_be_is_stopped_at_the_door(front: Front) -> None:
    status, _, _ = front.ask("POST", "/login", {"Content-Length": "60000000", "Expect": "100-continue"})
    assert status == 413


def test_a_length_beside_chunks_does_not_pass(front: Front) -> None:
    """Two ways to tell where a request ends: the one behind it would be read as another's."""
    hidden = f"GET /login HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
    sent = (f"POST /healthz HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {len(hidden) + 5}\r\n"
            f"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}")
    with socket.create_connection(("127.0.0.1", front.tls), timeout=10) as plain, front.context().wrap_socket(
            plain, server_hostname=NAME) as tls:
        tls.sendall(sent.encode())
        back = b""
        while piece := tls.recv(65536):
            back += piece
    assert re.findall(rb"HTTP/1\.[01] \d{3}", back) == [b"HTTP/1.1 400"]
