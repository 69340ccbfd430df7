"""A period becomes the shortest retention class that keeps rows long enough."""

import pytest

from earwitness.model import retention


@pytest.mark.parametrize(
    ("period", "found"),
    [("1d", "30d"), ("30d", "30d"), ("31d", "90d"), ("6m", "180d"), ("400d", "400d"), ("2y", "3y"), ("7y", "7y")],
)
def test_a_period_becomes_a_class_that_is_long_enough(period: str, found: str) -> None:
    assert retention.class_for(period) == found
    assert retention.days(found) >= retention.days(period)


@pytest.mark.parametrize("period", ["", "400", "d", "0d", "4h", "-3d", "100y"])
def test_what_is_no_period_or_too_long_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match=r"period|longer"):
        retention.class_for(period)
