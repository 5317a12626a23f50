"""Taking an error along: the whole of it, kept on the stick, without secrets."""

import json
import re
from pathlib import Path

from tests.support.rig import Rig
from tests.tui.person import Person, somebody_at
from tests.tui.test_path import DETAILS
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.credentials import Credential


async def fail(person: Person) -> None:
    """Come to the page of an error."""
    await person.choose("Type a reference")
    await person.paste("oci:/nope")
    await person.press("enter")
    await person.wait_for("That did not work", "/nope is not an OCI layout")
    person.check_page()


async def test_details_are_kept_on_the_stick(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await fail(person)
        await person.choose(DETAILS)
        await person.wait_for("layout-missing:", "What to do:", "machine: linux/amd64, 2.0 GiB of memory, UEFI")
        person.check_page()
        await person.choose("Save it on the boot medium")
        await person.wait_for("Saved as wyrcan-error-", "on WYRCAN-ESP (/dev/sda2).")
        person.check_page()
    (file,) = rig.stick.path.iterdir()
    assert re.fullmatch(r"wyrcan-error-\d{8}-\d{6}\.txt", file.name)
    report = file.read_text()
    assert report.startswith("layout-missing: /nope is not an OCI layout")
    assert "Opened: Type a reference" in report
    assert re.search(r"^Wyrcan TUI \d.*, \d{4}-\d\d-\d\d .* UTC$", report, re.MULTILINE)


async def test_medium_that_cannot_be_written_is_told_where_it_was_asked_for(rig: Rig) -> None:
    rig.stick.refusal = WyrcanError("medium-read-only", "The boot medium cannot be written.", hint="Take the code.")
    async with somebody_at(rig) as person:
        await fail(person)
        await person.choose(DETAILS)
        await person.choose("Save it on the boot medium")
        await person.wait_for("The boot medium cannot be written. Take the code.")
        person.check_page()
        assert person.selected == "Save it on the boot medium"


async def test_every_way_back_from_the_details_leads_to_the_error_and_to_the_line(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await fail(person)
        for way in ("escape", "Go back"):
            await person.choose(DETAILS)
            await person.choose("Show it as a QR code")
            await person.wait_for_page("QR code of the details")
            person.check_page()
            await person.press("escape")
            await person.wait_for_page("Details of what did not work")
            await (person.press(way) if way == "escape" else person.choose(way))
            await person.wait_for_page("That did not work")
        await person.choose("Go back and change it")
        await person.wait_for("Which image?", "oci:/nope")


async def test_text_of_the_details_is_reached_and_scrolled(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        for _ in range(9):
            await person.choose("Images that are made")
            await person.press("escape")
            await person.choose("Check the way")
            await person.press("escape")
        await fail(person)
        await person.choose(DETAILS)
        await person.wait_for("layout-missing:")
        await person.press("tab", "end")
        await person.wait_for("(layout-missing)")
        person.check_page()


async def test_login_that_is_to_be_saved_is_in_no_error_and_no_report(tmp_path: Path) -> None:
    login = "bWU6c2VzYW1l"
    rig = Rig(tmp_path / "bios", uefi=False)
    choice = {"image": "quay.io/demo/os:1", "auths": {"quay.io": {"auth": login}}}
    rig.medium.write_text(json.dumps(choice))
    async with somebody_at(rig) as person:
        await person.choose("(from the boot medium)")
        person.app.instructions.log_in("quay.io", Credential("me", "sesame"), keep=True)
        await person.choose("Boot always")
        # It is wrapped where the line ends.
        await person.wait_until(lambda: '"auth":"..."' in person.text.replace(" ", ""), "what will be saved")
        await person.choose("Yes, save it and boot")
        await person.wait_for("That did not work", "no EFI variable")
        assert login not in person.text.replace(" ", "")
        await person.choose(DETAILS)
        await person.wait_until(lambda: '"auth":"..."' in person.text.replace(" ", ""), "what was to be saved")
        await person.choose("Save it on the boot medium")
        await person.wait_for("Saved as")
    (file,) = rig.stick.path.iterdir()
    assert login not in file.read_text()
    assert "sesame" not in file.read_text()


async def test_report_of_a_reference_names_the_image(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"{host}/demo/os:gone")
        await person.press("enter")
        await person.choose(DETAILS)
        await person.wait_for(f"image: {host}/demo/os:gone")
