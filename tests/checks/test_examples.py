"""The examples that cannot be built here keep the rules that can be checked without their packages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.recipe import recipe

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTAINERFILES = sorted(EXAMPLES.glob("*/Containerfile"))
DISTRIBUTIONS = [path.parent for path in CONTAINERFILES]
UNITS = [path for path in sorted(EXAMPLES.glob("*/overlay/etc/systemd/system/*.*")) if path.is_file()]

REFERENCE = re.compile(r"(?P<host>[a-z0-9-]+(\.[a-z0-9-]+)+)(/[a-z0-9-]+)+:(?P<tag>[\w.-]+)")
SECRET = re.compile(r"PRIVATE KEY|ssh-(rsa|ed25519) AAAA|passwd|(password|token|secret)\s*[=:]", re.IGNORECASE)
INSTALLING = {
    "apt-get install": ("--yes", "--no-install-recommends", "rm -rf", "/var/lib/apt/lists/*", "apt-get update"),
    "dnf install": ("--assumeyes", "install_weak_deps=False", "tsflags=nodocs", "dnf clean all"),
    "pacman --sync": ("--noconfirm", "--refresh --sysupgrade", "/var/cache/pacman/pkg/*"),
    "apk add": ("--no-cache",),
}
"""What belongs to each way to install packages: ask nothing, bring nothing unasked, leave nothing behind."""

HADOLINT = shutil.which("hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
UNHEEDED = ("DL3008", "DL3018", "DL3041")
"""Hadolint's rules that want every package pinned to a version. An image that is built anew has the newest ones."""


def instructions(containerfile: Path) -> list[tuple[str, str]]:
    """The instructions of a Containerfile, each with its words in one line."""
    lines = [line for line in containerfile.read_text().splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, words) for name, _, words in (line.partition(" ") for line in joined.splitlines())]


def words_of(containerfile: Path, name: str) -> list[str]:
    """What stands behind each instruction of this name."""
    return [words for found, words in instructions(containerfile) if found == name]


def test_all_distributions_are_there() -> None:
    assert [folder.name for folder in DISTRIBUTIONS] == ["alpine", "archlinux", "centos", "debian", "fedora", "ubuntu"]


@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_base_has_its_full_name_and_a_tag_that_is_not_latest(containerfile: Path) -> None:
    (base,) = words_of(containerfile, "FROM")
    match = REFERENCE.fullmatch(base)
    assert match, base
    # Arch has no versions.
    assert match["tag"] != "latest"
    assert containerfile.parent.name == "archlinux" or re.match(r"\d|trixie|stream\d", match["tag"])


@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_containerfile_uses_known_instructions_and_copies_what_is_there(containerfile: Path) -> None:
    assert {name for name, _ in instructions(containerfile)} <= {"FROM", "ARG", "COPY", "RUN"}
    copied = words_of(containerfile, "COPY")
    assert "overlay /" in copied
    for words in copied:
        source, target = words.split()
        assert (containerfile.parent / source).exists()
        assert target.startswith("/")


@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_packages_are_installed_in_one_layer_that_leaves_nothing_behind(containerfile: Path) -> None:
    (run,) = words_of(containerfile, "RUN")
    found = [needed for command, needed in INSTALLING.items() if command in run]
    assert len(found) == 1
    assert [word for word in found[0] if word not in run] == []
    # Every command must stop the build where it fails, and no image brings a host key that all machines would share.
    assert ";" not in run
    assert "||" not in run
    assert "/etc/ssh/ssh_host_*" in run


