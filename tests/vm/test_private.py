"""A private registry with today's TLS: reached with what somebody put on the boot medium, and nobody there."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.front import Front
from tests.support.image import Image
from tests.support.machine import HOST, Machine, Usb
from tests.support.pki import Authority
from tests.support.registry import Registry
from tests.support.tiny import MARKER
from tests.vm.conftest import medium_with

USER, PASSWORD = "fleet", "known to few"
GCM_ONLY = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"


@pytest.mark.parametrize(
    "offer",
    [{"versions": ["TLSv1.3"]}, {"versions": ["TLSv1.2"], "ciphers": GCM_ONLY}],
    ids=["TLS 1.3 only", "ECDHE-GCM suites of TLS 1.2 only"],
)
def test_machine_boots_from_a_private_registry_with_an_authority_and_a_login_from_the_medium(
    iso: Path, tiny: Callable[..., Image], computer: Callable[..., Machine], tmp_path: Path, offer: Mapping[str, Any]
) -> None:
    authority = Authority(tmp_path / "authority")
    with (
        Registry(tmp_path / "registry", users={USER: PASSWORD}) as registry,
        Front(tmp_path / "front", registry.url, tls=authority.issue(HOST), **offer) as front,
    ):
        registry.push_image("demo/tiny", "stable", tiny("private"))
        host = f"{HOST}:{front.port}"
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        settings = {
            "auth.json": json.dumps({"auths": {host: {"auth": login}}}).encode(),
            f"certs.d/{host.replace(':', '_')}/ca.crt": authority.certificate,
        }
        medium = medium_with(iso, tmp_path, {"image": f"{host}/demo/tiny:stable"}, settings)
        with computer(firmware="bios", medium=Usb(medium)) as machine:
            assert machine.terminal.wait_to_read(MARKER.pattern, seconds=90)["name"] == "private"
            assert PASSWORD not in machine.terminal.text
            assert login not in machine.terminal.text
