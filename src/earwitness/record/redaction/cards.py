"""Payment-card numbers in text: 14 to 19 digits that a card could bear, and that nothing else is likely to.

Prefixes and lengths are those that the brands publish (ISO/IEC 7812; the check digit is that of its annex B).
"""

import re
from typing import Final

REPLACEMENT: Final = "[redacted]"

# brand, first digits (a range, both ends included), numbers of digits
BRANDS: Final = (
    ("Visa", 4, 4, {16, 19}),
    ("Mastercard", 51, 55, {16}),
    ("Mastercard", 2221, 2720, {16}),
    ("American Express", 34, 34, {15}),
    ("American Express", 37, 37, {15}),
    ("Diners Club", 300, 305, {14, 16}),
    ("Diners Club", 309, 309, {14, 16}),
    ("Diners Club", 36, 36, {14, 16}),
    ("Diners Club", 38, 39, {14, 16}),
    ("Discover", 6011, 6011, {16, 19}),
    ("Discover", 644, 649, {16, 19}),
    ("Discover", 65, 65, {16, 19}),
    ("JCB", 3528, 3589, {16, 19}),
    ("UnionPay", 62, 62, {16, 17, 18, 19}),
    ("Mir", 2200, 2204, {16, 19}),
    ("Maestro", 5018, 5018, {16, 17, 18, 19}),
    ("Maestro", 5020, 5020, {16, 17, 18, 19}),
    ("Maestro", 5038, 5038, {16, 17, 18, 19}),
    ("Maestro", 5893, 5893, {16, 17, 18, 19}),
    ("Maestro", 6304, 6304, {16, 17, 18, 19}),
    ("Maestro", 6759, 6759, {16, 17, 18, 19}),
    ("Maestro", 6761, 6763, {16, 17, 18, 19}),
)

# Together, or grouped as on the card: 4-4-4-4(-3), 4-6-5, 4-6-4. Not after + or 00 (a telephone number), not inside a
# longer token: a UUID, an identifier with a dot, a dialled code, an address.
_RUN = re.compile(
    r"(?<![\w+*#@])(?<!\+[ ])(?<!\b00[ -])(?<!\w[-.])"
    r"(?:[0-9]{14,19}"
    r"|[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?"
    r"|[0-9]{4}([ -])[0-9]{6}\2[0-9]{4,5})"
    r"(?![\w*#@]|[-.]\w)"
)


def is_card(digits: str) -> bool:
    """Whether digits alone (no separators) have a brand's prefix and length and a right check digit."""
    size = len(digits)
    for _, low, high, sizes in BRANDS:
        if size in sizes and low <= int(digits[: len(str(low))]) <= high:
            return _checks(digits)
    return False


def _checks(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def redacted(text: str) -> str:
    """Return text with every card number in it replaced."""
    return _RUN.sub(_replace, text) if len(text) >= 14 else text


def _replace(match: re.Match[str]) -> str:
    return REPLACEMENT if is_card(match[0].replace(" ", "").replace("-", "")) else match[0]
