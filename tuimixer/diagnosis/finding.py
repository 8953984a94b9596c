"""A finding: one reason why nothing is heard, and how to fix it."""

from collections.abc import Iterable, Mapping

from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId
from tuimixer.model.intent import Intent, SetGain, SetLevel
from tuimixer.model.record import dataclass
from tuimixer.model.resolve import Impossible, resolve
from tuimixer.model.scale import to_percent

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
    "no_profiles",
    "profile_off",
    "two_servers",
    "clipping",
    "card_closed",
)
"""Keys of all findings, the likeliest causes of silence first; consequences come after their causes."""


NOTES = frozenset(
    {"stream_elsewhere", "monitor_recorded", "corked", "two_servers", "clipping", "card_closed"}
)
"""Keys of findings about what may be intended; all others are faults."""

RECORDING = frozenset({"capture_off", "wrong_capture_source", "monitor_default", "monitor_recorded"})
"""Keys of findings about recording, whatever they would change."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, why, and what to do about it."""

    key: str
    """Kind of the finding, one of `ORDER`."""
    stage: str
    """Name of the stage that the finding is about."""
    reason: str
    """What is wrong and why, in one sentence."""
    advice: str
    """How to fix it: what `fix` does, in words, or the command to type."""
    fix: tuple[Intent | Command, ...] = ()
    """The requests with which the mixer fixes it; empty if only the user can fix it."""
    control: ControlId | None = None
    """Id of the control or server card that the finding is about."""

    @property
    def fault(self) -> bool:
        """Whether the finding keeps sound from being heard or recorded; otherwise it is only a note."""
        return self.key not in NOTES


def outcome(finding: Finding, controls: Mapping[ControlId, Control]) -> str:
    """What a fix has done, in the words of its advice, but with the volume reached if a cap limits it.

    `controls` are the controls after the fix.
    """
    percent = capped_at(finding, controls)
    return finding.advice if percent is None else f"Set {finding.stage} to {percent} %."


def capped_at(finding: Finding, controls: Mapping[ControlId, Control]) -> int | None:
    """The volume in percent at which a cap has kept the control that a fix raises; None if no cap has.

    `controls` are the controls after the fix.
    """
    for request in finding.fix:
        control = controls.get(request.id)
        if control is None or control.scale is None or not isinstance(request, SetLevel | SetGain):
            continue
        try:
            reached = resolve(request, control).command is None
        except Impossible:  # the control has changed since
            continue
        if not reached:
            return to_percent(control.scale, max(control.raws))
    return None


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted with faults first, then by likelihood, without duplicates; those with the same key keep
    their order.
    """
    once: dict[tuple[str, str | None, str], Finding] = {}
    for finding in findings:
        once.setdefault(
            (finding.key, finding.control, finding.stage if finding.control is None else ""), finding
        )
    return tuple(sorted(once.values(), key=lambda finding: (not finding.fault, ORDER.index(finding.key))))
