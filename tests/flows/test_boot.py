"""Booting an image: a layout or a real registry in, the bytes of an initrd and one recorded kexec out."""

import dataclasses
import os
import re
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bootable import RELEASE, WORDS, bootable_image, kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import Content, Dir, File, Hardlink, Image, Index, Layer, Symlink, Whiteout
from tests.support.newc import read_initrd
from tests.support.registry import Registry
from tests.support.rig import Booted, Rig
from tests.support.server import free_port
from tests.support.threads import none_left
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import CancelledError, Meter, Progress, Stage
from wyrcan_tui.registry.site import Site

AMD64 = Platform("linux", "amd64")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


def start(rig: Rig, order: Order, meter: Meter | None = None) -> None:
    """Boot on the machine; images are always made for amd64, whatever runs the tests."""
    adapters = rig.adapters
    boot(order, AMD64, adapters.kexec, adapters.networkd, meter or Meter(), memory=adapters.machine.memory)


def boot_layout(rig: Rig, image: Content, *arguments: str) -> Booted:
    """Boot an image from a layout, and return what was started."""
    layout = image.write_layout(rig.root / "layout")
    start(rig, Order(parse_reference(f"oci:{layout}"), arguments))
    return rig.kexec.booted


def refusal(rig: Rig, order: Order) -> WyrcanError:
    """Why an order is refused; nothing must have been loaded."""
    with pytest.raises(WyrcanError) as caught:
        start(rig, order)
    assert rig.kexec.loaded == []
    return caught.value


def seen(registry: Registry) -> str:
    """The registry's name in references."""
    return f"127.0.0.1:{registry.port}"


def test_what_an_initrd_cannot_hold_is_told_while_the_kernel_is_loaded(rig: Rig) -> None:
    bootable = bootable_image()
    lossy = File("bin/\x1b[2Ja", xattrs={"security.capability": "x"}, mtime=-1)
    layout = dataclasses.replace(bootable, layers=[*bootable.layers, Layer([lossy])]).write_layout(rig.root / "layout")
    told: list[Progress] = []
    start(rig, Order(parse_reference(f"oci:{layout}")), Meter(told.append))
    notes = [progress.note for progress in told if progress.stage is Stage.LOAD]
    # What matters most comes last, as that is what stays on the screen.
    times, stays = notes
    assert times.startswith("Modification times before 1970")
    assert stays.startswith("Handing the kernel and its root over. Capabilities are lost on 1 file")
    assert "\x1b" not in times + stays


def test_kernel_words_and_whole_root_of_the_image_are_booted(rig: Rig) -> None:
    image = Image(
        [
            Layer(
                [
                    Dir("boot"),
                    File("boot/wyrcan.kernel", kernel_file()),
                    File(f"boot/config-{RELEASE}", b"CONFIG_RD_ZSTD=y\n"),
                    File("boot/wyrcan.cmdline", b"root.word\n"),
                    Dir("etc"),
                    File("etc/old", b"old"),
                    File("etc/motd", b"old"),
                ]
            ),
            Layer([Dir("sbin"), File("sbin/real", b"#!/bin/sh\n", mode=0o755), Whiteout("etc/old")], "zstd"),
            Layer([File("etc/motd", b"new"), Hardlink("etc/issue", "etc/motd"), Symlink("sbin/init", "real")], "plain"),
        ]
    )
    booted = boot_layout(rig, image)
    assert booted.kernel == kernel_file()
    assert booted.cmdline == "root.word"

    # Without the detours (see `InitrdWriter`).
    root = {name: record for name, record in read_initrd(booted.initrd).items() if not name.startswith(".wh.")}
    assert {name: record.data for name, record in root.items() if stat.S_ISLNK(record.mode)} == {
        "init": b"sbin/init",
        "sbin/init": b"real",
    }
    assert {name for name, record in root.items() if stat.S_ISDIR(record.mode)} - {"."} == {"boot", "etc", "sbin"}
    files = {name: record.data for name, record in root.items() if stat.S_ISREG(record.mode)}
    # Of a file with several names, newc stores the bytes with one of them.
    assert files.pop("etc/motd") + files.pop("etc/issue") == b"new"
    assert files == {
        "boot/wyrcan.kernel": kernel_file(),
        f"boot/config-{RELEASE}": b"CONFIG_RD_ZSTD=y\n",
        "boot/wyrcan.cmdline": b"root.word\n",
        "sbin/real": b"#!/bin/sh\n",
    }
    assert stat.S_IMODE(root["sbin/real"].mode) == 0o755


def test_words_of_the_image_come_first_then_those_of_the_user(rig: Rig) -> None:
    booted = boot_layout(rig, bootable_image(), "user.first", 'user.second="a b" user.third')
    assert booted.cmdline == f'{WORDS} user.first user.second="a b" user.third'


