"""The object store of a registry, which clients are redirected to for blobs.

bucket = Bucket(folder / "bucket", folder / "registry/storage")
with bucket, Registry(folder / "registry", blobs_at=bucket.url) as registry:
    bucket.requests      # what came, in order
"""

from pathlib import Path

from tests.support.nginx import Nginx
from tests.support.pki import KeyPair


class Bucket(Nginx):
    """The server: gives anybody the files in the folder `content`, which is a registry's storage."""

    def __init__(self, folder: Path, content: Path, port: int | None = None, *, tls: KeyPair | None = None) -> None:
        super().__init__(folder, port, tls=tls)
        self._content = content

    def serve(self) -> tuple[str, str]:
        """Give the files."""
        return "  default_type application/octet-stream;", f"    root {self._content};"
