"""Version order, which decides which of an image's kernels boots and how tags are shown."""

import itertools

import pytest

from wyrcan_tui.kernel.version import version_key

ASCENDING = [
    ["5.10.0", "6.9.0", "6.12.0-rc1", "6.12.0", "6.12.0-1", "6.12.0-1-amd64", "6.12.1"],
    ["6.1.0-9-amd64", "6.1.0-37-amd64", "6.12.9-amd64", "6.12.41+deb13-amd64"],
    ["1.0~rc1", "1.0", "1.0.1"],
    ["1.0-alpha", "1.0-beta", "1.0-rc.1", "1.0-rc.2", "1.0"],
    ["0-rescue-abc", "6.14.0-63.fc42.x86_64"],
    ["latest", "1", "2", "10"],
]


@pytest.mark.parametrize("versions", ASCENDING, ids=lambda versions: versions[0])
def test_higher_version_sorts_behind(versions: list[str]) -> None:
    for order in itertools.islice(itertools.permutations(versions), 24):
        assert sorted(order, key=version_key) == versions


def test_any_text_has_a_place() -> None:
    assert sorted(["", "~", "b", "a", "\ud800", "²"], key=version_key)


def test_word_that_only_holds_the_letters_is_no_pre_release() -> None:
    assert version_key("1.0-arch1") > version_key("1.0")
    assert version_key("1.0-source") > version_key("1.0")
