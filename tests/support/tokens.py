"""A token server on loopback: who wants something of a registry that trusts it gets a token for that here.

    with TokenServer(folder, users={"anna": "secret"}) as tokens, Registry(folder / "registry", tokens=tokens):
        ...
        tokens.requests      # what came, in order

It keeps to three pages of the distribution project: "Token Authentication Specification", "Token Authentication
Implementation" and "OAuth2 Token Authentication".
"""

import base64
import json
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.support.jwt import Signer
from tests.support.pki import KeyPair

SERVICE = "registry.test"
ISSUER = "tokens.test"
LEEWAY = 60
"""Seconds for which a registry still takes an expired token (distribution 2.8, registry/auth/token/token.go)."""


@dataclass(frozen=True)
class TokenRequest:
    """A request for a token and the status of the answer. Who gave no name, or an unknown identity token, is ``""``."""

    method: str
    user: str
    service: str
    scopes: Sequence[str]
    status: int


class TokenServer:
    """The server; it speaks TLS where `tls` is given. The key that it signs with is in `folder`.

    `users` have passwords, for GET, and `identities` maps identity tokens (OAuth2 calls them refresh tokens), for POST,
    to names. Both get all they ask for. Others may pull where `anonymous` is set, and get no token where it is not.
    A token is good for the `expires_in` seconds that are announced and no longer: the registry's leeway is taken off.
    """

    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        identities: Mapping[str, str] | None = None,
        anonymous: bool = False,
        expires_in: int = 300,
        tls: KeyPair | None = None,
    ) -> None:
        self.requests: list[TokenRequest] = []
        self._signer = Signer(folder)
        self._users = users or {}
        self._identities = identities or {}
        self._anonymous = anonymous
        self._expires_in = expires_in
        self._tls = tls
        tokens = self

        class Handler(BaseHTTPRequestHandler):
            """Gives the tokens of `tokens`."""

            def do_GET(self) -> None:
                """Answer one with a password, or with nothing."""
                user, password = _basic(self.headers.get("Authorization", ""))
                known = tokens._users.get(user) == password if user else tokens._anonymous
                tokens._answer(self, urlsplit(self.path).query, user, 200 if known else 401)

            def do_POST(self) -> None:
                """Answer one with an identity token."""
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                grant = dict(parse_qs(form))
                user = tokens._identities.get(grant.get("refresh_token", [""])[0], "")
                complete = grant.get("grant_type") == ["refresh_token"] and {"service", "client_id"} <= grant.keys()
                tokens._answer(self, form, user, (200 if user else 401) if complete else 400)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.context().wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="token server")

    @property
    def realm(self) -> str:
        """The URL that a registry names as the place where tokens come from."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._server.server_port}/token"

    @property
    def certificate(self) -> Path:
        """The PEM file with which a registry verifies tokens."""
        return self._signer.certificate

    def token(self, user: str, scopes: Sequence[str], *, service: str = SERVICE, expires_in: int | None = None) -> str:
        """A token for all that the scopes ask for (for example ``repository:demo/tiny:pull,push``), without a request.

        It lets ``""``, which is anybody, do no more than pull. It is good for as long as all are unless told otherwise.
        """
        lifetime = self._expires_in if expires_in is None else expires_in
        access = [_access(scope) for scope in scopes]
        if not user:
            access = [what | {"actions": ["pull"]} for what in access if "pull" in what["actions"]]
        now = int(time.time())
        return self._signer.sign(
            {
                **{"iss": ISSUER, "sub": user, "aud": service, "jti": str(uuid.uuid4()), "access": access},
                **{"iat": now, "nbf": now, "exp": now + lifetime - LEEWAY},
            }
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, asked: str, user: str, status: int) -> None:
        parameters = parse_qs(asked)
        service = parameters.get("service", [""])[0]
        # GET repeats the parameter, POST has spaces between the scopes.
        scopes = " ".join(parameters.get("scope", [])).split()
        self.requests.append(TokenRequest(handler.command, user, service, scopes, status))
        if status == 200:
            document: dict[str, object] = {
                "token" if handler.command == "GET" else "access_token": self.token(user, scopes, service=service),
                "expires_in": self._expires_in,
                "issued_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        else:
            reason = HTTPStatus(status)
            document = {"errors": [{"code": reason.name, "message": reason.phrase}]}
        body = json.dumps(document).encode()
        handler.send_response_only(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _basic(header: str) -> tuple[str, str]:
    """The name and the password of an ``Authorization`` header (RFC 7617); both are empty where it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    user, _, password = base64.b64decode(encoded).decode().partition(":")
    return user, password


def _access(scope: str) -> dict[str, str | list[str]]:
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    return {"type": kind, "name": name, "actions": actions.split(",")}
