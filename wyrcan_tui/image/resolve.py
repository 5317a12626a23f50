"""From a reference to the one image that this machine can run."""

from __future__ import annotations

from collections.abc import Iterable
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
_MOST = 64
"""Manifests and indexes that are read to find one image; entries for other platforms, as most are, need not be."""
_NOT_FOR_US = ("platform-missing", "image-is-artifact", "manifest-schema1", "manifest-invalid", "config-invalid")
"""Codes of what an entry turns out to be, by bytes that its digest vouches for, so that the next one is tried: an index
may hold what we do not know (OCI image-spec, image-index.md, "mediaType"). After any other error the next one could be
another image than the one that is wanted, and be booted unseen.
"""
_UNREADABLE = ("tag-missing", "blob-missing", "digest-unknown")
"""Codes of an entry that the source says it does not have, or that nothing here could verify."""


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

    Of an index, the entries that name the platform are tried first, then those that name none, each in the index's
    order (OCI image-spec, image-index.md: of several that match, the first should be used).

    Raises:
        WyrcanError: ``platform-missing`` where no image is for this platform, ``index-too-deep`` and ``index-too-long``
            where an index leads to more than is looked at, ``layers-mismatch`` where manifest and configuration
            contradict each other, ``digest-unknown`` where a layer could not be verified, and what reading and parsing
            raise.
    """
    return _Search(source, platform).image(digest)


class _Search:
    """The way through what one name leads to."""

    def __init__(self, source: BlobSource, platform: Platform) -> None:
        self._source = source
        self._platform = platform
        self._read = 0
        self._others: set[Platform] = set()

    def image(self, digest: Digest | None) -> Image:
        """Return the image behind the document with this digest, or behind the one that the source names."""
        data = self._document(digest, depth=0)
        found = parse_manifest(data)
        if isinstance(found, Manifest):
            return self._checked(digest or Digest.of(data), found)
        image = self._of_index(found, depth=0)
        if isinstance(image, WyrcanError):
            raise image
        return image

    def _document(self, digest: Digest | None, depth: int, size: int | None = None) -> bytes:
        if depth == _DEEPEST:
            raise WyrcanError("index-too-deep", _("The image's index has too many indexes inside it."))
        if self._read == _MOST:
            raise WyrcanError(
                "index-too-long",
                _("The image's index leads to too many others: {number} were read, and none is for {platform}.").format(
                    number=_MOST, platform=self._platform
                ),
                hint=_("Choose another tag or another image."),
            )
        self._read += 1
        return read_document(self._source, digest, size)

    def _of_index(self, index: Index, depth: int) -> Image | WyrcanError:
        """Return the image that an index leads to, or why it leads to none."""
        offered = _offered(index)
        self._others.update(platform for platform in offered if not platform.suits(self._platform))
        named = [entry for entry in index.manifests if entry.platform and entry.platform.suits(self._platform)]
        unnamed = [entry for entry in index.manifests if not entry.platform]
        failures: list[WyrcanError] = []
        for entry in (*named, *unnamed):
            found = self._of_entry(entry, depth + 1)
            if isinstance(found, Image):
                return replace(found, offered=offered or found.offered)
            failures.append(found)
        # What entries for no platform turned out to be says less than for which platforms there are images.
        if failures and (named or not self._others):
            return failures[0]
        return self._platform_missing()

    def _of_entry(self, entry: Descriptor, depth: int) -> Image | WyrcanError:
        """Return the image that an entry of an index leads to, or why the next entry is to be tried instead."""
        try:
            data = self._document(entry.digest, depth, entry.size)
        except WyrcanError as error:
            # What names our platform is the image that is wanted, also where it was not pushed completely.
            if entry.platform or error.code not in _UNREADABLE:
                raise
            return error
        try:
            found = parse_manifest(data)
            if isinstance(found, Manifest):
                return self._checked(entry.digest, found)
        except WyrcanError as error:
            if error.code not in _NOT_FOR_US:
                raise
            return error
        return self._of_index(found, depth)

    def _checked(self, digest: Digest, manifest: Manifest) -> Image:
        config = parse_config(read_small(self._source, manifest.config))
        if not config.platform.suits(self._platform):
            self._others |= _told([config.platform])
            raise WyrcanError(
                "platform-missing",
                _("The image is made for {made_for}, this machine is {platform}.").format(
                    made_for=config.platform, platform=self._platform
                ),
                hint=_("Choose another tag or another image."),
            )
        # What cannot be verified is told now, and not when the others have been fetched.
        for digest_of_layer in (*(layer.digest for layer in manifest.layers), *config.diff_ids):
            digest_of_layer.require_known()
        if len(config.diff_ids) != len(manifest.layers):
            raise WyrcanError(
                "layers-mismatch",
                _("The image's manifest names {named} layers, its configuration {told}.").format(
                    named=len(manifest.layers), told=len(config.diff_ids)
                ),
                hint=_("The image is damaged: push it again."),
            )
        return Image(digest, manifest, config)

    def _platform_missing(self) -> WyrcanError:
        others = ", ".join(sorted(map(str, self._others)))
        if others:
            message = _("The image is not made for {platform}, only for {offered}.").format(
                platform=self._platform, offered=others
            )
        else:
            message = _("The image is not made for {platform}.").format(platform=self._platform)
        return WyrcanError("platform-missing", message, hint=_("Choose another tag or another image."))


def _offered(index: Index) -> tuple[Platform, ...]:
    return tuple(sorted(_told(entry.platform for entry in index.manifests if entry.platform), key=str))


def _told(platforms: Iterable[Platform]) -> set[Platform]:
    # BuildKit stores its attestations as images for the platform "unknown/unknown".
    return {platform for platform in platforms if platform.os != "unknown"}
