"""Settings from the environment (``TALENT_*``) and the keys in the home folder."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
#: The names of this very machine.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
KEY_NAMES = ("session", "field", "index", "audit")


class Settings(BaseSettings):
    """Where the program lives and how it listens. Nothing but ``TALENT_HOME`` is needed to serve."""

    model_config = SettingsConfigDict(env_prefix="TALENT_", extra="ignore")

    home: Path = Path("instance")
    database_url: str = ""
    bureau: str = "某某区教育局"
    hosts: str = "127.0.0.1,localhost"
    timezone: str = "Asia/Shanghai"
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    #: Whether everybody but teachers needs a second factor: ``auto`` is yes once the site answers to another host name
    #: than this machine's own.
    second_factor: Literal["auto", "required", "offered"] = "auto"
    #: ``asvs``: length and guessing lists, no expiry (OWASP ASVS 5.0); ``dengbao``: also kinds of characters and 90
    #: days (GB/T 22239).
    password_profile: Literal["asvs", "dengbao"] = "asvs"  # noqa: S105 the name of a profile
    #: How many days a one-time password handed out on paper is good for.
    slip_days: int = Field(default=14, ge=1, le=60)
    #: The address of the one reverse proxy whose word on client and scheme is taken; empty, nobody's is.
    trusted_proxy: str = ""
    #: What one account may ask for: searches (on each process), and workbooks or papers with many people in them.
    searches_per_minute: int = Field(default=120, ge=1)
    exports_per_hour: int = Field(default=60, ge=1)
    #: The bureau's sign-in provider (OpenID Connect), off while empty; https except on this very machine.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_client_secret_file: Path | None = None
    #: The claim in which the provider vouches for the staff number; empty, nobody is linked by it.
    oidc_claim: str = ""
    #: Values of ``acr``, comma between, that stand for a second factor given at the provider; none by default.
    oidc_acr: str = ""
    #: Certificates the provider's own is checked against, where it is not publicly known.
    oidc_ca_file: Path | None = None
    #: argon2id with what OWASP asks for at least: on two processors 300 people sign in within a minute and the other
    #: pages take less than twice their time; with 3 and 65536 two of three are turned away (``talent bench sign-ins``).
    argon2_time_cost: int = 2
    argon2_memory_kib: int = 19456
    upload_bytes: int = 50_000_000
    font_dir: Path | None = None
    #: The program's log on standard error: ``json`` writes one object a line and no words of exceptions.
    log: Literal["text", "json"] = "text"

    @cached_property
    def url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.home / 'talent.db').absolute()}"

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the district's days begin and end."""
        return ZoneInfo(self.timezone)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Host names this site answers to, without ports."""
        return frozenset(host.strip() for host in self.hosts.split(",") if host.strip())

    @property
    def needs_second_factor(self) -> bool:
        """Whether accounts beyond a teacher's own must enrol a second factor."""
        if self.second_factor == "auto":
            return bool(self.allowed_hosts - LOOPBACK)
        return self.second_factor == "required"

    @model_validator(mode="after")
    def _provider_is_safe(self) -> Self:
        """Refuse to start with a provider that could be listened to."""
        issuer = urlsplit(self.oidc_issuer)
        if self.oidc_issuer and (not issuer.hostname or issuer.username is not None or not self.oidc_client_id):
            raise ValueError("TALENT_OIDC_ISSUER: an address with TALENT_OIDC_CLIENT_ID")
        if self.oidc_issuer and issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
            raise ValueError("TALENT_OIDC_ISSUER: https")
        return self

    @property
    def oidc_secret(self) -> str:
        """What proves this site to the provider, from the file where one is named."""
        if self.oidc_client_secret_file is not None:
            return self.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        return self.oidc_client_secret.get_secret_value()

    @property
    def trusted_acrs(self) -> frozenset[str]:
        """The values of ``acr`` that count as a second factor."""
        return frozenset(value.strip() for value in self.oidc_acr.split(",") if value.strip())

    @property
    def keys_folder(self) -> Path:
        """Where the keys lie: mode 0700, each file 0600."""
        return self.home / "keys"

    def key(self, name: str) -> bytes:
        """One of :data:`KEY_NAMES`, 32 bytes. ``talent init`` makes them."""
        return (self.keys_folder / f"{name}.key").read_bytes()

    def older_key(self, name: str) -> bytes | None:
        """The key before, while a change of keys is not finished."""
        path = self.older_key_file(name)
        return path.read_bytes() if path.exists() else None

    def older_key_file(self, name: str) -> Path:
        """Where the key before lies until everything is sealed with the new one."""
        return self.keys_folder / f"{name}.older.key"

    def begin_key_change(self, name: str) -> None:
        """Put a fresh key beside the one in use, which becomes the older one; an unfinished change goes on instead."""
        if self.older_key_file(name).exists():
            return
        fresh = self.keys_folder / f"{name}.fresh.key"
        fresh.unlink(missing_ok=True)
        _write_key(fresh)
        os.link(self.keys_folder / f"{name}.key", self.older_key_file(name))
        os.replace(fresh, self.keys_folder / f"{name}.key")

    def make_keys(self) -> list[str]:
        """Create the missing keys and answer their names; existing ones are never touched."""
        self.keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = []
        for name in KEY_NAMES:
            path = self.keys_folder / f"{name}.key"
            if path.exists():
                continue
            _write_key(path)
            made.append(name)
        return made


def _write_key(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        os.fsync(file.fileno())
