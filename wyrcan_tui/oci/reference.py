"""What a person writes to name an image.

Three kinds: an image in a registry (``[docker://]registry/repository:tag@digest``, the grammar and the Docker
Hub defaults of the distribution project's ``reference`` package), one in an OCI layout directory
(``oci:PATH[:TAG]``) and one in a tar archive of such a directory (``oci-archive:PATH[:TAG]``); the last two as
containers-transports(5) writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from pathlib import PurePath
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.texts import _

DOCKER_HUB: Final = "docker.io"
HUB_ALIASES: Final = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
"""Names of the same registry."""
_LONGEST_NAME: Final = 255

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
# RFC 1035, 2.3.4: a label of a host name has at most 63 characters, the whole name 253 as it is written.
_HOST_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_LONGEST_HOST: Final = 253
_REGISTRY = re.compile(rf"(?P<host>{_HOST_LABEL}(?:\.{_HOST_LABEL})*|\[[0-9a-fA-F:]+\])(?::(?P<port>[0-9]{{1,5}}))?")
_PORTS: Final = range(1, 1 << 16)
"""Those of TCP; 0 is reserved (RFC 6335, 6)."""
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegistryReference:
    """An image in a registry; `tag` is never empty unless a `digest` pins the image."""

    registry: str
    repository: str
    tag: str = ""
    digest: Digest | None = None

    @property
    def name(self) -> str:
        """Registry and repository, without tag or digest."""
        return f"{self.registry}/{self.repository}"

    def with_tag(self, tag: str) -> RegistryReference:
        """Return the reference to another tag of the same repository."""
        return replace(self, tag=tag, digest=None)

    def pinned_to(self, digest: Digest) -> RegistryReference:
        """Return the reference to this very image, wherever its tag moves."""
        return replace(self, digest=digest)

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


@dataclass(frozen=True, slots=True)
class LayoutReference:
    """An image in an OCI layout directory; an empty `tag` means the only image there."""

    path: PurePath
    tag: str = ""

    def __str__(self) -> str:
        return f"oci:{self.path}" + (f":{self.tag}" if self.tag else "")


@dataclass(frozen=True, slots=True)
class ArchiveReference:
    """An image in a tar archive of an OCI layout; an empty `tag` means the only image there."""

    path: PurePath
    tag: str = ""

    def __str__(self) -> str:
        return f"oci-archive:{self.path}" + (f":{self.tag}" if self.tag else "")


Reference = RegistryReference | LayoutReference | ArchiveReference


def parse_reference(text: str) -> Reference:
    """Read a reference as a person types it.

    Raises:
        WyrcanError: ``reference-invalid``, with what is wrong and how a reference looks; ``digest-invalid`` and
            ``digest-unknown`` for the digest in it.
    """
    text = text.strip()
    for prefix, kind in (("oci:", LayoutReference), ("oci-archive:", ArchiveReference)):
        if text.startswith(prefix):
            path, colon, tag = text.removeprefix(prefix).partition(":")
            if not path:
                raise _invalid(text, _("the path is missing"))
            where = PurePath(path)
            if "\0" in path or str(where) != str(where).strip():
                raise _invalid(text, _("the path has a NUL in it, or a blank at its beginning or end"))
            if colon and not _TAG.fullmatch(tag):
                raise _invalid(text, _("{tag} cannot be a tag").format(tag=repr(tag)))
            return kind(where, tag)
    return _parse_registry_reference(text)


def is_registry(text: str) -> bool:
    """Tell whether `text` can be a registry: a host name or address, with or without a port."""
    match = _REGISTRY.fullmatch(text)
    if match is None or len(match["host"]) > _LONGEST_HOST:
        return False
    if match["port"] and int(match["port"]) not in _PORTS:
        return False
    if not match["host"].startswith("["):
        return True
    try:
        return IPv6Address(match["host"].strip("[]")) is not None
    except ValueError:
        return False


def is_repository(text: str) -> bool:
    """Tell whether `text` can be a repository in a reference."""
    return len(text) <= _LONGEST_NAME and _REPOSITORY.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Tell whether `text` can be a tag in a reference."""
    return _TAG.fullmatch(text) is not None


def reads_as_registry(first: str) -> bool:
    """Tell whether the first part of a reference names a registry; else it belongs to a repository of Docker Hub.

    The rule of the distribution project's ``reference`` package (``splitDockerDomain``).
    """
    return "." in first or ":" in first or first == "localhost" or first != first.lower()


def _parse_registry_reference(text: str) -> RegistryReference:
    name, at, digest = text.removeprefix("docker://").partition("@")
    if "://" in name:
        raise _invalid(text, _("a reference has no scheme but docker://"))
    first, slash, rest = name.partition("/")
    if slash and reads_as_registry(first):
        registry = first
    else:
        registry, rest = DOCKER_HUB, name
    repository, colon, tag = rest.partition(":")
    if registry in HUB_ALIASES:
        registry = DOCKER_HUB
        if repository and "/" not in repository:
            repository = f"library/{repository}"

    if not is_registry(registry):
        raise _invalid(text, _("{registry} cannot be a registry").format(registry=repr(registry)))
    if not repository:
        raise _invalid(text, _("the repository is missing"))
    if repository != repository.lower():
        raise _invalid(text, _("the repository must be in lower case"))
    if not _REPOSITORY.fullmatch(repository):
        raise _invalid(text, _("{repository} cannot be a repository").format(repository=repr(repository)))
    if len(repository) > _LONGEST_NAME:
        raise _invalid(text, _("the repository is longer than {longest} characters").format(longest=_LONGEST_NAME))
    if colon and not _TAG.fullmatch(tag):
        raise _invalid(text, _("{tag} cannot be a tag").format(tag=repr(tag)))
    if not tag and not at:
        tag = "latest"
    return RegistryReference(registry, repository, tag, _pin(digest) if at else None)


def _pin(text: str) -> Digest:
    digest = Digest.parse(text)
    digest.require_known()
    return digest


def _invalid(text: str, why: str) -> WyrcanError:
    return WyrcanError(
        "reference-invalid",
        _("{text} is not a reference: {why}.").format(text=repr(text), why=why),
        hint=_("Write it as registry/repository:tag, for example quay.io/fedora/fedora-bootc:44."),
    )
