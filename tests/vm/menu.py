"""A person at the menu, who sees it through a terminal."""

from tests.support.terminal import Terminal

BAR = "cyan"
"""The colour of the bar on the entry that Enter chooses; a terminal without colours has it in reverse."""

CURSOR = "white"
"""The colour of the block that blinks where text goes."""

MOST_PRESSES = 40


def choose(terminal: Terminal, entry: str) -> None:
    """Wait for the entry, move the bar to it, and press Enter."""
    terminal.wait_for(entry)
    for _ in range(MOST_PRESSES):
        terminal.wait_until_still()
        at = bar_of(terminal)
        if any(entry in line for line in at):
            terminal.press("enter")
            return
        terminal.press("down")
        terminal.wait_until(lambda at=at: bar_of(terminal) != at, "the bar to move on")  # type: ignore[misc]
    raise AssertionError(f"The bar never comes to {entry!r}:\n{terminal.screen}")


def bar_of(terminal: Terminal) -> list[str]:
    """The text that the bar is on; where there are no colours, what is in reverse between the title and the keys."""
    return terminal.text_on(BAR) or terminal.text_in_reverse[1:-1]


def leave_by(terminal: Terminal, entry: str, answer: str) -> None:
    """Go from the first page to one of the ways to leave, and take it."""
    choose(terminal, "Restart, power off")
    choose(terminal, entry)
    terminal.wait_for("Are you sure?")
    choose(terminal, answer)


def pick(terminal: Terminal, registry: str, repository: str, tag: str, *facts: str) -> None:
    """Go from the first screen to the one that asks how to boot the image, of which these `facts` are told."""
    choose(terminal, registry)
    choose(terminal, repository)
    terminal.wait_for(f"Tags of {registry}/{repository}")
    choose(terminal, tag)
    terminal.wait_for("Bootable: yes", *facts)
    choose(terminal, "Boot this image")
    terminal.wait_for("Boot once", "Boot always", "Tab to and from the words")


def add_words(terminal: Terminal, words: str) -> None:
    """Type extra words for the image's kernel."""
    terminal.wait_until_still()
    terminal.press("tab")
    terminal.wait_until(lambda: bool(terminal.text_on(CURSOR)), "the cursor in the box")
    terminal.type(words)
    # A box that is too small shows the end.
    terminal.wait_for(words[-40:])
    terminal.press("enter")
