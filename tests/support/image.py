"""Small container images, made in memory from a list of what is in them.

    image = Image([Layer([Dir("etc"), File("etc/motd", b"hello")]), Layer([Whiteout("etc/motd")])])
    image.write_layout(folder, "v1")            # an OCI image layout directory
    image.write_archive(path, "v1")             # the same as one tar file
    registry.push_image("demo/tiny", "v1", image)

What is named here is written as it is given: a path may hold ``..``, for one, so that tests can
make images that must be refused. Formats: OCI image-spec 1.1, and Docker's manifest schema 2.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["plain", "gzip", "zstd"]
Schema = Literal["oci", "docker"]

MANIFEST_TYPES: dict[Schema, str] = {
    "oci": "application/vnd.oci.image.manifest.v1+json",
    "docker": "application/vnd.docker.distribution.manifest.v2+json",
}
INDEX_TYPES: dict[Schema, str] = {
    "oci": "application/vnd.oci.image.index.v1+json",
    "docker": "application/vnd.docker.distribution.manifest.list.v2+json",
}
CONFIG_TYPES: dict[Schema, str] = {
    "oci": "application/vnd.oci.image.config.v1+json",
    "docker": "application/vnd.docker.container.image.v1+json",
}
LAYER_TYPES: dict[tuple[Schema, Compression], str] = {
    ("oci", "plain"): "application/vnd.oci.image.layer.v1.tar",
    ("oci", "gzip"): "application/vnd.oci.image.layer.v1.tar+gzip",
    ("oci", "zstd"): "application/vnd.oci.image.layer.v1.tar+zstd",
    ("docker", "plain"): "application/vnd.docker.image.rootfs.diff.tar",
    ("docker", "gzip"): "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ("docker", "zstd"): "application/vnd.docker.image.rootfs.diff.tar.zstd",
}


def digest(data: bytes) -> str:
    """The digest of some bytes, as OCI writes it: ``sha256:`` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Member(Protocol):
    """One entry of a layer: anything that can say how a tar archive holds it."""

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header, and the bytes that follow it."""
        ...


def _header(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.type = kind
    header.mode = mode
    return header


def _attributes(xattrs: Mapping[str, str]) -> dict[str, str]:
    return {f"SCHILY.xattr.{name}": value for name, value in xattrs.items()}


@dataclass(frozen=True)
class File:
    """A regular file. `mtime` is in seconds since 1970, `xattrs` maps names such as ``user.note`` to text."""

    path: str
    data: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    xattrs: dict[str, str] = field(default_factory=dict)

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header, and the file's bytes."""
        header = _header(self.path, tarfile.REGTYPE, self.mode)
        header.size, header.uid, header.gid, header.mtime = len(self.data), self.uid, self.gid, self.mtime
        header.pax_headers = _attributes(self.xattrs)
        return header, self.data


@dataclass(frozen=True)
class Hole:
    """A sparse file of which nothing is stored but its size (the GNU tar manual, "PAX Format, Version 0.0")."""

    path: str
    size: int

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        header = _header(self.path, tarfile.REGTYPE, 0o644)
        header.pax_headers = {"GNU.sparse.size": str(self.size)}
        return header, b""


@dataclass(frozen=True)
class Dir:
    """A directory."""

    path: str
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    mtime: int = 0

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        header = _header(self.path, tarfile.DIRTYPE, self.mode)
        header.uid, header.gid, header.mtime = self.uid, self.gid, self.mtime
        return header, b""


@dataclass(frozen=True)
class Symlink:
    """A symbolic link at `path` that says `target`."""

    path: str
    target: str
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    xattrs: dict[str, str] = field(default_factory=dict)

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        header = _header(self.path, tarfile.SYMTYPE, 0o777)
        header.linkname, header.uid, header.gid, header.mtime = self.target, self.uid, self.gid, self.mtime
        header.pax_headers = _attributes(self.xattrs)
        return header, b""


@dataclass(frozen=True)
class Hardlink:
    """Another name, `path`, of the file that the archive holds as `target`."""

    path: str
    target: str

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        header = _header(self.path, tarfile.LNKTYPE, 0o644)
        header.linkname = self.target
        return header, b""


@dataclass(frozen=True)
class Device:
    """A character or block device node."""

    path: str
    major: int
    minor: int
    kind: Literal["char", "block"] = "char"
    mode: int = 0o600

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        header = _header(self.path, tarfile.CHRTYPE if self.kind == "char" else tarfile.BLKTYPE, self.mode)
        header.devmajor, header.devminor = self.major, self.minor
        return header, b""


