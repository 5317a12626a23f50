"""Logging in to a registry that lets nobody in without: kept until the machine starts anew, or as long as a choice."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.person import Person, somebody_at
from tests.tui.test_path import pick

USER, PASSWORD = "me", "s3cret"
LOGIN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Registry]:
    """A registry that wants a name and a password."""
    with Registry(tmp_path / "private", users={USER: PASSWORD}) as registry:
        registry.push_image("demo/os", "1", bootable_image())
        yield registry


@asynccontextmanager
async def somebody_refused(rig: Rig, registry: Registry) -> AsyncIterator[Person]:
    """Somebody whom the registry has just not let in."""
    (rig.root / "proc/cmdline").write_text(f"wyr.registry={registry.url}\n")
    async with somebody_at(rig) as person:
        await person.choose(registry.host)
        await person.wait_for("does not list its repositories")
        yield person


async def log_in(person: Person, password: str = PASSWORD, how: str = "until this machine") -> None:
    """Fill the page in."""
    await person.choose("Log in ...")
    await person.wait_for("Log in to", "can be read by whoever")
    await person.type(USER)
    await person.press("enter")
    await person.type(password)
    await person.press("enter")
    await person.choose(how)


async def test_login_opens_the_registry_and_is_not_saved(rig: Rig, private: Registry) -> None:
    async with somebody_refused(rig, private) as person:
        await log_in(person)
        await person.wait_for(f"Repositories of {private.host}", "1 repository")
        await person.press("escape")
        await pick(person, private.host, tag="1")
        await person.choose("Boot this image")
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert b"auth" not in (rig.saved or b"auth")
    assert PASSWORD not in rig.kexec.booted.cmdline


async def test_login_is_kept_with_the_choice_where_somebody_wants_that(rig: Rig, private: Registry) -> None:
    async with somebody_refused(rig, private) as person:
        await log_in(person, how="keep it with the choice")
        await person.wait_for("1 repository")
        await person.press("escape")
        await pick(person, private.host, tag="1")
        await person.choose("Boot this image")
        await person.choose("Boot always")
        await person.wait_for("Are you sure?", '"auths"')
        assert LOGIN not in person.text
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["auths"] == {private.host: {"auth": LOGIN}}
    # Whoever comes next is let in.
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.choose("Boot once")
        await person.wait_until(lambda: len(rig.kexec.loaded) == 2, "another boot")


async def test_wrong_password_can_be_typed_again(rig: Rig, private: Registry) -> None:
    async with somebody_refused(rig, private) as person:
        await log_in(person, "wrong")
        await person.wait_for("does not accept our login")
        assert "wrong" not in person.text
        await log_in(person)
        await person.wait_for("1 repository")


async def test_login_without_a_password_is_not_sent(rig: Rig, private: Registry) -> None:
    async with somebody_refused(rig, private) as person:
        await log_in(person, "")
        await person.wait_for("Both a user name and a password are needed.")
        person.check_page()
