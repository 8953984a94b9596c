"""One reason why nothing is heard, and how it is mended."""

from collections.abc import Iterable

from tuimixer.model.command import Command
from tuimixer.model.control import ControlId
from tuimixer.model.intent import Intent
from tuimixer.model.record import dataclass

ORDER = (
    "no_server",
    "other_machine",
    "no_permission",
    "no_card",
    "held",
    "no_sink",
    "feeds_itself",
    "combined_of_nothing",
    "stream_muted",
    "device_muted",
    "iec958_off",
    "control_muted",
    "capture_off",
    "stream_silent",
    "device_silent",
    "softvol_silent",
    "control_silent",
    "auto_mute",
    "wrong_capture_source",
    "unplugged",
    "suspended",
    "wrong_default",
    "monitor_default",
    "total_low",
    "stream_elsewhere",
    "monitor_recorded",
    "corked",
    "profile_off",
    "two_servers",
    "clipping",
    "card_closed",
)
"""Keys of all findings, likeliest cause of silence first; what is a mere consequence of another stands behind
it.
"""


NOTES = frozenset(
    {"stream_elsewhere", "monitor_recorded", "corked", "two_servers", "clipping", "card_closed"}
)
"""Keys of what is worth knowing and may well be meant; everything else is a fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, why, and what to do about it."""

    key: str
    """One of `ORDER`."""
    stage: str
    """What it is about, by name."""
    reason: str
    """One sentence."""
    advice: str
    """What would mend it: in words what `mend` does, or the command to type."""
    fix: tuple[Intent | Command, ...] = ()
    """What the mixer can do itself; empty where a person has to."""
    control: ControlId | None = None
    """Id of the control, or of the server's card, that it is about."""

    @property
    def fault(self) -> bool:
        """Whether it keeps a sound from being heard or recorded; else it is a note."""
        return self.key not in NOTES


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Faults first, likeliest first, each about one thing once; of the same kind in the order found."""
    once: dict[tuple[str, str | None, str], Finding] = {}
    for finding in findings:
        once.setdefault(
            (finding.key, finding.control, finding.stage if finding.control is None else ""), finding
        )
    return tuple(sorted(once.values(), key=lambda finding: (not finding.fault, ORDER.index(finding.key))))
