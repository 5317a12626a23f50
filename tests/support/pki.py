"""A private certificate authority, as a company has one, made with the ``openssl`` command.

authority = Authority(folder)
pair = authority.issue("127.0.0.1", "registry.test")    # for a server
authority.issue("somebody", client=True)                # for a client
authority.certificate                                   # what others trust, in PEM
"""

import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

DAYS = timedelta(days=30)


@dataclass(frozen=True)
class KeyPair:
    """The PEM files of a certificate, of its key, and of the certificate of the `authority` that issued it."""

    certificate: Path
    key: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """A server's TLS context with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """The authority, with keys for ECDSA on P-256. Its files are in `folder`, and so are those of what it issues."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "authority.pem"
        self._folder = folder
        self._numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "issued").touch()
        # The extensions are those that RFC 5280, 4.2.1, demands; Python 3.13 does so too.
        (folder / "openssl.cnf").write_text(
            f"""\
[req]
distinguished_name = nobody
[nobody]
[ca]
default_ca = authority
[authority]
database = {folder}/issued
new_certs_dir = {folder}
certificate = {self.path}
private_key = {folder}/authority.key
rand_serial = yes
default_md = sha256
policy = any_name
unique_subject = no
copy_extensions = copy
[any_name]
commonName = supplied
[itself]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
        )
        self._request("authority", "-x509", "-extensions", "itself", "-days", "30", to=self.path)

    @property
    def certificate(self) -> bytes:
        """Its own certificate, in PEM."""
        return self.path.read_bytes()

    def issue(
        self, *names: str, client: bool = False, start: datetime | None = None, end: datetime | None = None
    ) -> KeyPair:
        """Make a key and a certificate for these host names and IP addresses, valid now unless `start` or `end` says
        otherwise: from yesterday on for a month.
        """
        stem = f"{'client' if client else 'server'}-{next(self._numbers)}"
        request, certificate = self._folder / f"{stem}.request", self._folder / f"{stem}.pem"
        now = datetime.now(UTC)
        start, end = start or now - timedelta(days=1), end or now + DAYS
        self._request(stem, "-addext", f"subjectAltName = {', '.join(map(_alternative_name, names))}", to=request)
        self._openssl(
            "ca",
            *("-batch", "-notext", "-extensions", "client" if client else "server"),
            *("-startdate", _asn1_time(start), "-enddate", _asn1_time(end), "-in", request, "-out", certificate),
        )
        return KeyPair(certificate, self._folder / f"{stem}.key", self.path)

    def _request(self, stem: str, *options: str, to: Path) -> None:
        self._openssl(
            "req",
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={stem}"),
            *options,
            *("-keyout", self._folder / f"{stem}.key", "-out", to),
        )

    def _openssl(self, command: str, *options: str | Path) -> None:
        subprocess.run(
            ["openssl", command, "-config", self._folder / "openssl.cnf", *options], check=True, capture_output=True
        )


def _alternative_name(name: str) -> str:
    try:
        return f"IP:{ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def _asn1_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
