"""Layers as they are transferred, turned into plain tar: gzip (RFC 1952), zstd (RFC 8878) or as they are.

Which of them it is, the first bytes tell: media types are often wrong, and every other engine looks too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from isal import igzip_lib

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.kernel.zstd import ZstdDecompressor, ZstdError
from wyrcan_tui.texts import _

# The stub of isal declares the class as if it were an instance of it.
_IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE: Final = tuple(bytes((0x50 + low, 0x2A, 0x4D, 0x18)) for low in range(16))
_MAGIC_SIZE: Final = 4


class _Decompressor(Protocol):
    """The interface that `isal` and `zstd` share with the standard library's decompressors."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes: ...


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the decompressed bytes of a layer in pieces of at most `CHUNK`, or the pieces themselves if it is plain.

    Raises:
        WyrcanError: ``layer-damaged`` where the compressed data is malformed, cut short or followed by junk.
    """
    chunks = iter(chunks)
    head = b""
    while len(head) < _MAGIC_SIZE and (chunk := next(chunks, b"")):
        head += chunk
    if head.startswith(_GZIP_MAGIC):
        yield from _members(_prepended(head, chunks), _gzip, (_GZIP_MAGIC,))
    elif head.startswith((_ZSTD_MAGIC, *_ZSTD_SKIPPABLE)):
        yield from _members(_prepended(head, chunks), ZstdDecompressor, (_ZSTD_MAGIC, *_ZSTD_SKIPPABLE))
    else:
        yield from _prepended(head, chunks)


def _gzip() -> _Decompressor:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _prepended(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from chunks


def _members(chunks: Iterator[bytes], new: Callable[[], _Decompressor], magics: tuple[bytes, ...]) -> Iterator[bytes]:
    decompressor = new()
    started = False
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        rest = b""
        while data or not (decompressor.needs_input or decompressor.eof):
            started = True
            try:
                piece = decompressor.decompress(data, CHUNK)
            except (_IsalError, ZstdError, EOFError) as error:
                raise _damaged(str(error)) from error
            if piece:
                yield piece
            data = b""
            if decompressor.eof:
                data = decompressor.unused_data
                decompressor, started = new(), False
                if data and len(data) < _MAGIC_SIZE:
                    rest, data = data, b""
                elif data and not data.startswith(magics):
                    raise _damaged(_("there is junk behind its end"))
    if started or rest:
        raise _damaged(_("it ends too early"))


def _damaged(why: str) -> WyrcanError:
    return WyrcanError(
        "layer-damaged",
        _("A layer of the image cannot be decompressed: {why}.").format(why=why),
        hint=_("The image was damaged when it was built or pushed: push it again."),
    )
