"""Descriptors, manifests, indexes and image configurations.

OCI image-spec (descriptor.md, manifest.md, image-index.md, config.md) and Docker's image manifest version 2,
schema 2, which have the same fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.texts import _

OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG: Final = "application/vnd.docker.container.image.v1+json"
ACCEPTED: Final = (OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST)

LARGEST_DOCUMENT: Final = 4 << 20
"""Bytes of the largest manifest or index that is read (distribution-spec 1.1, "Pushing Manifests")."""

_LARGEST_SIZE: Final = 2**63 - 1
"""Bytes of the largest content that a descriptor can have (descriptor.md, "size": an int64)."""
_REF_NAME: Final = "org.opencontainers.image.ref.name"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Where content is found and how it is verified: media type, digest, size in bytes."""

    media_type: str
    digest: Digest
    size: int
    platform: Platform | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_layer(self) -> bool:
        """Whether its media type is one of a layer's, of whatever compression; an empty one may be anything."""
        return not self.media_type or ".image.layer." in self.media_type or ".image.rootfs." in self.media_type

    @property
    def is_compressed(self) -> bool:
        """Whether it is a layer whose media type says that it is compressed, or says nothing of that."""
        return not self.media_type or self.media_type.endswith(("gzip", "zstd"))

    @property
    def is_foreign(self) -> bool:
        """Whether it is a layer whose publisher does not want it in other registries ("non-distributable")."""
        return self.is_layer and (".nondistributable." in self.media_type or ".foreign." in self.media_type)

    @property
    def ref_name(self) -> str:
        """The tag that an OCI layout gives this entry of its index; may be empty."""
        return self.annotations.get(_REF_NAME, "")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One image: its configuration, its layers (the lowest first), and what its publisher notes about it."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Index:
    """Several images (or further indexes) under one name, one for each platform."""

    manifests: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What an image says of itself.

    Attributes:
        platform: what it is made for.
        diff_ids: the digests of its layers uncompressed, the lowest first.
        created: when it was made (RFC 3339); may be empty.
        labels: what its author notes about it.
        steps: the commands that it was built by, the first one first, as far as they are told.
    """

    platform: Platform
    diff_ids: tuple[Digest, ...]
    created: str
    labels: Mapping[str, str]
    steps: tuple[str, ...] = ()


def parse_manifest(data: bytes) -> Manifest | Index:
    """Read a manifest or an index; which of both it is, its fields tell, as the media type of the transport may lie.

    Raises:
        WyrcanError: ``manifest-invalid`` for anything that is neither, ``manifest-schema1`` for Docker's
            schema 1, ``image-is-artifact`` for a manifest that carries something else than an image.
    """
    document = _object(data, "manifest")
    if document.get("schemaVersion") == 1:
        raise WyrcanError(
            "manifest-schema1",
            _("The image has a manifest of Docker's schema 1, which no current tool writes and none can verify."),
            hint=_("Push the image again with a current tool."),
        )
    if document.get("schemaVersion") != 2:
        raise _invalid("manifest", _("schemaVersion is not 2"))
    if "manifests" in document:
        return Index(tuple(_descriptor(entry) for entry in _list(document, "manifests")))
    manifest = Manifest(
        _descriptor(document.get("config")),
        tuple(_descriptor(entry) for entry in _list(document, "layers")),
        _strings(document.get("annotations")),
    )
    if manifest.config.media_type not in (OCI_CONFIG, DOCKER_CONFIG):
        raise _artifact(document.get("artifactType") or manifest.config.media_type)
    # Signatures and attestations pretend to have an image's configuration.
    if other := next((layer.media_type for layer in manifest.layers if not layer.is_layer), None):
        raise _artifact(document.get("artifactType") or other)
    return manifest


def parse_config(data: bytes) -> Config:
    """Read an image configuration.

    Raises:
        WyrcanError: ``config-invalid`` where it is not JSON or lacks what the spec requires.
    """
    document = _object(data, "config")
    rootfs = document.get("rootfs")
    inner = document.get("config") or {}
    if not isinstance(rootfs, dict):
        raise _invalid("config", _("rootfs is missing"))
    return Config(
        Platform(
            _string(document, "os", "config"),
            _string(document, "architecture", "config"),
            str(document.get("variant") or ""),
        ),
        tuple(Digest.parse(str(entry)) for entry in _list(rootfs, "diff_ids", "config")),
        printable(str(document.get("created") or "")),
        _strings(inner.get("Labels") if isinstance(inner, dict) else None),
        _steps(document.get("history")),
    )


def missing_blob(descriptor: Descriptor, where: str) -> WyrcanError:
    """Return the error for a blob that `where` (a registry's or a layout's name) does not have: ``blob-missing``."""
    if descriptor.is_foreign:
        return WyrcanError(
            "blob-missing",
            _("{where} does not have the layer {digest}, which its publisher marked as not to be distributed.").format(
                where=where, digest=descriptor.digest.short
            ),
            hint=_(
                "Push the image again with such layers included: docker and crane have the option "
                "allow-nondistributable-artifacts for it."
            ),
            digest=descriptor.digest,
        )
    return WyrcanError(
        "blob-missing",
        _("{where} does not have the blob {digest}, which the image is made of.").format(
            where=where, digest=descriptor.digest.short
        ),
        hint=_("The image was not pushed or copied completely: do it again."),
        digest=descriptor.digest,
    )


def _artifact(kind: object) -> WyrcanError:
    return WyrcanError(
        "image-is-artifact",
        _("This is no container image but an artifact of the type {kind}.").format(kind=kind),
        hint=_("Choose another tag."),
    )


def _descriptor(value: object) -> Descriptor:
    if not isinstance(value, dict):
        raise _invalid("manifest", _("a descriptor is missing"))
    size = value.get("size")
    # To Python, true is a number.
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= _LARGEST_SIZE:
        raise _invalid("manifest", _("a descriptor has no valid size"))
    platform = value.get("platform")
    return Descriptor(
        str(value.get("mediaType") or ""),
        Digest.parse(_string(value, "digest", "manifest")),
        size,
        Platform(
            str(platform.get("os") or ""),
            str(platform.get("architecture") or ""),
            str(platform.get("variant") or ""),
        )
        if isinstance(platform, dict) and any(platform.values())
        else None,
        _strings(value.get("annotations")),
    )


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _invalid(what, _("it is not JSON ({why})").format(why=error)) from error
    if not isinstance(document, dict):
        raise _invalid(what, _("it is not a JSON object"))
    return document


def _list(document: Mapping[str, Any], key: str, what: str = "manifest") -> list[Any]:
    value = document.get(key)
    if not isinstance(value, list):
        raise _invalid(what, _("{key} is missing").format(key=key))
    return value


def _strings(value: object) -> dict[str, str]:
    return {str(name): str(content) for name, content in value.items()} if isinstance(value, dict) else {}


def _steps(history: object) -> tuple[str, ...]:
    entries = history if isinstance(history, list) else []
    return tuple(str(entry["created_by"]) for entry in entries if isinstance(entry, dict) and entry.get("created_by"))


def _string(document: Mapping[str, Any], key: str, what: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise _invalid(what, _("{key} is missing").format(key=key))
    return value


def _invalid(what: str, why: str) -> WyrcanError:
    if what == "manifest":
        message = _("The image's manifest cannot be read: {why}.")
    else:
        message = _("The image's config cannot be read: {why}.")
    return WyrcanError(
        f"{what}-invalid",
        message.format(why=why),
        hint=_("The image or the registry is at fault: push the image again, or choose another tag."),
    )
