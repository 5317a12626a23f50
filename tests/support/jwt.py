"""JSON Web Tokens, signed with the ``openssl`` command (RFC 7519; RFC 7515 for the form, RFC 7518, 3.3 for RS256)."""

import base64
import json
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path


class Signer:
    """Signs tokens with an RSA key. It and its `certificate`, which every token carries, are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "signer.pem"
        self._key = folder / "signer.key"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=signer", "-days", "30"),
                *("-keyout", self._key, "-out", self.certificate),
            ],
            check=True,
            capture_output=True,
        )

    def sign(self, claims: Mapping[str, object]) -> str:
        """The token that makes these claims."""
        certificate = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(certificate).decode()]}
        signed = f"{_base64url(json.dumps(header).encode())}.{_base64url(json.dumps(claims).encode())}"
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self._key], input=signed.encode(), check=True, capture_output=True
        ).stdout
        return f"{signed}.{_base64url(signature)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
