"""Noise and damaged documents: an answer or a refusal in words, in bounded memory, whatever comes in."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.fuzz.damage import damaged, damaged_json, thoroughly
from tests.fuzz.memory import within_memory
from tests.fuzz.seeds import SEEDS

HUGE = re.sub(rb'("size": ?)\d+', rb"\g<1>1" + b"0" * 400, SEEDS["manifest"][0])
"""A manifest of sizes that are larger than any number in floating point."""


@given(st.binary(max_size=500))
@example(HUGE)
@example(b"[" * 100_000)
@example(b"9" * 5000)
@thoroughly
def test_noise_is_no_manifest(data: bytes) -> None:
    within_memory(targets.manifest, data)


@given(damaged(SEEDS["manifest"]))
@thoroughly
def test_damaged_manifest_is_read_or_refused(data: bytes) -> None:
    within_memory(targets.manifest, data)


@given(damaged_json(SEEDS["manifest"]))
@thoroughly
def test_manifest_of_other_values_is_read_or_refused(data: bytes) -> None:
    within_memory(targets.manifest, data)


@given(st.text(max_size=300).map(lambda text: text.encode(errors="surrogatepass")))
@thoroughly
def test_any_text_is_a_reference_or_refused(data: bytes) -> None:
    within_memory(targets.reference, data)


@given(damaged(SEEDS["reference"]))
@thoroughly
def test_damaged_reference_is_read_as_it_is_written_out_or_refused(data: bytes) -> None:
    within_memory(targets.reference, data)
