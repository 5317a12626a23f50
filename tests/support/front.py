"""An nginx in front of a registry, as most that are not on loopback have one.

with Front(folder, registry.url, tls=pair, versions=["TLSv1.3"]) as front:
    front.url             # https://127.0.0.1:PORT
    front.requests        # what came, in order
"""

from collections.abc import Sequence
from pathlib import Path

from tests.support.nginx import Nginx
from tests.support.pki import KeyPair


class Front(Nginx):
    """The server: passes all on to the URL `upstream`.

    It answers 429 to requests beyond the `rate`, by nginx's name, for example ``1r/s``, and sends no more than `speed`
    bytes per second on a connection. So that a transfer can be cut: `stop` breaks it off, and `start` lets it go on.
    """

    def __init__(
        self,
        folder: Path,
        upstream: str,
        port: int | None = None,
        *,
        tls: KeyPair | None = None,
        versions: Sequence[str] = ("TLSv1.2", "TLSv1.3"),
        ciphers: str = "DEFAULT",
        rate: str = "",
        speed: int = 0,
    ) -> None:
        super().__init__(folder, port, tls=tls, versions=versions, ciphers=ciphers)
        self._upstream = upstream
        self._rate = rate
        self._speed = speed

    def serve(self) -> tuple[str, str]:
        """Pass all on."""
        around = f"  limit_req_zone $server_port zone=all:32k rate={self._rate};" if self._rate else ""
        limit = "limit_req zone=all;" if self._rate else ""
        return (
            around,
            f"""\
    client_max_body_size 0;
    limit_rate {self._speed};
    limit_req_status 429;
    error_page 429 @too_many;
    location @too_many {{
      add_header Retry-After 1 always;
      return 429;
    }}
    location / {{
      {limit}
      proxy_pass {self._upstream};
      proxy_http_version 1.1;
      proxy_max_temp_file_size 0;
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}""",
        )
