"""How long a server wants to be left alone, in all the forms in which servers say so."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from wyrcan_tui.registry.retry import seconds_asked

DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": "17"}, 17),
        # The examples of RFC 9110, 10.2.3 and 5.6.7: the date of today, and the two forms of old.
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT", "Date": DATE}, 30),
        ({"Retry-After": "Wednesday, 21-Oct-15 07:28:30 GMT", "Date": DATE}, 30),
        ({"Retry-After": "Wed Oct 21 07:28:30 2015", "Date": DATE}, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:00:00 GMT", "Date": DATE}, 0),
        ({"X-Retry-After": "1445412525", "Date": DATE}, 45),
        ({"Retry-After": "5", "X-Retry-After": "1445412525", "Date": DATE}, 5),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1445412540", "Date": DATE}, 60),
        ({"X-RateLimit-Remaining": "7", "X-RateLimit-Reset": "1445412540", "Date": DATE}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "-1"}, 0),
        ({"Retry-After": "Wed, 99 Oct 2015 07:28:30 GMT", "Date": DATE}, 0),
        ({"X-Retry-After": "later"}, 0),
        ({"Retry-After": "9" * 400}, float("inf")),
    ],
)
def test_wish_is_read_in_every_form(headers: dict[str, str], seconds: float) -> None:
    assert seconds_asked(headers) == seconds


def test_point_in_time_of_a_server_without_a_clock_counts_by_ours() -> None:
    until = datetime.now(UTC) + timedelta(minutes=1)
    assert 55 < seconds_asked({"Retry-After": format_datetime(until, usegmt=True)}) <= 60
