"""GitLab: the registries of groups and of projects."""

import json

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry import gitlab as module
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.gitlab import GitLab
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.transport import Transport

GROUP = "/api/v4/groups/group%2Fpart/registry/repositories"
PROJECTS = "/api/v4/projects"
FOUND = [Repository("group/project"), Repository("group/project/releases")]


def registry_of(project: int) -> str:
    """Where the registry of a project is listed."""
    return f"/api/v4/projects/{project}/registry/repositories"


@pytest.fixture
def gitlab(transport: Transport, api: Api) -> GitLab:
    """A GitLab registry, for somebody without a login."""
    return GitLab(transport, api)


def test_group_is_listed_page_by_page(faulty: FaultyRegistry, gitlab: GitLab) -> None:
    link = {"Link": f'<https://gitlab.example.com{GROUP}?page=2&per_page=100>; rel="next"'}
    faulty.answer(GROUP, Answer(headers=link, body=recorded("gitlab-repositories")), Answer(body=b"[]"))
    pages = gitlab.search("group/part/")
    assert next(pages) == Page(FOUND, more=True)
    assert list(pages) == [Page([])]
    assert [request.path for request in faulty.requests] == [f"{GROUP}?per_page=100", f"{GROUP}?page=2&per_page=100"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_projects_are_asked_where_no_group_tells(faulty: FaultyRegistry, gitlab: GitLab, status: int) -> None:
    faulty.answer(GROUP, Answer(status))
    faulty.answer(PROJECTS, Answer(body=recorded("gitlab-projects")))
    faulty.answer(registry_of(4), Answer(body=recorded("gitlab-repositories")))
    faulty.answer(registry_of(6), Answer(403))
    assert list(gitlab.search("group/part")) == [Page(FOUND)]
    (asked,) = faulty.asked(PROJECTS)
    assert asked.path == f"{PROJECTS}?search=group%2Fpart&search_namespaces=true&simple=true&per_page=10"


def test_further_projects_are_not_asked_unasked(faulty: FaultyRegistry, gitlab: GitLab) -> None:
    link = {"Link": f'<{PROJECTS}?page=2>; rel="next"'}
    faulty.answer(PROJECTS, Answer(headers=link, body=recorded("gitlab-projects")))
    faulty.answer(registry_of(4), Answer(body=recorded("gitlab-repositories")))
    assert next(gitlab.search("x")) == Page(FOUND, more=True)
    assert len(faulty.asked(PROJECTS)) == 1


def test_project_with_a_large_registry_does_not_hold_up_what_was_found(
    faulty: FaultyRegistry, gitlab: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 2)
    faulty.answer(PROJECTS, Answer(body=json.dumps([{"id": 4}]).encode()))
    link = {"Link": f'<{registry_of(4)}?page=2>; rel="next"'}
    faulty.answer(registry_of(4), Answer(headers=link, body=recorded("gitlab-repositories")), Answer(body=b"[]"))
    pages = gitlab.search("x")
    assert next(pages) == Page(FOUND, more=True)
    assert len(faulty.asked(registry_of(4))) == 1
    assert list(pages) == [Page([])]


def test_nobody_s_projects_are_not_listed(gitlab: GitLab) -> None:
    with pytest.raises(WyrcanError) as raised:
        gitlab.repositories()
    assert raised.value.code == "catalog-closed"


def test_own_projects_are_listed_with_a_login(faulty: FaultyRegistry, transport: Transport, own_api: Api) -> None:
    faulty.answer(PROJECTS, Answer(body=recorded("gitlab-projects")))
    faulty.answer(registry_of(6), Answer(body=recorded("gitlab-repositories")))
    assert items(GitLab(transport, own_api).repositories()) == FOUND
    assert "membership=true" in faulty.requests[0].path
    assert {request.headers["authorization"] for request in faulty.requests} == {"Bearer secret"}


def test_tags_come_from_the_registry_itself(faulty: FaultyRegistry, gitlab: GitLab) -> None:
    faulty.answer("/v2/group/project/tags/list", Answer(body=b'{"tags": ["1"]}'))
    assert items(gitlab.tags("group/project")) == [Tag("1")]
