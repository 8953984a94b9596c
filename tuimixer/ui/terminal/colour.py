"""Arithmetic with colors as 0xRRGGBB: contrast by WCAG, and the nearest of a terminal's 256 colors."""

from collections.abc import Callable

_WHITE, _BLACK = 0xFFFFFF, 0
_STEPS = (0, 95, 135, 175, 215, 255)
"""Values of a channel in the 6×6×6 cube of the 256 colors."""
_TRIES = 20


def parse(text: str) -> int:
    """The color of `#rrggbb`.

    Raises:
        ValueError: the text is not six hexadecimal digits after a number sign.
    """
    digits = text[1:]
    if len(text) != 7 or text[0] != "#" or not all(digit in "0123456789abcdefABCDEF" for digit in digits):
        raise ValueError(f"{text} is not a color such as #89b4fa")
    return int(digits, 16)


def text_of(colour: int) -> str:
    """A color as `#rrggbb`."""
    return f"#{colour:06x}"


def channels(colour: int) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255


def mix(first: int, second: int, share: float) -> int:
    """A color between two others; `share` is the fraction of the second one, 0 to 1."""
    red, green, blue = (
        round(a + (b - a) * share) for a, b in zip(channels(first), channels(second), strict=True)
    )
    return red << 16 | green << 8 | blue


def luminance(colour: int) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    parts = [part / 255 for part in channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: int, second: int) -> float:
    """The contrast ratio of two colors, 1 to 21; text should have 4.5 on its background."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: int, background: int, ratio: float, shown: Callable[[int], int]) -> int:
    """The color, moved towards white or black as far as the contrast ratio requires.

    Args: `shown` returns the color that the terminal displays for another.
    """
    end = max(_WHITE, _BLACK, key=lambda candidate: contrast(candidate, background))
    for step in range(_TRIES):
        moved = mix(colour, end, step / _TRIES)
        if contrast(shown(moved), shown(background)) >= ratio:
            return moved
    return end


def nearest_256(colour: int) -> int:
    """Number of the nearest of the 240 colors from 16 on, which do not depend on a terminal's settings."""
    cube = [min(range(6), key=lambda i: abs(_STEPS[i] - part)) for part in channels(colour)]
    grey = min(max(round((sum(channels(colour)) / 3 - 8) / 10), 0), 23)
    numbers = 16 + 36 * cube[0] + 6 * cube[1] + cube[2], 232 + grey
    return min(numbers, key=lambda number: _distance(colour, of_256(number)))


def of_256(number: int) -> int:
    """The color of a number from 16 to 255."""
    if number >= 232:
        return (8 + 10 * (number - 232)) * 0x010101
    red, rest = divmod(number - 16, 36)
    return _STEPS[red] << 16 | _STEPS[rest // 6] << 8 | _STEPS[rest % 6]


def _distance(first: int, second: int) -> int:
    return sum((a - b) ** 2 for a, b in zip(channels(first), channels(second), strict=True))
