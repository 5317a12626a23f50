"""How the registry of a reference is spoken to."""

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.offer import registries
from wyrcan_tui.flows.source import open_source
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.site import Site


@pytest.mark.parametrize("plain_first", [True, False])
def test_of_a_registry_given_with_and_without_tls_the_first_one_counts(plain_first: bool) -> None:
    with FaultyRegistry() as registry:
        # Not called loopback, which is tried both ways.
        host = f"127.1:{registry.port}"
        given = [RegistryAddress(host, plain=plain_first), RegistryAddress(host, plain=not plain_first)]
        registry.answer("/v2/demo/os/manifests/1", Answer(body=b"{}"))
        assert registries(given)[0] == given[0]

        source = open_source(RegistryReference(host, "demo/os", "1"), Site(tuple(given)), Meter())
        if plain_first:
            assert source.document(None) == b"{}"
        else:
            with pytest.raises(WyrcanError) as raised:
                source.document(None)
            assert raised.value.code == "registry-untrusted"
