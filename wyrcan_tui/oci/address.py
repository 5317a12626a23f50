"""Where a registry is, and whether it is spoken to without TLS."""

from __future__ import annotations

from dataclasses import dataclass

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import is_registry, reads_as_registry
from wyrcan_tui.texts import _


@dataclass(frozen=True, slots=True)
class RegistryAddress:
    """A registry as a person names it: ``HOST[:PORT]``.

    Attributes:
        host: its name or address, with its port where that is not the usual one.
        plain: whether it was said to speak HTTP without TLS.
        insecure: whether it may do so where it does not speak TLS (``registries.conf``).
    """

    host: str
    plain: bool = False
    insecure: bool = False

    @classmethod
    def parse(cls, text: str) -> RegistryAddress:
        """Read ``HOST[:PORT]``, ``https://HOST[:PORT]`` or ``http://HOST[:PORT]``, with or without a final slash.

        A name of one word (``registry``) gets its port, 443 or 80: a reference to an image there needs it, as Docker
        Hub's rule would take the bare word for a part of the repository.

        Raises:
            WyrcanError: ``registry-invalid``.
        """
        scheme, separator, host = text.strip().rpartition("://")
        host = host.removesuffix("/")
        if (separator and scheme not in ("http", "https")) or not is_registry(host):
            raise WyrcanError(
                "registry-invalid",
                _("{text} is not a registry.").format(text=repr(text)),
                hint=_("Write it as HOST, HOST:PORT or http://HOST:PORT (the last for one without TLS)."),
            )
        plain = scheme == "http"
        if not reads_as_registry(host):
            host += ":80" if plain else ":443"
        return cls(host, plain)

    def __str__(self) -> str:
        return f"http://{self.host}" if self.plain else self.host
