"""Turns libasound's description of a simple element into the controls shown to the user. Pure.

As in alsamixer, playback and capture of an element are two controls, and an enumerated element is one.
Unlike in alsamixer, all channels form one control.
"""

from tuimixer.model.control import Channel, Choice, Control, ControlId, Element, Kind, Medium
from tuimixer.model.record import dataclass
from tuimixer.model.scale import Scale
from tuimixer.model.text import clean

CHANNEL_NAMES = (
    "front-left",
    "front-right",
    "rear-left",
    "rear-right",
    "front-center",
    "woofer",
    "side-left",
    "side-right",
    "rear-center",
)
"""Names of ALSA's channels in the order of snd_mixer_selem_channel_id_t; further ones are `aux9`, …"""


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of an element, without its current values."""

    channels: int
    scale: Scale | None = None
    """The scale of the volume; None if there is no volume."""
    volume_joined: bool = False
    switch: bool = False
    switch_joined: bool = False
    read_only: tuple[str, ...] = ()
    """As in `Element.read_only`."""

    @property
    def volumes(self) -> int:
        """Number of volumes: 0 without any, 1 if joined, else one per channel."""
        return 0 if self.scale is None else 1 if self.volume_joined else self.channels

    @property
    def switches(self) -> int:
        """Number of switches: 0 without any, 1 if joined, else one per channel."""
        return 0 if not self.switch else 1 if self.switch_joined else self.channels

    def channel_names(self) -> tuple[str, ...]:
        """Names of the volumes' channels."""
        if self.volumes == 1:
            return ("mono",)
        named = CHANNEL_NAMES[: self.volumes]
        return named + tuple(f"aux{i}" for i in range(len(named), self.volumes))


@dataclass(frozen=True, slots=True)
class Shape:
    """The structure of a simple element, without its current values."""

    name: str
    index: int
    playback: Side | None = None
    """None if there is neither a playback volume nor a playback switch."""
    capture: Side | None = None
    items: tuple[str, ...] = ()
    """Items of an enumerated element."""
    items_read_only: bool = False
    enum_capture: bool = False
    """Whether this is an enumerated element for capture only."""
    active: bool = True
    user: bool = False
    plugin: bool = False
    """Whether the element belongs to an external control plugin, whose purpose ALSA cannot report."""
    common_volume: bool = False
    common_switch: bool = False
    exclusive: int | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """The current values of an element."""

    playback: tuple[int, ...] = ()
    playback_on: tuple[bool, ...] = ()
    """Playback switches; on means not muted."""
    capture: tuple[int, ...] = ()
    capture_on: tuple[bool, ...] = ()
    item: int = 0


def control_id(card: str, name: str, index: int, capture: bool) -> ControlId:
    """The id of one direction of an element; `name` must be cleaned."""
    return f"alsa:{card}/{name},{index}/{'capture' if capture else 'playback'}"


def controls_of(card: str, shape: Shape, values: Values, jack: str = "") -> tuple[Control, ...]:
    """The controls of an element in display order: playback, then capture."""
    if shape.items:
        return (_enumerated(card, shape, values, jack),)
    controls = []
    if shape.playback is not None:
        controls.append(_side(card, shape, shape.playback, values, jack, capture=False))
    if shape.capture is not None:
        controls.append(_side(card, shape, shape.capture, values, jack, capture=True))
    return tuple(controls)


def shown_name(name: str) -> str:
    """A name cleaned for display, with S/PDIF in place of IEC958, as in alsamixer."""
    return clean(name, fallback="(unnamed)").replace("IEC958", "S/PDIF")


def _side(card: str, shape: Shape, side: Side, values: Values, jack: str, *, capture: bool) -> Control:
    raws = values.capture if capture else values.playback
    switches = values.capture_on if capture else values.playback_on
    return Control(
        id=control_id(card, clean(shape.name), shape.index, capture),
        kind=Kind.ALSA_CAPTURE if capture else Kind.ALSA_PLAYBACK,
        name=shown_name(shape.name),
        index=shape.index,
        card=card,
        scale=side.scale,
        channels=tuple(Channel(name, raw) for name, raw in zip(side.channel_names(), raws, strict=True)),
        mute=tuple(not on for on in switches) if side.switch and not capture else None,
        capture=switches if side.switch and capture else None,
        medium=_medium(shape),
        element=_element(shape, jack, side.read_only),
    )


def _enumerated(card: str, shape: Shape, values: Values, jack: str) -> Control:
    return Control(
        id=control_id(card, clean(shape.name), shape.index, shape.enum_capture),
        kind=Kind.ALSA_CAPTURE if shape.enum_capture else Kind.ALSA_PLAYBACK,
        name=shown_name(shape.name),
        index=shape.index,
        card=card,
        choice=Choice(min(values.item, len(shape.items) - 1), shape.items),
        medium=_medium(shape),
        element=_element(shape, jack, ("choice",) if shape.items_read_only else ()),
    )


def _medium(shape: Shape) -> Medium:
    if shape.plugin:
        return Medium.UNKNOWN
    return Medium.SOFTWARE if shape.user else Medium.HARDWARE


def _element(shape: Shape, jack: str, read_only: tuple[str, ...]) -> Element:
    return Element(
        name=clean(shape.name),
        index=shape.index,
        active=shape.active,
        user=shape.user,
        common=shape.common_volume or shape.common_switch,
        exclusive=shape.exclusive,
        read_only=read_only,
        jack=jack,
    )
