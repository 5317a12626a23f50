"""The images that Wyrcan comes knowing."""

from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry.known import known_images


def test_images_are_told_by_distribution_each_with_a_line_on_it() -> None:
    found = known_images()
    assert {"Debian", "Fedora", "CentOS", "AlmaLinux", "Universal Blue"} <= set(found)
    images = [image for group in found.values() for image in group]
    assert all(image.about and len(image.about) < 80 for image in images)
    assert len({str(image.reference) for image in images}) == len(images)


def test_images_are_in_registries_by_a_tag_that_moves_on() -> None:
    references = [image.reference for images in known_images().values() for image in images]
    assert all(isinstance(each, RegistryReference) and each.tag and each.digest is None for each in references)


def test_image_that_needs_a_login_says_so() -> None:
    asked = [str(image.reference) for images in known_images().values() for image in images if image.login]
    assert asked
    assert all(reference.startswith("registry.redhat.io/") for reference in asked)
