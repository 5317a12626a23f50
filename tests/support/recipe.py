"""What docs/fleet.md tells people to write: tests use the very text.

recipe("nginx")             # its first block in that language
recipe("toml", "Harbor")    # the first one in that section
"""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/fleet.md"


def recipe(language: str, section: str = "") -> str:
    """The text of the first block in a `language`, of the whole page or of the `section` whose heading begins so."""
    page = PAGE.read_text()
    if section:
        _, found, page = page.partition(f"\n## {section}")
        assert found, f"{PAGE} has no section {section!r}"
        page = page.partition("\n## ")[0]
    block = re.search(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert block, f"{PAGE} has no {language} in {section or 'it'}"
    return block[1]
