"""OCI layouts on disk, as a directory and as an archive."""

import io
import json
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.support.image import File, Image, Layer
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.layout import LayoutSource
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor

IMAGE = Image([Layer([File("a", b"1")])])
OTHER = Image([Layer([File("a", b"2")])])

Open = Callable[[dict[str, bytes], str], LayoutSource]


def layout(*tags: tuple[str, Image]) -> dict[str, bytes]:
    """The files of a layout with several images."""
    files: dict[str, bytes] = {}
    entries: list[object] = []
    for tag, image in tags:
        own = image.layout(tag)
        entries += json.loads(own["index.json"])["manifests"]
        files |= own
    return files | {"index.json": json.dumps({"schemaVersion": 2, "manifests": entries}).encode()}


@pytest.fixture(params=["directory", "archive", "archive with ./"])
def open_layout(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """A function that writes a layout's files and opens it as a directory or as an archive."""

    def open_it(files: dict[str, bytes], tag: str = "") -> LayoutSource:
        if request.param == "directory":
            for name, data in files.items():
                path = tmp_path / "layout" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            return LayoutSource.directory(tmp_path / "layout", tag)
        prefix = "./" if request.param.endswith("./") else ""
        archive = tmp_path / "layout.tar"
        archive.write_bytes(Layer([File(prefix + name, data) for name, data in files.items()]).tar)
        return LayoutSource.archive(archive, tag)

    return open_it


def refusal(act: Callable[[], object]) -> WyrcanError:
    """Why something is refused."""
    with pytest.raises(WyrcanError) as raised:
        act()
    return raised.value


def test_tag_names_its_image(open_layout: Open) -> None:
    files = layout(("v1", IMAGE), ("v2", OTHER))
    assert open_layout(files, "v1").document(None) == IMAGE.manifest
    assert open_layout(files, "v2").document(None) == OTHER.manifest


def test_only_image_needs_no_tag(open_layout: Open) -> None:
    assert open_layout(layout(("v1", IMAGE)), "").document(None) == IMAGE.manifest


def test_manifest_of_another_size_than_the_index_says_is_not_trusted(open_layout: Open) -> None:
    files = layout(("v1", IMAGE))
    size = b'"size": %d' % len(IMAGE.manifest)
    assert size in files["index.json"]
    files["index.json"] = files["index.json"].replace(size, b'"size": 1')
    error = refusal(lambda: open_layout(files, "v1").document(None))
    assert error.code == "blob-size-mismatch"


def test_tags_are_listed(open_layout: Open) -> None:
    assert open_layout(layout(("v1", IMAGE), ("v2", OTHER)), "").tags() == ["v1", "v2"]


@pytest.mark.parametrize("tag", ["v3", ""])
def test_missing_tag_names_the_tags_there_are(open_layout: Open, tag: str) -> None:
    source = open_layout(layout(("v1", IMAGE), ("v2", OTHER)), tag)
    error = refusal(lambda: source.document(None))
    assert (error.code, "v1, v2" in error.hint) == ("tag-missing", True)


def test_document_and_blob_come_by_their_digest(open_layout: Open) -> None:
    source = open_layout(IMAGE.layout("v1"), "v1")
    assert source.document(Digest.parse(IMAGE.digest)) == IMAGE.manifest
    layer = IMAGE.layers[0]
    assert b"".join(source.blob(Descriptor("", Digest.parse(layer.digest), len(layer.blob)))) == layer.blob


def test_missing_blob_is_an_error(open_layout: Open) -> None:
    source = open_layout(IMAGE.layout("v1"), "v1")
    missing = Digest.of(b"missing")
    assert refusal(lambda: source.document(missing)).code == "blob-missing"
    assert refusal(lambda: list(source.blob(Descriptor("", missing, 7)))).code == "blob-missing"


@pytest.mark.parametrize("index", [IMAGE.manifest, b"{}", b""])
def test_index_that_is_none_is_an_error(open_layout: Open, index: bytes) -> None:
    source = open_layout(IMAGE.layout("v1") | {"index.json": index}, "v1")
    assert refusal(lambda: source.document(None)).code in ("layout-missing", "manifest-invalid")


def test_blobs_are_read_side_by_side(open_layout: Open) -> None:
    blobs = [bytes([number]) * 3_000_000 for number in range(4)]
    names = [Digest.of(blob) for blob in blobs]
    files = {f"blobs/sha256/{name.value}": blob for name, blob in zip(names, blobs, strict=True)}
    source = open_layout(files | {"index.json": b""}, "")

    def read(number: int) -> bool:
        return b"".join(source.blob(Descriptor("", names[number], 3_000_000))) == blobs[number]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, list(range(4)) * 5))


def test_place_without_a_layout_is_an_error(tmp_path: Path) -> None:
    for name in ("missing", "."):
        assert refusal(partial(LayoutSource.directory, tmp_path / name, "")).code == "layout-missing"
    (tmp_path / "text").write_text("no archive")
    for name in ("missing.tar", "text", "."):
        assert refusal(partial(LayoutSource.archive, tmp_path / name, "")).code == "layout-missing"


def test_compressed_archive_is_refused(tmp_path: Path) -> None:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("index.json"))
    path = tmp_path / "layout.tar.gz"
    path.write_bytes(output.getvalue())
    assert refusal(lambda: LayoutSource.archive(path, "")).code == "layout-missing"
