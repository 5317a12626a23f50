"""The whole of it on a machine that starts nothing but what Microsoft signed, with a whole Debian to boot."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.machine import Machine, Usb
from tests.support.registry import Registry
from tests.support.tiny import kernel_release
from tests.vm.conftest import BUILD, seen
from tests.vm.menu import add_words, choose, pick
from tests.vm.test_choice import saved

PROJECT = Path(__file__).parents[2]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDm6Jd0wKkBnNUcrXHBBrXNpTXl2HA1HK1ieCMM9x4p2 me@here"
WORDS = [f'ssh.key="{KEY}"', "update.weekly", "demo.extra=yes"]


@pytest.fixture
def demo(registry: Registry) -> str:
    """The demo image in the registry, built and pushed as its own instructions say; returns its tag."""
    layout = BUILD / "tests/demo image"  # with a space, as a path to a checkout may have
    subprocess.run([PROJECT / "examples/debian/build.sh", "--output", layout], check=True)
    destination = f"docker://127.0.0.1:{registry.port}/demo/debian:trixie"
    subprocess.run(
        ["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", f"oci:{layout}:trixie", destination],
        check=True,
    )
    return "trixie"


def test_debian_is_picked_saved_and_booted_under_secure_boot(
    registry: Registry, medium: Path, demo: str, kernel: Path, computer: Callable[..., Machine]
) -> None:
    machine = computer(firmware="secureboot", medium=Usb(medium), memory_mib=3072)
    with machine:
        terminal = machine.terminal
        pick(terminal, seen(registry), "demo/debian", demo)
        add_words(terminal, " ".join(WORDS))
        choose(terminal, "Boot always")
        choose(terminal, "Yes, save it and boot")
        booted = terminal.wait_to_read(r"Debian demo is up: (\S+) cmdline: (.*)\n", seconds=240)
        assert booted[1] == kernel_release(kernel.read_bytes())
        assert booted[2].endswith(" ".join(WORDS))
        terminal.wait_for(":~#")
        terminal.type("head -c 5 /sys/firmware/efi/efivars/SecureBoot-* | od -An -tu1\r")
        terminal.wait_to_read(r"\n +6 +0 +0 +0 +1\n")
        terminal.type("cat .ssh/authorized_keys\r")
        terminal.wait_to_read(rf"\n{re.escape(KEY)}\n")
        terminal.type("systemctl start ssh && ssh-keyscan -q 127.0.0.1 | cut -c -60\r")
        terminal.wait_to_read(r"\n127\.0\.0\.1 ssh-ed25519 AAAA")
        terminal.type("systemctl list-timers weekly-reboot.timer | cat\r")
        terminal.wait_to_read(r"Sun \d{4}-\d\d-\d\d 0[3-6]:.* weekly-reboot\.timer +weekly-reboot\.service")

    (variable,) = saved(machine)
    assert json.loads(variable.data) == {
        "network": {},
        "cmdline": WORDS,
        "image": f"{seen(registry)}/demo/debian:{demo}",
        "registries": [f"http://{seen(registry)}"],
    }
