"""Names and passwords for registries, in the file that people have already: ``auth.json`` or Docker's ``config.json``.

The format is containers-auth.json(5); Docker's adds keys that are URLs, and identity tokens.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import DOCKER_HUB, HUB_ALIASES
from wyrcan_tui.texts import _


@dataclass(frozen=True, slots=True)
class Credential:
    """What lets us in: a name and a password, or the identity token that a login left behind instead of one."""

    user: str
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The value of an ``Authorization`` header (RFC 7617)."""
        return f"Basic {self._encoded}"

    def entry(self) -> dict[str, str]:
        """Return what a file says of it."""
        identity = {"identitytoken": self.identity_token} if self.identity_token else {}
        return {"auth": self._encoded, **identity}

    @property
    def _encoded(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials by the registry, or the part of one, that they are for: ``HOST[:PORT][/NAMESPACE...]``.

    Attributes:
        entries: those of one place.
        further: those of other places, which count where this one has nothing that fits.
        elsewhere: registries whose logins a program of another system keeps (``credHelpers``, ``credsStore``).
    """

    entries: Mapping[str, Credential] = field(default_factory=dict)
    further: tuple[Credentials, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data: bytes, name: str) -> Credentials:
        """Read a file; `name` is what errors call it. An entry without a password says nothing, and is passed over.

        Raises:
            WyrcanError: ``credentials-invalid``, which never holds anything of the file's content.
        """
        try:
            document = json.loads(data)
            auths = document.get("auths", {})
            entries = {_key(key): credential for key, entry in auths.items() if (credential := _credential(entry))}
            # Of a login that a store keeps, Docker leaves an empty entry.
            stored = auths if document.get("credsStore") else {}
            kept = dict.fromkeys(_key(key) for key in (*(document.get("credHelpers") or {}), *stored))
        except (ValueError, AttributeError, TypeError, RecursionError):
            # Not even as the cause: it could quote a password.
            raise WyrcanError(
                "credentials-invalid",
                _("The file {name} is not an auth.json as containers-auth.json(5) describes it.").format(name=name),
                hint=_("Make it with `podman login --authfile` or `skopeo login --authfile`."),
            ) from None
        return cls(entries, elsewhere=tuple(key for key in kept if key not in entries))

    @classmethod
    def first_of(cls, files: Iterable[Credentials]) -> Credentials:
        """Return the credentials of all files; the first file that has something for a repository counts."""
        return cls(further=tuple(files))

    def document(self) -> dict[str, dict[str, str]]:
        """Return the entries as ``auths`` of a file has them."""
        found = {key: credential.entry() for key, credential in self.entries.items()}
        for other in self.further:
            found = {**other.document(), **found}
        return found

    def find(self, registry: str, repository: str = "") -> Credential | None:
        """Return the credential whose key is the longest prefix of the repository's name, if there is any.

        Another place is not asked before this one has none (containers-auth.json(5), "FORMAT" and the order of files).
        """
        name = f"{registry}/{repository}".rstrip("/")
        while name:
            if found := self.entries.get(name):
                return found
            name = name.rpartition("/")[0]
        return next((found for other in self.further if (found := other.find(registry, repository))), None)


NOBODY: Final = Credentials()
"""No credentials at all."""


def _key(text: str) -> str:
    _scheme, separator, rest = text.partition("://")
    if separator:
        # Docker's older files have whole URLs, of which the host alone counts.
        text = rest.partition("/")[0]
    host, slash, path = text.rstrip("/").partition("/")
    if host in HUB_ALIASES:
        # Docker Hub's own key is https://index.docker.io/v1/.
        return DOCKER_HUB + (slash + path if path not in ("", "v1", "v2") else "")
    return host + slash + path


def _credential(entry: Mapping[str, Any]) -> Credential | None:
    identity = str(entry.get("identitytoken") or "")
    try:
        text = base64.b64decode(str(entry.get("auth") or ""), validate=True).decode()
    except binascii.Error as error:
        raise ValueError from error
    user, colon, password = text.partition(":")
    # Docker fills passwords up with NULs.
    password = password.rstrip("\0")
    if text and not colon:
        raise ValueError
    return Credential(user, password, identity) if password or identity else None