@dataclass(frozen=True)
class Fifo:
    """A named pipe."""

    path: str
    mode: int = 0o600

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header."""
        return _header(self.path, tarfile.FIFOTYPE, self.mode), b""


@dataclass(frozen=True)
class Whiteout:
    """Says that a lower layer's `path` is gone (image-spec, layer.md, "Whiteouts")."""

    path: str

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header of the empty file ``.wh.NAME``."""
        path = PurePosixPath(self.path)
        return _header(str(path.with_name(f".wh.{path.name}")), tarfile.REGTYPE, 0o644), b""


@dataclass(frozen=True)
class OpaqueWhiteout:
    """Says that all that lower layers have in the directory `path` is gone."""

    path: str

    def record(self) -> tuple[tarfile.TarInfo, bytes]:
        """The tar header of the empty file ``.wh..wh..opq``."""
        return _header(str(PurePosixPath(self.path) / ".wh..wh..opq"), tarfile.REGTYPE, 0o644), b""


@dataclass(frozen=True)
class Layer:
    """One layer: its members in the order of the archive, and how the blob is compressed.

    A `foreign` one is marked as not to be distributed.
    """

    members: Sequence[Member]
    compression: Compression = "gzip"
    foreign: bool = False

    def media_type(self, schema: Schema) -> str:
        """The blob's media type in a manifest."""
        media_type = LAYER_TYPES[schema, self.compression]
        if self.foreign:
            return media_type.replace(".layer.", ".layer.nondistributable.").replace(".rootfs.", ".rootfs.foreign.")
        return media_type

    @cached_property
    def tar(self) -> bytes:
        """The layer uncompressed."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for member in self.members:
                header, data = member.record()
                tar.addfile(header, io.BytesIO(data))
        return archive.getvalue()

    @cached_property
    def blob(self) -> bytes:
        """The layer as it is stored and sent."""
        match self.compression:
            case "plain":
                return self.tar
            case "gzip":
                return gzip.compress(self.tar, compresslevel=1, mtime=0)
            case "zstd":
                return zstd.compress(self.tar, 1)

    @property
    def diff_id(self) -> str:
        """The digest of the uncompressed layer."""
        return digest(self.tar)

    @property
    def digest(self) -> str:
        """The digest of the blob."""
        return digest(self.blob)


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": digest(blob), "size": len(blob)}


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Content(ABC):
    """What a tag can name: an image, or an index of images."""

    @property
    @abstractmethod
    def media_type(self) -> str:
        """The media type of `manifest`."""

    @property
    @abstractmethod
    def manifest(self) -> bytes:
        """What the tag names."""

    @property
    @abstractmethod
    def manifests(self) -> list[tuple[str, bytes]]:
        """All manifests with their media types, each after those it names."""

    @property
    @abstractmethod
    def blobs(self) -> dict[str, bytes]:
        """Configs and layers by digest."""

    @property
    def digest(self) -> str:
        """The digest of `manifest`."""
        return digest(self.manifest)

    def layout(self, tag: str) -> dict[str, bytes]:
        """The files of an OCI image layout (image-spec, image-layout.md) by their paths."""
        entry = _descriptor(self.media_type, self.manifest)
        entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
        blobs = self.blobs | {digest(manifest): manifest for _, manifest in self.manifests}
        return {
            "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
            "index.json": _json({"schemaVersion": 2, "mediaType": INDEX_TYPES["oci"], "manifests": [entry]}),
        } | {f"blobs/{name.replace(':', '/')}": blob for name, blob in blobs.items()}

    def write_layout(self, folder: Path, tag: str = "latest") -> Path:
        """Write it as an OCI image layout into the new `folder`; returns `folder`."""
        for name, data in self.layout(tag).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    def write_archive(self, path: Path, tag: str = "latest") -> Path:
        """Write it as an ``oci-archive``, a tar file of the layout; returns `path`."""
        path.write_bytes(Layer([File(name, data) for name, data in self.layout(tag).items()]).tar)
        return path


@dataclass(frozen=True)
class Image(Content):
    """An image for one platform. `created` is RFC 3339 text; `labels` and building `steps` go into its config."""

    layers: Sequence[Layer]
    architecture: str = "amd64"
    os: str = "linux"
    variant: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    steps: Sequence[str] = ()
    created: str = "2025-01-01T00:00:00Z"
    schema: Schema = "oci"

    @property
    def media_type(self) -> str:
        """The manifest's media type."""
        return MANIFEST_TYPES[self.schema]

    @cached_property
    def platform(self) -> dict[str, str]:
        """The platform, as an index names it."""
        platform = {"architecture": self.architecture, "os": self.os}
        return platform | ({"variant": self.variant} if self.variant else {})

    @cached_property
    def config(self) -> bytes:
        """The config blob."""
        return _json(
            self.platform
            | {
                "created": self.created,
                "config": {"Labels": self.labels},
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
            }
            | ({"history": [{"created_by": step} for step in self.steps]} if self.steps else {})
        )

    @cached_property
    def manifest(self) -> bytes:
        """The manifest."""
        return _json(
            {
                "schemaVersion": 2,
                "mediaType": self.media_type,
                "config": _descriptor(CONFIG_TYPES[self.schema], self.config),
                "layers": [_descriptor(layer.media_type(self.schema), layer.blob) for layer in self.layers],
            }
        )

    @property
    def manifests(self) -> list[tuple[str, bytes]]:
        """The manifest with its media type."""
        return [(self.media_type, self.manifest)]

    @property
    def blobs(self) -> dict[str, bytes]:
        """Config and layers by digest."""
        return {digest(blob): blob for blob in [self.config, *(layer.blob for layer in self.layers)]}


@dataclass(frozen=True)
class Index(Content):
    """Images for several platforms under one name."""

    images: Sequence[Image]
    schema: Schema = "oci"

    @property
    def media_type(self) -> str:
        """The index's media type."""
        return INDEX_TYPES[self.schema]

    @cached_property
    def manifest(self) -> bytes:
        """The index itself."""
        return _json(
            {
                "schemaVersion": 2,
                "mediaType": self.media_type,
                "manifests": [
                    _descriptor(image.media_type, image.manifest) | {"platform": image.platform}
                    for image in self.images
                ],
            }
        )

    @property
    def manifests(self) -> list[tuple[str, bytes]]:
        """The images' manifests, then the index, with their media types."""
        return [
            *((image.media_type, image.manifest) for image in self.images),
            (self.media_type, self.manifest),
        ]

    @property
    def blobs(self) -> dict[str, bytes]:
        """Configs and layers of all images by digest."""
        return {key: blob for image in self.images for key, blob in image.blobs.items()}
