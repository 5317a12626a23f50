"""Debian's own registry server on loopback, and a person's push to it.

    with Registry(folder) as registry:
        registry.push_image("demo/tiny", "v1", image)
        registry.url          # http://127.0.0.1:PORT

Its options are those of distribution 2.8 ("Configuring a registry").
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from tests.support.image import Content, digest
from tests.support.pki import Authority, KeyPair
from tests.support.server import Server
from tests.support.tokens import ISSUER, SERVICE, TokenServer


class Registry(Server):
    """One registry server: deletion allowed, storage and log kept in `folder`; plain HTTP for everybody by default.

    With a `client_authority`, beside `tls`, clients need a certificate of it. Either `users` need their passwords, or
    everybody needs a token of `tokens`. With an `upstream`, the URL of another registry that runs already, it is a
    cache of that one, and pushing is done there. Blobs are redirected to `blobs_at`, the URL of a `Bucket`.

    Pushing has all that is needed for it, but a certificate that is not valid: push before, in a `Registry` without
    TLS on the same folder.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        tls: KeyPair | None = None,
        client_authority: Authority | None = None,
        users: Mapping[str, str] | None = None,
        tokens: TokenServer | None = None,
        upstream: str = "",
        blobs_at: str = "",
    ) -> None:
        super().__init__(folder, port, tls=tls)
        self._client_authority = client_authority
        self._client = client_authority.issue("pusher", client=True) if client_authority else None
        self._users = users or {}
        self._tokens = tokens
        self._upstream = upstream
        self._blobs_at = blobs_at

    @property
    def storage(self) -> Path:
        """Where it keeps what was pushed."""
        return self.folder / "storage"

    def configure(self) -> Sequence[str | Path]:
        """Write ``config.yml``, as JSON, which is YAML; returns the command."""
        http: dict[str, object] = {"addr": self.host}
        if self.tls:
            clients = [str(self._client_authority.path)] if self._client_authority else []
            http["tls"] = {"certificate": str(self.tls.certificate), "key": str(self.tls.key), "clientcas": clients}
        config: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(self.storage)}, "delete": {"enabled": True}},
            "http": http,
        }
        if self._users:
            config["auth"] = {"htpasswd": {"realm": SERVICE, "path": str(self._write_passwords())}}
        if self._tokens:
            about = {"realm": self._tokens.realm, "rootcertbundle": str(self._tokens.certificate)}
            config["auth"] = {"token": {"service": SERVICE, "issuer": ISSUER, **about}}
        if self._upstream:
            config["proxy"] = {"remoteurl": self._upstream}
        if self._blobs_at:
            config["middleware"] = {"storage": [{"name": "redirect", "options": {"baseurl": self._blobs_at}}]}
        path = self.folder / "config.yml"
        path.write_text(json.dumps(config, indent=1))
        return ["docker-registry", "serve", path]

    def _write_passwords(self) -> Path:
        path = self.folder / "passwords"
        path.write_text("")
        for user, password in self._users.items():
            # Of the forms that htpasswd knows, the registry takes bcrypt only.
            subprocess.run(["htpasswd", "-B", "-b", path, user, password], check=True, capture_output=True)
        return path

    def push_blob(self, repository: str, blob: bytes) -> str:
        """Upload one blob (distribution-spec, "Pushing blobs"); returns its digest."""
        name = digest(blob)
        with self._pusher(repository) as pusher:
            if pusher.head(f"{self.url}/v2/{repository}/blobs/{name}", timeout=60).ok:
                return name
            upload = pusher.post(f"{self.url}/v2/{repository}/blobs/uploads/", timeout=60)
            upload.raise_for_status()
            pusher.put(
                upload.headers["Location"],
                params={"digest": name},
                data=blob,
                headers={"Content-Type": "application/octet-stream"},
                timeout=60,
            ).raise_for_status()
        return name

    def push_image(self, repository: str, tag: str, image: Content) -> str:
        """Upload a whole image and give it the tag; returns the digest of what the tag names."""
        for blob in image.blobs.values():
            self.push_blob(repository, blob)
        with self._pusher(repository) as pusher:
            for media_type, manifest in image.manifests:
                tagged = manifest == image.manifest
                pusher.put(
                    f"{self.url}/v2/{repository}/manifests/{tag if tagged else digest(manifest)}",
                    data=manifest,
                    headers={"Content-Type": media_type},
                    timeout=60,
                ).raise_for_status()
        return image.digest

    def _pusher(self, repository: str) -> requests.Session:
        """Who may push to the repository, whatever this server asks for."""
        session = requests.Session()
        # Proxies and authorities that a test puts into the environment are for the client that it tests.
        session.trust_env = False
        if self.tls:
            session.verify = str(self.tls.authority)
        if self._client:
            session.cert = (str(self._client.certificate), str(self._client.key))
        if self._users:
            session.auth = next(iter(self._users.items()))
        if self._tokens:
            token = self._tokens.token("pusher", [f"repository:{repository}:pull,push"], expires_in=300)
            session.headers["Authorization"] = f"Bearer {token}"
        return session
