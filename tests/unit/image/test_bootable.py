"""Where an image's kernel, arguments and init are."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import bootable
from wyrcan_tui.image.tree import Kind, Tree


def tree(*files: str, **links: str) -> Tree:
    """A tree of files with their directories; `links` are symbolic links in the root."""
    found = Tree()
    for file in files:
        parts = file.encode().split(b"/")
        for directory in (b"/".join(parts[:depth]) for depth in range(1, len(parts))):
            if directory not in found:
                found.add(directory, Kind.DIRECTORY)
        found.add(file.encode(), Kind.FILE)
    for name, target in links.items():
        found.add(name.encode(), target.encode())
    return found


KERNELS = [
    "boot/wyrcan.kernel",
    "usr/lib/modules/6.12.0/vmlinuz",
    "boot/vmlinuz-6.13.0",
    "boot/vmlinuz",
    "vmlinuz",
]


@pytest.mark.parametrize("first", range(len(KERNELS)))
def test_kernel_is_looked_for_in_the_order_of_the_contract(first: int) -> None:
    assert bootable.kernel_path(tree(*KERNELS[first:])) == KERNELS[first].encode()


def test_highest_version_wins() -> None:
    modules = [f"usr/lib/modules/{version}/vmlinuz" for version in ("6.9.1", "6.12.0-rc1", "6.12.0", "5.10.99")]
    assert bootable.kernel_path(tree(*modules)) == b"usr/lib/modules/6.12.0/vmlinuz"
    boot = [f"boot/vmlinuz-{version}-amd64" for version in ("6.1.0-9", "6.1.0-37", "6.1.0-18")]
    assert bootable.kernel_path(tree(*boot)) == b"boot/vmlinuz-6.1.0-37-amd64"


def test_version_without_a_kernel_is_passed_over() -> None:
    found = tree("usr/lib/modules/7.0.0/modules.dep", "usr/lib/modules/6.12.0/vmlinuz")
    assert bootable.kernel_path(found) == b"usr/lib/modules/6.12.0/vmlinuz"


def test_links_to_the_kernel_are_followed_inside_the_root() -> None:
    found = tree("boot/vmlinux-1", "usr/k", vmlinuz="/../../boot/vmlinux-1")
    assert bootable.kernel_path(found) == b"boot/vmlinux-1"
    found.add(b"boot/wyrcan.kernel", b"../usr/k")
    assert bootable.kernel_path(found) == b"usr/k"


def test_modules_behind_a_linked_directory_are_found() -> None:
    found = tree("system/lib/modules/6.12.0/vmlinuz", usr="system")
    assert bootable.kernel_path(found) == b"system/lib/modules/6.12.0/vmlinuz"


@pytest.mark.parametrize("target", ["nowhere", "vmlinuz", "/etc"])
def test_link_that_leads_to_no_file_is_no_kernel(target: str) -> None:
    assert bootable.kernel_path(tree("etc/passwd", vmlinuz=target)) is None


@pytest.mark.parametrize(
    ("path", "release"),
    [
        (b"boot/vmlinuz-6.12.0-arm64", "6.12.0-arm64"),
        (b"usr/lib/modules/6.12.0-arm64/vmlinuz", "6.12.0-arm64"),
        (b"system/lib/modules/6.12.0-arm64/vmlinuz", "6.12.0-arm64"),
        (b"boot/wyrcan.kernel", ""),
        (b"boot/vmlinuz", ""),
        (b"vmlinuz", ""),
    ],
)
def test_path_of_a_kernel_may_name_its_release(path: bytes, release: str) -> None:
    assert bootable.release_in(path) == release


def test_init_link_is_needed_only_where_init_is_missing() -> None:
    assert not bootable.needs_init_link(tree("init", "sbin/init"))
    assert bootable.needs_init_link(tree("sbin/init"))
    assert bootable.needs_init_link(tree("usr/sbin/init", sbin="usr/sbin"))
    assert bootable.needs_init_link(tree("sbin/init", init="gone"))


def test_image_without_any_init_is_refused() -> None:
    with pytest.raises(WyrcanError) as raised:
        bootable.needs_init_link(tree("bin/sh"))
    assert raised.value.code == "init-missing"


def test_arguments_come_from_the_contract_s_file_and_then_from_bootc_s_in_order() -> None:
    found = tree("usr/lib/bootc/kargs.d/20-b.toml", "usr/lib/bootc/kargs.d/10-a.toml", "usr/lib/bootc/kargs.d/README")
    assert bootable.argument_paths(found) == (
        b"boot/wyrcan.cmdline",
        b"usr/lib/bootc/kargs.d/10-a.toml",
        b"usr/lib/bootc/kargs.d/20-b.toml",
    )


def test_arguments_are_read_and_joined() -> None:
    files = {
        b"boot/wyrcan.cmdline": b'quiet\troot="a b"\r\n\n panic=10 \n',
        b"usr/lib/bootc/kargs.d/a.toml": b'kargs = ["console=ttyS0 ro", " "]',
        b"usr/lib/bootc/kargs.d/b.toml": b'kargs = ["x86"]\nmatch-architectures = ["x86_64"]',
        b"usr/lib/bootc/kargs.d/c.toml": b'kargs = ["arm"]\nmatch-architectures = ["aarch64"]',
        b"usr/lib/bootc/kargs.d/d.toml": b"",
    }
    common = ("quiet", 'root="a b"', "panic=10", "console=ttyS0", "ro")
    assert bootable.arguments(files, "amd64") == (*common, "x86")
    assert bootable.arguments(files, "arm64") == (*common, "arm")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (b"boot/wyrcan.cmdline", b"\xff\xfe"),
        (b"a.toml", b"kargs = ["),
        (b"a.toml", b"\xff"),
        (b"a.toml", b"kargs = 1"),
        (b"a.toml", b'kargs = "quiet"'),
        (b"a.toml", b"kargs = [1]"),
        (b"a.toml", b'kargs = []\nmatch-architectures = "x86_64"'),
    ],
)
def test_arguments_that_cannot_be_read_are_refused_with_their_file(path: bytes, content: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        bootable.arguments({path: content}, "amd64")
    assert raised.value.code == "arguments-invalid"
    assert path.decode() in raised.value.message


@pytest.mark.parametrize(
    ("words", "code"),
    [(b'root="a\tb"', "cmdline-invalid"), (b"quiet\0", "cmdline-invalid"), (b"x " * 1025, "cmdline-too-long")],
    ids=["tab in quotes", "NUL", "too many"],
)
def test_arguments_that_no_kernel_takes_are_refused(words: bytes, code: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        bootable.arguments({b"boot/wyrcan.cmdline": words}, "amd64")
    assert raised.value.code == code
    assert raised.value.hint


@pytest.mark.parametrize(
    ("path", "size", "kept"),
    [
        (b"boot/wyrcan.kernel", 1000, True),
        (b"boot/vmlinuz-6.12.0", bootable.LARGEST_KERNEL, True),
        (b"boot/vmlinuz-6.12.0", bootable.LARGEST_KERNEL + 1, False),
        (b"boot/vmlinuz", 1000, True),
        (b"boot/config-6.12.0", 1000, True),
        (b"boot/wyrcan.cmdline", 1000, True),
        (b"boot/wyrcan.cmdline", bootable.LARGEST_TEXT + 1, False),
        (b"boot/initrd.img-6.12.0", 1000, False),
        (b"boot/firmware.bin", 1000, False),
        (b"usr/share/vmlinuz", 1000, False),
        (b"boot/initramfs-6.12.0.img", 1000, False),
        (b"boot/grub/grub.cfg", 10, False),
        (b"usr/lib/modules/6.12.0/vmlinuz", 1000, True),
        (b"usr/lib/modules/6.12.0/config", 1000, True),
        (b"usr/lib/modules/6.12.0/config", bootable.LARGEST_TEXT + 1, False),
        (b"usr/lib/modules/6.12.0/kernel/config", 10, False),
        (b"usr/lib/bootc/kargs.d/a.toml", 10, True),
        (b"vmlinuz", 1000, True),
        (b"boot/EFI/Linux/debian.efi", 1000, True),
        (b"usr/lib/modules/6.12.0/vmlinuz-virt.efi", bootable.LARGEST_KERNEL + 1, False),
        (b"usr/lib/systemd/system-preset/90-systemd.preset", 10, True),
        (b"usr/lib/systemd/user-preset/90-systemd.preset", 10, False),
        (b"etc/machine-id", 10, True),
        (b"etc/machine-id", bootable.LARGEST_TEXT + 1, False),
        (b"etc/passwd", 10, False),
    ],
)
def test_only_what_boot_may_need_is_kept_at_hand(path: bytes, size: int, kept: bool) -> None:
    assert bootable.may_matter(path, size) is kept