def test_words_of_the_image_may_be_parted_as_for_a_kernel(rig: Rig) -> None:
    image = bootable_image("one", File("boot/wyrcan.cmdline", b"quiet\tsplash\r\nroot.word\n"))
    assert boot_layout(rig, image).cmdline == "quiet splash root.word"


def test_kernel_that_cannot_unpack_zstd_gets_a_plain_initrd(rig: Rig) -> None:
    image = bootable_image("one", File(f"boot/config-{RELEASE}", b"# CONFIG_RD_ZSTD is not set\n"))
    booted = boot_layout(rig, image)
    assert booted.initrd.startswith(b"070701")
    assert unpack(booted.initrd)[b"init"].content == b"#!/bin/sh\necho one\n"


def test_root_of_more_than_its_share_of_memory_is_given_more_room(tmp_path: Path) -> None:
    image = bootable_image("one", File("large", bytes(200 << 20)))
    small = boot_layout(Rig(tmp_path / "small", memory=460 * 10**6), image, "user")
    large = boot_layout(Rig(tmp_path / "large", memory=1 << 30), image, "user")
    assert small.cmdline == f"{WORDS} initramfs_options=size=90% user"
    assert large.cmdline == f"{WORDS} user"


def test_initrd_that_does_not_fit_while_it_is_loaded_is_given_up_before_that(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", memory=430 * 10**6)
    image = bootable_image("one", File("noise", os.urandom(11 * 10**6)))
    error = refusal(rig, Order(parse_reference(f"oci:{image.write_layout(tmp_path / 'layout')}")))
    assert error.code == "initrd-too-large"
    assert "more than the 10.0 MB" in error.message
    assert error.hint


def test_root_that_does_not_fit_while_it_is_unpacked_is_not_loaded(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", memory=430 * 10**6)
    image = bootable_image("one", File("noise", os.urandom(9 * 10**6)), File("large", bytes(398 * 10**6)))
    error = refusal(rig, Order(parse_reference(f"oci:{image.write_layout(tmp_path / 'layout')}")))
    assert error.code == "memory-too-small"
    assert "this machine has 430.0 MB" in error.message
    assert error.hint


def test_root_that_no_initrd_is_small_enough_for_is_given_up_before_the_image_has_come(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", memory=430 * 10**6)
    image = bootable_image("one", File("large", bytes(420 * 10**6)))
    error = refusal(rig, Order(parse_reference(f"oci:{image.write_layout(tmp_path / 'layout')}")))
    assert error.code == "root-too-large"
    assert "more than the 408.5 MB" in error.message
    assert error.hint


def test_image_of_a_real_registry_is_booted(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo/os", "1", bootable_image("one"))
    start(rig, Order(parse_reference(f"{seen(registry)}/demo/os:1")))
    assert read_initrd(rig.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho one\n"


def test_registry_that_is_known_to_be_plain_is_spoken_to_in_plain(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo/os", "1", bootable_image("one"))
    address = RegistryAddress.parse(registry.url)
    start(rig, Order(parse_reference(f"{seen(registry)}/demo/os:1"), site=Site((address,))))
    assert rig.kexec.executed


def test_tag_is_looked_up_anew_at_every_boot(rig: Rig, registry: Registry) -> None:
    order = Order(parse_reference(f"{seen(registry)}/demo/os:stable"))
    for name in ("old", "new"):
        registry.push_image("demo/os", "stable", bootable_image(name))
        start(rig, order)
        assert read_initrd(rig.kexec.booted.initrd)["init"].data == f"#!/bin/sh\necho {name}\n".encode()


def test_digest_pins_the_image(rig: Rig, registry: Registry) -> None:
    old = registry.push_image("demo/os", "stable", bootable_image("old"))
    registry.push_image("demo/os", "stable", bootable_image("new"))
    start(rig, Order(parse_reference(f"{seen(registry)}/demo/os:stable@{old}")))
    assert read_initrd(rig.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho old\n"


def test_image_for_this_platform_is_chosen_from_an_index(rig: Rig) -> None:
    here = bootable_image("here")
    there = dataclasses.replace(bootable_image("there"), architecture="s390x")
    booted = boot_layout(rig, Index([there, here]))
    assert read_initrd(booted.initrd)["init"].data == b"#!/bin/sh\necho here\n"


def test_archive_is_booted_like_a_registry(rig: Rig, tmp_path: Path) -> None:
    archive = bootable_image("one").write_archive(tmp_path / "image.tar", "v1")
    start(rig, Order(parse_reference(f"oci-archive:{archive}:v1")))
    assert read_initrd(rig.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho one\n"


def _damage_layer(layout: Path, image: Image) -> None:
    path = layout / "blobs" / image.layers[0].digest.replace(":", "/")
    path.write_bytes(bytes(path.stat().st_size))


def _shorten_layer(layout: Path, image: Image) -> None:
    path = layout / "blobs" / image.layers[0].digest.replace(":", "/")
    path.write_bytes(path.read_bytes()[:-1])


def _damage_manifest(layout: Path, image: Image) -> None:
    path = layout / "blobs" / image.digest.replace(":", "/")
    path.write_bytes(path.read_bytes().replace(b'"layers"', b'"Layers"'))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_damage_layer, "digest-mismatch"),
        (_shorten_layer, "blob-size-mismatch"),
        (_damage_manifest, "digest-mismatch"),
    ],
)
def test_damaged_image_loads_nothing(rig: Rig, damage: Callable[[Path, Image], None], code: str) -> None:
    image = Image([dataclasses.replace(layer, compression="plain") for layer in bootable_image().layers])
    layout = image.write_layout(rig.root / "layout")
    damage(layout, image)
    assert refusal(rig, Order(parse_reference(f"oci:{layout}"))).code == code


@pytest.mark.parametrize("path", ["../evil", "boot/../../evil", "..", "boot/.."])
def test_dots_in_the_path_of_a_layer_refuse_the_image(rig: Rig, path: str) -> None:
    layout = bootable_image("one", File(path, b"evil")).write_layout(rig.root / "layout")
    error = refusal(rig, Order(parse_reference(f"oci:{layout}")))
    assert path in error.message


def test_tag_that_is_gone_names_the_tags_there_are(rig: Rig, registry: Registry) -> None:
    for tag in ("1", "2", "10"):
        registry.push_image("demo/os", tag, bootable_image())
    error = refusal(rig, Order(parse_reference(f"{seen(registry)}/demo/os:gone")))
    assert error.code == "tag-missing"
    assert "gone" in error.message
    assert "10, 2, 1" in error.hint


def test_tag_that_a_layout_lacks_names_the_tags_there_are(rig: Rig) -> None:
    layout = bootable_image().write_layout(rig.root / "layout", "v1")
    error = refusal(rig, Order(parse_reference(f"oci:{layout}:gone")))
    assert error.code == "tag-missing"
    assert "v1" in error.hint


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (Image([Layer([File("init")])]), "kernel-missing"),
        (Image([Layer([File("boot/wyrcan.kernel", kernel_file())])]), "init-missing"),
        (Image([Layer([File("boot/wyrcan.kernel", b"MZ"), File("init")])]), "kernel-unknown-format"),
        (Image([Layer([File("init")])], architecture="s390x"), "platform-missing"),
    ],
)
def test_image_that_cannot_boot_here_says_why(rig: Rig, image: Image, code: str) -> None:
    layout = image.write_layout(rig.root / "layout")
    error = refusal(rig, Order(parse_reference(f"oci:{layout}")))
    assert error.code == code
    assert error.hint


def test_words_that_no_kernel_takes_load_nothing(rig: Rig) -> None:
    layout = bootable_image().write_layout(rig.root / "layout")
    assert refusal(rig, Order(parse_reference(f"oci:{layout}"), ("x" * 2048,))).code == "cmdline-too-long"


def test_registry_that_is_not_there_is_told_in_words(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "pause", lambda meter, seconds: meter.check())
    error = refusal(rig, Order(parse_reference(f"127.0.0.1:{free_port()}/demo/os:1")))
    assert error.code == "registry-unreachable"
    assert "connection refused" in error.message


def test_boot_from_a_registry_waits_for_the_network(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo/os", "1", bootable_image())
    state = rig.root / "run/systemd/netif/state"
    state.parent.mkdir(parents=True)
    state.write_text("OPER_STATE=no-carrier\n")
    stages: list[Stage] = []

    def report(progress: Progress) -> None:
        stages.append(progress.stage)
        if progress.stage is Stage.NETWORK:
            state.write_text("OPER_STATE=routable\n")

    start(rig, Order(parse_reference(f"{seen(registry)}/demo/os:1")), Meter(report))
    assert stages[:2] == [Stage.NETWORK, Stage.RESOLVE]
    assert rig.kexec.executed


def test_machine_without_network_says_so_in_the_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "pause", lambda meter, seconds: meter.check())
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    (rig.root / "run/systemd/netif/state").write_text("OPER_STATE=no-carrier\n")
    error = refusal(rig, Order(parse_reference("quay.io/demo/os:1")))
    assert error.code == "network-offline"
    assert "cable" in error.hint


def test_progress_goes_through_the_stages_and_counts_every_byte(rig: Rig) -> None:
    image = bootable_image("one", File("motd", b"hello"))
    layout = image.write_layout(rig.root / "layout")
    seen_progress: list[Progress] = []
    start(rig, Order(parse_reference(f"oci:{layout}")), Meter(seen_progress.append))

    stages = list(dict.fromkeys(progress.stage for progress in seen_progress))
    assert stages == [Stage.RESOLVE, Stage.LAYERS, Stage.LOAD, Stage.START]
    layers = [progress for progress in seen_progress if progress.stage is Stage.LAYERS][-1]
    assert layers.done == layers.total == sum(len(layer.blob) for layer in image.layers)


def test_transfer_that_somebody_stops_loads_nothing_and_leaves_no_thread(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo/os", "1", bootable_image("one", File("large", b"x" * (8 << 20))))

    def stop_in_the_middle(progress: Progress) -> None:
        if progress.done:
            meter.cancel()

    meter = Meter(stop_in_the_middle)
    with none_left(), pytest.raises(CancelledError):
        start(rig, Order(parse_reference(f"{seen(registry)}/demo/os:1")), meter)
    assert rig.kexec.loaded == []


def loader(name: str) -> Image:
    """An image of Wyrcan itself; another name makes another digest."""
    return dataclasses.replace(bootable_image(name), labels={"wyr.loader": "yes"})


def test_image_of_wyrcan_itself_is_told_what_has_led_to_it(rig: Rig) -> None:
    layout = loader("one").write_layout(rig.root / "layout")
    start(rig, Order(parse_reference(f"oci:{layout}"), ("wyr.img=next",), chain=("0123456789ab",)))
    words, first, second = rig.kexec.booted.cmdline.rsplit(" ", 2)
    assert (words, first) == (f"{WORDS} wyr.img=next", "wyr.chain=0123456789ab")
    assert re.fullmatch(r"wyr\.chain=[0-9a-f]{12}", second)


def test_chain_of_images_of_wyrcan_that_leads_to_itself_is_stopped(rig: Rig) -> None:
    layout = loader("one").write_layout(rig.root / "layout")
    start(rig, Order(parse_reference(f"oci:{layout}")))
    chain = parse_request(rig.kexec.booted.cmdline).chain
    assert len(chain) == 1
    rig.kexec.loaded.clear()
    assert (
        refusal(rig, Order(parse_reference(f"oci:{layout}"), chain=("0123456789ab", *chain))).code == "chain-circular"
    )
    other = loader("two").write_layout(rig.root / "other")
    start(rig, Order(parse_reference(f"oci:{other}"), chain=chain))


def test_image_that_is_no_wyrcan_is_told_nothing_of_a_chain(rig: Rig) -> None:
    layout = bootable_image().write_layout(rig.root / "layout")
    start(rig, Order(parse_reference(f"oci:{layout}"), chain=("0123456789ab",)))
    assert rig.kexec.booted.cmdline == WORDS


def test_boot_that_is_stopped_while_its_registry_says_nothing_gives_the_turn_back_at_once(rig: Rig) -> None:
    image = bootable_image("one")
    stopped: list[str] = []
    threads = set(threading.enumerate())
    with FaultyRegistry() as faulty:
        faulty.answer("/v2/demo/os/manifests/1", Answer(body=image.manifest))
        for digest, blob in image.blobs.items():
            faulty.answer(f"/v2/demo/os/blobs/{digest}", Answer(body=blob, trickle=0 if blob == image.config else 3600))
        meter = Meter()
        address = RegistryAddress(faulty.host, plain=True)

        def boot_in_turn() -> None:
            reference = parse_reference(f"{faulty.host}/demo/os:1")
            with rig.turn.taken("tty1"):
                try:
                    start(rig, Order(reference, site=Site((address,))), meter)
                except CancelledError:
                    stopped.append("cancelled")

        booting = threading.Thread(target=boot_in_turn)
        booting.start()
        while not faulty.asked(f"/v2/demo/os/blobs/{image.layers[0].digest}"):
            time.sleep(0.01)
        asked = time.monotonic()
        meter.cancel()
        booting.join(60)
        assert time.monotonic() - asked < 1.0
        with rig.turn.taken("ttyS0"):
            assert stopped == ["cancelled"]
        for thread in set(threading.enumerate()) - threads:
            if thread.name != "faulty registry" and "process_request" not in thread.name:
                thread.join(1.0)
                assert not thread.is_alive(), thread.name


def test_boot_that_somebody_stops_at_the_last_moment_gives_the_memory_of_its_kernel_back(rig: Rig) -> None:
    layout = bootable_image("one").write_layout(rig.root / "layout")

    def stop_at_the_end(progress: Progress) -> None:
        if progress.stage is Stage.START:
            assert rig.kexec.loaded
            meter.cancel()

    meter = Meter(stop_at_the_end)
    with pytest.raises(CancelledError):
        start(rig, Order(parse_reference(f"oci:{layout}")), meter)
    assert rig.kexec.loaded == []
    assert not rig.kexec.executed
