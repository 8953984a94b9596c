"""One libasound mixer for one card: its elements, their values, and the events of both.

pyalsaaudio loads the whole card for each control; this loads it once, and reads what pyalsaaudio cannot:
dB data and its curve, channels, activity, user elements, jacks, elements being added and removed.
"""

import ctypes
import errno
from ctypes import byref, c_int, c_long, c_uint, c_void_p

from tuimixer.backend.alsa.ctl import CardInfo, Ctl, RawElement
from tuimixer.backend.alsa.decibel import agrees, curve_of_tlv, sampled_curve
from tuimixer.backend.alsa.element_writer import Key
from tuimixer.backend.alsa.elements import Shape, Side, Values
from tuimixer.backend.alsa.libasound import (
    EVENT_INFO,
    EVENT_REMOVE,
    EVENT_VALUE,
    ElementCallback,
    MixerCallback,
    PollFd,
    library,
)
from tuimixer.backend.base import NoAnswer, Unreachable
from tuimixer.model.scale import Scale
from tuimixer.model.snapshot import Jack
from tuimixer.model.text import clean

_GONE = (-errno.ENODEV, -errno.EBADF, -errno.EBADFD)
_MOST_STOPS = 64
_CHANNELS = 32
_ITEM_LENGTH = 64
_PLAYBACK, _CAPTURE = "playback", "capture"
_ABILITIES = ("volume", "volume_joined", "switch", "switch_joined", "channel")
_READINGS = ("volume", "switch", "volume_range", "dB_range")
_ENDINGS = (" Volume", " Switch", " Enum", " Route")
_SIDE_ENDINGS = (" Playback", " Capture")
"""What element names add to the name of the simple element that they belong to (see libasound's
simple_none.c).
"""
_VOLUME_SUFFIXES = {
    _PLAYBACK: (" Playback Volume", " Volume", ""),
    _CAPTURE: (" Capture Volume", " Volume", ""),
}
_SWITCH_SUFFIXES = {
    _PLAYBACK: (" Playback Switch", " Playback Route", " Switch", " Route", ""),
    _CAPTURE: (" Capture Switch", " Capture Route", " Switch", " Route", ""),
}
_CHOICE_SUFFIXES = (" Playback Enum", " Capture Enum", " Enum", "")


class Events:
    """What a batch of events was about."""

    __slots__ = ("reshaped", "structure", "values")

    def __init__(self) -> None:
        self.values: set[Key] = set()
        self.reshaped: set[Key] = set()
        """Elements that were removed or changed their shape."""
        self.structure = False
        """Whether elements were added, removed or reshaped, so that they must be listed again."""


class IsCard(Unreachable):
    """The device is a sound card under another name."""


