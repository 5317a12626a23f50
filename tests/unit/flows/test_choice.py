"""The JSON in which a choice is kept."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from tests.fuzz import targets
from tests.fuzz.damage import damaged, damaged_json, thoroughly
from tests.fuzz.seeds import SEEDS
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import LARGEST, Choice, network_files
from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.registry.proxy import Proxy

CONTRACT = (
    b'{"network":{"eth.network":{"Match":{"Name":"eth*"},"Network":{"DHCP":"yes"}}},'
    b'"cmdline":["console=ttyS0 quiet","x=\\"a b\\""],"image":"quay.io/demo/os:1"}'
)


def test_contract_is_read_and_written_byte_for_byte() -> None:
    choice = Choice.decode(CONTRACT)
    assert choice == Choice(
        parse_reference("quay.io/demo/os:1"),
        ("console=ttyS0 quiet", 'x="a b"'),
        {"eth.network": {"Match": {"Name": "eth*"}, "Network": {"DHCP": "yes"}}},
    )
    assert choice.encode() == CONTRACT


def test_registries_are_written_only_where_there_are_some_and_behind_the_contract() -> None:
    choice = Choice(parse_reference("host:5000/os:1"), registries=(RegistryAddress("host:5000", plain=True),))
    assert choice.encode() == (
        b'{"network":{},"cmdline":[],"image":"host:5000/os:1","registries":["http://host:5000"]}'
    )
    assert Choice.decode(choice.encode()) == choice


def test_proxy_is_kept_with_its_exceptions_behind_the_contract() -> None:
    choice = Choice(parse_reference("a.io/os:1"), proxy=Proxy.parse("proxy.io:3128", ".example.com,10.0.0.0/8,*"))
    assert choice.encode() == (
        b'{"network":{},"cmdline":[],"image":"a.io/os:1","proxy":"http://proxy.io:3128",'
        b'"no_proxy":"example.com,*,10.0.0.0/8"}'
    )
    assert Choice.decode(choice.encode()) == choice


@pytest.mark.parametrize("password", ["sesame", 'sesame\\"x', "ses@me", "sesame@x"])
def test_password_of_a_proxy_is_not_shown(password: str) -> None:
    value = json.dumps({"image": "a.io/os:1", "proxy": f"http://anna:{password}@proxy.io:3128"}).encode()
    assert '"proxy":"...@proxy.io:3128"' in Choice.decode(value).shown()
    for damaged_value in (value[:-1], value.replace(b"os:1", b"OS:1")):
        with pytest.raises(WyrcanError) as raised:
            Choice.decode(damaged_value)
        assert '"proxy": "...@proxy.io:3128"' in raised.value.context["value"]


@pytest.mark.parametrize("said", [True, False])
def test_handover_is_written_only_where_somebody_said_so(said: bool) -> None:
    choice = Choice(parse_reference("host:5000/os:1"), handover=said)
    assert choice.encode().endswith(b',"handover":%s}' % (b"true" if said else b"false"))
    assert Choice.decode(choice.encode()) == choice
    assert b"handover" not in replace(choice, handover=None).encode()


def test_choice_that_is_no_text_is_not_written() -> None:
    # Python reads bytes that are no UTF-8 on its command line as such characters.
    for choice in (Choice(cmdline=("\udcff",)), Choice(parse_reference("oci:\udcff"))):
        with pytest.raises(WyrcanError) as raised:
            choice.encode()
        assert raised.value.code == "choice-invalid"


def test_keys_that_nobody_knows_are_kept() -> None:
    value = b'{"network":{},"cmdline":[],"image":"quay.io/demo/os:1","future":{"a":[1,null,"\xc3\xa4"]}}'
    assert Choice.decode(value).encode() == value


@pytest.mark.parametrize("value", [b"{}", b'{"image":""}', b' {"cmdline": [], "network": {} }\n'])
def test_everything_may_be_missing(value: bytes) -> None:
    assert Choice.decode(value) == Choice()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"", "it is not JSON"),
        (b'{"image": "half a ch', "it is not JSON"),
        (b"\xff\xfe\xfd", "it is not JSON"),
        (b"[" * 5000, "it is not JSON"),
        (b'["image"]', "it is not a JSON object"),
        (b'{"image": 1}', "image is not a str"),
        (b'{"image": "Not A Reference"}', "is not a reference"),
        (b'{"cmdline": "one"}', "cmdline is not a list"),
        (b'{"cmdline": ["one", 2]}', "cmdline is not a str"),
        (b'{"cmdline": ["\\ud800"]}', ""),
        (b'{"registries": {}}', "registries is not a list"),
        (b'{"registries": ["ftp://host"]}', "is not a registry"),
        (b'{"proxy": 1}', "proxy is not a str"),
        (b'{"proxy": "ftp://x"}', "proxy that this machine was told of is none"),
        (b'{"network": []}', "network is not a dict"),
        (b'{"handover": "no"}', "handover is not a bool"),
        (b'{"network": {"a.network": []}}', "network a.network is not a dict"),
        (b'{"network": {"a.network": {"Match": []}}}', "network a.network Match is not a dict"),
        (b'{"network": {"a.network": {"Match": {"Name": 1}}}}', "network a.network Match Name is not a str"),
    ],
)
def test_invalid_value_is_refused_with_the_reason_and_shown_as_it_is(value: bytes, why: str) -> None:
    with pytest.raises(WyrcanError) as caught:
        Choice.decode(value)
    assert caught.value.code == "choice-invalid"
    assert why in caught.value.message
    assert caught.value.context["value"] == value.decode(errors="backslashreplace")


@pytest.mark.parametrize(
    "file",
    ["../a.network", "a/b.network", "/etc/a.network", "a.conf", "a", "..", "", "a\0.network", "a\n.network"],
)
def test_network_file_names_that_are_no_single_networkd_file_are_refused(file: str) -> None:
    with pytest.raises(WyrcanError) as caught:
        Choice.decode(json.dumps({"network": {file: {}}}).encode())
    assert caught.value.code == "choice-invalid"


@pytest.mark.parametrize("sections", [{"A\nB": {}}, {"A": {"k\ne": "v"}}, {"A": {"k": "v\n[Exec]"}}])
def test_network_settings_cannot_smuggle_lines_in(sections: dict[str, dict[str, str]]) -> None:
    with pytest.raises(WyrcanError) as caught:
        Choice.decode(json.dumps({"network": {"a.network": sections}}).encode())
    assert caught.value.code == "choice-invalid"


def test_choice_may_have_a_kibibyte_and_no_byte_more() -> None:
    rest = len(Choice(cmdline=("",)).encode())
    assert len(Choice(cmdline=("x" * (LARGEST - rest),)).encode()) == LARGEST
    with pytest.raises(WyrcanError) as caught:
        Choice(cmdline=("x" * (LARGEST - rest + 1),)).encode()
    assert caught.value.code == "choice-too-large"
    assert "1025 bytes" in caught.value.message


def test_limit_counts_bytes_not_characters() -> None:
    with pytest.raises(WyrcanError) as caught:
        Choice(cmdline=("ä" * (LARGEST // 2),)).encode()
    assert caught.value.code == "choice-too-large"


def test_network_words_become_files_and_the_last_of_a_repeated_key_counts() -> None:
    request = parse_request(
        "wyr.net.eth.Match.Name=eth* wyr.net.eth.Network.DHCP=no wyr.net.eth.Network.DHCP=yes "
        "wyr.net.netdev.br.NetDev.Kind=bridge"
    )
    assert network_files(request.network) == {
        "eth.network": {"Match": {"Name": "eth*"}, "Network": {"DHCP": "yes"}},
        "br.netdev": {"NetDev": {"Kind": "bridge"}},
    }


@given(damaged(SEEDS["choice"]) | damaged_json(SEEDS["choice"]))
@thoroughly
def test_damaged_choice_is_read_as_it_is_written_or_refused(data: bytes) -> None:
    targets.choice(data)
