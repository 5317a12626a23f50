"""Debian's nginx as the cache of a registry, set up as docs/fleet.md says.

with Cache(folder, registry.url) as cache:
    cache.host            # what a mirror of registries.conf names
"""

from pathlib import Path

from tests.support.nginx import Nginx

RECIPE = Path(__file__).parents[2] / "docs/fleet.md"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


class Cache(Nginx):
    """The server: asks the URL `upstream` for what it does not have, once only, however many ask for it.

    Where that URL has TLS, the certificate is one of those that the PEM file `authorities` vouches for.
    """

    def __init__(self, folder: Path, upstream: str, *, authorities: str | Path = AUTHORITIES) -> None:
        super().__init__(folder)
        self._upstream = upstream
        self._authorities = authorities

    def serve(self) -> tuple[str, str]:
        """Take the recipe, for this folder and this registry."""
        _, _, block = RECIPE.read_text().partition("```nginx\n")
        around, _, server = block.partition("```")[0].partition("server {\n    listen 5000;\n")
        inside = server.removesuffix("}\n").replace("https://registry.example.com", self._upstream)
        return (
            around.replace("/var/cache/nginx/images", "images"),
            inside.replace(AUTHORITIES, str(self._authorities)),
        )
