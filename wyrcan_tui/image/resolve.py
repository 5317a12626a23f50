"""From a reference to the one image that this machine can run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import read_document, read_small
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Config, Descriptor, Index, Manifest, parse_config, parse_manifest
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.texts import _

_DEEPEST = 4
"""Indexes inside indexes that are followed; real ones have one level, rarely two."""


@dataclass(frozen=True, slots=True)
class Image:
    """One image, found and verified down to its configuration; its layers are named but not yet read.

    Attributes:
        digest: its manifest's.
        manifest: what it is made of.
        config: what it says of itself.
        offered: the platforms that the same name has an image for, where it is an index that tells them.
    """

    digest: Digest
    manifest: Manifest
    config: Config
    offered: tuple[Platform, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all layers, as they are transferred."""
        return sum(layer.size for layer in self.manifest.layers)


def resolve(source: BlobSource, platform: Platform, digest: Digest | None = None) -> Image:
    """Find the image for `platform` behind what the source names (or behind `digest`, where it is pinned).

    Raises:
        WyrcanError: ``platform-missing`` where no image is for this platform, ``layers-mismatch`` where
            manifest and configuration contradict each other, and what reading and parsing raise.
    """
    data = read_document(source, digest)
    found = parse_manifest(data)
    offered: tuple[Platform, ...] = ()
    for _depth in range(_DEEPEST):
        if isinstance(found, Manifest):
            return replace(_image(source, digest or Digest.of(data), found, platform), offered=offered)
        offered = offered or _offered(found)
        digest = _choose(source, found, platform)
        data = read_document(source, digest)
        found = parse_manifest(data)
    raise WyrcanError("index-too-deep", _("The image's index has too many indexes inside it."))


def _choose(source: BlobSource, index: Index, platform: Platform) -> Digest:
    for entry in index.manifests:
        if entry.platform and entry.platform.suits(platform):
            return entry.digest
    unnamed = [entry for entry in index.manifests if not entry.platform]
    for entry in unnamed:
        if _leads_to(source, entry, platform):
            return entry.digest
    offered = ", ".join(map(str, _offered(index)))
    if offered:
        message = _("The image is not made for {platform}, only for {offered}.").format(
            platform=platform, offered=offered
        )
    else:
        message = _("The image is not made for {platform}.").format(platform=platform)
    raise WyrcanError(
        "platform-missing",
        message,
        hint=_("Choose another tag or another image."),
    )


def _leads_to(source: BlobSource, entry: Descriptor, platform: Platform) -> bool:
    try:
        document = parse_manifest(read_document(source, entry.digest))
    except WyrcanError as error:
        if error.code != "image-is-artifact":
            raise
        return False
    if isinstance(document, Index):
        return any(inner.platform is None or inner.platform.suits(platform) for inner in document.manifests)
    return parse_config(read_small(source, document.config)).platform.suits(platform)


def _offered(index: Index) -> tuple[Platform, ...]:
    # BuildKit stores its attestations as images for the platform "unknown/unknown".
    named = {entry.platform for entry in index.manifests if entry.platform and entry.platform.os != "unknown"}
    return tuple(sorted(named, key=str))


def _image(source: BlobSource, digest: Digest, manifest: Manifest, platform: Platform) -> Image:
    config = parse_config(read_small(source, manifest.config))
    if not config.platform.suits(platform):
        raise WyrcanError(
            "platform-missing",
            _("The image is made for {made_for}, this machine is {platform}.").format(
                made_for=config.platform, platform=platform
            ),
            hint=_("Choose another tag or another image."),
        )
    if len(config.diff_ids) != len(manifest.layers):
        raise WyrcanError(
            "layers-mismatch",
            _("The image's manifest names {named} layers, its configuration {told}.").format(
                named=len(manifest.layers), told=len(config.diff_ids)
            ),
            hint=_("The image is damaged: push it again."),
        )
    return Image(digest, manifest, config)
