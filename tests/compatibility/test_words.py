"""The words of the kernel command line, as the help of Wyrcan 2.1.2 explains them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bootable import WORDS, bootable_image
from tests.support.rig import Rig
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.kernel.request import NetworkSetting, parse_request

PREFIXES = st.sampled_from(["wyr", "wyrcan"])
KINDS = st.sampled_from(["", "network.", "netdev.", "link."])
FILES = st.from_regex(r"[a-zA-Z0-9_-]{1,8}", fullmatch=True) | st.sampled_from(["link", "netdev", "network"])
NAMES = st.from_regex(r"[a-zA-Z0-9]{1,12}", fullmatch=True)
VALUES = st.text(alphabet="ab/.:=* ", max_size=12)


@pytest.mark.parametrize("prefix", ["wyr", "wyrcan"])
def test_line_of_its_help_starts_the_kernel_with_the_words_that_it_says(tmp_path: Path, prefix: str) -> None:
    layout = bootable_image().write_layout(tmp_path / "layout")
    words = f'{prefix}.arg="quiet log-buf-len=1M" {prefix}.arg=print-fatal-signals=1'
    rig = Rig(tmp_path / "machine", cmdline=f"console=ttyS0 {words} {prefix}.img=oci:{layout}")
    assert run(parser().parse_args(["boot"]), rig.adapters) == 0
    assert rig.kexec.booted.cmdline == f"{WORDS} quiet log-buf-len=1M print-fatal-signals=1"


@given(PREFIXES, st.tuples(KINDS, FILES, NAMES, NAMES), VALUES, st.booleans())
def test_every_network_word_that_it_knew_means_the_same(
    prefix: str, parts: tuple[str, str, str, str], value: str, quoted_whole: bool
) -> None:
    kind, file, section, key = parts
    name = f"{prefix}.net.{kind}{file}.{section}.{key}"
    request = parse_request(f'"{name}={value}"' if quoted_whole else f'{name}="{value}"')
    suffix = kind.removesuffix(".") or "network"
    assert request.network == (NetworkSetting(f"{file}.{suffix}", section, key, value),)
    assert request.problems == ()
