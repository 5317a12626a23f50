"""What is known of registries, from all places that may tell."""

import base64
import json
import subprocess
from pathlib import Path

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.site import gather
from wyrcan_tui.host.settings import Files
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry.site import Site

REFERENCE = RegistryReference("a.io", "os", "1")


def gathered(*places: Files, **told: str) -> tuple[Site, list[str]]:
    """The site, and the codes of the problems."""
    problems: list[WyrcanError] = []
    authorities = [told.pop("authority")] if "authority" in told else []
    site = gather(places, problems, authorities=authorities, **told)  # type: ignore[arg-type]
    return site, [problem.code for problem in problems]


def login(user: str) -> bytes:
    """An auth.json for one registry."""
    return json.dumps({"auths": {"a.io": {"auth": base64.b64encode(f"{user}:x".encode()).decode()}}}).encode()


def moved(to: str) -> bytes:
    """A registries.conf that moves one registry elsewhere."""
    return f'[[registry]]\nprefix = "a.io"\nlocation = "{to}"'.encode()


def hosts(site: Site) -> list[str]:
    """Where the image of these tests is looked for."""
    return [endpoint.address.host for endpoint in site.endpoints(REFERENCE)]


def test_first_place_counts_most() -> None:
    site, problems = gathered(
        {"auth.json": login("first"), "registries.conf": moved("first.io")},
        {"auth.json": login("second"), "registries.conf": moved("second.io")},
    )
    credential = site.credentials.find("a.io")
    assert credential is not None
    assert (credential.user, hosts(site), problems) == ("first", ["first.io"], [])


def test_drop_in_counts_more_than_the_file_and_the_last_one_most() -> None:
    names = ["registries.conf", "registries.conf.d/10.conf", "registries.conf.d/20.conf"]
    assert hosts(gathered({name: moved(f"{number}.io") for number, name in enumerate(names)})[0]) == ["2.io"]


def test_what_cannot_be_understood_is_told_and_the_rest_counts() -> None:
    site, problems = gathered(
        {"auth.json": b"{", "registries.conf": b"=", "registries.conf.d/a.conf": moved("b.io")},
        authority="bm9uZQ==",
        proxy="ftp://x",
    )
    assert hosts(site) == ["b.io"]
    assert sorted(problems) == ["certificate-invalid", "credentials-invalid", "proxy-invalid", "registries-invalid"]


def test_login_that_a_helper_keeps_is_a_problem_until_it_is_given() -> None:
    kept = b'{"credHelpers": {"a.io": "secretservice", "b.io/lab": "pass"}, "auths": {}}'
    problems: list[WyrcanError] = []
    gather([{"auth.json": kept}, {"auth.json": login("first")}], problems)
    (problem,) = problems
    assert problem.code == "credentials-helper"
    assert ("b.io/lab" in problem.message, "a.io" in problem.message) == (True, False)
    assert "podman login --authfile" in problem.hint


def test_certificates_are_known_by_their_folders_with_or_without_a_colon() -> None:
    site, problems = gathered(
        {
            "certs.d/a.io:5000/site.crt": b"one",
            "certs.d/a.io_5000/other.crt": b"two",
            "certs.d/a.io/client.cert": b"cert",
            "certs.d/a.io/client.key": b"key",
            "certs.d/b.io/alone.cert": b"cert",
        }
    )
    assert site.certificates.authorities == {"a.io:5000": (b"one", b"two")}
    assert [(it.certificate, it.key) for it in site.certificates.identities["a.io"]] == [(b"cert", b"key")]
    assert "b.io" not in site.certificates.identities
    assert problems == ["certificate-invalid"]


def test_word_with_a_certificate_is_trusted_everywhere(tmp_path: Path) -> None:
    key = tmp_path / "key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=x",
    ]
    made = subprocess.run([*command, "-keyout", key, "-outform", "DER"], check=True, capture_output=True).stdout
    site, problems = gathered(authority=base64.b64encode(made).decode())
    assert problems == []
    assert len(site.certificates.context("any.io").get_ca_certs()) > len(
        Site().certificates.context("any.io").get_ca_certs()
    )
