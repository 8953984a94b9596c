"""From what libasound tells about a simple element to the controls that a person sees. Pure.

As in alsamixer: the playback and the capture side of an element are two controls, an enumerated element
is one. Unlike there all channels are one control.
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
"""In the order of snd_mixer_selem_channel_id_t; the rest are `aux9`, …"""


@dataclass(frozen=True, slots=True)
class Side:
    """The playback or the capture side of an element: what does not change when a volume moves."""

    channels: int
    scale: Scale | None = None
    """None without a volume."""
    volume_joined: bool = False
    switch: bool = False
    switch_joined: bool = False
    read_only: tuple[str, ...] = ()
    """As in `Element.read_only`."""

    @property
    def volumes(self) -> int:
        """How many volumes it has."""
        return 0 if self.scale is None else 1 if self.volume_joined else self.channels

    @property
    def switches(self) -> int:
        """How many switches it has."""
        return 0 if not self.switch else 1 if self.switch_joined else self.channels

    def channel_names(self) -> tuple[str, ...]:
        """Names of the volumes' channels."""
        if self.volumes == 1:
            return ("mono",)
        named = CHANNEL_NAMES[: self.volumes]
        return named + tuple(f"aux{i}" for i in range(len(named), self.volumes))


@dataclass(frozen=True, slots=True)
class Shape:
    """A simple element as it is built: what does not change when a value does."""

    name: str
    index: int
    playback: Side | None = None
    """None without a playback volume and switch."""
    capture: Side | None = None
    items: tuple[str, ...] = ()
    """Of an enumerated element."""
    items_read_only: bool = False
    enum_capture: bool = False
    """An enumerated element of the capture side only."""
    active: bool = True
    user: bool = False
    plugin: bool = False
    """Of an external control plugin: what it stands for, ALSA cannot tell."""
    common_volume: bool = False
    common_switch: bool = False
    exclusive: int | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """What an element stands at."""

    playback: tuple[int, ...] = ()
    playback_on: tuple[bool, ...] = ()
    """Playback switches; on is not muted."""
    capture: tuple[int, ...] = ()
    capture_on: tuple[bool, ...] = ()
    item: int = 0


def control_id(card: str, name: str, index: int, capture: bool) -> ControlId:
    """The id of one side of an element; `name` has been cleaned."""
    return f"alsa:{card}/{name},{index}/{'capture' if capture else 'playback'}"


def controls_of(card: str, shape: Shape, values: Values, jack: str = "") -> tuple[Control, ...]:
    """The controls of an element in the order in which they are shown: playback, then capture."""
    if shape.items:
        return (_enumerated(card, shape, values, jack),)
    controls = []
    if shape.playback is not None:
        controls.append(_side(card, shape, shape.playback, values, jack, capture=False))
    if shape.capture is not None:
        controls.append(_side(card, shape, shape.capture, values, jack, capture=True))
    return tuple(controls)


def shown_name(name: str) -> str:
    """A name cleaned and with S/PDIF by its usual name, as alsamixer shows it."""
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
