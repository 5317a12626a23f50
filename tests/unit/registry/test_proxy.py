"""The way out, and what is reached without it."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.proxy import Proxy

EXCEPTIONS = (
    "site.example, .internal.example *.lab.example:8443,10.0.0.0/8,192.168.1.7,172.16.0.5:5000,fd00::/8,[2001:db8::1]"
)


@pytest.mark.parametrize(
    "host",
    [
        "site.example",
        "a.site.example",
        "internal.example",
        "deep.internal.example",
        "x.lab.example",
        "10.200.0.1",
        "192.168.1.7:5000",
        "[fd12::1]:5000",
        "[2001:db8::1]",
        "172.16.0.5",
        "localhost:5000",
        "127.0.0.1:5000",
        "[::1]:5000",
    ],
)
def test_exceptions_are_reached_without_it(host: str) -> None:
    assert Proxy.parse("proxy:3128", EXCEPTIONS).way_to(f"https://{host}/v2/") == ""


@pytest.mark.parametrize("host", ["quay.io", "notsite.example", "11.0.0.1", "192.168.1.8", "[2001:db8::2]"])
def test_everything_else_goes_through_it(host: str) -> None:
    assert Proxy.parse("proxy:3128", EXCEPTIONS).way_to(f"https://{host}/v2/") == "http://proxy:3128"


def test_star_is_everything() -> None:
    proxy = Proxy.parse("proxy:3128", "*")
    assert [proxy.way_to(f"https://{host}/") for host in ("quay.io", "11.0.0.1")] == ["", ""]


def test_without_one_there_is_no_way_to_take() -> None:
    assert Proxy.parse("", "site.example").way_to("https://quay.io/") == ""


@pytest.mark.parametrize(
    "url",
    [
        "ftp://proxy",
        "http://",
        "http://proxy:port",
        "http://proxy:0",
        "http://me:secret@proxy:99999",
        "http://b\u00fcro:3128",
        "http://pro xy",
        "http://proxy%.a",
        "http://[v1.a]:1",
    ],
)
def test_what_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        Proxy.parse(url)
    assert raised.value.code == "proxy-invalid"
    assert "secret" not in str(raised.value)


def test_password_is_not_in_what_is_printed_of_it() -> None:
    assert "secret" not in repr(Proxy.parse("http://me:secret@proxy:3128"))
