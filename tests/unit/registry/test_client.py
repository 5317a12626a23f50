"""Which certificates are taken for which host, and who may see a login."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.certificates import Certificates
from wyrcan_tui.registry.client import Client, may_know
from wyrcan_tui.registry.site import Site


@pytest.mark.parametrize("host", ["a.io", "a.io:5000", "10.0.0.1:5000", "[fd00::1]", "[fd00::1]:5000"])
def test_host_is_known_by_the_name_that_its_folder_has(host: str) -> None:
    # One that cannot be used is told before anything is sent.
    site = Site(certificates=Certificates(authorities={host: (b"none",)}))
    with pytest.raises(WyrcanError) as raised:
        Client(site, Meter()).get(f"https://{host}/v2/")
    assert (raised.value.code, host in raised.value.message) == ("certificate-invalid", True)


@pytest.mark.parametrize(
    ("url", "meant", "may"),
    [
        ("https://a.io/b", "https://a.io/v2/", True),
        ("https://a.io:443/", "https://a.io/", True),
        ("https://A.io/", "https://a.io/", True),
        ("https://b.io/", "https://a.io/", False),
        ("https://b.a.io/", "https://a.io/", False),
        ("https://a.io:5000/", "https://a.io/", False),
        ("http://a.io/", "https://a.io/", False),
        ("https://a.io/", "http://a.io/", True),
        ("https://a.io/", "http://a.io:80/", True),
        ("https://b.io/", "http://a.io/", False),
        ("https://a.io:5000/", "http://a.io:5000/", False),
        ("https://[fd00::1]/", "https://[fd00::1]:443/", True),
    ],
)
def test_login_is_for_one_place(url: str, meant: str, may: bool) -> None:
    assert may_know(url, meant) == may
