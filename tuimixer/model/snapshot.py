"""The state of one or several backends, immutable, and the difference between two states."""

from enum import StrEnum

from tuimixer.model.control import Control, ControlId, Device, Kind, Port
from tuimixer.model.record import dataclass, field


class Phase(StrEnum):
    """How far a backend has got with connecting."""

    CONNECTING = "connecting"
    READY = "ready"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Status:
    """State of one half of the mixer, worded for the screen."""

    source: str
    """What the status is about: `alsa`, `pulse`, or `engine`."""
    phase: Phase
    label: str
    """What is connected: `PulseAudio 16.1`, `2 cards`."""
    reason: str = ""
    """If not ready: what failed and why, in one sentence."""
    hint: str = ""
    """If not ready: where the program looked, or what to do, in one sentence."""


@dataclass(frozen=True, slots=True)
class Jack:
    """A jack of an ALSA card that can detect whether something is plugged in."""

    name: str
    plugged: bool


@dataclass(frozen=True, slots=True)
class AlsaCard:
    """A sound card, or a control device such as `default` or `equal`."""

    id: str
    """The kernel's id (`PCH`), or the device's name."""
    number: int | None
    """The kernel's number; None for a device that is not a card."""
    name: str
    long_name: str = ""
    driver: str = ""
    mixer: str = ""
    """Name of the mixer chip."""
    components: str = ""
    loopback: bool = False
    """Whether the card is snd-aloop, which has neither hardware nor controls."""
    controls: int = 0
    """Number of the card's controls."""
    jacks: tuple[Jack, ...] = ()
    reason: str = ""
    """Why the card could not be opened, in one sentence; empty if it is open."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of a server card."""

    name: str
    description: str
    available: bool | None = None
    priority: int = 0
    sinks: int = 0
    sources: int = 0


@dataclass(frozen=True, slots=True)
class ServerCard:
    """A card as the sound server reports it."""

    id: str
    """The card's id, `pulse:card/NAME`."""
    index: int
    server_name: str
    description: str
    alsa_card: str | None = None
    """Id of the corresponding ALSA card; None if there is none."""
    profiles: tuple[Profile, ...] = ()
    profile: str | None = None
    ports: tuple[Port, ...] = ()
    codecs: tuple[tuple[str, str], ...] = ()
    """Bluetooth codecs (name, description), if the server offers a choice."""
    codec: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """The sound server."""

    name: str
    """Name of the server's program, `PulseAudio` or `PipeWire`."""
    version: str
    address: str
    """The socket or host at which the server was reached."""
    why: str = ""
    """How the server was found: `PULSE_SERVER`, `session`, …"""
    user: str = ""
    host: str = ""
    default_sink: ControlId | None = None
    default_source: ControlId | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one or several backends know. Do not modify."""

    statuses: tuple[Status, ...] = ()
    controls: dict[ControlId, Control] = field(default_factory=dict)
    """The controls by id, in display order within each group."""
    alsa_cards: tuple[AlsaCard, ...] = ()
    server_cards: tuple[ServerCard, ...] = ()
    server: Server | None = None

    @property
    def on_pipewire(self) -> bool:
        """Whether the sound server is PipeWire's PulseAudio server."""
        return self.server is not None and self.server.name == "PipeWire"

    def device(self, control: ControlId) -> Device | None:
        """The device part of a control; None if it is not a sink or source, or does not exist."""
        found = self.controls.get(control)
        return found.device if found is not None else None

    def status(self, source: str) -> Status | None:
        """The status of a sound system, or of the engine; None if it has not been reported."""
        return next((known for known in self.statuses if known.source == source), None)

    def alsa_card(self, card: str | None) -> AlsaCard | None:
        """The ALSA card with this id; None if there is none."""
        return next((known for known in self.alsa_cards if known.id == card), None)

    def server_card(self, card: str) -> ServerCard | None:
        """The server's card with this id; None if there is none."""
        return next((known for known in self.server_cards if known.id == card), None)

    def plugged_devices(self, kind: Kind) -> list[Control]:
        """The sinks or sources that can be the default, without monitors, and without unplugged ones except
        the current default.
        """
        return [
            control
            for control in self.controls.values()
            if control.kind is kind
            and (device := control.device) is not None
            and not control.is_monitor
            and (control.default or (port := device.active_port) is None or port.available is not False)
        ]

    def card_of(self, device: Control) -> ServerCard | None:
        """The server's card of a sink or source; None if it has none."""
        info = device.device
        if info is None or info.card_index is None:
            return None
        return next((card for card in self.server_cards if card.index == info.card_index), None)

    def exclusive_with(self, control: Control) -> list[Control]:
        """The controls in a control's exclusive capture group, including itself; empty if it is in no
        group.
        """
        group = control.element.exclusive if control.element else None
        if group is None:
            return []
        return [
            other
            for other in self.controls.values()
            if other.element is not None
            and other.element.exclusive == group
            and other.card == control.card
            and other.kind.capture
            and other.capture is not None
        ]


@dataclass(frozen=True, slots=True)
class Diff:
    """What has changed in a newer snapshot."""

    added: frozenset[ControlId] = frozenset()
    removed: frozenset[ControlId] = frozenset()
    changed: frozenset[ControlId] = frozenset()
    reordered: bool = False
    surroundings: bool = False
    """Whether statuses, cards or the server changed."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.reordered or self.surroundings)


@dataclass(frozen=True, slots=True)
class Levels:
    """Peak levels since the last message: linear amplitudes from 0 to 1 (0 dBFS), one per channel."""

    peaks: dict[ControlId, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to report to the user once: a command that failed, a card that was plugged in or removed."""

    text: str
    error: bool = False
    id: ControlId | None = None


Update = Snapshot | Levels | Notice
"""What a backend sends without being asked."""


def diff(old: Snapshot, new: Snapshot) -> Diff:
    """What changed from `old` to `new`; identical control objects are not compared."""
    before, after = old.controls, new.controls
    changed = frozenset(
        key
        for key, control in after.items()
        if key in before and before[key] is not control and before[key] != control
    )
    kept_before = [key for key in before if key in after]
    kept_after = [key for key in after if key in before]
    return Diff(
        added=frozenset(after.keys() - before.keys()),
        removed=frozenset(before.keys() - after.keys()),
        changed=changed,
        reordered=kept_before != kept_after,
        surroundings=(old.statuses, old.alsa_cards, old.server_cards, old.server)
        != (new.statuses, new.alsa_cards, new.server_cards, new.server),
    )


def settled(snapshot: Snapshot) -> frozenset[str]:
    """The sources that are no longer being connected to."""
    return frozenset(status.source for status in snapshot.statuses if status.phase is not Phase.CONNECTING)


def merge(*parts: Snapshot) -> Snapshot:
    """One snapshot made of several, in the order given."""
    controls: dict[ControlId, Control] = {}
    for part in parts:
        controls.update(part.controls)
    return Snapshot(
        statuses=tuple(status for part in parts for status in part.statuses),
        controls=controls,
        alsa_cards=tuple(card for part in parts for card in part.alsa_cards),
        server_cards=tuple(card for part in parts for card in part.server_cards),
        server=next((part.server for part in parts if part.server), None),
    )
