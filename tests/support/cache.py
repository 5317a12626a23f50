"""Caches of a registry, set up as docs/fleet.md says.

with Cache(folder, registry.url) as cache:
    cache.host            # what a mirror of registries.conf names
"""

from collections.abc import Sequence
from pathlib import Path

from tests.support.nginx import Nginx
from tests.support.recipe import recipe
from tests.support.server import Server

AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
UPSTREAM = "https://registry.example.com"

SLICE = 8 << 20
"""What nginx asks for at once."""


class Cache(Nginx):
    """Debian's nginx: asks the URL `upstream` for what it does not have, once only, however many ask for it.

    Where that URL has TLS, the certificate is one of those that the PEM file `authorities` vouches for.
    """

    def __init__(self, folder: Path, upstream: str, *, authorities: str | Path = AUTHORITIES) -> None:
        super().__init__(folder)
        self._upstream = upstream
        self._authorities = authorities

    def serve(self) -> tuple[str, str]:
        """Take the recipe, for this folder and this registry."""
        around, _, server = recipe("nginx").partition("server {\n    listen 5000;\n")
        inside = server.removesuffix("}\n").replace(UPSTREAM, self._upstream)
        return (
            around.replace("/var/cache/nginx/images", "images"),
            inside.replace(AUTHORITIES, str(self._authorities)),
        )


class PullThrough(Server):
    """Debian's docker-registry as a cache of the URL `upstream`."""

    def __init__(self, folder: Path, upstream: str) -> None:
        super().__init__(folder)
        self._upstream = upstream

    def configure(self) -> Sequence[str | Path]:
        """Take the recipe, for this folder and this registry; returns the command."""
        text = recipe("yaml", "docker-registry").replace(UPSTREAM, self._upstream)
        path = self.folder / "config.yml"
        path.write_text(text.replace("/var/lib/docker-registry", f"{self.folder}/storage").replace(":5000", self.host))
        return ["docker-registry", "serve", path]
