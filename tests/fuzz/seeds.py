"""Valid input for each target: what a fuzzer starts from, to damage it bit by bit."""

import gzip
import io
import json
import sys
import tarfile

from tests.support.image import (
    Device,
    Dir,
    Fifo,
    File,
    Hardlink,
    Image,
    Index,
    Layer,
    Member,
    OpaqueWhiteout,
    Symlink,
    Whiteout,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONG = "n" * 120
MEMBERS: list[Member] = [
    Dir("d", 0o1755, 1 << 22, 5, -1),
    File("d/a", b"x" * 513, 0o4755, xattrs={"security.capability": "x"}),
    Hardlink("d/b", "d/a"),
    Symlink(f"d/{LONG}", f"/{LONG}"),
    Device("null", 1, 3),
    Fifo("d/fifo"),
]
UPPER: list[Member] = [
    Whiteout("d/a"),
    OpaqueWhiteout("d"),
    File("d/c", b"y"),
    File("null", b"z"),
    Hardlink("e", "d/b"),
]


def _written(dialect: int, *members: Member) -> bytes:
    output = io.BytesIO()
    archive = tarfile.open(fileobj=output, mode="w", format=dialect)  # noqa: SIM115 - a long end mark teaches nothing
    for member in members:
        header, data = member.record()
        archive.addfile(header, io.BytesIO(data))
    return output.getvalue() + bytes(1024)


def _two(lower: bytes, upper: bytes) -> bytes:
    # The target takes each half for a layer.
    size = max(len(lower), len(upper))
    return lower.ljust(size, b"\0") + upper.ljust(size, b"\0")


def _sparse(records: dict[str, str], body: bytes) -> bytes:
    header = tarfile.TarInfo("sparse")
    header.size = len(body)
    header.pax_headers = records
    return header.tobuf(tarfile.PAX_FORMAT) + body + bytes(-len(body) % 512)


def _old_sparse() -> bytes:
    header = tarfile.TarInfo("sparse")
    header.type, header.size = b"S", 5
    block = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    # Four segments, the mark that a block of further ones follows, and the real size.
    block[386:495] = b"%011o\0" * 8 % (0, 0, 1000, 5, 2000, 0, 2000, 0) + b"\1%011o\0" % 3000
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(512) + b"12345".ljust(512, b"\0")


ARCHIVES = [
    _written(tarfile.USTAR_FORMAT, *MEMBERS[1:3], *MEMBERS[4:]),
    _written(tarfile.GNU_FORMAT, *MEMBERS),
    _written(tarfile.PAX_FORMAT, *MEMBERS),
    _two(_written(tarfile.PAX_FORMAT, *MEMBERS[:4]), _written(tarfile.PAX_FORMAT, *UPPER)),
    _old_sparse(),
    _sparse({"GNU.sparse.size": "3000", "GNU.sparse.map": "1000,5,2000,0"}, b"12345"),
    _sparse(
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "3000"},
        b"1\n1000\n512\n".ljust(1024, b"\0"),
    ),
]
_IMAGE = Image([Layer(UPPER)], labels={"version": "13"})
_WORDS = (
    'BOOT_IMAGE=/k quiet wyr.img=quay.io/a/b:1 wyrcan.arg="console=ttyS0 ro" wyr.net.link.a.Match.Name=e wyr.timeout=5'
)

SEEDS: dict[str, list[bytes]] = {
    "tar": ARCHIVES,
    "layers": ARCHIVES,
    "compressed": [gzip.compress(ARCHIVES[0], mtime=0) * 2, zstd.compress(ARCHIVES[0]) * 2, ARCHIVES[0]],
    "manifest": [_IMAGE.manifest, _IMAGE.config, Index([_IMAGE]).manifest, json.dumps({"schemaVersion": 1}).encode()],
    "reference": [
        b"docker://quay.io:5000/a__b/c-d:v1@sha256:" + b"0" * 64,
        b"debian",
        b"oci:/srv/demo:v1",
        b"oci-archive:demo.tar",
    ],
    "choice": [
        b'{"network":{"a.link":{"Match":{"Name":"e"}}},"cmdline":["a b"],"image":"quay.io/a:1","registries":["http://h:5"]}',
        b'{"image":"h:5/a:1","auths":{"h:5":{"auth":"bWU6eA==","identitytoken":"t"}}}',
    ],
    "credentials": [
        b'{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6eA=="},"a.io/b":{"auth":"bWU6","identitytoken":"t"}}}'
    ],
    "mirrors": [
        b'[[registry]]\nprefix = "*.io"\nlocation = "m.io"\n[[registry.mirror]]\nlocation = "c:5000"\ninsecure = true',
        b'mirror-by-digest-only = true\n[[registry]]\nlocation = "quay.io/fedora"\nblocked = true\n',
    ],
    "way-out": [b"http://me:x@[fd00::1]:3128\n.site.example,10.0.0.0/8 *", b"proxy:3128\n*"],
    "command-line": [_WORDS.encode(), b'"a b"=c d="e" =f'],
}