class Handle:
    """An open mixer. Not thread-safe."""

    def __init__(self, device: str, plugin_only: bool = False) -> None:
        """Open and load a card or another control device (`hw:0`, `equal`).

        Raises:
            OSError: libasound is not installed.
            IsCard: `plugin_only` is set and the device is a sound card.
            Unreachable: the device does not exist or cannot be opened.
        """
        self._lib = library()
        self.device = device
        self._mixer = c_void_p()
        self._ctl: Ctl | None = None
        self._elements: dict[Key, int] = {}
        self._keys: dict[int, Key] = {}
        self._shapes: dict[Key, Shape] = {}
        self._events = Events()
        self._has = {
            side: {what: getattr(self._lib, f"mixer_selem_has_{side}_{what}") for what in _ABILITIES}
            for side in (_PLAYBACK, _CAPTURE)
        }
        self._get = {
            side: {what: getattr(self._lib, f"mixer_selem_get_{side}_{what}") for what in _READINGS}
            for side in (_PLAYBACK, _CAPTURE)
        }
        self._users: dict[Key, bool] = {}
        self._scales: dict[tuple[tuple[int, ...], int, int], Scale] = {}
        # libasound keeps pointers to these while the mixer is open.
        self._on_element = ElementCallback(self._element_event)
        self._on_mixer = MixerCallback(self._mixer_event)
        try:
            self._ctl = self._attach()
            self.info = self._card_info(self._ctl)
            if plugin_only and self.info.number is not None:
                raise IsCard(f"{clean(device)} is the card {self.info.id}")
            self._check(self._lib.mixer_load(self._mixer))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the mixer; may be called twice."""
        if self._ctl is not None:
            self._ctl.close()
            self._ctl = None
        if self._mixer:
            self._lib.mixer_close(self._mixer)
            self._mixer = c_void_p()

    def fds(self) -> list[int]:
        """Descriptors that become readable when there are events; empty for a device without events."""
        count = self._lib.mixer_poll_descriptors_count(self._mixer)
        if count <= 0:
            return []
        polled = (PollFd * count)()
        found = self._lib.mixer_poll_descriptors(self._mixer, polled, count)
        return [entry.fd for entry in polled[: max(found, 0)] if entry.fd >= 0]

    def handle_events(self) -> Events:
        """Handle all pending events, and return what they were about.

        Raises:
            Unreachable: the card, or what the device depends on, is gone.
        """
        self._events = Events()
        # libasound stops at each element that it cannot load, such as one that has been removed again; the
        # others are loaded by the next calls.
        for _ in range(_MOST_STOPS):
            result = self._lib.mixer_handle_events(self._mixer)
            if result >= 0 or result == -errno.EAGAIN:
                break
            if (
                result in _GONE
                or self.info.number is None
                or self._ctl is None
                or self._ctl.card_info() is None
            ):
                raise Unreachable(f"{self.info.name} is gone")
            self._events.structure = True
        return self._events

    def shapes(self) -> dict[Key, Shape]:
        """All elements in libasound's order, listed again."""
        raws = self._ctl.elements() if self._ctl is not None else {}
        self._users = _users(raws)
        self._elements, self._keys = {}, {}
        shapes: dict[Key, Shape] = {}
        element = self._lib.mixer_first_elem(self._mixer)
        while element:
            name = self._lib.mixer_selem_get_name(element).decode(errors="surrogateescape")
            key = (name, self._lib.mixer_selem_get_index(element))
            self._elements[key] = element
            self._keys[element] = key
            self._lib.mixer_elem_set_callback(element, self._on_element)
            shapes[key] = self._shape(element, key, raws)
            element = self._lib.mixer_elem_next(element)
        self._shapes = shapes
        return shapes

    def values(self, key: Key) -> Values:
        """The values of a listed element, as of the events handled so far."""
        element, shape = self._elements[key], self._shapes[key]
        if shape.items:
            item = c_uint()
            self._lib.mixer_selem_get_enum_item(element, 0, byref(item))
            return Values(item=item.value)
        play, rec = shape.playback, shape.capture
        return Values(
            playback=self._volumes(_PLAYBACK, element, play.volumes) if play else (),
            playback_on=self._switches(_PLAYBACK, element, play.switches) if play else (),
            capture=self._volumes(_CAPTURE, element, rec.volumes) if rec else (),
            capture_on=self._switches(_CAPTURE, element, rec.switches) if rec else (),
        )

    def refresh(self, key: Key) -> None:
        """Make libasound read an element again, for a device that does not report changes as events."""
        element, shape = self._elements[key], self._shapes[key]
        for name, side in zip((_PLAYBACK, _CAPTURE), (shape.playback, shape.capture), strict=True):
            if side is not None and side.scale is not None:
                # No call just reads an element again, but setting its range to what it already is has that
                # effect.
                set_range = getattr(self._lib, f"mixer_selem_set_{name}_volume_range")
                set_range(element, side.scale.minimum, side.scale.maximum)
                return

    def choose_everywhere(self, key: Key, item: int) -> None:
        """Select an item on every channel except the first of an enumerated element that has several."""
        element, current = self._elements[key], c_uint()
        for channel in range(1, 32):
            if self._lib.mixer_selem_get_enum_item(element, channel, byref(current)) < 0:
                return
            self._lib.mixer_selem_set_enum_item(element, channel, item)

    def jacks(self) -> tuple[Jack, ...]:
        """The current state of the card's jacks."""
        if self._ctl is None:
            return ()
        self._ctl.jacks_changed = False
        return self._ctl.jacks()

    @property
    def jacks_changed(self) -> bool:
        """Whether a jack was plugged in or unplugged since the last call of `jacks`."""
        return self._ctl is not None and self._ctl.jacks_changed

    def _attach(self) -> Ctl:
        lib, name, hctl = self._lib, self.device.encode(errors="surrogateescape"), c_void_p()
        self._check(lib.mixer_open(byref(self._mixer), 0))
        self._check(lib.mixer_attach(self._mixer, name))
        self._check(lib.mixer_selem_register(self._mixer, None, None))
        lib.mixer_set_callback(self._mixer, self._on_mixer)
        self._check(lib.mixer_get_hctl(self._mixer, name, byref(hctl)))
        return Ctl(lib, hctl)

    def _card_info(self, ctl: Ctl) -> CardInfo:
        info = ctl.card_info()
        if info is None:
            raise Unreachable(f"{clean(self.device)} disappeared while it was being opened")
        return info

    def _check(self, result: int) -> None:
        if result < 0:
            raise _failure(self.device, result, self._lib.reason(result))

    def _element_event(self, element: int, mask: int) -> int:
        key = self._keys.get(element)
        if mask == EVENT_REMOVE or mask & EVENT_INFO:
            self._events.structure = True
            if key is not None:
                self._events.reshaped.add(key)
        elif key is not None and mask & EVENT_VALUE:
            self._events.values.add(key)
        if mask == EVENT_REMOVE and key is not None:
            del self._keys[element]
            self._elements.pop(key, None)
        return 0

    def _mixer_event(self, mixer: int, mask: int, element: int) -> int:
        self._events.structure = True
        return 0

    def _volumes(self, side: str, element: int, count: int) -> tuple[int, ...]:
        get, value = self._get[side]["volume"], c_long()
        found = []
        for channel in range(count):
            get(element, channel, byref(value))
            found.append(value.value)
        return tuple(found)

    def _switches(self, side: str, element: int, count: int) -> tuple[bool, ...]:
        get, value = self._get[side]["switch"], c_int()
        found = []
        for channel in range(count):
            get(element, channel, byref(value))
            found.append(bool(value.value))
        return tuple(found)

    def _shape(self, element: int, key: Key, raws: dict[Key, RawElement]) -> Shape:
        lib, (name, index) = self._lib, key
        user, plugin = self._users.get(key, False), self.info.number is None
        active = bool(lib.mixer_selem_is_active(element))
        if lib.mixer_selem_is_enumerated(element):
            return Shape(
                name,
                index,
                items=self._items(element),
                items_read_only=_is_read_only(raws, key, _CHOICE_SUFFIXES),
                enum_capture=bool(lib.mixer_selem_is_enum_capture(element)),
                active=active,
                user=user,
                plugin=plugin,
            )
        play = self._side(_PLAYBACK, element, key, raws)
        rec = self._side(_CAPTURE, element, key, raws)
        both = play is not None and rec is not None
        alone = rec is not None and rec.switch and lib.mixer_selem_has_capture_switch_exclusive(element)
        return Shape(
            name,
            index,
            playback=play,
            capture=rec,
            active=active,
            user=user,
            plugin=plugin,
            common_volume=both and bool(lib.mixer_selem_has_common_volume(element)),
            common_switch=both and bool(lib.mixer_selem_has_common_switch(element)),
            exclusive=lib.mixer_selem_get_capture_group(element) if alone else None,
        )

    def _items(self, element: int) -> tuple[str, ...]:
        names, text = [], ctypes.create_string_buffer(_ITEM_LENGTH)
        for item in range(max(self._lib.mixer_selem_get_enum_items(element), 0)):
            self._lib.mixer_selem_get_enum_item_name(element, item, _ITEM_LENGTH - 1, text)
            # Keep spaces, because some drivers have items such as `A = x;  B = y`, which users refer to.
            names.append(clean(text.value.decode(errors="replace"), fallback=str(item), keep_blanks=True))
        return tuple(names) or ("-",)

    def _side(self, side: str, element: int, key: Key, raws: dict[Key, RawElement]) -> Side | None:
        has = self._has[side]

        def ask(what: str) -> bool:
            return bool(has[what](element))

        volume, switch = ask("volume"), ask("switch")
        if not volume and not switch:
            return None
        channels = 1
        while channels < _CHANNELS and has["channel"](element, channels):
            channels += 1
        return Side(
            channels,
            scale=self._scale(side, element, key, raws) if volume else None,
            volume_joined=volume and ask("volume_joined"),
            switch=switch,
            switch_joined=switch and ask("switch_joined"),
            read_only=tuple(
                part
                for part, there, suffixes in (
                    ("volume", volume, _VOLUME_SUFFIXES[side]),
                    ("switch", switch, _SWITCH_SUFFIXES[side]),
                )
                if there and _is_read_only(raws, key, suffixes)
            ),
        )

    def _scale(self, side: str, element: int, key: Key, raws: dict[Key, RawElement]) -> Scale:
        low, high = c_long(), c_long()
        get = self._get[side]
        get["volume_range"](element, byref(low), byref(high))
        # A driver may report the range from high to low, as the kernel does not check it.
        minimum, maximum = sorted((low.value, high.value))
        words = self._tlv(side, key, raws)
        # Many controls of a card have the same data, so what libasound reported for the first of them applies
        # to all.
        if words and (known := self._scales.get((words, minimum, maximum))):
            return known
        if get["dB_range"](element, byref(low), byref(high)) < 0:
            return Scale(minimum, maximum)
        ask_db, gain = getattr(self._lib, f"mixer_selem_ask_{side}_vol_dB"), c_long()

        def ask(raw: int) -> int | None:
            return gain.value if ask_db(element, raw, byref(gain)) >= 0 else None

        curve = curve_of_tlv(words, minimum, maximum)
        if agrees(curve, minimum, maximum, ask):
            scale = Scale(minimum, maximum, curve, low.value, high.value)
            self._scales[words, minimum, maximum] = scale
            return scale
        curve = sampled_curve(minimum, maximum, ask)
        return Scale(minimum, maximum, curve, low.value, high.value) if curve else Scale(minimum, maximum)

    def _tlv(self, side: str, key: Key, raws: dict[Key, RawElement]) -> tuple[int, ...]:
        """The TLV data of the underlying element that has the volume; empty if there is none."""
        below = _below(raws, key, _VOLUME_SUFFIXES[side])
        return self._ctl.tlv(below.numid) if below is not None and below.tlv and self._ctl is not None else ()


