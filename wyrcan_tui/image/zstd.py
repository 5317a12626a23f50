"""Zstandard, as the engine uses it: that of the floor below."""

from wyrcan_tui.kernel.zstd import ZstdCompressor, ZstdDecompressor, ZstdError

__all__ = ["ZstdCompressor", "ZstdDecompressor", "ZstdError"]
