"""Layers as they are transferred, turned into plain tar: gzip (RFC 1952), zstd (RFC 8878) or as they are.

Which of them it is, the first bytes tell: media types are often wrong, and every other engine looks too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from isal import igzip_lib

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.headers import gzip_header_size, zstd_window
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.kernel.zstd import ZstdDecompressor, ZstdError
from wyrcan_tui.texts import _

# The stub of isal declares the class as if it were an instance of it.
_IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE: Final = tuple(bytes((0x50 + low, 0x2A, 0x4D, 0x18)) for low in range(16))
_MAGIC_SIZE: Final = 4
_USUAL_HEADER: Final = 64
"""Bytes that hardly a member's header exceeds."""
_SMALL_STEP: Final = 16 << 10
"""Bytes that the decompressor of a further member is given first."""
_LONGEST_GZIP_HEADER: Final = 128 << 10
"""RFC 1952 has no limit. An extra field takes up to 64 KiB; as much again is more than any name and comment need."""
_LARGEST_ZSTD_WINDOW: Final = 128 << 20
"""What zstd's own tool reads unless it is told otherwise, and all that its levels make; the memory is really used."""


class _Decompressor(Protocol):
    """The interface that `isal` and `zstd` share with the standard library's decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, /, max_length: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Format:
    magics: tuple[bytes, ...]
    new: Callable[[], _Decompressor]
    """Makes what decompresses one member."""
    least: Callable[[bytes], int | None]
    """Tells how many bytes of a member its decompressor must be given first; None where they are not all there."""


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the decompressed bytes of a layer in pieces of at most `CHUNK`, or the pieces themselves if it is plain.

    Raises:
        WyrcanError: ``layer-damaged`` where the compressed data is malformed, cut short or followed by junk,
            ``layer-window-too-large`` where a zstd frame takes more memory than there may be for it.
    """
    chunks = iter(chunks)
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _MAGIC_SIZE:
            break
    if head.startswith(_GZIP_MAGIC):
        yield from _gathered(_members(_prepended(head, chunks), _GZIP))
    elif head.startswith(_ZSTD.magics):
        yield from _gathered(_members(_prepended(head, chunks), _ZSTD))
    else:
        yield from _prepended(head, chunks)


def _prepended(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from chunks


def _members(chunks: Iterator[bytes], form: _Format) -> Iterator[bytes]:
    decompressor = form.new()
    started = False
    rest = b""
    for chunk in chunks:
        data = memoryview(rest + chunk)
        rest = b""
        position, step = 0, len(data)
        while position < len(data) or not (decompressor.needs_input or decompressor.eof):
            if not started:
                least = _least(form, data[position:])
                if least is None:
                    rest = bytes(data[position:])
                    break
                started, step = True, max(step, least)
            part = data[position : position + step] if decompressor.needs_input else b""
            position += len(part)
            try:
                piece = decompressor.decompress(part, CHUNK)
            except (_IsalError, ZstdError, EOFError) as error:
                raise _damaged(str(error)) from error
            if piece:
                yield piece
            step *= 4
            if decompressor.eof:
                # What it was given too much is copied, so where members are small it is given little.
                position -= len(decompressor.unused_data)
                step = _SMALL_STEP
                decompressor, started = form.new(), False
    if started or rest:
        raise _damaged(_("it ends too early"))


def _least(form: _Format, data: memoryview) -> int | None:
    if len(data) >= _MAGIC_SIZE and not bytes(data[:_MAGIC_SIZE]).startswith(form.magics):
        raise _damaged(_("there is junk behind its end"))
    for most in (_USUAL_HEADER, _LONGEST_GZIP_HEADER + 1):
        least = form.least(bytes(data[:most]))
        if least is not None or len(data) <= most:
            return least
    return None


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Put small pieces together: in zstd:chunked each file is a frame, and each piece takes its time further on."""
    small: list[bytes] = []
    size = 0
    for piece in pieces:
        if small and size + len(piece) > CHUNK:
            yield b"".join(small)
            small, size = [], 0
        small.append(piece)
        size += len(piece)
        if size >= CHUNK // 2:
            yield b"".join(small)
            small, size = [], 0
    if small:
        yield b"".join(small)


def _gzip() -> _Decompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _gzip_least(data: bytes) -> int | None:
    # isal loses its place in a header that has more than one optional field, or a checksum, and comes in pieces.
    size = gzip_header_size(data)
    if (len(data) if size is None else size) > _LONGEST_GZIP_HEADER:
        raise _damaged(_("the header in front of its data is too long"))
    return size


def _zstd_least(data: bytes) -> int | None:
    if not data.startswith(_ZSTD_MAGIC):
        return _MAGIC_SIZE if len(data) >= _MAGIC_SIZE else None
    window = zstd_window(data)
    if window is not None and window > _LARGEST_ZSTD_WINDOW:
        raise WyrcanError(
            "layer-window-too-large",
            _(
                "A layer of the image is compressed with a zstd window of {window} MiB; at most {largest} can be read."
            ).format(window=-(-window >> 20), largest=_LARGEST_ZSTD_WINDOW >> 20),
            hint=_("Build the image again without zstd's --long, or with --long=27 at most, and push it."),
        )
    return None if window is None else _MAGIC_SIZE


def _damaged(why: str) -> WyrcanError:
    return WyrcanError(
        "layer-damaged",
        _("A layer of the image cannot be decompressed: {why}.").format(why=why),
        hint=_("The image was damaged when it was built or pushed: push it again."),
    )


_GZIP: Final = _Format((_GZIP_MAGIC,), _gzip, _gzip_least)
_ZSTD: Final = _Format((_ZSTD_MAGIC, *_ZSTD_SKIPPABLE), ZstdDecompressor, _zstd_least)
