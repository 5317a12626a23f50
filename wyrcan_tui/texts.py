"""The words for people, in the language they chose; English where nobody translated them.

The texts in the code are English, and the keys of the catalogs (GNU gettext): ``locale/wyrcan.pot`` has them all, and a
language is a file ``locale/LANGUAGE/LC_MESSAGES/wyrcan.mo``. Placeholders have names, so that a translation can order
them as its language wants: ``_("{done} of {total}").format(done=..., total=...)``.
"""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Final

DOMAIN: Final = "wyrcan"
FOLDER: Final = Path(__file__).parent / "locale"

_chosen: gettext.NullTranslations = gettext.NullTranslations()


def choose_language(language: str, folder: Path = FOLDER) -> None:
    """Speak a language from now on, named as in ``LANG`` (``de_DE.UTF-8``, ``de``); English where it is not known."""
    global _chosen  # noqa: PLW0603 - one program speaks one language, and who asks for a text need not know which
    name = language.partition(".")[0].partition("@")[0]
    names = [name, name.partition("_")[0]] if name else []
    try:
        _chosen = gettext.translation(DOMAIN, folder, names, fallback=True)
    except Exception:  # noqa: BLE001 - a catalog that is damaged must not be what keeps a machine from booting
        _chosen = gettext.NullTranslations()


def _(message: str) -> str:
    """Return a text in the language that was chosen."""
    # The empty text is the catalog's own header.
    return _chosen.gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a text that goes with a number."""
    return _chosen.ngettext(one, many, number)


def later(message: str) -> str:
    """Mark a text for the catalog that is translated where it is shown: ``_(page.keys)``."""
    return message
