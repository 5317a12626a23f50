"""Layers that are small, and want to be large in memory or long in time: both stay in proportion to what is in them."""

import sys
import tarfile
from collections.abc import Iterable, Sequence

import pytest

from tests.support.calls import counted
from tests.support.image import Dir, File, Hardlink, Layer, Member, Symlink, Whiteout
from tests.support.memory import peak
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.rootfs import Rootfs
from wyrcan_tui.image.weigh import Scale

DEEP = "n/" * 1000
"""A path that is long, and whose directories are many."""


def memory(*stack: Sequence[Member]) -> int:
    """Bytes that merging takes at its peak."""
    tars = [Layer(members).tar for members in stack]
    return peak(lambda: read(tars))


def read(tars: Sequence[bytes], most_names: int = 1 << 30) -> None:
    """Merge layers into nothing."""
    rootfs = Rootfs(Scale(), most_names=most_names)
    rootfs.read((number, iter([tars[number]])) for number in reversed(range(len(tars))))


def test_hidden_directories_are_not_kept_in_mind() -> None:
    hidden = [File(f"d/{number}/{DEEP}f") for number in range(50)]
    assert memory(hidden, [Whiteout("d")]) < 2 << 20
    assert memory(hidden, [File("d")]) < 2 << 20


def test_directories_that_are_implied_take_no_more_than_is_counted() -> None:
    # One entry of each brings a thousand of them.
    tar = Layer([File(f"{number}/{DEEP}f") for number in range(50)]).tar

    def refused() -> None:
        with pytest.raises(WyrcanError) as raised:
            read([tar], most_names=10 << 20)
        assert raised.value.code == "too-many-names"

    assert peak(refused) < 20 << 20


def fifos(number: int, **headers: str) -> list[bytes]:
    """So many entries with these extended headers."""
    found = []
    for place in range(number):
        fifo = tarfile.TarInfo(str(place))
        fifo.type, fifo.pax_headers = tarfile.FIFOTYPE, headers
        found.append(fifo.tobuf(tarfile.PAX_FORMAT))
    return found


def test_values_of_attributes_are_not_kept_in_mind() -> None:
    entries = fifos(50, **{"SCHILY.xattr.user.note": "x" * 200_000})
    assert peak(lambda: Rootfs(Scale()).read([(0, iter(entries))])) < 3 << 20


def test_digits_of_times_are_not_kept_in_mind() -> None:
    entries = fifos(500, mtime="9" * 4000)
    assert peak(lambda: Rootfs(Scale()).read([(0, iter(entries))])) < 500_000


def test_times_and_symbolic_links_take_little_beside_the_names_of_files() -> None:
    number = 20_000

    def took(members: Iterable[Member]) -> int:
        headers = (member.record()[0].tobuf() for member in members)
        return peak(lambda: Rootfs(Scale()).read([(0, headers)]))

    plain = took(File(f"{place:05}") for place in range(number))
    # A thousand of the latest are kept in mind to compare with.
    latest = 600_000
    assert took(File(f"{place:05}", mtime=place) for place in range(number)) - plain < latest
    links = took(Symlink(f"{place:05}", f"{place:05}", mtime=place) for place in range(number))
    assert links - plain < latest + sys.getsizeof(b"00000") * number


def test_links_that_wait_for_a_lower_layer_take_no_more_than_is_counted() -> None:
    # So many that dictionaries have just grown.
    number, counted = 22_000, 512 + len("link-00000") + len("file-00000")
    links = []
    for place in range(number):
        link = tarfile.TarInfo(f"link-{place:05}")
        link.type, link.linkname = tarfile.LNKTYPE, f"file-{place:05}"
        links.append(link.tobuf(tarfile.GNU_FORMAT))

    def refused() -> None:
        with pytest.raises(WyrcanError) as raised:
            Rootfs(Scale()).read([(1, iter(links)), (0, iter(()))])
        assert raised.value.code == "hardlink-target-missing"

    assert peak(refused) < number * counted


def test_headers_for_all_entries_are_small_or_refused() -> None:
    shared = tarfile.TarInfo.create_pax_global_header({f"SCHILY.xattr.user.{number}": "1" for number in range(300)})
    with pytest.raises(WyrcanError) as raised:
        read([shared + Layer([File("a")]).tar])
    assert raised.value.code == "layer-damaged"


def test_links_that_wait_for_a_lower_layer_are_not_looked_through_at_each_layer() -> None:
    targets = [File(f"{number}/{DEEP}f") for number in range(20)]
    links = [Hardlink(f"link{number}", target.path) for number, target in enumerate(targets)]

    def calls(layers: int) -> int:
        others: list[Sequence[Member]] = [[Dir(f"other{number}")] for number in range(layers)]
        tars = [Layer(members).tar for members in [targets, *others, links]]
        with counted() as found:
            read(tars)
        return found[0]

    assert calls(31) - calls(1) < 30 * 10 * len(links)


def test_directories_that_become_files_are_not_looked_through_for_each() -> None:
    def calls(number: int) -> int:
        members: list[Member] = [member for n in range(number) for member in (Dir(f"d{n}"), File(f"d{n}"))]
        tar = Layer(members).tar
        with counted() as found:
            read([tar])
        return found[0]

    assert calls(400) < 3 * calls(200)


@pytest.mark.parametrize(
    "members",
    [
        [Whiteout(f"{number}") for number in range(40)],
        [Whiteout("d/" * 20 + "f")],
        [File("n" * 200 + str(number)) for number in range(25)],
        [Hardlink(f"{number}", "n" * 200) for number in range(25)],
        [File(f"{number}", xattrs={"user." + "n" * 200: "1"}) for number in range(15)],
        [File("d/" * 20 + "f")],
    ],
    ids=["whiteouts", "whiteouts' directories", "names", "targets", "attributes", "directories"],
)
def test_image_of_more_names_than_there_is_memory_for_is_refused(members: list[Member]) -> None:
    with pytest.raises(WyrcanError) as raised:
        read([Layer(members).tar], most_names=10_000)
    assert (raised.value.code, bool(raised.value.hint)) == ("too-many-names", True)
