"""The windows of zstd frames are what their headers say, in every form that RFC 8878 has for them."""

import pytest

from wyrcan_tui.image.headers import zstd_window

MAGIC = b"\x28\xb5\x2f\xfd"


@pytest.mark.parametrize(
    ("header", "window"),
    [
        ("00 00", 1 << 10),
        ("00 07", (1 << 10) + 7 * (1 << 7)),
        ("00 68", 8 << 20),
        ("00 88", 128 << 20),
        ("00 89", 144 << 20),
        ("00 ff", 3840 << 30),
        ("c3 88 01 02 03 04", 128 << 20),
        ("20 07", 7),
        ("21 99 07", 7),
        ("22 99 99 07", 7),
        ("23 99 99 99 99 07", 7),
        ("60 02 01", 258 + 256),
        ("a0 01 00 00 08", (128 << 20) + 1),
        ("e3 99 99 99 99 00 00 00 00 01 00 00 00", 1 << 32),
    ],
)
def test_window_is_known_as_soon_as_it_is_told(header: str, window: int) -> None:
    data = MAGIC + bytes.fromhex(header)
    assert zstd_window(data + b"\0") == zstd_window(data) == window
    told = data[:6] if not data[4] & 0x20 else data
    assert [zstd_window(told[:size]) for size in range(4, len(told))] == [None] * (len(told) - 4)
