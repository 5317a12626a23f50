"""Looking around in a real registry."""

import pytest

from tests.support.bootable import RELEASE, WORDS, bootable_image
from tests.support.image import File, Image, Layer
from tests.support.registry import Registry
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import browse
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.site import Site

AMD64 = Platform("linux", "amd64")


def inspection(registry: Registry, reference: str) -> browse.Inspection:
    """An inspection of an image in the registry."""
    address = RegistryAddress.parse(registry.url)
    found = parse_reference(f"127.0.0.1:{registry.port}/{reference}")
    return browse.Inspection(found, Site((address,)), AMD64, Meter())


def test_repositories_come_as_the_registry_has_them(registry: Registry) -> None:
    for name in ("demo/two", "demo/one", "other"):
        registry.push_image(name, "1", bootable_image())
    (page,) = browse.repositories(RegistryAddress.parse(registry.url), Site(), Meter())
    assert [repository.name for repository in page.items] == ["demo/one", "demo/two", "other"]
    assert not page.more


def test_tags_come_by_version_the_highest_first_where_no_times_are_told(registry: Registry) -> None:
    for tag in ("1.9", "1.10", "1.10-rc1", "latest"):
        registry.push_image("demo/os", tag, bootable_image())
    found = browse.tags(RegistryAddress.parse(registry.url), "demo/os", Site(), Meter())
    versions = [tag.name for tag in found if tag.name != "latest"]
    assert versions == ["1.10", "1.10-rc1", "1.9"]


def test_repository_that_is_not_there_is_told(registry: Registry) -> None:
    with pytest.raises(WyrcanError) as caught:
        browse.tags(RegistryAddress.parse(registry.url), "no/such", Site(), Meter())
    assert caught.value.code == "repository-missing"


def test_image_tells_what_it_is_and_that_it_boots(registry: Registry) -> None:
    image = bootable_image()
    registry.push_image("demo/os", "1", image)
    look = inspection(registry, "demo/os:1")
    found = look.resolve()
    assert (str(found.digest), found.config.platform, found.size) == (
        image.digest,
        AMD64,
        sum(len(layer.blob) for layer in image.layers),
    )
    verdict = look.verdict(found)
    assert verdict.refusal is None
    assert verdict.bootable is not None
    assert verdict.bootable.kernel_path == "/boot/wyrcan.kernel"
    assert verdict.bootable.kernel_file.release == RELEASE
    assert " ".join(verdict.bootable.arguments) == WORDS


def test_image_without_a_kernel_tells_why_it_does_not_boot(registry: Registry) -> None:
    registry.push_image("demo/plain", "1", Image([Layer([File("init")])]))
    look = inspection(registry, "demo/plain:1")
    verdict = look.verdict(look.resolve())
    assert verdict.bootable is None
    assert verdict.refusal is not None
    assert verdict.refusal.code == "kernel-missing"
