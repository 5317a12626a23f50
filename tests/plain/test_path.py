"""The way from the first question to the jump, by numbers and lines alone."""

import json

from tests.plain.person import Person, somebody_at
from tests.support.bootable import RELEASE, WORDS, bootable_image
from tests.support.newc import read_initrd
from tests.support.rig import ATTRIBUTES, Rig

MOST_BYTES = 2000
"""What the way to a boot may cost: about two seconds of a line at 9600 baud."""


def pick(person: Person, host: str, repository: str = "demo/os", tag: str = "10") -> None:
    """Go from the first page to the one that tells about an image."""
    person.choose(host)
    person.choose(repository)
    person.choose(f"  {tag}")
    person.wait_for(f"Image {host}/{repository}:{tag}", "Bootable:")


def test_image_is_picked_and_booted_once(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.wait_for("boot this machine", "This machine: linux/amd64, UEFI", "Memory: 2.0 GiB", "No image is chosen")
        person.choose(host)
        person.wait_for(f"Repositories of {host}: 2 repositories", "1 demo/os", "2 demo/plain")
        person.choose("demo/os")
        person.wait_for(f"Tags of {host}/demo/os: 3 tags", "1 10", "2 2", "3 1")
        person.choose("  10")
        person.wait_for(
            bootable_image("10").digest,
            "Made for linux/amd64",
            "in 1 layer",
            "Bootable: yes",
            f"Kernel {RELEASE} (/boot/wyrcan.kernel)",
        )
        person.choose("Boot this image")
        person.choose("Boot once")
        person.wait_for(f"Booting {host}/demo/os:10", "The system is starting")
        person.wait_until(lambda: person.kexec.executed, "the jump")
        assert len(person.printed) < MOST_BYTES, f"the way costs {len(person.printed)} bytes"
    assert person.kexec.booted.cmdline == WORDS
    assert read_initrd(person.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho 10\n"
    assert rig.saved is None


def test_image_is_booted_always_with_words_of_its_own(rig: Rig, host: str) -> None:
    value = json.dumps(
        {
            "network": {},
            "cmdline": ["first", 'second="a b"'],
            "image": f"{host}/demo/os:10",
            "registries": [f"http://{host}"],
        },
        separators=(",", ":"),
    )
    with somebody_at(rig) as person:
        pick(person, host)
        person.choose("Boot this image")
        person.choose("Extra words")
        person.wait_for_question("Words: ")
        person.type('first second="a b"')
        person.wait_for(
            f"{len(WORDS) + 19} of the 2047 characters that a kernel takes: {len(WORDS)} of the image,",
            'Extra words for the image\'s kernel (now first second="a b")',
        )
        person.choose("Boot always")
        person.wait_for(
            "This will be written",
            "07 00 00 00 (attributes: kept without power, seen at boot and at run time)",
            f"JSON, {len(value)} of 1024 bytes:",
            "Some firmware has bugs",
            "Save it?",
        )
        person.wait_for_question()
        assert value.replace(" ", "") in "".join(person.lines).replace(" ", "")
        assert rig.saved is None
        person.type("yes")
        person.wait_for("Saved.")
        person.wait_until(lambda: person.kexec.executed, "the jump")
    assert rig.variable.read_bytes() == ATTRIBUTES + value.encode()
    assert person.kexec.booted.cmdline == f'{WORDS} first second="a b"'


def test_answer_no_saves_nothing_and_boots_nothing(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        pick(person, host)
        person.choose("Boot this image")
        person.choose("Boot always")
        person.wait_for("Save it?")
        person.wait_for_question()
        person.type("no")
        person.wait_for("Boot once")
    assert rig.saved is None
    assert not person.kexec.executed


def test_letter_b_goes_back_one_step_from_everywhere(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        pick(person, host)
        person.choose("Boot this image")
        for page in ("Boot this image", "Tags of", "Repositories of", "No image is chosen"):
            person.wait_for_question()
            person.type("b")
            person.wait_for(page)


def test_saved_choice_is_booted_from_the_first_page_and_forgotten(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:2", "cmdline": ["quiet"]}).encode())
    with somebody_at(rig) as person:
        person.wait_for(f"Chosen: {host}/demo/os:2 quiet (from the EFI variable)", "Next: waits for you")
        person.choose("Forget the saved choice")
        person.wait_for("will be removed", "Some firmware has bugs", "Forget it?")
        person.wait_for_question()
        assert rig.saved
        person.type("yes")
        person.wait_for("No image is chosen")
        assert rig.saved is None
        rig.save(json.dumps({"image": f"{host}/demo/os:2", "cmdline": ["quiet"]}).encode())
        person.wait_for_question()
        person.type("b")
        person.choose(f"Boot {host}/demo/os:2")
        person.wait_for("(now quiet)")
        person.choose("Boot once")
        person.wait_until(lambda: person.kexec.executed, "the jump")
    assert person.kexec.booted.cmdline == f"{WORDS} quiet"


def test_image_that_cannot_be_booted_says_why(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        pick(person, host, "demo/plain", "1")
    assert "Bootable: no. " in " ".join(person.lines)


def test_more_words_than_a_kernel_takes_are_refused_before_the_boot(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        pick(person, host)
        person.choose("Boot this image")
        person.choose("Extra words")
        person.wait_for_question("Words: ")
        person.type("w" * 2040)
        person.wait_for("more than a kernel takes", "That did not work: The kernel command line has", "(now none)")


def test_image_is_pinned_and_its_tag_followed_again(rig: Rig, host: str) -> None:
    digest = bootable_image("10").digest
    with somebody_at(rig) as person:
        pick(person, host)
        person.choose("Boot this image")
        person.choose("Pin to this very image, instead of following the tag 10")
        person.wait_for("Follow the tag 10, instead of this very image")
        assert f"{host}/demo/os:10@{digest}" in "".join(person.lines)
        person.choose("Follow the tag 10")
        person.wait_for(f"Boot {host}/demo/os:10 1 Boot once", "Pin to this very image")
        person.choose("Pin to this very image")
        person.choose("Boot once")
        person.wait_until(lambda: person.kexec.executed, "the jump")


def test_saved_image_that_was_not_looked_at_is_asked_for_to_be_pinned(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:2"}).encode())
    with somebody_at(rig) as person:
        person.choose(f"Boot {host}/demo/os:2")
        person.choose("Pin to this very image")
        person.wait_for("Follow the tag 2")
        assert f"{host}/demo/os:2@{bootable_image('2').digest}" in "".join(person.lines)