@pytest.mark.skipif(HADOLINT is None, reason="the Python tools are older than requirements-dev.lock")
@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_containerfile_is_clean_to_hadolint(containerfile: Path) -> None:
    command = [str(HADOLINT), "--no-color", *(f"--ignore={rule}" for rule in UNHEEDED), str(containerfile)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_image_has_the_tag_of_its_base_wherever_it_is_named(containerfile: Path) -> None:
    folder = containerfile.parent
    (base,) = words_of(containerfile, "FROM")
    tag = base.rpartition(":")[2].removesuffix("-slim")
    for path in (containerfile, folder / "README.md"):
        named = re.findall(rf"\bdemo/{folder.name}:([\w.-]+)", path.read_text())
        assert set(named) == {tag}, path


@pytest.mark.parametrize("name", ["centos", "fedora"])
def test_people_can_log_in_where_the_base_is_made_for_containers_alone(name: str) -> None:
    # Both distributions mask these units when they make their base ("so that we don't get login prompt", in its
    # kickstart file), and have login(1) in a package that it lacks.
    (run,) = words_of(EXAMPLES / name / "Containerfile", "RUN")
    assert " util-linux " in run
    assert "systemctl unmask getty.target systemd-logind.service" in run


@pytest.mark.parametrize("containerfile", CONTAINERFILES, ids=lambda path: path.parent.name)
def test_commands_are_clean_to_shellcheck(containerfile: Path) -> None:
    for run in words_of(containerfile, "RUN"):
        # SC2086: the names of several packages, in a word of their own each.
        command = ["shellcheck", "--shell=sh", "--exclude=SC2086", "-"]
        done = subprocess.run(command, input=run, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_example_has_no_secrets_and_says_what_was_run(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "README.md":
            found = [line for line in path.read_text().splitlines() if SECRET.search(line) and not line.startswith("#")]
            assert found == [], path
    assert re.search(r"## What was (tried|run and what was not)", (folder / "README.md").read_text())


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_files_that_several_examples_have_are_the_same_in_all(folder: Path) -> None:
    ours = EXAMPLES / "debian/overlay"
    names = ["usr/local/bin/ssh-keys", "etc/udev/rules.d/70-serial-login.rules"]
    names += ["etc/systemd/network/80-dhcp.network", "etc/systemd/system/ssh-keys.service"]
    names += [f"etc/systemd/system/weekly-reboot.{kind}" for kind in ("service", "timer")]
    there = [name for name in names if (folder / "overlay" / name).exists()]
    assert names[0] in there
    assert folder.name == "alpine" or "etc/systemd/system/weekly-reboot.timer" in there
    for name in there:
        assert (folder / "overlay" / name).read_bytes() == (ours / name).read_bytes(), name


def test_timer_on_the_page_about_fleets_is_the_one_in_the_examples() -> None:
    timer = EXAMPLES / "debian/overlay/etc/systemd/system/weekly-reboot.timer"
    assert recipe("ini", "Updates") == timer.read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here to judge its units")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: f"{path.relative_to(EXAMPLES).parts[0]}-{path.name}")
def test_units_are_clean_to_systemd(unit: Path, tmp_path: Path) -> None:
    # A program that exists in the image only is all that it may miss.
    for path in unit.parent.glob(f"{unit.stem}.*"):
        (tmp_path / path.name).write_text(path.read_text().replace("/usr/local/bin/ssh-keys", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("quiet ro\n", []),
        ('ssh.key="ssh-ed25519 AAAA me@here" quiet', ["ssh-ed25519 AAAA me@here"]),
        ('"ssh.key=ssh-ed25519 AAAA"', ["ssh-ed25519 AAAA"]),
        ("ssh.key=ssh-ed25519,AA+/== ssh.key=ssh-rsa,BBBB,you", ["ssh-ed25519 AA+/==", "ssh-rsa BBBB you"]),
        ('x="ssh.key=no a" ssh.key="sk-ssh-ed25519@openssh.com CC" my.ssh.key=no', ["sk-ssh-ed25519@openssh.com CC"]),
        ('ssh.key="ssh-ed25519 AAAA" \tssh.key="ssh-rsa BB"\tquiet', ["ssh-ed25519 AAAA", "ssh-rsa BB"]),
    ],
)
def test_keys_on_the_kernel_command_line_may_log_in(tmp_path: Path, line: str, keys: list[str]) -> None:
    (tmp_path / "cmdline").write_text(line)
    script = EXAMPLES / "debian/overlay/usr/local/bin/ssh-keys"
    subprocess.run([script, tmp_path / "cmdline", tmp_path / "root"], check=True)
    file = tmp_path / "root/.ssh/authorized_keys"
    assert file.read_text().splitlines() == keys
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
