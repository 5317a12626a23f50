"""A registry's certificate that seems to lie ahead, because the clock has stopped."""

from pathlib import Path

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.pki import Authority
from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.registry.site import Site

AHEAD = "Fri, 01 Jan 2100 00:00:00 GMT"
SECONDS = 4102444800
BEHIND = "Thu, 01 Jan 2015 00:00:00 GMT"


class Reaching:
    """Work that fails while the clock is not set, as TLS does."""

    def __init__(self, host: str, code: str, times: list[float]) -> None:
        self.tries = 0
        self._host, self._code, self._times = host, code, times

    def __call__(self) -> str:
        """Try."""
        self.tries += 1
        if not self._times:
            raise WyrcanError(self._code, "Not valid.", host=self._host)
        return "there"


def test_registry_tells_a_stopped_clock_the_time(rig_in_ram: Rig, times: list[float]) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/", Answer(401, {"Date": AHEAD}))
        work = Reaching(registry.host, "registry-not-yet-valid", times)
        assert with_clock(rig_in_ram.adapters.clock, Site(), work) == "there"
    assert (work.tries, times) == (2, [SECONDS])


@pytest.mark.parametrize("headers", [{"Date": BEHIND}, {"Date": "soon"}, {}], ids=["behind", "nonsense", "none"])
def test_registry_that_knows_no_later_time_changes_nothing(
    rig_in_ram: Rig, times: list[float], headers: dict[str, str]
) -> None:
    with FaultyRegistry() as registry:
        registry.answer("/v2/", Answer(headers=headers))
        work = Reaching(registry.host, "registry-not-yet-valid", times)
        with pytest.raises(WyrcanError) as raised:
            with_clock(rig_in_ram.adapters.clock, Site(), work)
    assert raised.value.code == "registry-not-yet-valid"
    assert (work.tries, times) == (1, [])


def test_registry_is_not_asked_for_the_time_where_something_else_is_wrong(rig_in_ram: Rig, times: list[float]) -> None:
    with FaultyRegistry() as registry:
        work = Reaching(registry.host, "registry-untrusted", times)
        with pytest.raises(WyrcanError):
            with_clock(rig_in_ram.adapters.clock, Site(), work)
        assert registry.requests == []
    assert (work.tries, times) == (1, [])


def test_registry_that_speaks_tls_only_tells_the_time_too(rig_in_ram: Rig, times: list[float], tmp_path: Path) -> None:
    with FaultyRegistry(Authority(tmp_path).issue("127.0.0.1").context()) as registry:
        registry.answer("/v2/", Answer(401, {"Date": AHEAD}))
        work = Reaching(registry.host, "registry-not-yet-valid", times)
        assert with_clock(rig_in_ram.adapters.clock, Site(), work) == "there"
        (asked,) = registry.asked("/v2/")
    assert times == [SECONDS]
    assert "authorization" not in asked.headers
