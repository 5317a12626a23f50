"""The program as a person runs it: exit codes, one clear line for every failure, and never a traceback."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.bootable import RELEASE, WORDS, bootable_image, kernel_file
from tests.support.image import File, Image, Index, Layer
from tests.support.newc import read_initrd
from tests.support.registry import Registry
from wyrcan_tui import __version__

COMMANDS = ["menu", "boot", "morph", "unpack", "kexec", "efi", "net", "tags", "check", "doctor"]
PROGRAM = [sys.executable, "-m", "wyrcan_tui"]


def wyrcan(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the program with its standard streams in pipes."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )


def refused(*words: object) -> str:
    """Run what must fail, and return the one line that says why."""
    done = wyrcan(*words)
    assert done.returncode == 1, done.stderr
    lines = done.stderr.splitlines()
    # Progress comes before it, a line for each step.
    told = [line for line in lines if line.startswith("wyrcan: ")]
    assert told == lines[-1:], done.stderr
    assert "has a bug" not in told[0]
    assert done.stdout == ""
    return told[0]


@pytest.fixture
def image(tmp_path: Path) -> str:
    """A reference to an image that boots."""
    return f"oci:{bootable_image().write_layout(tmp_path / 'layout')}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with a repository of three tags."""
    with Registry(tmp_path_factory.mktemp("registry")) as registry:
        for tag in ("1", "2", "10"):
            registry.push_image("demo/os", tag, bootable_image())
        yield registry


def test_version_is_told() -> None:
    done = wyrcan("--version")
    assert (done.returncode, done.stdout) == (0, f"wyrcan {__version__}\n")


