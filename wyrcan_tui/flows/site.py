"""What a machine knows of the registries around it, brought together from all places that may tell."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Final, TypeVar

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.settings import Files
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.certificates import Certificates, Identity
from wyrcan_tui.registry.credentials import Credentials
from wyrcan_tui.registry.mirrors import Rule, parse_rules
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _

_CERTIFICATES: Final = "certs.d"

Value = TypeVar("Value")


def gather(
    places: Sequence[Files],
    problems: list[WyrcanError],
    *,
    addresses: Iterable[RegistryAddress] = (),
    logins: Iterable[Credentials] = (),
    authorities: Iterable[str] = (),
    proxy: str = "",
    no_proxy: str = "",
) -> Site:
    """Return the site that the files of `places` (the first counts most) and the kernel command line tell of.

    `logins` count more than any file's, and `authorities` are certificates in base64. What cannot be understood goes to
    `problems`, and the rest counts.
    """
    all_logins = [*logins]
    rules: list[Rule] = []
    for files in places:
        if (data := files.get("auth.json")) is not None:
            all_logins.append(_understood(problems, Credentials(), Credentials.parse, data, "auth.json"))
        # A drop-in counts more than what comes before it in the alphabet, and than the file itself.
        for name in sorted((name for name in files if name.endswith(".conf")), reverse=True):
            rules += _understood(problems, (), parse_rules, files[name], name)
    credentials = Credentials.first_of(all_logins)
    kept = {key for logins in all_logins for key in logins.elsewhere if not credentials.find(*key.split("/", 1))}
    if kept:
        problems.append(_with_a_helper(sorted(kept)))
    everywhere = [_understood(problems, b"", _authority, text) for text in authorities]
    return Site(
        tuple(addresses),
        credentials,
        tuple(rules),
        _certificates(places, filter(None, everywhere), problems),
        _understood(problems, Proxy(), Proxy.parse, proxy, no_proxy),
    )


def _understood(
    problems: list[WyrcanError], otherwise: Value, parse: Callable[..., Value], *arguments: object
) -> Value:
    try:
        return parse(*arguments)
    except WyrcanError as error:
        problems.append(error)
        return otherwise


def _authority(text: str) -> bytes:
    try:
        pem = ssl.DER_cert_to_PEM_cert(base64.b64decode(text, validate=True))
        ssl.create_default_context(cadata=pem)
    except (binascii.Error, ValueError, ssl.SSLError) as error:
        raise WyrcanError(
            "certificate-invalid",
            _("The word wyr.ca= on the kernel command line has no certificate in it."),
            hint=_("It is the certificate in base64: its PEM file without the first and the last line, in one line."),
        ) from error
    return pem.encode()


def _certificates(places: Sequence[Files], everywhere: Iterable[bytes], problems: list[WyrcanError]) -> Certificates:
    authorities = defaultdict[str, list[bytes]](list)
    identities = defaultdict[str, list[Identity]](list)
    for files in places:
        for name, content in files.items():
            path = PurePath(name)
            if path.parts[0] != _CERTIFICATES:
                continue
            # FAT, as on a boot medium, has no colons; host names have no underscores.
            host = path.parts[1].replace("_", ":")
            if path.suffix == ".crt":
                authorities[host].append(content)
            elif other := files.get(str(path.with_suffix(".key" if path.suffix == ".cert" else ".cert"))):
                if path.suffix == ".cert":
                    identities[host].append(Identity(content, other))
            else:
                problems.append(_alone(name))
    return Certificates(
        tuple(everywhere),
        {host: tuple(found) for host, found in authorities.items()},
        {host: tuple(found) for host, found in identities.items()},
    )


def _with_a_helper(registries: Sequence[str]) -> WyrcanError:
    return WyrcanError(
        "credentials-helper",
        _("The login for {registries} is not in auth.json: a helper program of another machine keeps it.").format(
            registries=", ".join(registries)
        ),
        hint=_(
            "Write it into the file with `podman login --authfile auth.json` or `skopeo login --authfile auth.json`, "
            "or log in from the menu."
        ),
    )


def _alone(name: str) -> WyrcanError:
    return WyrcanError(
        "certificate-invalid",
        _("The file {name} is alone: a client's certificate needs its key, and a key its certificate.").format(
            name=name
        ),
        hint=_("They are NAME.cert and NAME.key in the same folder."),
    )
