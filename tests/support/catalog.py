"""The catalog of texts, as it is extracted from the code, and a language that nobody speaks."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PROJECT = Path(__file__).parents[2]
TEMPLATE = PROJECT / "wyrcan_tui/locale/wyrcan.pot"
EXTRACT = (
    "pybabel -q extract --keywords=later --omit-header --add-location=file --sort-by-file --width=110 "
    "--output={output} wyrcan_tui"
)
"""What makes the catalog; without a date and line numbers, so that it changes only where a text does."""

_LETTERS = str.maketrans(
    {letter: "ñ" if letter.islower() else "Ñ" for letter in map(chr, range(ord("A"), ord("z") + 1))}
)
_PLACEHOLDER = re.compile(r"(\{\w+\})")


def extract(output: Path) -> None:
    """Write the catalog of all texts that are in the code now."""
    command = EXTRACT.format(output=output).split()
    pybabel = Path(sys.executable).with_name(command[0])
    subprocess.run([str(pybabel), *command[1:]], cwd=PROJECT, check=True, timeout=120)


def pseudo(text: str) -> str:
    """Return a text without any letter of English, as long as it was; placeholders stay."""
    parts = _PLACEHOLDER.split(text)
    return "".join(part if number % 2 else part.translate(_LETTERS) for number, part in enumerate(parts))


def write_pseudo_language(folder: Path, name: str) -> None:
    """Write a translation of the whole catalog into the language that nobody speaks."""
    with TEMPLATE.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if isinstance(message.id, str):
            message.string = pseudo(message.id)
        else:
            message.string = tuple(map(pseudo, message.id))
    path = folder / name / "LC_MESSAGES/wyrcan.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)
