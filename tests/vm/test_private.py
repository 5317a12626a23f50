"""A private registry with today's TLS: reached with what somebody put on the boot medium, and nobody there."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

from tests.support.front import Front
from tests.support.image import Image
from tests.support.machine import HOST, Machine, Usb
from tests.support.pki import Authority
from tests.support.registry import Registry
from tests.support.tiny import MARKER
from tests.vm.conftest import medium_with

USER, PASSWORD = "fleet", "known to few"
GCM_ONLY = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"


def test_machine_boots_from_a_private_registry_with_authorities_and_logins_from_the_medium(
    iso: Path, tiny: Callable[..., Image], computer: Callable[..., Machine], tmp_path: Path
) -> None:
    users = {USER: PASSWORD}
    older, newer = Authority(tmp_path / "older"), Authority(tmp_path / "newer")
    with (
        Registry(tmp_path / "empty", users=users) as empty,
        Registry(tmp_path / "registry", users=users) as registry,
        Front(tmp_path / "mirror", empty.url, tls=older.issue(HOST), versions=["TLSv1.2"], ciphers=GCM_ONLY) as mirror,
        Front(tmp_path / "front", registry.url, tls=newer.issue(HOST), versions=["TLSv1.3"]) as front,
    ):
        registry.push_image("demo/tiny", "stable", tiny("private"))
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        asked, home = (f"{HOST}:{server.port}" for server in (mirror, front))
        rules = f'[[registry]]\nlocation = "{home}"\n[[registry.mirror]]\nlocation = "{asked}"\n'
        settings = {
            "auth.json": json.dumps({"auths": {host: {"auth": login} for host in (asked, home)}}).encode(),
            f"certs.d/{asked.replace(':', '_')}/ca.crt": older.certificate,
            f"certs.d/{home.replace(':', '_')}/ca.crt": newer.certificate,
            "registries.conf": rules.encode(),
        }
        medium = medium_with(iso, tmp_path, {"image": f"{home}/demo/tiny:stable"}, settings)
        with computer(firmware="bios", medium=Usb(medium)) as machine:
            assert machine.terminal.wait_to_read(MARKER.pattern, seconds=90)["name"] == "private"
            assert PASSWORD not in machine.terminal.text
            assert login not in machine.terminal.text
        answers = {(request.status, request.authorized) for request in mirror.requests}
        assert (404, True) in answers, "the mirror was not asked, or not logged in to"
