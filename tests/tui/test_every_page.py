"""Every page, on a small screen, the narrowest that is wide, and a large one: it is whole, and Escape leads back."""

import pytest

from tests.support.rig import Rig
from tests.tui.every_page import PAGES, SIZES, furnish, open_page, prepared
from tests.tui.person import somebody_at
from tests.tui.test_help import pages
from wyrcan_tui.tui.elsewhere import ElsewherePage
from wyrcan_tui.tui.help import HelpPage
from wyrcan_tui.tui.home import HomePage
from wyrcan_tui.tui.look import WIDE
from wyrcan_tui.tui.page import Page


def test_no_page_is_forgotten() -> None:
    assert set(PAGES) == set(pages())


@pytest.mark.parametrize("size", [*SIZES.values(), (WIDE, 33)], ids=str)
@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
async def test_page_is_whole_has_its_keys_and_help_and_leads_back(
    rig: Rig, host: str, kind: type[Page], size: tuple[int, int]
) -> None:
    furnish(rig, host)
    with prepared(kind, rig, host):
        async with somebody_at(rig, size=size) as person:
            await open_page(person, kind, host)
            person.check_page()
            await person.check_that_nothing_is_cut_off()
            assert "help" in person.lines[-1]
            heading = person.heading
            await person.press("f1")
            await person.wait_until(lambda: isinstance(person.app.screen, HelpPage), "the help")
            person.check_page()
            await person.check_that_nothing_is_cut_off()
            if kind is not HelpPage:
                await person.press("escape")
                await person.wait_for_page(heading)
                person.check_page()
            await person.press("escape")
            there = ElsewherePage if kind is ElsewherePage else HomePage
            await person.wait_until(lambda: isinstance(person.app.screen, there), "the way back")
            assert len(person.app.screen_stack) == (2 if kind is ElsewherePage else 1)
