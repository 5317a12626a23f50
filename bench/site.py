"""Where everything is measured: a registry server on loopback, and a folder in memory."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from tests.support.image import MANIFEST_TYPES
from tests.support.registry import Registry

_REPOSITORY: Final = "bench"


@dataclass(frozen=True)
class Site:
    """What the measurements share.

    Attributes:
        registry: a server that runs.
        scratch: a folder on a tmpfs.
        rounds: how often each thing is measured.
    """

    registry: Registry
    scratch: Path
    rounds: int

    def push(self, layout: Path, tag: str) -> None:
        """Copy an image from an OCI layout into the registry."""
        source, target = f"oci:{layout}:{tag}", f"docker://{self.reference(tag)}"
        subprocess.run(["skopeo", "copy", "--quiet", "--dest-tls-verify=false", source, target], check=True)

    def reference(self, tag: str, repository: str = _REPOSITORY) -> str:
        """The reference of an image in the registry."""
        return f"{self.registry.url.removeprefix('http://')}/{repository}:{tag}"

    def layers(self, tag: str) -> list[str]:
        """Where an image's layers are fetched from, the lowest first."""
        base = f"{self.registry.url}/v2/{_REPOSITORY}"
        manifest = requests.get(f"{base}/manifests/{tag}", headers={"Accept": MANIFEST_TYPES["oci"]}, timeout=60).json()
        return [f"{base}/blobs/{layer['digest']}" for layer in manifest["layers"]]
