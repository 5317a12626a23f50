"""The tiny bootable image: Debian's kernel and a busybox, whose init says on every console what was booted.

It prints one line, the `MARKER`. On the serial line it then has a shell, for whoever looks at it by hand.
"""

import re
import shutil
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.image import Dir, File, Hardlink, Image, Layer

CMDLINE = "wyrcan.tiny=yes panic=10"
"""The image's own words for its kernel, in /boot/wyrcan.cmdline."""

MARKER = re.compile(
    r"WYRCAN-TINY (?P<name>\S+) cmdline=\[(?P<cmdline>.*?)\] uname=\[(?P<release>\S+)\] "
    r"root=\[(?P<root>.*?)\] names=\[(?P<names>\d+)\] boot=\[(?P<boot>\d+)\]"
)

COMMANDS = ["awk", "cat", "echo", "grep", "ls", "mkdir", "mount", "poweroff", "reboot", "sh", "sleep", "stat", "stty"]
COMMANDS += ["uname"]
"""Further names of the busybox: hard links that come long after it."""

BOOT_TIME = 1_234_567_890
"""When /boot was changed, which the kernel must not forget where the layer above has something in it."""

UNPACKED = {"root": "bin boot dev init proc root sys", "names": str(len(COMMANDS) + 1), "boot": str(BOOT_TIME)}
"""What the marker says of a root that was unpacked right; the kernel itself makes /root."""

INIT = """\
#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
line="WYRCAN-TINY {name} cmdline=[$(cat /proc/cmdline)] uname=[$(uname -r)]"
line="$line root=[$(echo $(ls -A /))] names=[$(stat -c %h /bin/busybox)] boot=[$(stat -c %Y /boot)]"
for console in /dev/tty1 /dev/ttyS0; do
  # Opening a serial port that is not there fails, as it should.
  (echo; echo "$line") > $console
done 2> /dev/null
stty -F /dev/ttyS0 sane 2> /dev/null && exec sh -i < /dev/ttyS0 > /dev/ttyS0 2>&1
while sleep 3600; do :; done
"""


def kernel_release(kernel: bytes) -> str:
    """What ``uname -r`` says when this bzImage runs (Linux, Documentation/arch/x86/boot.rst, kernel_version)."""
    (pointer,) = struct.unpack_from("<H", kernel, 0x20E)
    return kernel[pointer + 0x200 :].split(b"\0", 1)[0].split()[0].decode()


def static_busybox(cache: Path) -> Path:
    """The busybox of the suite that all that boots is made of; fetched once, and kept in the folder `cache`."""
    busybox = cache / "busybox"
    if not busybox.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as root:
            subprocess.run(
                ["mmdebstrap", "--quiet", "--variant=extract", "--include=busybox-static", "trixie", root], check=True
            )
            shutil.move(Path(root, "usr/bin/busybox"), busybox)
    return busybox


def tiny_image(
    kernel: Path, busybox: Path, name: str = "one", unpacks: str = "ZSTD", *, capable: bool = False
) -> Image:
    """The image with the given `kernel` and static `busybox`; its marker line holds `name`, to tell two apart.

    Its kernel unpacks every kind of initrd, but its configuration only says so of gzip and of what `unpacks` names. A
    `capable` one has a program with capabilities.
    """
    image = kernel.read_bytes()
    system = Layer(
        [
            *map(Dir, ["bin", "dev", "proc", "sys"]),
            Dir("boot", mtime=BOOT_TIME),
            File("bin/busybox", busybox.read_bytes(), mode=0o755),
            File("boot/wyrcan.kernel", image),
            File(f"boot/config-{kernel_release(image)}", f"CONFIG_RD_GZIP=y\nCONFIG_RD_{unpacks}=y\n".encode()),
            File("boot/wyrcan.cmdline", CMDLINE.encode() + b"\n"),
            # Behind the kernel, which fills an archive of the initrd alone.
            *(Hardlink(f"bin/{command}", "bin/busybox") for command in COMMANDS),
            *([File("bin/capable", xattrs={"security.capability": "any"})] if capable else []),
        ]
    )
    own = Layer([File("init", INIT.format(name=name).encode(), mode=0o755), File("boot/name", name.encode())], "zstd")
    return Image([system, own], labels={"org.opencontainers.image.title": f"Tiny {name}"})
