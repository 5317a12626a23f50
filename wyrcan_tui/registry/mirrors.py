"""Where a site really keeps what a reference names: ``registries.conf``, version 2 (containers-registries.conf(5))."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.texts import _

_WILDCARD: Final = "*."
_PULLS: Final = ("all", "digest-only", "tag-only")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place where an image can be: a registry, and the repository's name there."""

    address: RegistryAddress
    repository: str


@dataclass(frozen=True, slots=True)
class Mirror:
    """A place that has what another one has: ``HOST[/NAMESPACE...]``, and which pulls go to it."""

    location: str
    insecure: bool = False
    pulls: str = "all"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is to be done about references that begin with `prefix`."""

    prefix: str
    location: str
    insecure: bool = False
    blocked: bool = False
    mirrors: tuple[Mirror, ...] = ()

    def require_allowed(self) -> None:
        """Refuse what the rule is about where the site does not allow it.

        Raises:
            WyrcanError: ``registry-blocked``.
        """
        if self.blocked:
            raise WyrcanError(
                "registry-blocked",
                _("This site does not allow images from {prefix} (registries.conf).").format(prefix=self.prefix),
                hint=_("Use an image from another registry, or ask who runs this site."),
            )

    def endpoints(self, reference: RegistryReference) -> list[Endpoint]:
        """Return where to look for a reference that the rule is about: its mirrors in their order, then its own place.

        Raises:
            WyrcanError: ``registry-blocked``; ``registries-invalid`` where a place is none.
        """
        self.require_allowed()
        # A wildcard stands for whatever host it met.
        prefix = reference.registry if self.prefix.startswith(_WILDCARD) else _last(self.prefix)
        rest = reference.name.removeprefix(prefix)
        wanted = "digest-only" if reference.digest else "tag-only"
        mirrors = [mirror for mirror in self.mirrors if mirror.pulls in ("all", wanted)]
        places = [(mirror.location, mirror.insecure) for mirror in mirrors]
        places.append((self.location or prefix, self.insecure))
        return [_endpoint(place + rest, insecure) for place, insecure in places]


def parse_rules(data: bytes, name: str) -> tuple[Rule, ...]:
    """Read a file; `name` is what errors call it. What is in it about short names and helpers does not concern us.

    Raises:
        WyrcanError: ``registries-invalid``.
    """
    try:
        document = tomllib.loads(data.decode())
        if "registries" in document:
            raise _invalid(name, _("it is of version 1; version 2 has [[registry]] tables"))
        by_digest = _typed(document.get("mirror-by-digest-only", False), bool)
        return tuple(_rule(table, by_digest=by_digest) for table in _typed(document.get("registry", []), list))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, RecursionError) as error:
        raise _invalid(name, str(error)) from error


def endpoints(rules: Iterable[Rule], reference: RegistryReference) -> list[Endpoint]:
    """Return where to look for a reference, the first place first. Of several rules the longest prefix's counts.

    Raises:
        WyrcanError: ``registry-blocked``, ``registries-invalid``.
    """
    matching = [rule for rule in rules if _matches(rule.prefix, reference)]
    if matching:
        return max(matching, key=lambda rule: len(rule.prefix)).endpoints(reference)
    return [Endpoint(RegistryAddress(reference.registry), reference.repository)]


def _matches(prefix: str, reference: RegistryReference) -> bool:
    if prefix.startswith(_WILDCARD):
        return reference.registry.partition(":")[0].endswith(prefix.removeprefix("*"))
    if _last(prefix) != prefix:
        # One tag or one digest.
        named = f"{reference.name}:{reference.tag}", f"{reference.name}@{reference.digest}"
        return prefix in (*named, str(reference))
    # What has the same beginning by chance (quay.io/fed and quay.io/fedora) is something else.
    return reference.name == prefix or reference.name.startswith(prefix.rstrip("/") + "/")


def _last(prefix: str) -> str:
    """Return a prefix without the tag or the digest that it may end in."""
    name = prefix.partition("@")[0]
    directory, slash, last = name.rpartition("/")
    return directory + slash + last.partition(":")[0] if slash else name


def _rule(table: Mapping[str, Any], *, by_digest: bool) -> Rule:
    table = _typed(table, dict)
    location = _typed(table.get("location", ""), str)
    prefix = _typed(table.get("prefix", ""), str) or location
    if not prefix or (not location and not prefix.startswith(_WILDCARD) and "prefix" not in table):
        raise TypeError(_("a [[registry]] has neither a prefix nor a location"))
    by_digest = _typed(table.get("mirror-by-digest-only", by_digest), bool)
    return Rule(
        prefix,
        location,
        _typed(table.get("insecure", False), bool),
        _typed(table.get("blocked", False), bool),
        tuple(_mirror(mirror, by_digest=by_digest) for mirror in _typed(table.get("mirror", []), list)),
    )


def _mirror(table: Mapping[str, Any], *, by_digest: bool) -> Mirror:
    table = _typed(table, dict)
    pulls = _typed(table.get("pull-from-mirror", "digest-only" if by_digest else "all"), str)
    if pulls not in _PULLS:
        raise TypeError(
            _("pull-from-mirror is {pulls}, and must be one of {choices}").format(
                pulls=repr(pulls), choices=", ".join(_PULLS)
            )
        )
    location = _typed(table.get("location", ""), str)
    if not location:
        raise TypeError(_("a [[registry.mirror]] has no location"))
    return Mirror(location, _typed(table.get("insecure", False), bool), pulls)


def _endpoint(name: str, insecure: bool) -> Endpoint:
    try:
        found = parse_reference(name)
    except WyrcanError as error:
        raise _invalid("registries.conf", error.message) from error
    if not isinstance(found, RegistryReference) or ":" in name.rpartition("/")[2]:
        raise _invalid("registries.conf", _("{name} is no repository").format(name=repr(name)))
    return Endpoint(RegistryAddress(found.registry, insecure=insecure), found.repository)


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(_("{value} is not a {kind}").format(value=repr(value), kind=kind.__name__))
    return value


def _invalid(name: str, why: str) -> WyrcanError:
    return WyrcanError(
        "registries-invalid",
        _("The file {name} cannot be understood: {why}.").format(name=name, why=why),
        hint=_("containers-registries.conf(5) tells how it is written."),
    )
