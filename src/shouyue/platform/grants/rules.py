"""Pure decisions about grants."""

MOST_TEST_USERS = 5
_SHORT = 4


def staff_mask(staff_id: int) -> str:
    """Return a sub-account's number as others than itself see it: its last four digits."""
    number = str(staff_id)
    return number if len(number) <= _SHORT else f"…{number[-_SHORT:]}"
