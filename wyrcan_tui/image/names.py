"""Names in directories, each with a number: in some 20 bytes beside its own, where a dictionary of paths takes 130."""

from __future__ import annotations

from collections.abc import Iterator

# No Final, as tests set it: compiled code has what is final built in.
BUCKETS: int = 1 << 14
"""Parts that are searched from their front: of 200,000 names each has 0.3 KB, of all that an image may have 2 to 20."""


class Names:
    """Names, each of them in a directory that has a number as well; there is nothing to take one out.

    A bucket is a row of ``DIRECTORY/NAME``, NUL, ``NUMBER``, NUL with numbers in hexadecimal. As no name has a slash or
    a NUL in it, whatever has a slash between two of these is the beginning of a record.
    """

    def __init__(self) -> None:
        self._buckets = [bytearray(b"\0") for _ in range(BUCKETS)]

    def add(self, directory: int, name: bytes, number: int) -> None:
        """Add a name that the directory does not have."""
        key = b"%x/%b\0" % (directory, name)
        self._buckets[hash(key) % BUCKETS] += b"%b%x\0" % (key, number)

    def find(self, directory: int, name: bytes) -> int | None:
        """Return the number of a name in a directory, or None."""
        key = b"%x/%b\0" % (directory, name)
        bucket = self._buckets[hash(key) % BUCKETS]
        start = bucket.find(b"\0" + key)
        if start < 0:
            return None
        start += 1 + len(key)
        return int(bucket[start : bucket.index(0, start)], 16)

    def inside(self, directory: int) -> Iterator[bytes]:
        """Yield the names in a directory, in no order; all names are looked at."""
        key = b"\0%x/" % directory
        for bucket in self._buckets:
            start = bucket.find(key)
            while start >= 0:
                start += len(key)
                end = bucket.index(0, start)
                yield bytes(bucket[start:end])
                start = bucket.find(key, end)
