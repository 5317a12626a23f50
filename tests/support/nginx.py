"""Debian's nginx, for what it shall serve on loopback; it remembers what it was asked."""

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from tests.support.pki import KeyPair
from tests.support.server import Server, free_port

PROGRAM = Path("/usr/sbin/nginx")
"""Not everybody has that folder in the PATH."""


@dataclass(frozen=True)
class Access:
    """One request that was answered: its path with the query, and whether an ``Authorization`` header came with it.

    Requests with the same `connection` came over the same one.
    """

    method: str
    path: str
    status: int
    authorized: bool
    connection: int = field(default=0, compare=False)


class Nginx(Server):
    """One server, with plain HTTP or, where `tls` is given, these versions of TLS by nginx's names.

    `ciphers` are the suites of TLS 1.2 and older, as ``openssl ciphers`` has them; a `KeyPair` needs those with ECDSA.
    """

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        *,
        tls: KeyPair | None = None,
        versions: Sequence[str] = ("TLSv1.2", "TLSv1.3"),
        ciphers: str = "DEFAULT",
    ) -> None:
        super().__init__(folder, port, tls=tls)
        self._versions = versions
        self._ciphers = ciphers
        self._second_port = free_port()

    @property
    def requests(self) -> list[Access]:
        """What came, in order."""
        if self._child:
            # Its only process writes a line before it goes on to the next request: this one.
            connection = HTTPConnection("127.0.0.1", self._second_port, timeout=60)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
        lines = (self.folder / "access.json").read_text().splitlines()
        return [Access(**json.loads(line)) for line in lines]

    @abstractmethod
    def serve(self) -> tuple[str, str]:
        """What it serves: directives for nginx's ``http`` block, and others for its ``server`` block."""

    def configure(self) -> Sequence[str | Path]:
        """Write ``nginx.conf``; returns the command."""
        around, inside = self.serve()
        encryption = ""
        if self.tls:
            encryption = f"""
    ssl_certificate {self.tls.certificate};
    ssl_certificate_key {self.tls.key};
    ssl_protocols {" ".join(self._versions)};
    ssl_ciphers {self._ciphers};"""
        path = self.folder / "nginx.conf"
        path.write_text(
            f"""\
daemon off;
master_process off;
pid nginx.pid;
events {{}}
http {{
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  map $http_authorization $authorized {{ "" false; default true; }}
  log_format json escape=json '{{"method": "$request_method", "path": "$request_uri", "status": $status, '
                              '"authorized": $authorized, "connection": $connection}}';
  access_log access.json json;
{around}
  server {{
    listen 127.0.0.1:{self._second_port};
    access_log off;
    return 204;
  }}
  server {{
    listen {self.host}{" ssl" if self.tls else ""};{encryption}
{inside}
  }}
}}
"""
        )
        return [PROGRAM, "-e", "stderr", "-p", self.folder, "-c", path]
