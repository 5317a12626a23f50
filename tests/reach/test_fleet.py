"""A machine of a fleet, from the folder on its boot medium to the kernel that is started."""

import base64
import json
import ssl
from pathlib import Path

import pytest

from tests.support.bootable import WORDS, kernel_file
from tests.support.forward import ForwardProxy
from tests.support.front import Front
from tests.support.image import Image
from tests.support.pki import Authority
from tests.support.puller import login, strict
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.sources import AMD64
from tests.support.tokens import TokenServer
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.progress import Meter

pytestmark = pytest.mark.usefixtures("impatient")


def start(rig: Rig) -> None:
    """Boot what the machine has been told to boot; it must have understood everything."""
    instructions = Instructions(rig.adapters)
    instructions.ask_medium()
    decision = instructions.follow()
    assert decision.problems == ()
    assert decision.choice.image
    order = Order(decision.choice.image, decision.choice.cmdline, decision.site)
    boot(order, AMD64, rig.kexec, rig.adapters.networkd, Meter(), memory=rig.adapters.machine.memory)


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into a folder, below folders of their own."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def test_machine_boots_by_what_its_medium_knows_of_the_site(tmp_path: Path, authority: Authority, image: Image) -> None:
    rig = Rig(tmp_path / "machine")
    pair = authority.issue("127.1", "127.0.0.1")
    with (
        TokenServer(tmp_path / "tokens", users={"anna": "sesame"}, tls=pair) as tokens,
        Registry(tmp_path / "cache", tls=pair, tokens=tokens) as cache,
        Registry(tmp_path / "registry") as registry,
        Front(tmp_path / "front", registry.url) as front,
    ):
        cache.push_image("site/demo/os", "1", image)
        name = strict(cache)
        rules = f'[[registry]]\nlocation = "{front.host}"\n[[registry.mirror]]\nlocation = "{name}/site"\n'
        write(
            rig.medium.parent,
            {
                "wyrcan.json": json.dumps({"image": f"{front.host}/demo/os:1"}).encode(),
                "containers/auth.json": login(name, "anna", "sesame")["auth.json"],
                "containers/registries.conf": rules.encode(),
                f"containers/certs.d/{name.replace(':', '_')}/site.crt": authority.certificate,
                f"containers/certs.d/{tokens.realm.split('/')[2].replace(':', '_')}/site.crt": authority.certificate,
            },
        )
        start(rig)
        assert (front.requests, len(tokens.requests)) == ([], 1)
    assert (rig.kexec.booted.kernel, rig.kexec.booted.cmdline) == (kernel_file(), WORDS)


def test_machine_boots_by_the_words_of_its_kernel_and_does_not_pass_them_on(
    tmp_path: Path, authority: Authority, image: Image
) -> None:
    with (
        Registry(tmp_path / "plain") as plain,
        ForwardProxy(tmp_path / "proxy", users={"anna": "sesame"}) as proxy,
    ):
        plain.push_image("demo/os", "1", image)
        with Front(tmp_path / "front", plain.url, tls=authority.issue("127.1")) as front:
            known = base64.b64encode(ssl.PEM_cert_to_DER_cert(authority.certificate.decode())).decode()
            words = f"wyr.img={strict(front)}/demo/os:1 wyr.ca={known} wyr.proxy=anna:sesame@{proxy.host}"
            rig = Rig(tmp_path / "machine", cmdline=f"{words} wyr.no_proxy=registry.test")
            start(rig)
        assert set(proxy.requests) == {f"CONNECT {strict(front)}"}
    assert rig.kexec.booted.cmdline == WORDS


def test_machine_boots_by_what_its_own_initrd_has(tmp_path: Path, authority: Authority, image: Image) -> None:
    with Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1"), users={"anna": "sesame"}) as registry:
        registry.push_image("demo/os", "1", image)
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.img={registry.host}/demo/os:1")
        files = login(registry.host, "anna", "sesame")
        files[f"certs.d/{registry.host}/site.crt"] = authority.certificate
        write(rig.root / "etc/containers", files)
        start(rig)
    assert rig.kexec.booted.kernel == kernel_file()
