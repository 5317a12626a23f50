"""What our own kernel's command line asks Wyrcan to do: the ``wyr.*`` words (``wyrcan.*`` means the same)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wyrcan_tui.kernel.cmdline import Word, parse
from wyrcan_tui.texts import _

KINDS: Final = ("network", "netdev", "link")
_FILE = re.compile(r"[A-Za-z0-9_@:-]+")
_SECONDS = re.compile(r"[0-9]{1,9}")
_PREFIXES: Final = ("wyr.", "wyrcan.")


class EfiAction(StrEnum):
    """What ``wyr.efi=`` asks for: save the choice given on the command line, or wipe the saved one."""

    WRITE = "write"
    CLEAR = "clear"


class Ui(StrEnum):
    """What ``wyr.ui=`` asks for: the menu that draws a screen, or the one that goes line by line."""

    MENU = "menu"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class NetworkSetting:
    """One line of a systemd-networkd file: ``KEY=VALUE`` in ``[SECTION]`` of `file` (with its suffix)."""

    file: str
    section: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Request:
    """The words of a command line that are for Wyrcan.

    Attributes:
        image: the text of ``wyr.img=``, the last one where it is repeated; empty without one.
        arguments: ``wyr.arg=``, each of one or more words for the container's kernel, in order.
        network: ``wyr.net.*``, in order.
        efi: ``wyr.efi=``.
        timeout: ``wyr.timeout=``, seconds; None without one.
        registries: ``wyr.registry=``, in order.
        authorities: ``wyr.ca=``, each a certificate in base64.
        proxy: ``wyr.proxy=``, the last one; empty without one.
        no_proxy: ``wyr.no_proxy=``, the last one; empty without one.
        language: ``wyr.lang=``, as in ``LANG``, the last one; empty without one.
        handover: ``wyr.handover=``, whether the system that is booted gets to know of the network; None without one.
        menu: ``wyr.menu``: the menu comes up and stays, whatever choice is saved.
        ui: ``wyr.ui=``, the last one; None without one.
        chain: ``wyr.chain=``, the images of Wyrcan itself that have led to here, each by the start of its digest.
        shell: ``wyr.shell`` or ``wyr.shell=1``: the menu offers a shell.
        problems: a sentence on each word that looks as if it were for Wyrcan and cannot be understood.
    """

    image: str = ""
    arguments: tuple[str, ...] = ()
    network: tuple[NetworkSetting, ...] = ()
    efi: EfiAction | None = None
    timeout: int | None = None
    registries: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    proxy: str = ""
    no_proxy: str = ""
    language: str = ""
    handover: bool | None = None
    menu: bool = False
    ui: Ui | None = None
    chain: tuple[str, ...] = ()
    shell: bool = False
    problems: tuple[str, ...] = ()


def parse_request(line: str) -> Request:
    """Read the command line of our own kernel. Never raises: what cannot be understood is in `Request.problems`."""
    texts: dict[str, str] = {}
    lists: dict[str, list[str]] = {"arg": [], "registry": [], "ca": [], "chain": []}
    network: list[NetworkSetting] = []
    efi: EfiAction | None = None
    timeout: int | None = None
    handover: bool | None = None
    menu = False
    ui: Ui | None = None
    shell = False
    problems: list[str] = []
    for word in parse(line):
        name = _wyrcan_name(word)
        if name is None:
            continue
        match name, word.value:
            case (("img" | "proxy" | "no_proxy" | "lang"), str(value)) if value:
                texts[name] = value
            case (("arg" | "registry" | "ca" | "chain"), str(value)) if value:
                lists[name].append(value)
            case "efi", ("write" | "clear") as value:
                efi = EfiAction(value)
            case "timeout", str(value) if _SECONDS.fullmatch(value):
                timeout = int(value)
            case "handover", ("yes" | "no") as value:
                handover = value == "yes"
            case "menu", None:
                menu = True
            case "ui", ("menu" | "plain") as value:
                ui = Ui(value)
            case "shell", None | "1":
                shell = True
            case _, str(value) if name.startswith("net.") and (setting := _network_setting(name, value)):
                network.append(setting)
            case _:
                shown = word.key if word.value is None else f"{word.key}={word.value}"
                problem = _("Wyrcan does not understand the word {word} on the kernel command line.")
                problems.append(problem.format(word=repr(shown)))
    return Request(
        texts.get("img", ""),
        tuple(lists["arg"]),
        tuple(network),
        efi,
        timeout,
        tuple(lists["registry"]),
        tuple(lists["ca"]),
        texts.get("proxy", ""),
        texts.get("no_proxy", ""),
        texts.get("lang", ""),
        handover,
        menu,
        ui,
        tuple(lists["chain"]),
        shell,
        tuple(problems),
    )


def _wyrcan_name(word: Word) -> str | None:
    for prefix in _PREFIXES:
        if word.key.startswith(prefix):
            return word.key.removeprefix(prefix)
    return None


def _network_setting(name: str, value: str) -> NetworkSetting | None:
    match name.split(".")[1:]:
        case [kind, file, section, key] if kind in KINDS:
            pass
        case [file, section, key]:
            kind = "network"
        case _:
            return None
    if not (_FILE.fullmatch(file) and section and key):
        return None
    return NetworkSetting(f"{file}.{kind}", section, key, value)
