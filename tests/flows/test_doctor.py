"""Finding out why an image cannot be had: every step, failing as it does in the world, and the whole way."""

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.forward import ForwardProxy
from tests.support.image import File
from tests.support.pki import Authority
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.doctor import Doctor, Step
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.registry import way
from wyrcan_tui.registry.certificates import Certificates, Identity
from wyrcan_tui.registry.credentials import Credential, Credentials
from wyrcan_tui.registry.mirrors import parse_rules
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.registry.site import Site

NETWORK = ["link", "address"]
WAY = ["registry", "DNS", "route", "TCP", "clock", "TLS", "login", "manifest"]
AHEAD = "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with a network interface that is connected and has an address."""
    rig = Rig(tmp_path / "machine")
    rig.plug("wired0")
    give_address(rig, "wired0")
    return rig


@pytest.fixture
def faulty() -> Iterator[FaultyRegistry]:
    """A registry that answers as it is told to."""
    with FaultyRegistry() as registry:
        yield registry


def give_address(rig: Rig, interface: str) -> None:
    """Give an interface the address fd00::7 (proc_net(5), ``if_inet6``)."""
    (rig.root / "proc/net").mkdir(parents=True, exist_ok=True)
    (rig.root / "proc/net/if_inet6").write_text(f"fd{7:030x} 02 40 00 80 {interface}\n")


def look(rig: Rig, image: str = "", site: Site | None = None) -> list[Step]:
    """All steps on the way to an image."""
    return list(Doctor(parse_reference(image) if image else None, site or Site(), rig.adapters, Meter()).steps())


def names(steps: list[Step]) -> list[str]:
    """What was looked at."""
    return [step.name for step in steps]


def found(steps: list[Step]) -> dict[str, str]:
    """What was found by the names of the steps; nothing failed."""
    assert [step.error for step in steps] == [None] * len(steps)
    return {step.name: step.found for step in steps}


def failure(steps: list[Step]) -> tuple[str, WyrcanError]:
    """At which step it ends and why: the last one, and nothing before it failed."""
    *before, last = steps
    found(before)
    assert last.error is not None, last
    assert last.error.hint, "nothing is said about what to do"
    return last.name, last.error


def plain(*registries: Registry | FaultyRegistry) -> Site:
    """A site whose registries speak no TLS."""
    return Site(tuple(RegistryAddress.parse(registry.url) for registry in registries))


# The network of this machine


def test_machine_without_an_interface_is_told_so(tmp_path: Path) -> None:
    step, error = failure(look(Rig(tmp_path / "machine")))
    assert (step, error.code) == ("link", "link-missing")


