"""Whom we trust, and how we show who we are: a site's authorities and client certificates (containers-certs.d(5))."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _


@dataclass(frozen=True, slots=True)
class Identity:
    """A client certificate and its key, in PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a site has beside the authorities that everybody knows, which stay trusted.

    Attributes:
        everywhere: authorities, in PEM, that are trusted for all hosts.
        authorities: authorities, in PEM, for one ``HOST[:PORT]`` each.
        identities: client certificates for one ``HOST[:PORT]`` each.
    """

    everywhere: tuple[bytes, ...] = ()
    authorities: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    identities: Mapping[str, tuple[Identity, ...]] = field(default_factory=dict)

    def context(self, host: str) -> ssl.SSLContext:
        """Return how TLS is spoken to ``HOST[:PORT]``: version 1.2 or 1.3, with the suites that OpenSSL thinks good.

        Raises:
            WyrcanError: ``certificate-invalid``.
        """
        # Imported here: the menu's first page knows certificates, and speaks to nobody.
        import certifi  # noqa: PLC0415

        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        for authority in (*self.everywhere, *self.authorities.get(host, ())):
            try:
                context.load_verify_locations(cadata=authority.decode())
            except (ssl.SSLError, ValueError) as error:
                raise _invalid(
                    _("To speak TLS with {host}, an authority cannot be used: {why}."), host, error
                ) from error
        # OpenSSL shows the one that it got last.
        for identity in reversed(self.identities.get(host, ())):
            _show(context, identity, host)
        return context


def _show(context: ssl.SSLContext, identity: Identity, host: str) -> None:
    # OpenSSL reads both from files only; these are gone with their descriptors.
    certificate, key = os.memfd_create("certificate"), os.memfd_create("key")
    try:
        os.write(certificate, identity.certificate)
        os.write(key, identity.key)
        context.load_cert_chain(f"/proc/self/fd/{certificate}", f"/proc/self/fd/{key}", password=_ask_nobody)
    except (ssl.SSLError, OSError, ValueError) as error:
        sentence = _("To speak TLS with {host}, the client certificate or its key cannot be used: {why}.")
        raise _invalid(sentence, host, error) from error
    finally:
        os.close(certificate)
        os.close(key)


def _ask_nobody() -> str:
    # Else OpenSSL asks on the terminal, which may be nobody's.
    raise ValueError(_("the key has a password"))


def _invalid(sentence: str, host: str, error: Exception) -> WyrcanError:
    return WyrcanError(
        "certificate-invalid",
        sentence.format(host=host, why=getattr(error, "reason", None) or error),
        hint=_("In certs.d, *.crt are authorities, NAME.cert and NAME.key a client's, in PEM and without a password."),
    )
