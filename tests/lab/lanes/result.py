"""Parses pytest's output: its closing lines, and the tests that did not pass."""

import re
from dataclasses import dataclass

_CLOSING = re.compile(r"^(?:=+ )?((?:\d+ [a-z]+,? ?)+) in \d+(?:\.\d+)?s\b.*$", re.MULTILINE)
_COUNT = re.compile(r"(\d+) ([a-z]+)")
_NOT_PASSED = re.compile(r"^(?:FAILED|ERROR) (\S+\.py(?:::\w+)*(?:\[.*?\])?)(?: - .*)?$", re.MULTILINE)

NO_TESTS = 5
"""pytest's exit status when nothing was selected."""


@dataclass(frozen=True)
class Counts:
    """Numbers of tests that passed, failed (or could not be set up), and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def counts(output: str) -> Counts:
    """The sum of pytest's closing lines, such as "== 1 failed, 20 passed in 3.21s ==".

    Lines from a serial console end with carriage returns.
    """
    total = Counts()
    for closing in _CLOSING.finditer(output.replace("\r", "")):
        found = {word.removesuffix("s"): int(number) for number, word in _COUNT.findall(closing[1])}
        failed = found.get("failed", 0) + found.get("error", 0)
        total += Counts(found.get("passed", 0), failed, found.get("skipped", 0))
    return total


def not_passed(output: str) -> set[str]:
    """The node ids in pytest's short summary of what failed."""
    return set(_NOT_PASSED.findall(output.replace("\r", "")))
