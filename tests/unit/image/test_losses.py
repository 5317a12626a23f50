"""What an initrd cannot hold is told: each loss once, and only where it is one."""

from collections.abc import Sequence

import pytest

from tests.support.image import Dir, File, Hardlink, Member, OpaqueWhiteout, Symlink, Whiteout
from tests.support.stack import merge, pack
from tests.support.unpacker import unpack
from wyrcan_tui.image.losses import SHOWN, Loss
from wyrcan_tui.image.weigh import Scale

CAPABILITY = {"security.capability": "x"}
NOTE = {"user.note": "x"}


def losses(*stack: Sequence[Member]) -> tuple[Loss, ...]:
    """What the layers lose, the lowest layer first."""
    return merge(stack, Scale()).losses


def told(*stack: Sequence[Member]) -> list[str]:
    """What is said of it."""
    return [str(loss) for loss in losses(*stack)]


def test_nothing_is_said_where_nothing_is_lost() -> None:
    assert (
        losses([File("a", mtime=0), File("b", mtime=0xFFFFFFFF), Dir("d", mtime=1700000000), Symlink("l", "a")]) == ()
    )


def test_capabilities_are_named_with_their_files() -> None:
    assert told([File("usr/bin/ping", xattrs=CAPABILITY), File("usr/bin/id")]) == [
        "Capabilities are lost on 1 file (security.capability): /usr/bin/ping."
    ]


def test_attributes_of_a_symbolic_link_are_lost_by_each_of_its_names() -> None:
    (loss,) = losses([Symlink("s", "x", xattrs=NOTE), Hardlink("t", "s"), Symlink("u", "x"), Hardlink("v", "u")])
    assert loss.files == {"/s": ("user.note",), "/t": ("user.note",)}


def test_sentence_names_a_few_files_and_the_loss_all() -> None:
    (loss,) = losses([File(f"bin/{number}", xattrs=CAPABILITY) for number in range(SHOWN + 9)])
    assert (
        loss.sentence == "Capabilities are lost on 12 files (security.capability): /bin/0, /bin/1, /bin/10 and 9 more."
    )
    assert loss.files == {f"/bin/{number}": ("security.capability",) for number in range(SHOWN + 9)}


def test_sentence_names_a_few_attributes_and_the_loss_all() -> None:
    names = [f"user.{number}" for number in range(5)]
    (loss,) = losses([File("a", xattrs=dict.fromkeys(names, "x")), File("b", xattrs={"trusted.t": "x"})])
    assert loss.sentence == "Extended attributes are lost on 2 files (trusted.t, user.0, user.1 and 3 more): /a, /b."
    assert loss.files == {"/a": tuple(names), "/b": ("trusted.t",)}


def test_sentence_stays_short_whatever_the_names_are() -> None:
    name = "/".join(["n" * 250] * 15)
    (loss,) = losses([File(name, xattrs={"user." + "x" * 4000: "x"})])
    assert len(loss.sentence) < 200
    assert f"/{name}" in loss.files


def test_labels_of_selinux_are_one_sentence_without_files() -> None:
    label = {"security.selinux": "system_u:object_r:bin_t:s0"}
    (loss,) = losses([File(f"{number}", xattrs=label) for number in range(100)])
    assert loss == Loss("SELinux labels are lost on 100 files (security.selinux).", {})


def test_each_kind_has_a_sentence_and_what_matters_most_comes_first() -> None:
    acl = {"system.posix_acl_access": "x", "system.posix_acl_default": "x"}
    label = {"security.selinux": "x"}
    assert told([File("a", mtime=-1), File("b", xattrs=label | NOTE), File("c", xattrs=acl | CAPABILITY)]) == [
        "Capabilities are lost on 1 file (security.capability): /c.",
        "Access control lists are lost on 1 file (system.posix_acl_access, system.posix_acl_default): /c.",
        "Extended attributes are lost on 1 file (user.note): /b.",
        "SELinux labels are lost on 1 file (security.selinux).",
        "Modification times before 1970 or after 2106 are not kept on 1 file: /a.",
    ]


def test_times_count_only_where_they_do_not_fit() -> None:
    times = {"a": -1, "b": 0, "c": 1 << 31, "d": 0xFFFFFFFF, "e": 1 << 32, "f": -(1 << 40), "g": 1 << 70}
    layer = [File(name, mtime=mtime) for name, mtime in times.items()]
    (loss,) = losses([*layer, Dir("h", mtime=-1)])
    assert loss.sentence.endswith("on 5 files: /a, /e, /f and 2 more.")
    assert loss.files == dict.fromkeys(["/a", "/e", "/f", "/g", "/h"], ("mtime",))
    nodes = unpack(pack([layer]))
    assert [nodes[name.encode()].mtime for name in times] == [0, 0, 1 << 31, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFF]


def test_fraction_of_a_second_is_no_loss_to_speak_of() -> None:
    assert losses([File("a", mtime=1700000000.25)]) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "above",
    [[File("d/a")], [Whiteout("d/a")], [Whiteout("d")], [OpaqueWhiteout("d")], [File("d")], [Hardlink("d/a", "d/b")]],
)
def test_what_is_hidden_loses_nothing(above: list[Member]) -> None:
    assert losses([File("d/b"), File("d/a", xattrs=NOTE, mtime=-1)], above) == ()


def test_what_its_own_layer_replaces_loses_nothing() -> None:
    assert losses([File("a", xattrs=NOTE, mtime=-1), File("a")]) == ()
    assert losses([File("a", xattrs=NOTE, mtime=-1), Dir("a")]) == ()
    assert losses([Dir("a", mtime=-1), Dir("a")]) == ()
    assert told([File("a"), File("a", xattrs=NOTE)]) == ["Extended attributes are lost on 1 file (user.note): /a."]


def test_file_counts_once_however_many_names_it_has() -> None:
    assert told([File("a", xattrs=NOTE), Hardlink("b", "a")]) == [
        "Extended attributes are lost on 1 file (user.note): /a."
    ]


def test_file_is_named_as_it_can_be_seen() -> None:
    told_of_b = ["Extended attributes are lost on 1 file (user.note): /b."]
    assert told([File("a", xattrs=NOTE)], [Hardlink("b", "a")], [Whiteout("a")]) == told_of_b
    assert told([File("a", xattrs=NOTE), Hardlink("b", "a")], [File("a")]) == told_of_b


def test_names_that_are_no_text_stay_different() -> None:
    (loss,) = losses([File("a\udcff", xattrs=NOTE), File("a\udcfe", xattrs=NOTE)])
    assert set(loss.files) == {"/a\\xff", "/a\\xfe"}
