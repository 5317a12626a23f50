"""``wyrcan doctor``: a line for each step, and an exit code."""

import base64
import json
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.server import free_port
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser

PASSWORD = "s3cret"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with a network interface that is connected and has the address fd00::7."""
    rig = Rig(tmp_path / "machine")
    rig.plug("wired0")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text(f"fd{7:030x} 02 40 00 80 wired0\n")
    return rig


def doctor(rig: Rig, *words: str) -> int:
    """Run the command on the machine, and return its exit code."""
    return run(parser().parse_args(["doctor", *words]), rig.adapters)


def test_way_that_leads_to_the_image_is_ok_at_every_step(
    rig: Rig, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.push_image("demo", "1", bootable_image())
    assert doctor(rig, "--plain-http", f"{registry.host}/demo:1") == 0
    shown = capsys.readouterr()
    assert {line.split()[0] for line in shown.out.splitlines()} == {"ok"}
    assert [line.split()[1] for line in shown.out.splitlines()] == [
        *("link", "address", "registry", "DNS", "route", "TCP", "clock", "TLS", "login", "manifest", "space")
    ]
    assert shown.err == ""


def test_step_that_fails_is_the_last_with_what_to_do_below_it(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    assert doctor(rig, f"127.0.0.1:{port}/demo:1") == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"FAILED  TCP       No connection to the registry 127.0.0.1, port {port}: connection refused.",
        "                  Check that it runs, its port, and the firewalls on the way.",
    ]


def test_mirror_that_fails_is_told_and_no_failure(
    rig: Rig, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.push_image("demo", "1", bootable_image())
    (rig.root / "etc/containers").mkdir(parents=True)
    (rig.root / "etc/containers/registries.conf").write_text(
        f'[[registry]]\nlocation = "{registry.host}"\n[[registry.mirror]]\nlocation = "127.0.0.1:{free_port()}"\n'
    )
    assert doctor(rig, f"{registry.host}/demo:1") == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("FAILED") for line in lines) == 1
    assert lines[-1].startswith("ok      space")


def test_login_is_told_by_its_name_alone(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://anna:{PASSWORD}@127.0.0.1:{free_port()}")
    login = base64.b64encode(f"anna:{PASSWORD}".encode()).decode()
    (rig.root / "etc/containers").mkdir(parents=True)
    told = ""
    with Registry(tmp_path / "registry", users={"anna": "another"}) as registry:
        document = {"auths": {registry.host: {"auth": login}}}
        (rig.root / "etc/containers/auth.json").write_text(json.dumps(document))
        assert doctor(rig, f"{registry.host}/demo:1") == 1
        told += "".join(capsys.readouterr())
        assert "The login as anna opens nothing" in told
    assert doctor(rig, "registry.invalid/demo:1") == 1
    told += "".join(capsys.readouterr())
    assert "by the proxy 127.0.0.1" in told
    assert PASSWORD not in told
    assert login not in told


def test_without_an_image_the_saved_one_is_looked_for(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = bootable_image().write_layout(tmp_path / "layout")
    rig.save(json.dumps({"image": f"oci:{layout}"}).encode())
    assert doctor(rig) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["manifest", "space"]


def test_without_any_image_the_network_is_looked_at(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(rig) == 0
    shown = capsys.readouterr()
    assert shown.out == "ok      link      wired0 connected\nok      address   wired0 fd00::7\n"
    assert "only the network is looked at" in shown.err
    (rig.root / "sys/class/net/wired0/carrier").write_text("0\n")
    assert doctor(rig) == 1


def test_reference_that_is_none_is_one_clear_line(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor(rig, "Not A Reference") == 1
    assert "is not a reference" in capsys.readouterr().err
