"""What is known of an image before its layers are read, in words."""

from datetime import UTC, datetime

import pytest

from wyrcan_tui.flows.facts import age

TODAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "told"),
    [
        ("2026-11-25T00:00:00Z", "2026-11-25, today"),
        ("2026-11-24T00:00:00.123456789Z", "2026-11-24, today"),
        ("2026-11-23T23:00:00+01:00", "2026-11-23, 1 day ago"),
        ("2026-10-01T00:00:00Z", "2026-10-01, 1 month ago"),
        ("2024-01-01T00:00:00Z", "2024-01-01, 2 years ago"),
        ("2027-01-01T00:00:00Z", "2027-01-01"),
        ("1970-01-01T00:00:00Z", "1970-01-01"),
        ("0001-01-01T00:00:00Z", "0001-01-01"),
        ("", "not told"),
        ("yesterday", "yesterday"),
    ],
)
def test_age_is_told_where_the_date_means_one(created: str, told: str) -> None:
    assert age(created, TODAY) == told
