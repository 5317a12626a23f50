"""Noise and damaged settings: an answer or a refusal in words, whatever somebody has put on the medium."""

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import targets
from tests.fuzz.damage import damaged, damaged_json, thoroughly
from tests.fuzz.seeds import SEEDS


@given(damaged(SEEDS["credentials"]))
@thoroughly
def test_damaged_credentials_are_read_as_they_are_written_or_refused(data: bytes) -> None:
    targets.credentials(data)


@given(damaged_json(SEEDS["credentials"]))
@thoroughly
def test_credentials_of_other_values_are_read_or_refused(data: bytes) -> None:
    targets.credentials(data)


@given(damaged(SEEDS["mirrors"]))
@thoroughly
def test_damaged_mirrors_are_places_or_refused(data: bytes) -> None:
    targets.mirrors(data)


@given(st.text(max_size=100).map(lambda text: text.encode(errors="surrogatepass")) | damaged(SEEDS["way-out"]))
@thoroughly
def test_any_text_is_a_proxy_or_refused(data: bytes) -> None:
    targets.way_out(data)
