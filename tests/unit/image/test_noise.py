"""Noise and damaged layers: an answer or a refusal in words, in bounded time and memory, whatever comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.fuzz.damage import damaged, thoroughly
from tests.fuzz.memory import within_memory
from tests.fuzz.seeds import SEEDS


@given(st.binary(max_size=3000))
@thoroughly
def test_noise_is_no_archive(data: bytes) -> None:
    within_memory(targets.tar, data)


@given(damaged(SEEDS["tar"], targets.BLOCK))
@thoroughly
def test_damaged_archive_is_read_or_refused(data: bytes) -> None:
    within_memory(targets.tar, data)


@given(damaged(SEEDS["tar"], targets.BLOCK).map(targets.sealed))
@thoroughly
def test_archive_that_lies_is_read_or_refused(data: bytes) -> None:
    within_memory(targets.tar, data)


@given(damaged(SEEDS["layers"], targets.BLOCK).map(targets.sealed))
@thoroughly
def test_layers_that_lie_make_an_initrd_that_unpacks_or_are_refused(data: bytes) -> None:
    within_memory(targets.layers, data)


@given(damaged(SEEDS["compressed"]))
@thoroughly
def test_damaged_compression_is_undone_or_refused(data: bytes) -> None:
    within_memory(targets.compressed, data)


@pytest.mark.parametrize("name", ["tar", "layers", "compressed"])
def test_seeds_are_sound(name: str) -> None:
    for seed in SEEDS[name]:
        targets.TARGETS[name](seed)
        assert targets.sealed(seed) == seed or name == "compressed"
