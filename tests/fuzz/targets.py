"""Functions that take any bytes: each reads them with a parser of ours, and fails where what comes out cannot be.

A `WyrcanError` is an answer. Any other exception, and an answer that contradicts itself, is a bug.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress

from tests.support.entry import facts
from tests.support.stack import merge_tars, pack_tars, pieces
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.facts import image_outline
from wyrcan_tui.flows.forecast import forecast
from wyrcan_tui.image.inflate import inflate
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.image.tar import TarReader
from wyrcan_tui.image.tree import Tree
from wyrcan_tui.image.weigh import Scale
from wyrcan_tui.kernel import cmdline
from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Config, Manifest, parse_config, parse_manifest
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.registry.credentials import Credentials
from wyrcan_tui.registry.mirrors import endpoints, parse_rules
from wyrcan_tui.registry.proxy import Proxy

BLOCK = 512
MEMORY = 1 << 30
"""Bytes that the machine has which images are looked at for."""
CONFIG = Config(Platform("linux", "amd64"), (), "", {})
MOST_BYTES = 4 << 20
"""Bytes that are looked at of what may be endless: the holes of sparse files, zeros that were compressed."""


def tar(data: bytes) -> None:
    """Read an archive; what comes out does not depend on the pieces that go in."""
    assert _listed(data, CHUNK) == _listed(data, 97)


def layers(data: bytes) -> None:
    """Merge two layers into an initrd that the kernel must be able to unpack to the last record."""
    middle = len(data) // (2 * BLOCK) * BLOCK
    tars = [data[:middle], data[middle:]]
    with suppress(WyrcanError):
        if sum(entry.size for each in tars for entry in TarReader([each])) > MOST_BYTES:
            return
        tree = merge_tars(tars, Scale()).tree
        assert set(unpack(pack_tars(tars))) == set(_paths(tree, b""))


def compressed(data: bytes) -> None:
    """Decompress a layer; what comes out does not depend on the pieces that go in.

    Whether anything comes out may: zstd looks closer at a frame that arrives whole.
    """
    found = {_inflated(pieces(data, piece)) for piece in (CHUNK, 7)}
    assert len(found - {None}) <= 1


def manifest(data: bytes) -> None:
    """Read a manifest, an index or an image configuration, and tell of an image what is shown before it is fetched."""
    with suppress(WyrcanError):
        found = parse_manifest(data)
        if isinstance(found, Manifest):
            assert image_outline(forecast(Image(Digest.of(data), found, CONFIG), MEMORY))
    with suppress(WyrcanError):
        parse_config(data)


def reference(data: bytes) -> None:
    """Read a reference; what is written out must read as the same."""
    with suppress(WyrcanError):
        found = parse_reference(_text(data))
        assert parse_reference(str(found)) == found


def command_line(data: bytes) -> None:
    """Read a kernel command line, and join its words again."""
    line = _text(data)
    parse_request(line)
    words = cmdline.split(line)
    assert len(cmdline.parse(line)) == len(words)
    with suppress(WyrcanError):
        joined = cmdline.join(words)
        # A quote that is left open takes in whatever follows it.
        assert line.count('"') % 2 or cmdline.split(joined) == words


def choice(data: bytes) -> None:
    """Read a saved choice; what is written must read as the same."""
    with suppress(WyrcanError):
        found = Choice.decode(data)
        assert Choice.decode(found.encode()) == found


def credentials(data: bytes) -> None:
    """Read an auth.json; what is written must read as the same."""
    with suppress(WyrcanError):
        found = Credentials.parse(data, "auth.json")
        written = json.dumps({"auths": found.document()}).encode(errors="surrogatepass")
        assert Credentials.parse(written, "auth.json") == found


def mirrors(data: bytes) -> None:
    """Read a registries.conf, and look for an image by it: every place must be one."""
    reference = parse_reference("quay.io/fedora/os:1")
    assert isinstance(reference, RegistryReference)
    with suppress(WyrcanError):
        for place in endpoints(parse_rules(data, "registries.conf"), reference):
            assert parse_reference(f"docker://{place.address.host}/{place.repository}:1")


def way_out(data: bytes) -> None:
    """Read a proxy and its exceptions, and take it."""
    url, _, exceptions = _text(data).partition("\n")
    with suppress(WyrcanError):
        assert Proxy.parse(url, exceptions).way_to("https://quay.io/v2/") in ("", url, f"http://{url}")


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__.replace("_", "-"): target
    for target in (tar, layers, compressed, manifest, reference, command_line, choice, credentials, mirrors, way_out)
}
ARCHIVE_TARGETS = ("tar", "layers")
"""Those whose input is `sealed` first."""


def sealed(data: bytes) -> bytes:
    """The archive with the checksum of everything that may be a header made right, or nobody would look any further."""
    blocks = [data[start : start + BLOCK] for start in range(0, len(data), BLOCK)]
    return b"".join(_sealed_block(block) if block[257:262] == b"ustar" else block for block in blocks)


def _sealed_block(block: bytes) -> bytes:
    if len(block) < BLOCK:
        return block
    bare = block[:148] + b" " * 8 + block[156:]
    return bare[:148] + b"%06o\0 " % sum(bare) + bare[156:]


def _paths(tree: Tree, directory: bytes) -> Iterator[bytes]:
    yield directory
    for name in tree.children(directory):
        yield from _paths(tree, directory + b"/" + name if directory else name)


def _listed(data: bytes, piece: int) -> list[object]:
    found: list[object] = []
    left = MOST_BYTES
    try:
        reader = TarReader(pieces(data, piece))
        for entry in reader:
            found.append(facts(entry))
            parts = entry.path.split(b"/") if entry.path else []
            assert not {b"", b".", b".."} & set(parts)
            assert b"\0" not in entry.path + entry.link
            assert entry.is_file or entry.size == 0
            if entry.size <= left:
                left -= entry.size
                body = b"".join(reader.body())
                assert len(body) == entry.size
                found.append(body)
    except WyrcanError as error:
        found.append(error.code)
    return found


def _inflated(chunks: Iterator[bytes]) -> bytes | None:
    data = bytearray()
    with suppress(WyrcanError):
        for piece in inflate(chunks):
            assert len(piece) <= CHUNK
            data += piece
            if len(data) > MOST_BYTES:
                return None
        return bytes(data)
    return None


def _text(data: bytes) -> str:
    # As Python reads the words of a command line.
    return data.decode(errors="surrogateescape")
