"""Wyrcan boots Wyrcan: the loader that a machine is started with is not the one that boots its image."""

import json
import subprocess
from collections.abc import Callable

import pytest
import requests

from tests.support.image import digest
from tests.support.machine import Kernel, Machine
from tests.support.registry import Registry
from tests.support.tiny import CMDLINE, MARKER
from tests.support.variables import Variable
from tests.vm.conftest import BUILD, plain, seen
from tests.vm.test_choice import VENDOR, saved

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LABELS = {"title", "description", "version", "licenses", "created", "revision"}


@pytest.fixture
def loader(registry: Registry) -> str:
    """Our own image, pushed as its instructions say; returns the repository as the machine sees it."""
    destination = f"docker://127.0.0.1:{registry.port}/wyrcan:stable"
    archive = f"oci-archive:{BUILD / 'wyrcan.oci'}"
    subprocess.run(["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", archive, destination], check=True)
    return f"{seen(registry)}/wyrcan"


def push_another(registry: Registry) -> None:
    """Push the image once more, as ``wyrcan:next``, with one label more: so it has another digest."""
    url = f"{registry.url}/v2/wyrcan"
    manifest = requests.get(f"{url}/manifests/stable", headers={"Accept": MANIFEST}, timeout=60).json()
    config = requests.get(f"{url}/blobs/{manifest['config']['digest']}", timeout=60).json()
    config["config"]["Labels"]["another"] = "yes"
    data = json.dumps(config).encode()
    registry.push_blob("wyrcan", data)
    manifest["config"] |= {"digest": digest(data), "size": len(data)}
    headers = {"Content-Type": MANIFEST}
    requests.put(f"{url}/manifests/next", json.dumps(manifest), headers=headers, timeout=60).raise_for_status()


def choice(image: str, *words: str) -> Variable:
    """What is saved on a machine."""
    told = {"network": {}, "cmdline": words, "image": image, "registries": [plain(image)]}
    return Variable("Wyrcan", VENDOR, json.dumps(told, separators=(",", ":")).encode())


def test_saved_loader_boots_another_one_which_boots_the_image_and_the_choice_stays_as_it_is(
    registry: Registry, loader: str, pushed: str, start: Kernel, computer: Callable[..., Machine]
) -> None:
    push_another(registry)
    machine = computer(firmware="uefi", medium=start)
    last = f'wyr.arg="wyr.img={pushed}"', "wyr.arg=wyr.arg=tiny.extra"
    variable = choice(f"{loader}:stable", f"wyr.img={loader}:next", *last)
    machine.add_variable(variable)
    with machine:
        booted = machine.terminal.wait_to_read(MARKER.pattern, seconds=400)
    assert (booted["name"], booted["cmdline"]) == ("pushed", f"{CMDLINE} tiny.extra")
    assert saved(machine) == [variable]


@pytest.mark.long
def test_saved_loader_that_leads_to_itself_is_stopped_and_the_menu_is_there(
    loader: str, start: Kernel, computer: Callable[..., Machine]
) -> None:
    machine = computer(firmware="uefi", medium=start)
    variable = choice(f"{loader}:stable")
    machine.add_variable(variable)
    with machine:
        terminal = machine.terminal
        terminal.wait_for("is the Wyrcan that runs", "Press any key", seconds=300)
        terminal.press("escape")
        terminal.wait_for("Type a reference", f"{loader}:stable")
    assert saved(machine) == [variable]


def test_image_says_what_it_is() -> None:
    shown = subprocess.run(
        ["skopeo", "inspect", "--config", f"oci-archive:{BUILD / 'wyrcan.oci'}"], capture_output=True, check=True
    )
    labels = json.loads(shown.stdout)["config"]["Labels"]
    assert {f"org.opencontainers.image.{name}" for name in LABELS} <= labels.keys()
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
