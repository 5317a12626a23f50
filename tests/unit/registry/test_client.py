"""Which certificates are taken for which host."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.certificates import Certificates
from wyrcan_tui.registry.client import Client
from wyrcan_tui.registry.site import Site


@pytest.mark.parametrize("host", ["a.io", "a.io:5000", "10.0.0.1:5000", "[fd00::1]", "[fd00::1]:5000"])
def test_host_is_known_by_the_name_that_its_folder_has(host: str) -> None:
    # One that cannot be used is told before anything is sent.
    site = Site(certificates=Certificates(authorities={host: (b"none",)}))
    with pytest.raises(WyrcanError) as raised:
        Client(site, Meter()).get(f"https://{host}/v2/")
    assert (raised.value.code, host in raised.value.message) == ("certificate-invalid", True)
