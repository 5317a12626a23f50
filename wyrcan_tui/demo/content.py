"""Container images that are made in memory (OCI image-spec 1.1)."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST

_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True, slots=True)
class Content:
    """What a tag names, with all that belongs to it.

    Attributes:
        document: the manifest or index.
        media_type: what the document is.
        documents: further manifests by digest.
        blobs: configurations and layers by digest.
    """

    document: bytes
    media_type: str
    documents: Mapping[str, bytes] = field(default_factory=dict)
    blobs: Mapping[str, bytes] = field(default_factory=dict)


def image(
    architecture: str,
    files: Mapping[str, bytes],
    *,
    created: str,
    labels: Mapping[str, str] | None = None,
    step: str = "",
    claimed: int = 0,
) -> Content:
    """Return an image of one layer with these files; a size that is `claimed` is what its manifest says."""
    tar = _tar(files)
    layer = gzip.compress(tar, 1, mtime=0)
    config = _json(
        {
            "os": "linux",
            "architecture": architecture,
            "created": created,
            "config": {"Labels": dict(labels or {})},
            "history": [{"created_by": step}],
            "rootfs": {"type": "layers", "diff_ids": [str(Digest.of(tar))]},
        }
    )
    descriptor = {**_descriptor(_LAYER, layer), **({"size": claimed} if claimed else {})}
    manifest = {"config": _descriptor(OCI_CONFIG, config), "layers": [descriptor]}
    return Content(
        _json({"schemaVersion": 2, "mediaType": OCI_MANIFEST, **manifest}),
        OCI_MANIFEST,
        blobs={str(Digest.of(blob)): blob for blob in (config, layer)},
    )


def index(images: Mapping[str, Content]) -> Content:
    """Return an index of images by their architectures."""
    entries = [
        {
            **_descriptor(content.media_type, content.document),
            "platform": {"os": "linux", "architecture": architecture},
        }
        for architecture, content in images.items()
    ]
    return Content(
        _json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}),
        OCI_INDEX,
        {str(Digest.of(content.document)): content.document for content in images.values()},
        {digest: blob for content in images.values() for digest, blob in content.blobs.items()},
    )


def artifact(kind: str) -> Content:
    """Return something that registries hold, too, and that is no image."""
    empty = _descriptor("application/vnd.oci.empty.v1+json", b"{}")
    return Content(
        _json({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": kind, "config": empty, "layers": []}),
        OCI_MANIFEST,
    )


def _tar(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size, header.mode = len(data), 0o755
            tar.addfile(header, io.BytesIO(data))
    return archive.getvalue()


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": str(Digest.of(blob)), "size": len(blob)}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
