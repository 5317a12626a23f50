"""Help and log at every question."""

from tests.plain.person import somebody_at
from tests.plain.test_path import pick
from tests.support.rig import Rig


def test_question_mark_tells_what_a_question_is_about_and_asks_again(rig: Rig, host: str) -> None:
    with somebody_at(rig) as person:
        person.wait_for("? Help; ! shows the log")
        for entry, words in (
            ("", "The first page:"),
            (host, "The repositories of the registry"),
            ("demo/os", "The tags of the repository"),
            ("  10", "What the image is:"),
            ("Boot this image", "How the image is booted."),
            ("Boot always", "Nothing is changed unless you say yes."),
        ):
            if entry:
                person.choose(entry)
            person.wait_for_question()
            person.type("?")
            person.wait_for(words, "! what was done", "Choice:")
        assert rig.saved is None


def test_question_mark_is_no_answer_to_what_is_typed_in_words(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type("?")
        person.wait_for("REGISTRY/REPOSITORY:TAG", "Reference:")
        person.wait_for_question("Reference: ")
        person.type("")
        person.wait_for("This machine:")


def test_log_tells_what_was_done_and_what_the_system_wrote_down_from_its_end(rig: Rig, host: str) -> None:
    (rig.root / "dev").mkdir()
    records = "".join(f"6,{number},{number},-;line {number}\n" for number in range(20))
    (rig.root / "dev/kmsg").write_text(f"6,0,0,-;Command line: wyr.proxy=http://me:sesame@proxy\n{records}")
    with somebody_at(rig) as person:
        pick(person, host)
        person.wait_for_question()
        person.type("b")
        person.choose("  2")
        person.wait_for("demo/os:2", "Bootable: yes")
        person.wait_for_question()
        person.type("!")
        person.choose("In this menu (UTC)")
        person.wait_for(f"Opened: Repositories of {host}", f"Opened: {host}/demo/os:10", f"Opened: {host}/demo/os:2")
        person.choose("Services of this system")
        person.wait_for("Nothing that can be read here.")
        person.choose("Its kernel")
        person.wait_for("line 19")
        assert not any("line 4" in line for line in person.lines)
        # The log does not open above itself.
        person.wait_for_question()
        person.type("!")
        person.choose("Earlier lines")
        person.wait_for("wyr.proxy=http://...@proxy", "line 4", "In this menu (UTC)")
        person.wait_for_question()
        person.type("b")
        person.wait_for("Boot this image")


def test_errors_are_in_the_log_and_are_saved_on_the_stick(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type("oci:/nope")
        person.wait_for("That did not work")
        person.choose("Save the details on the boot medium")
        person.wait_for("Saved as wyrcan-error-", "on WYRCAN-ESP (/dev/sda2).")
        (report,) = (rig.root / "stick").iterdir()
        assert "layout-missing" in report.read_text()
        assert "Opened: Type a reference" in report.read_text()
        person.wait_for_question()
        person.type("!")
        person.choose("In this menu")
        person.wait_for("(layout-missing)")
