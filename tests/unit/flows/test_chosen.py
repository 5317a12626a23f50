"""What was chosen for a machine, in full."""

import json
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.flows.chosen import chosen_details
from wyrcan_tui.flows.instructions import Instructions

IMAGE = "quay.io/demo/os:1"


def chosen(rig: Rig) -> dict[str, str]:
    """What is told of it."""
    return chosen_details(Instructions(rig.adapters).read())


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


def test_nothing_is_told_where_nothing_was_chosen(rig: Rig) -> None:
    assert chosen(rig) == {}


def test_all_of_a_saved_choice_is_told_but_its_secrets(rig: Rig) -> None:
    choice = {
        "image": IMAGE,
        "cmdline": ["quiet", "token=sesame"],
        "network": {"a.network": {"Match": {"Name": "a"}}, "b.netdev": {}},
        "registries": ["http://registry.example:5000"],
        "favourites": ["quay.io/mine/os:1", "quay.io/mine/os:2"],
        "auths": {"registry.example": {"auth": "bWU6c2VzYW1l"}},
        "proxy": "http://me:sesame@proxy.example:3128",
        "no_proxy": "10.0.0.0/8,example.com",
        "handover": False,
        "tomorrow": 1,
    }
    rig.save(json.dumps(choice).encode())
    assert chosen(rig) == {
        "Image": IMAGE,
        "Words": "quiet token=...",
        "Network": "a.network, b.netdev",
        "Registries": "http://registry.example:5000",
        "Favourites": "quay.io/mine/os:1, quay.io/mine/os:2",
        "Logins": "registry.example",
        "Proxy": "http://proxy.example:3128",
        "No proxy": "example.com,10.0.0.0/8",
        "Handover": "no",
        "Other keys": "tomorrow",
        "From": "the EFI variable",
    }


def test_what_is_saved_is_told_also_where_something_else_is_booted(rig: Rig) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())
    (rig.root / "proc/cmdline").write_text("wyr.img=quay.io/other/os:2\n")
    assert chosen(rig) == {"Image": IMAGE, "From": "the EFI variable"}


def test_what_the_kernel_command_line_says_is_told_where_nothing_is_saved(rig: Rig) -> None:
    (rig.root / "proc/cmdline").write_text(f"wyr.img={IMAGE} wyr.arg=quiet wyr.handover=yes\n")
    assert chosen(rig) == {
        "Image": IMAGE,
        "Words": "quiet",
        "Handover": "yes",
        "From": "the kernel command line",
    }