def test_interface_without_a_signal_is_told_by_its_name(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    rig.plug("wired0", carrier=False)
    step, error = failure(look(rig, "quay.io/demo:1"))
    assert (step, error.code) == ("link", "link-down")
    assert "wired0" in error.message


def test_address_counts_only_where_there_is_a_signal(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    rig.plug("wired0")
    rig.plug("wired1", carrier=False)
    give_address(rig, "wired1")
    step, error = failure(look(rig, "quay.io/demo:1"))
    assert (step, error.code) == ("address", "address-missing")
    give_address(rig, "wired0")
    assert found(look(rig)) == {"link": "wired0 connected", "address": "wired0 fd00::7"}


# The way to a registry


@pytest.mark.parametrize("host", ["registry.invalid", f"{'x' * 63}.{'y' * 63}.{'z' * 63}.{'w' * 61}"])
def test_name_that_does_not_resolve_is_told(rig: Rig, host: str) -> None:
    step, error = failure(look(rig, f"{host}/demo:1"))
    # Where this host has no name server at all, none answers.
    assert (step, error.code) in {("DNS", "name-unknown"), ("DNS", "name-unanswered")}
    assert host in error.message


def test_proxy_whose_name_can_be_none_is_told(rig: Rig) -> None:
    step, error = failure(look(rig, "registry.invalid/demo:1", Site(proxy=Proxy.parse("http://me:secret@a..b:3128"))))
    assert (step, error.code) == ("DNS", "name-unknown")
    assert "the proxy a..b" in error.message
    assert "secret" not in str(error)


def test_name_server_that_says_nothing_is_another_trouble_than_an_unknown_name(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **keywords: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    step, error = failure(look(rig, "registry.invalid/demo:1"))
    assert (step, error.code) == ("DNS", "name-unanswered")
    assert "DNS=" in error.hint


def test_address_that_no_route_leads_to_is_told(rig: Rig) -> None:
    # Of this kind every interface has its own, so that without one named the kernel knows no way (RFC 4007, 6).
    step, error = failure(look(rig, "[fe80::1]:5000/demo:1"))
    assert (step, error.code) == ("route", "route-missing")
    assert "Gateway=" in error.hint


def test_port_that_is_closed_is_told_with_the_system_s_words(rig: Rig) -> None:
    port = free_port()
    step, error = failure(look(rig, f"127.0.0.1:{port}/demo:1"))
    assert (step, error.code) == ("TCP", "registry-unreachable")
    assert error.message == f"No connection to the registry 127.0.0.1, port {port}: connection refused."


def test_registry_that_may_be_plain_is_tried_at_both_ports(
    rig: Rig, faulty: FaultyRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Those that it has are not the tests'.
    monkeypatch.setattr(way, "PORTS", {"https": free_port(), "http": faulty.port})
    tcp = next(step for step in look(rig, "localhost/demo:1") if step.name == "TCP")
    assert tcp.found.startswith(f"127.0.0.1 port {faulty.port} answers in ")


@pytest.mark.parametrize("date", [AHEAD, "Thu, 01 Jan 2015 00:00:00 GMT"])
def test_clock_that_is_wrong_is_told_with_both_times(rig: Rig, faulty: FaultyRegistry, date: str) -> None:
    faulty.answer("/v2/", Answer(headers={"Date": date}))
    step, error = failure(look(rig, f"{faulty.host}/demo:1", plain(faulty)))
    assert (step, error.code) == ("clock", "clock-wrong")
    assert datetime.now(UTC).strftime("%Y-") in error.message
    assert date.split()[3] in error.message


@pytest.mark.parametrize("date", ["soon", "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_clock_is_let_be_where_nobody_tells_a_time(rig: Rig, faulty: FaultyRegistry, date: str) -> None:
    faulty.answer("/v2/", Answer(headers={"Date": date}))
    clock = next(step for step in look(rig, f"{faulty.host}/demo:1", plain(faulty)) if step.name == "clock")
    assert clock.found.endswith("which nobody confirms")


def test_clock_that_ntp_has_set_is_not_compared(rig: Rig, faulty: FaultyRegistry) -> None:
    faulty.answer("/v2/", Answer(headers={"Date": AHEAD}))
    (rig.root / "run/systemd/timesync").mkdir(parents=True)
    (rig.root / "run/systemd/timesync/synchronized").touch()
    clock = next(step for step in look(rig, f"{faulty.host}/demo:1", plain(faulty)) if step.name == "clock")
    assert clock.found.endswith("set by NTP")


def test_certificate_that_nobody_trusts_is_told(rig: Rig, tmp_path: Path) -> None:
    pair = Authority(tmp_path / "authority").issue("127.0.0.1")
    with FaultyRegistry(pair.context()) as registry:
        step, error = failure(look(rig, f"{registry.host}/demo:1"))
    assert (step, error.code) == ("TLS", "registry-untrusted")
    assert "unable to get local issuer certificate" in error.message


def test_certificate_that_lies_ahead_is_told_with_the_clock(rig: Rig, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    site = Site(certificates=Certificates((authority.certificate,)))
    with FaultyRegistry(authority.issue("127.0.0.1", start=tomorrow).context()) as registry:
        step, error = failure(look(rig, f"{registry.host}/demo:1", site))
    assert (step, error.code) == ("TLS", "registry-not-yet-valid")


def test_registry_that_wants_a_certificate_of_ours_is_told(rig: Rig, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    # Another way to write the same address, which is not known as loopback: only TLS is spoken there.
    pair = authority.issue("127.1")
    stranger = Authority(tmp_path / "other").issue("somebody", client=True)
    theirs = Identity(stranger.certificate.read_bytes(), stranger.key.read_bytes())
    with Registry(tmp_path / "registry", tls=pair, client_authority=authority) as registry:
        host = f"127.1:{registry.port}"
        for identities in ({}, {host: (theirs,)}):
            site = Site(certificates=Certificates((authority.certificate,), identities=identities))
            step, error = failure(look(rig, f"{host}/demo:1", site))
            # Which of them it is depends on whether the registry's alert comes before its end.
            assert (step, error.code) in {("TLS", "registry-denied"), ("TLS", "registry-unreachable")}
            assert f"certs.d/{host}" in error.hint


@pytest.mark.parametrize(
    ("login", "code", "words"),
    [
        (None, "registry-denied", "No login for {host} is known"),
        (Credential("anna", "wrong"), "registry-login-refused", "The login as anna opens nothing"),
        (
            Credential("<token>", "", "wrong"),
            "registry-login-refused",
            "The login of the identity token opens nothing",
        ),
    ],
)
def test_registry_that_lets_nobody_in_is_told_with_the_login_that_was_shown(
    rig: Rig, tmp_path: Path, login: Credential | None, code: str, words: str
) -> None:
    with Registry(tmp_path / "private", users={"anna": "secret"}) as registry:
        site = replace(plain(registry), credentials=Credentials({registry.host: login} if login else {}))
        step, error = failure(look(rig, f"{registry.host}/demo:1", site))
    assert (step, error.code) == ("login", code)
    assert words.format(host=registry.host) in error.hint
    assert "wrong" not in f"{error.message} {error.context}"


def test_tag_that_is_missing_is_told_with_those_that_are_there(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo", "1", bootable_image())
    step, error = failure(look(rig, f"{registry.host}/demo:gone", plain(registry)))
    assert (step, error.code) == ("manifest", "tag-missing")
    assert error.hint == "The tags there are: 1."


def test_image_that_is_too_large_for_the_memory_is_told(tmp_path: Path, registry: Registry) -> None:
    registry.push_image("demo", "1", bootable_image("one", File("noise", os.urandom(1 << 20))))
    rig = Rig(tmp_path / "small", memory=401 * 10**6)
    rig.plug("wired0")
    give_address(rig, "wired0")
    step, error = failure(look(rig, f"{registry.host}/demo:1", plain(registry)))
    assert (step, error.code) == ("space", "memory-too-small")
    assert "with 401.0 MB of memory, this machine starts about 333." in error.message


def test_proxy_that_does_not_let_us_through_is_told_without_the_password(rig: Rig, tmp_path: Path) -> None:
    with ForwardProxy(tmp_path / "proxy", users={"anna": "right"}) as proxy:
        steps = look(rig, "registry.invalid/demo:1", Site(proxy=Proxy.parse(f"http://anna:wrong@{proxy.host}")))
        step, error = failure(steps)
        assert (step, error.code) == ("TLS", "proxy-failed")
        assert steps[2].found == f"registry.invalid/demo, by the proxy 127.0.0.1 port {proxy.port}"
        assert any(request.startswith("CONNECT registry.invalid:443") for request in proxy.requests)
    assert "wrong" not in repr(steps)


def test_proxy_that_answers_for_a_plain_registry_is_not_taken_for_it(rig: Rig, tmp_path: Path) -> None:
    with ForwardProxy(tmp_path / "proxy", users={"anna": "right"}) as proxy:
        # Nobody is named: to a wrong password tinyproxy says 401, as if it were the registry itself.
        site = Site((RegistryAddress("registry.invalid", plain=True),), proxy=Proxy.parse(proxy.host))
        step, error = failure(look(rig, "registry.invalid/demo:1", site))
    assert (step, error.code) == ("TLS", "proxy-failed")
    assert "407" in error.message


def test_proxy_that_is_not_there_is_told(rig: Rig) -> None:
    step, error = failure(look(rig, "registry.invalid/demo:1", Site(proxy=Proxy.parse(f"127.0.0.1:{free_port()}"))))
    assert (step, error.code) == ("TCP", "proxy-unreachable")
    assert "the proxy 127.0.0.1" in error.message


# The whole way


def test_way_to_a_plain_registry_that_lets_everybody_in(rig: Rig, registry: Registry) -> None:
    name = registry.push_image("demo", "1", bootable_image())
    facts = found(look(rig, f"{registry.host}/demo:1", plain(registry)))
    assert list(facts) == [*NETWORK, *WAY, "space"]
    assert facts["registry"] == f"{registry.host}/demo"
    assert facts["DNS"] == "127.0.0.1 is an address, and needs none"
    assert facts["route"] == "from 127.0.0.1"
    assert facts["TCP"].startswith(f"127.0.0.1 port {registry.port} answers in ")
    assert facts["clock"].endswith(" UTC, as the registry's")
    assert facts["TLS"].startswith("none: plain HTTP")
    assert facts["login"] == "nobody has to say who they are"
    assert facts["manifest"] == f"{name.removeprefix('sha256:')[:12]} for linux/amd64, layers: 1"
    assert facts["space"].endswith(" to fetch, 2.1 GB of memory")


def test_way_to_a_private_registry_tells_the_certificate_s_end_and_who_we_are(rig: Rig, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    end = datetime.now(UTC) + timedelta(days=9)
    with Registry(
        tmp_path / "registry", tls=authority.issue("127.0.0.1", end=end), users={"anna": "secret"}
    ) as registry:
        registry.push_image("demo", "1", bootable_image())
        site = Site(
            credentials=Credentials({registry.host: Credential("anna", "secret")}),
            certificates=Certificates((authority.certificate,)),
        )
        steps = look(rig, f"{registry.host}/demo:1", site)
    facts = found(steps)
    assert facts["TLS"] == f"TLS 1.3, with a certificate that is valid until {end:%Y-%m-%d}"
    assert facts["login"] == "as anna"
    assert "secret" not in repr(steps)


def test_certificate_s_end_is_known_where_the_server_hangs_up_behind_its_answer(rig: Rig, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    site = Site(certificates=Certificates((authority.certificate,)))
    with FaultyRegistry(authority.issue("127.0.0.1").context()) as registry:
        tls = next(step for step in look(rig, f"{registry.host}/demo:1", site) if step.name == "TLS")
    assert "valid until" in tls.found


def test_image_in_a_layout_needs_no_network(tmp_path: Path) -> None:
    layout = bootable_image().write_layout(tmp_path / "layout")
    assert list(found(look(Rig(tmp_path / "machine"), f"oci:{layout}"))) == ["manifest", "space"]
    step, error = failure(look(Rig(tmp_path / "other"), f"oci:{tmp_path}/nothing"))
    assert (step, error.code) == ("manifest", "layout-missing")


def test_way_that_ends_at_a_mirror_goes_on_at_the_next_place(rig: Rig, registry: Registry) -> None:
    registry.push_image("demo", "1", bootable_image())
    mirror = f"127.0.0.1:{free_port()}"
    rules = parse_rules(
        f'[[registry]]\nlocation = "{registry.host}"\n[[registry.mirror]]\nlocation = "{mirror}/cache"\n'.encode(), ""
    )
    steps = look(rig, f"{registry.host}/demo:1", replace(plain(registry), rules=rules))
    assert names(steps) == [*NETWORK, *WAY[:4], *WAY, "space"]
    assert [step.found for step in steps if step.name == "registry"] == [
        f"{mirror}/cache/demo",
        f"{registry.host}/demo",
    ]
    assert [step.error.code for step in steps if step.error] == ["registry-unreachable"]


def test_image_that_a_mirror_has_is_not_looked_for_elsewhere(rig: Rig, registry: Registry) -> None:
    registry.push_image("cache/demo", "1", bootable_image())
    rules = parse_rules(
        b'[[registry]]\nlocation = "registry.invalid"\n[[registry.mirror]]\n'
        + f'location = "{registry.host}/cache"\ninsecure = true\n'.encode(),
        "",
    )
    assert list(found(look(rig, "registry.invalid/demo:1", Site(rules=rules)))) == [*NETWORK, *WAY, "space"]


def test_registry_that_the_site_does_not_allow_is_told(rig: Rig) -> None:
    rules = parse_rules(b'[[registry]]\nlocation = "quay.io"\nblocked = true\n', "")
    step, error = failure(look(rig, "quay.io/demo:1", Site(rules=rules)))
    assert (step, error.code) == ("registry", "registry-blocked")


# Patience


def test_nothing_is_tried_twice(rig: Rig, faulty: FaultyRegistry) -> None:
    faulty.answer("/v2/demo/manifests/1", Answer(503))
    step, error = failure(look(rig, f"{faulty.host}/demo:1", plain(faulty)))
    assert (step, error.code) == ("login", "registry-error")
    assert len(faulty.asked("/v2/demo/manifests/1")) == 1


def test_transfer_that_breaks_off_is_not_taken_up_again(rig: Rig, faulty: FaultyRegistry) -> None:
    image = bootable_image()
    config = next(name for name in image.blobs if f'"{name}"'.encode() in image.manifest.partition(b'"layers"')[0])
    faulty.answer("/v2/demo/manifests/1", Answer(body=image.manifest))
    faulty.answer(f"/v2/demo/blobs/{config}", Answer(body=image.blobs[config], sent=9))
    step, error = failure(look(rig, f"{faulty.host}/demo:1", plain(faulty)))
    assert (step, error.code) == ("manifest", "registry-unreachable")
    assert "broke off after 9 of" in error.message
    assert len(faulty.asked(f"/v2/demo/blobs/{config}")) == 1


def test_wish_to_stop_ends_it_at_the_next_step(rig: Rig) -> None:
    meter = Meter()
    steps = Doctor(parse_reference("quay.io/demo:1"), Site(), rig.adapters, meter).steps()
    assert next(steps).name == "link"
    meter.cancel()
    with pytest.raises(CancelledError):
        next(steps)