def _below(raws: dict[Key, RawElement], key: Key, suffixes: tuple[str, ...]) -> RawElement | None:
    """The element of the control interface behind a part of a simple element; None if there is none."""
    name, index = key
    return next((raws[name + suffix, index] for suffix in suffixes if (name + suffix, index) in raws), None)


def _is_read_only(raws: dict[Key, RawElement], key: Key, suffixes: tuple[str, ...]) -> bool:
    below = _below(raws, key, suffixes)
    return below is not None and not below.writable


def _users(raws: dict[Key, RawElement]) -> dict[Key, bool]:
    """For each simple element, whether a program created all the elements that make it up."""
    users: dict[Key, bool] = {}
    for (name, index), raw in raws.items():
        key = (_bare(name), index)
        users[key] = users.get(key, True) and raw.user
    return users


def _bare(name: str) -> str:
    """The name of the simple element that an element belongs to."""
    for ending in _ENDINGS:
        if name.endswith(ending):
            bare = name.removesuffix(ending)
            for side in _SIDE_ENDINGS:
                if bare.endswith(side):
                    return bare.removesuffix(side)
            return bare
    return name


def _failure(device: str, code: int, reason: str) -> Unreachable:
    """Why a device could not be opened, and what to do about it if known."""
    what = clean(device)
    if code == -errno.EACCES:
        return Unreachable(f"no permission to open {what}, because your user is not in the audio group")
    if code in (-errno.ENOENT, -errno.ENODEV):
        return Unreachable(f"no such ALSA device: {what}")
    kind = NoAnswer if code == -errno.ECONNREFUSED else Unreachable
    return kind(f"{what} could not be opened: {reason}")
