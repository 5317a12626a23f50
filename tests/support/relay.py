"""TLS in front of a server that speaks none, as stunnel makes it: a proxy that is spoken to in TLS, for one.

with ForwardProxy(folder / "proxy") as proxy, TlsRelay(folder / "relay", proxy.host, tls=pair) as relay:
    requests.get(url, proxies={"https": relay.url})
"""

from collections.abc import Sequence
from pathlib import Path

from tests.support.pki import KeyPair
from tests.support.server import Server


class TlsRelay(Server):
    """The server: passes all that comes in TLS on to `upstream`, a ``HOST:PORT``, without TLS."""

    def __init__(self, folder: Path, upstream: str, port: int | None = None, *, tls: KeyPair) -> None:
        super().__init__(folder, port, tls=tls)
        self._upstream = upstream

    def configure(self) -> Sequence[str | Path]:
        """Write ``stunnel.conf`` (stunnel(8)); returns the command."""
        assert self.tls
        path = self.folder / "stunnel.conf"
        path.write_text(
            f"""\
foreground = yes
pid =
[relay]
accept = {self.host}
connect = {self._upstream}
cert = {self.tls.certificate}
key = {self.tls.key}
"""
        )
        return ["stunnel", path]
