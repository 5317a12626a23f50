"""OCI layouts on disk, as a directory or as a tar archive of one (OCI image-spec, image-layout.md)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import verify_manifest
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT, Descriptor, Index, missing_blob, parse_manifest
from wyrcan_tui.texts import _, ngettext

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _Files(Protocol):
    def open(self, name: str) -> IO[bytes]:
        """Open a file of the layout; raises FileNotFoundError."""


class LayoutSource:
    """The image that `tag` names in an OCI layout; an empty tag means the only image there."""

    def __init__(self, files: _Files, name: str, tag: str) -> None:
        self._files = files
        self._name = name
        self._tag = tag

    @classmethod
    def directory(cls, path: Path, tag: str) -> LayoutSource:
        """Read the layout in the directory `path`.

        Raises:
            WyrcanError: ``layout-missing``.
        """
        if not (path / "index.json").is_file():
            raise _not_a_layout(str(path), _("it has no index.json"))
        return cls(_Directory(path), str(path), tag)

    @classmethod
    def archive(cls, path: Path, tag: str) -> LayoutSource:
        """Read the layout in the uncompressed tar archive `path`.

        Raises:
            WyrcanError: ``layout-missing``.
        """
        try:
            return cls(_Archive(path), str(path), tag)
        except (OSError, ValueError, tarfile.TarError) as error:
            raise _not_a_layout(str(path), str(error)) from error

    def document(self, digest: Digest | None) -> bytes:
        """Return the manifest or index with this digest, or the one that the tag names (see `BlobSource`).

        Raises:
            WyrcanError: ``tag-missing``, ``blob-missing``, ``layout-missing``, ``blob-size-mismatch``,
                ``digest-mismatch``.
        """
        if digest:
            return self._document(Descriptor("", digest, 0))
        tagged = self._tagged()
        data = self._document(tagged)
        # Nobody else knows what the layout's index gives to a tag.
        verify_manifest(data, tagged.digest, tagged.size)
        return data

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Yield a blob's bytes (see `BlobSource`).

        Raises:
            WyrcanError: ``blob-missing``.
        """
        with self._open_blob(descriptor) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def tags(self) -> list[str]:
        """Return the tags in the layout, in the order of its index.

        Raises:
            WyrcanError: ``layout-missing``.
        """
        return [entry.ref_name for entry in self._entries() if entry.ref_name]

    def _document(self, descriptor: Descriptor) -> bytes:
        with self._open_blob(descriptor) as file:
            return file.read(LARGEST_DOCUMENT)

    def _entries(self) -> tuple[Descriptor, ...]:
        try:
            with self._files.open("index.json") as file:
                index = parse_manifest(file.read(LARGEST_DOCUMENT))
        except OSError as error:
            raise _not_a_layout(self._name, _("its index.json cannot be read")) from error
        if not isinstance(index, Index):
            raise _not_a_layout(self._name, _("its index.json is no index"))
        return index.manifests

    def _tagged(self) -> Descriptor:
        entries = self._entries()
        chosen = [entry for entry in entries if entry.ref_name == self._tag] if self._tag else entries
        if len(chosen) == 1:
            return chosen[0]
        tags = ", ".join(entry.ref_name for entry in entries if entry.ref_name) or _("none")
        if self._tag:
            message = _("{layout} has no tag {tag}.").format(layout=self._name, tag=repr(self._tag))
        else:
            message = ngettext(
                "{layout} has {number} image, not one.", "{layout} has {number} images, not one.", len(entries)
            ).format(layout=self._name, number=len(entries))
        raise WyrcanError(
            "tag-missing",
            message,
            hint=_("The tags there are: {tags}.").format(tags=tags),
            tags=tags,
        )

    def _open_blob(self, descriptor: Descriptor) -> IO[bytes]:
        digest = descriptor.digest
        try:
            return self._files.open(f"blobs/{digest.algorithm}/{digest.value}")
        except OSError as error:
            raise missing_blob(descriptor, self._name) from error


class _Directory:
    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


class _Archive:
    def __init__(self, path: Path) -> None:
        self._path = path
        with tarfile.open(path, "r:") as archive:
            self._members = {member.name.removeprefix("./"): member for member in archive if member.isfile()}

    def open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        if member is None:
            raise FileNotFoundError(name)
        # Layers are read side by side, so each reader has a position of its own.
        return io.BufferedReader(_Member(self._path, member.offset_data, member.size))


class _Member(io.RawIOBase):
    """One member of an archive as a file."""

    def __init__(self, path: Path, start: int, size: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._file.seek(start)
        self._left = size

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read the next bytes of the member, at most as many as fit."""
        count = self._file.readinto(memoryview(buffer)[: self._left])
        self._left -= count or 0
        return count

    def close(self) -> None:
        """Close the archive again."""
        self._file.close()
        super().close()


def _not_a_layout(name: str, why: str) -> WyrcanError:
    return WyrcanError(
        "layout-missing",
        _("{name} is not an OCI layout: {why}.").format(name=name, why=why),
        hint=_("Check the path after oci: or oci-archive:."),
    )
