"""The only module that imports pyalsaaudio, with types: lists the sound cards and sets controls.

A pyalsaaudio `Mixer` opens a mixer handle and loads the whole card, so mixers are created when a control is
first set, and only the last few are kept.
"""

import errno
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

import alsaaudio

from tuimixer.backend.base import Refused, Unreachable
from tuimixer.model.text import clean

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from typing import Any

_KEPT = 8
"""Number of mixers a card keeps open: enough for the controls that a user changes in turn."""

Key = tuple[str, int]
"""Name and index of a simple element."""


def card_numbers() -> tuple[int, ...]:
    """Numbers of the sound cards that this user may open."""
    return tuple(alsaaudio.card_indexes())


class ElementWriter:
    """Sets the controls of one card.

    pyalsaaudio looks the element up at each call and lets libasound abort the process if it is gone. The
    caller must therefore call `ready`, then make sure that the element still exists (by handling the events
    of its own mixer, and calling `forget` for whatever was removed), and only then set it: anything removed
    before that has been forgotten, and setting a control handles no events that could remove more.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._mixers: OrderedDict[Key, Any] = OrderedDict()

    def ready(self, key: Key) -> None:
        """Open the mixer of a control, or update the open one so that it does not write stale values.

        Raises:
            Unreachable: the card or the control is gone.
        """
        name, index = key
        mixer = self._mixers.get(key)
        if mixer is not None:
            self._mixers.move_to_end(key)
            try:
                mixer.handleevents()
            except alsaaudio.ALSAAudioError:
                # An element that was added and removed again makes this fail; a new mixer is not affected.
                self.forget(key)
            else:
                return
        with _spoken(f"{name} of {self._device}"):
            mixer = alsaaudio.Mixer(control=name, id=index, device=self._device)
        self._mixers[key] = mixer
        while len(self._mixers) > _KEPT:
            self._mixers.popitem(last=False)[1].close()

    def is_ready(self, key: Key) -> bool:
        """Whether the control's mixer is open."""
        return key in self._mixers

    def forget(self, key: Key) -> None:
        """Discard the mixer of an element that was removed or changed its shape."""
        mixer = self._mixers.pop(key, None)
        if mixer is not None:
            mixer.close()

    def set_volume(self, key: Key, capture: bool, raws: tuple[int, ...]) -> None:
        """Set each channel's raw value; requires `ready`."""
        pcmtype = alsaaudio.PCM_CAPTURE if capture else alsaaudio.PCM_PLAYBACK
        with _spoken(key[0]):
            for channel, raw in enumerate(raws):
                self._mixers[key].setvolume(
                    volume=raw, channel=channel, pcmtype=pcmtype, units=alsaaudio.VOLUME_UNITS_RAW
                )

    def set_mute(self, key: Key, mute: tuple[bool, ...]) -> None:
        """Set the playback switches, True for muted; requires `ready`."""
        with _spoken(key[0]):
            for channel, muted in enumerate(mute):
                self._mixers[key].setmute(int(muted), channel)

    def set_capture(self, key: Key, capture: tuple[bool, ...]) -> None:
        """Set the capture switches, True for recording; requires `ready`."""
        with _spoken(key[0]):
            for channel, on in enumerate(capture):
                self._mixers[key].setrec(int(on), channel)

    def set_choice(self, key: Key, item: int) -> None:
        """Select an item on the first channel of an enumerated control; requires `ready`."""
        with _spoken(key[0]):
            self._mixers[key].setenum(item)

    def close(self) -> None:
        """Close every mixer; may be called twice."""
        while self._mixers:
            self._mixers.popitem()[1].close()


@contextmanager
def _spoken(what: str) -> Iterator[None]:
    """Translate pyalsaaudio's errors, including the one for a name that is not UTF-8."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise Refused(f"{clean(what)} cannot be set, because its name is not UTF-8") from error
    except alsaaudio.ALSAAudioError as error:
        kind = Refused if os.strerror(errno.EPERM) in str(error) else Unreachable
        raise kind(f"{clean(what)} cannot be set: {error}") from error
