"""A machine that wants images: told what a site tells its machines, in the files and words that an admin writes.

puller = Puller({"certs.d/registry.test/site.crt": authority.certificate})
puller.pull("registry.test/demo/tiny:v1")      # all but the jump
puller.troubles                                # what it told meanwhile
"""

import base64
import json
from collections.abc import Iterable

from tests.support.server import Server
from tests.support.sources import AMD64
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.site import gather
from wyrcan_tui.host.settings import Files
from wyrcan_tui.image import engine
from wyrcan_tui.image.engine import Bootable
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.progress import Meter, Progress
from wyrcan_tui.registry.source import RegistrySource


class Puller:
    """The machine. `files` are those in ``/etc/containers``, the others are its kernel's ``wyr.*`` words."""

    def __init__(
        self,
        files: Files | None = None,
        *,
        registries: Iterable[str] = (),
        authorities: Iterable[str] = (),
        proxy: str = "",
        no_proxy: str = "",
    ) -> None:
        self.troubles: list[str] = []
        self.problems: list[WyrcanError] = []
        self.site = gather(
            [files or {}],
            self.problems,
            addresses=map(RegistryAddress.parse, registries),
            authorities=authorities,
            proxy=proxy,
            no_proxy=no_proxy,
        )

    def source(self, name: str) -> RegistrySource:
        """Where an image is read from; whatever the machine was told must have been understood."""
        assert self.problems == []
        return RegistrySource(_reference(name), self.site, Meter(self._listen))

    def pull(self, name: str) -> Bootable:
        """Read a whole image."""
        source = self.source(name)
        return engine.examine(source, resolve(source, AMD64, _reference(name).digest), Meter(self._listen))

    def _listen(self, progress: Progress) -> None:
        if progress.trouble:
            self.troubles.append(progress.trouble)


def _reference(name: str) -> RegistryReference:
    reference = parse_reference(name)
    assert isinstance(reference, RegistryReference)
    return reference


def login(registry: str, user: str, password: str) -> dict[str, bytes]:
    """The ``auth.json`` that ``podman login`` writes."""
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"auth.json": json.dumps({"auths": {registry: {"auth": auth}}}).encode()}


def strict(server: Server) -> str:
    """A server's address in another way of writing, which nobody takes for loopback: plain HTTP is no way out there."""
    return f"127.1:{server.port}"
