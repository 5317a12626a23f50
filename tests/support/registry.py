"""Debian's own registry server on loopback, and a person's push to it.

with Registry(folder) as registry:
    registry.push_image("demo/tiny", "v1", image)
    registry.url          # http://127.0.0.1:PORT
"""

import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from tests.support.child import Child
from tests.support.image import Content, digest

SECONDS_TO_START = 60


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Registry:
    """One registry server: plain HTTP on 127.0.0.1, deletion allowed, storage and log kept in `folder`.

    `port` is chosen when none is given; a registry that went away can come back on it with its content.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._server: Child | None = None

    @property
    def url(self) -> str:
        """Where this host finds it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            RuntimeError: it ended or did not answer within a minute; the message holds its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "config.yml"
        config.write_text(
            f"""\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {self.folder / "storage"}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{self.port}"}}
"""
        )
        self._server = Child(["docker-registry", "serve", config], self.folder / "log")
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if not self._server.runs or time.monotonic() > deadline:
                words = self._server.log.read_text()
                self.stop()
                raise RuntimeError(f"docker-registry does not answer at {self.url}:\n{words}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server; what was pushed stays in the folder."""
        if self._server:
            self._server.end()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def push_blob(self, repository: str, blob: bytes) -> str:
        """Upload one blob (distribution-spec, "Pushing blobs"); returns its digest."""
        name = digest(blob)
        if requests.head(f"{self.url}/v2/{repository}/blobs/{name}", timeout=60).ok:
            return name
        upload = requests.post(f"{self.url}/v2/{repository}/blobs/uploads/", timeout=60)
        upload.raise_for_status()
        requests.put(
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
        for media_type, manifest in image.manifests:
            tagged = manifest == image.manifest
            requests.put(
                f"{self.url}/v2/{repository}/manifests/{tag if tagged else digest(manifest)}",
                data=manifest,
                headers={"Content-Type": media_type},
                timeout=60,
            ).raise_for_status()
        return image.digest

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/v2/", timeout=1).ok
        except requests.ConnectionError:
            return False