def test_help_names_every_command() -> None:
    done = wyrcan("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n    {command} " in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("no-such-command",),
        ("--no-such-option",),
        ("morph",),
        ("unpack", "oci:image"),
        ("efi",),
        ("efi", "write"),
        ("net", "no-such-action"),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    done = wyrcan(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: wyrcan")
    assert "Traceback" not in done.stderr


def test_morph_turns_an_image_into_three_files(image: str, tmp_path: Path) -> None:
    kernel, initrd, cmdline = (tmp_path / name for name in ("kernel", "initrd", "cmdline"))
    done = wyrcan("morph", image, "-k", kernel, "-i", initrd, "-c", cmdline)
    assert done.returncode == 0, done.stderr
    assert kernel.read_bytes() == kernel_file()
    assert "init" in read_initrd(initrd.read_bytes())
    assert cmdline.read_text() == WORDS + "\n"


def test_unpack_writes_the_root(image: str, tmp_path: Path) -> None:
    done = wyrcan("unpack", image, tmp_path / "root")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "root/boot/wyrcan.cmdline").read_text().split() == WORDS.split()


DOCS = Path(__file__).parents[3] / "docs/bootable-images.md"
DOCUMENTED = re.findall(r"^\| `([a-z]+)` \|", DOCS.read_text(), re.MULTILINE)
"""The keys of ``wyrcan check --json``, as its documentation lists them."""


def checked(exit_code: int, image: object) -> dict[str, Any]:
    """What ``wyrcan check --json`` tells about an image."""
    done = wyrcan("check", "--json", "-q", image)
    assert (done.returncode, done.stderr) == (exit_code, "")
    facts: dict[str, Any] = json.loads(done.stdout)
    assert list(facts) == DOCUMENTED
    return facts


def test_check_for_programs_is_one_json_object(image: str) -> None:
    facts = checked(0, image)
    assert facts.pop("initrd") > 0
    assert facts.pop("unpacked") > len(kernel_file())
    assert facts.pop("memory") > len(kernel_file())
    assert facts == {
        "reference": image,
        "bootable": True,
        "code": None,
        "reason": None,
        "digest": bootable_image().digest,
        "platform": "linux/amd64",
        "layers": 1,
        "size": len(bootable_image().layers[0].blob),
        "kernel": "/boot/wyrcan.kernel",
        "release": RELEASE,
        "architecture": "amd64",
        "init": "/init",
        "cmdline": WORDS,
        "compression": "zstd",
        "losses": [],
    }


def test_check_exits_with_3_and_the_reason_where_an_image_does_not_boot(tmp_path: Path) -> None:
    image = Image([Layer([File("init")])])
    layout = f"oci:{image.write_layout(tmp_path / 'layout')}"
    facts = checked(3, layout)
    assert (facts["bootable"], facts["code"]) == (False, "kernel-missing")
    assert "no kernel" in facts["reason"]
    assert facts["digest"] == image.digest
    assert facts["kernel"] is None
    plain = wyrcan("check", layout)
    assert plain.returncode == 3
    assert "no kernel" in plain.stdout


def test_check_exits_with_3_where_an_image_is_for_other_machines(tmp_path: Path) -> None:
    index = Index([replace(bootable_image(), architecture=architecture) for architecture in ("s390x", "riscv64")])
    facts = checked(3, f"oci:{index.write_layout(tmp_path / 'layout')}")
    assert (facts["bootable"], facts["code"], facts["digest"]) == (False, "platform-missing", None)
    assert "linux/riscv64, linux/s390x" in facts["reason"]


def test_tags_come_the_highest_first(server: Registry) -> None:
    done = wyrcan("tags", f"127.0.0.1:{server.port}/demo/os")
    assert (done.returncode, done.stdout) == (0, "10\n2\n1\n")


def test_plain_http_reaches_a_registry_without_tls(server: Registry) -> None:
    done = wyrcan("tags", "--plain-http", f"localhost:{server.port}/demo/os")
    assert done.stdout == "10\n2\n1\n"


def test_net_shows_what_this_machine_has() -> None:
    done = wyrcan("net")
    assert done.returncode == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    interfaces = {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()}
    assert set(names) == interfaces - {"lo"}


def test_menu_without_a_terminal_says_what_works_without_one() -> None:
    assert "needs a terminal" in refused("menu")


def test_tag_that_is_gone_names_the_tags_there_are(server: Registry) -> None:
    line = refused("check", f"127.0.0.1:{server.port}/demo/os:gone")
    assert "10, 2, 1" in line


def test_repository_that_is_not_there_is_told(server: Registry) -> None:
    assert "has no repository no/such" in refused("tags", f"127.0.0.1:{server.port}/no/such")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("check", "Not A Reference"), "is not a reference"),
        (("check", "oci:"), "the path is missing"),
        (("check", "oci:{folder}/nothing"), "is not an OCI layout"),
        (("check", "oci-archive:{folder}/nothing"), "is not an OCI layout"),
        (("check", "oci-archive:{folder}"), "is not an OCI layout"),
        (("check", "oci:{folder}/empty"), "is not an OCI layout"),
        (("boot", "oci:{folder}/nothing"), "is not an OCI layout"),
        (("tags", "oci:{folder}"), "is not a repository in a registry"),
        (("efi", "write", "Not A Reference"), "is not a reference"),
        (("kexec", "-k", "{folder}/nothing", "-i", "{folder}/nothing"), "cannot be read: No such file"),
        (("kexec", "-k", "{folder}", "-i", "{folder}"), "cannot be read: Is a directory"),
        (("unpack", "{image}", "{folder}"), "File exists"),
        (("unpack", "{image}", "{folder}/no/such"), "No such file"),
        (("morph", "{image}", "-k", "{folder}", "-i", "i", "-c", "c"), "Is a directory"),
        (("morph", "{image}", "-k", "{folder}/no/such", "-i", "i", "-c", "c"), "No such file"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path: Path, image: str, words: tuple[str, ...], why: str) -> None:
    (tmp_path / "empty").mkdir()
    line = refused(*(word.format(folder=tmp_path, image=image) for word in words))
    assert why in line


def test_path_that_is_no_text_is_one_clear_line(tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    assert "is not an OCI layout" in refused("check", f"oci:{odd}")


def test_reader_that_goes_away_is_no_news(image: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, "check", "-q", image],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
        # As it usually is: what is printed goes out at the end.
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
