"""Findings, with numbers that they keep while F8 is open, and the outcome of their fixes. Pure."""

from collections.abc import Iterable, Sequence

from tuimixer.diagnosis.finding import Finding

_MOST = 9
"""The highest number that has a key."""


class Numbered:
    """A finding with its number."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.sent: Finding | None = None
        """The finding as it was when its fix was sent; None if none was sent, or the fix has failed."""
        self.outcome = ""
        """What the fix that was sent has done, in words."""
        self.stands: dict[str, bool] = {}
        """Sound (`""` for the whole machine) → whether its last check still found this."""

    @property
    def there(self) -> bool:
        """Whether the finding still exists. If a check of the whole machine has ever found it, only such
        checks decide.
        """
        return self.stands[""] if "" in self.stands else any(self.stands.values())

    @property
    def done(self) -> bool:
        """Whether the finding's fix was sent and has worked."""
        return self.sent is not None and not self.there


class Fixes:
    """All findings since F8 was opened. Numbers are never reused."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, str | None, str], Numbered] = {}

    def take(self, findings: Iterable[Finding], sound: str = "") -> None:
        """Take the findings of a new check of a sound, or of the whole machine."""
        found = {_identity(finding): finding for finding in findings}
        for identity, finding in found.items():
            slot = self._slots.setdefault(identity, Numbered(finding))
            if not slot.there:
                slot.sent = None
            slot.finding = finding
            slot.stands[sound] = True
        for identity, slot in self._slots.items():
            if sound in slot.stands and identity not in found:
                slot.stands[sound] = False

    def shown(self, *sounds: str) -> list[tuple[int, Numbered]]:
        """(number, finding) for these sounds; a finding that was fixed here keeps its place."""
        return [
            (number, slot)
            for number, slot in enumerate(self._slots.values(), 1)
            if any(sound in slot.stands for sound in sounds) and (slot.there or slot.sent is not None)
        ]

    def faults(self) -> dict[str, str]:
        """Control → number of its first fault, with which it is marked."""
        marks: dict[str, str] = {}
        for number, slot in enumerate(self._slots.values(), 1):
            if slot.there and slot.finding.fault and slot.finding.control is not None:
                marks.setdefault(slot.finding.control, str(number))
        return marks

    def press(self, number: int) -> Numbered | None:
        """The finding with this number if its fix may be sent; None if there is none, or the fix was sent."""
        slots = list(self._slots.values())[:_MOST]
        slot = slots[number - 1] if 0 < number <= len(slots) else None
        if slot is None or not slot.there or slot.sent == slot.finding:
            return None
        return slot

    def failed(self) -> None:
        """Note that an error was reported, so no fix counts as sent if its finding still exists."""
        for slot in self._slots.values():
            if slot.there:
                slot.sent = None


def first_fault(findings: Sequence[Finding]) -> Finding | None:
    """The most likely cause of silence; None if there is no fault."""
    return next((finding for finding in findings if finding.fault), None)


def _identity(finding: Finding) -> tuple[str, str | None, str]:
    return finding.key, finding.control, finding.stage if finding.control is None else ""
