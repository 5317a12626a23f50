"""A choice: what a machine boots, with which words and which network; and the JSON in which it is kept.

The format of Wyrcan 2.1.2's EFI variable, with keys of ours beside its own; it ignores those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.kernel.request import KINDS, NetworkSetting
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import Reference, parse_reference
from wyrcan_tui.registry.credentials import NOBODY, Credentials
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.texts import _

_SECRET: Final = re.compile(r'("(?:auth|identitytoken)"\s*:\s*")[^"]*("?)')
_PROXY_LOGIN: Final = re.compile(r'("proxy"\s*:\s*")(?:[^"\\]|\\.)*@')
LARGEST: Final = 1024
"""Bytes that a choice may have: firmware has little memory, and less that is sound."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is saved, or was asked for.

    Attributes:
        image: what to boot; None where only settings are given.
        cmdline: words for the container's kernel, each argument of one or more words.
        network: systemd-networkd files.
        registries: registries that the browser shows as well.
        favourites: images that are offered as well.
        logins: what lets us in there; whoever can read the place where the choice is kept can read them.
        handover: whether the system that is booted gets to know of `network`; None where nobody said.
        others: keys that we do not know and keep.
        proxy: the way out to the registries; a password in it can be read as the logins can.
    """

    image: Reference | None = None
    cmdline: tuple[str, ...] = ()
    network: NetworkFiles = field(default_factory=dict)
    registries: tuple[RegistryAddress, ...] = ()
    favourites: tuple[Reference, ...] = ()
    logins: Credentials = NOBODY
    handover: bool | None = None
    others: Mapping[str, Any] = field(default_factory=dict)
    proxy: Proxy = field(default_factory=Proxy)

    @classmethod
    def decode(cls, data: bytes) -> Choice:
        """Read a choice from its JSON.

        Raises:
            WyrcanError: ``choice-invalid``, with what is wrong and the value as it is.
        """
        try:
            document = json.loads(data)
            # Half of a surrogate pair is JSON, but no text that could be written again.
            json.dumps(document, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise _invalid(data, _("it is not JSON")) from error
        if not isinstance(document, dict):
            raise _invalid(data, _("it is not a JSON object"))
        try:
            # Wyrcan 2.1.2 writes null where no image is named.
            image = document.pop("image", None)
            reference = None if image in (None, "") else parse_reference(_typed(image, str, "image"))
            cmdline = [_typed(word, str, "cmdline") for word in _typed(document.pop("cmdline", []), list, "cmdline")]
            registries = [
                RegistryAddress.parse(_typed(entry, str, "registries"))
                for entry in _typed(document.pop("registries", []), list, "registries")
            ]
            favourites = [
                parse_reference(_typed(entry, str, "favourites"))
                for entry in _typed(document.pop("favourites", []), list, "favourites")
            ]
            logins = Credentials.parse(json.dumps({"auths": document.pop("auths", {})}).encode(), "wyrcan.json")
            network = _network(_typed(document.pop("network", {}), dict, "network"))
            way_out = (_typed(document.pop(key, ""), str, key) for key in ("proxy", "no_proxy"))
            proxy = Proxy.parse(*way_out)
            handover = document.pop("handover", None)
            if handover is not None:
                _typed(handover, bool, "handover")
            return cls(
                reference,
                tuple(cmdline),
                network,
                tuple(registries),
                tuple(favourites),
                logins,
                handover,
                document,
                proxy,
            )
        except WyrcanError as error:
            raise _invalid(data, error.message) from error

    def shown(self) -> str:
        """Return what `encode` does, but for logins and the proxy's, as whoever stands at the console may see it.

        Raises:
            WyrcanError: as `encode`.
        """
        return _without_secrets(self.encode().decode())

    def encode(self) -> bytes:
        """Return the choice as compact JSON, the keys in the order in which Wyrcan 2.1.2 writes them.

        Raises:
            WyrcanError: ``choice-too-large``; ``choice-invalid`` where something in it is no text.
        """
        document: dict[str, Any] = {
            "network": self.network,
            "cmdline": list(self.cmdline),
            # Not "", which Wyrcan 2.1.2 would try to boot.
            "image": str(self.image) if self.image else None,
        }
        if self.registries:
            document["registries"] = [str(registry) for registry in self.registries]
        if self.favourites:
            document["favourites"] = [str(favourite) for favourite in self.favourites]
        if auths := self.logins.document():
            document["auths"] = auths
        if self.proxy.url:
            document["proxy"] = self.proxy.url
        if self.proxy.exceptions:
            document["no_proxy"] = self.proxy.exceptions
        if self.handover is not None:
            document["handover"] = self.handover
        document |= self.others
        try:
            data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError as error:
            raise WyrcanError("choice-invalid", _("The choice has bytes in it that are no text.")) from error
        if len(data) > LARGEST:
            raise WyrcanError(
                "choice-too-large",
                _("The choice has {size} bytes, and only {largest} may be kept in the firmware.").format(
                    size=len(data), largest=LARGEST
                ),
                hint=_("Use fewer kernel words or network settings, or keep them in the image."),
            )
        return data


def network_files(settings: Iterable[NetworkSetting]) -> NetworkFiles:
    """Gather single settings into networkd files; of a key that repeats, the last value counts."""
    files: dict[str, dict[str, dict[str, str]]] = {}
    for setting in settings:
        files.setdefault(setting.file, {}).setdefault(setting.section, {})[setting.key] = setting.value
    return files


def _network(document: Mapping[str, Any]) -> NetworkFiles:
    for file, sections in document.items():
        # The name becomes a path: it must be one file of a kind that networkd reads.
        if "/" in file or not file.isprintable() or not file.endswith(tuple(f".{kind}" for kind in KINDS)):
            raise WyrcanError("network-invalid", _("{file} is not a networkd file.").format(file=repr(file)))
        for section, keys in _typed(sections, dict, f"network {file}").items():
            if not section.isprintable():
                raise _with_control_character(file)
            for key, value in _typed(keys, dict, f"network {file} {section}").items():
                text = _typed(value, str, f"network {file} {section} {key}")
                if any(not character.isprintable() for character in key + text):
                    raise _with_control_character(file)
    return document


def _with_control_character(file: str) -> WyrcanError:
    said = _("network {file} has a control character in it.")
    return WyrcanError("network-invalid", said.format(file=file))


def _typed(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        said = _("{name} is not a {kind}.").format(name=name, kind=kind.__name__)
        raise WyrcanError("choice-invalid", said)
    return value


def _invalid(data: bytes, why: str) -> WyrcanError:
    return WyrcanError(
        "choice-invalid",
        _("The saved choice cannot be understood: {why}.").format(why=why.rstrip(".")),
        hint=_("Look at it; then save another choice over it, or forget it."),
        # It may be shown on any console.
        value=_without_secrets(data.decode(errors="backslashreplace")),
    )


def _without_secrets(text: str) -> str:
    return redacted(_PROXY_LOGIN.sub(r"\1...@", _SECRET.sub(r"\1...\2", text)))
