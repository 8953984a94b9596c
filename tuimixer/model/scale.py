"""Volume arithmetic: raw values, dB and fader positions, for ALSA (as in alsamixer) and Pulse.

dB values are whole hundredths of a dB ("cdb"), as in libasound. A position is 0 at the bottom of the fader
and 1 at its top (for Pulse, 1 is 100 %, and higher positions are possible). ALSA's curve is that of alsamixer
and `amixer -M`: linear in dB for a control that spans at most 24 dB, else linear in the cube root of the
amplitude, with the control's own minimum at 0.
"""

import math
from bisect import bisect_right

from tuimixer.model.record import dataclass

MUTE_CDB = -9_999_999
"""libasound's dB value for silence (SND_CTL_TLV_DB_GAIN_MUTE)."""
PULSE_NORM = 65536
"""Pulse's raw value for 100 %, which is 0 dB."""
_LINEAR_SPAN = 2400
_CUBE = 6000.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight part of a curve, evaluated with libasound's integer arithmetic (tlv.c, snd_tlv_convert)."""

    first: int
    last: int
    cdb_first: int
    cdb_last: int
    mute: bool = False
    """Whether the raw value `first` is silent; the line still starts at `cdb_first` (DB_SCALE and DB_MINMAX
    with mute).
    """
    linear: bool = False
    """Whether the amplitude, not the dB value, is linear (DB_LINEAR)."""

    @property
    def bottom(self) -> int:
        """The lowest gain of the run, in hundredths of a dB."""
        return MUTE_CDB if self.mute else self.cdb_first

    def cdb(self, raw: int) -> int:
        """The gain at `raw`, which must be in the run, in hundredths of a dB."""
        if raw <= self.first or self.last <= self.first:
            return self.bottom
        if raw >= self.last:
            return self.cdb_last
        if not self.linear:
            gain = (self.cdb_last - self.cdb_first) * (raw - self.first)
            return _divide(gain, self.last - self.first) + self.cdb_first
        share = (raw - self.first) / (self.last - self.first)
        if self.cdb_first <= MUTE_CDB:
            return int(2000.0 * math.log10(share)) + self.cdb_last
        low, high = 10.0 ** (self.cdb_first / 2000.0), 10.0 ** (self.cdb_last / 2000.0)
        return int(2000.0 * math.log10((high - low) * share + low))

    def raw(self, cdb: int, direction: int) -> int:
        """The raw value for a gain in hundredths of a dB; `direction` as in `from_cdb`."""
        if cdb <= self.cdb_first:
            return self.first + (self.mute and cdb > MUTE_CDB and direction > 0)
        if cdb >= self.cdb_last:
            return self.last
        if self.linear:
            low = 0.0 if self.cdb_first <= MUTE_CDB else 10.0 ** (self.cdb_first / 2000.0)
            share = (10.0 ** (cdb / 2000.0) - low) / (10.0 ** (self.cdb_last / 2000.0) - low)
            return _round(share * (self.last - self.first), direction) + self.first
        rise = self.cdb_last - self.cdb_first
        distance = (cdb - self.cdb_first) * (self.last - self.first)
        distance += rise - 1 if direction > 0 else (rise + 1) // 2 if direction == 0 else 0
        return distance // rise + self.first


@dataclass(frozen=True, slots=True)
class Scale:
    """A control's range, and how its raw values map to dB."""

    minimum: int
    maximum: int
    curve: tuple[Segment, ...] = ()
    """For ALSA: runs that cover minimum to maximum and rise with the raw value; empty without dB data."""
    low: int = 0
    """For ALSA with dB data: lower end of libasound's dB range, in hundredths of a dB; MUTE_CDB if the bottom
    is silent.
    """
    high: int = 0
    cubic: bool = False
    """Whether this is Pulse's scale, whose amplitude is (raw / 65536)³; `maximum` is then the highest value
    that the server accepts.
    """

    @property
    def has_db(self) -> bool:
        """Whether raw values can be converted to dB."""
        return self.cubic or bool(self.curve)


PULSE_SCALE = Scale(0, 0x7FFFFFFF, cubic=True)
"""Pulse's scale, from PA_VOLUME_MUTED to PA_VOLUME_MAX."""


def to_cdb(scale: Scale, raw: int) -> int | None:
    """The gain of a raw value in hundredths of a dB: MUTE_CDB for silence, None without dB data.

    Pulse: 60·log10(raw/65536) dB (pulse/volume.c: amplitude = (raw/65536)³).
    """
    if scale.cubic:
        return round(6000 * math.log10(raw / PULSE_NORM)) if raw > 0 else MUTE_CDB
    if not scale.curve:
        return None
    raw = min(max(raw, scale.minimum), scale.maximum)
    return scale.curve[bisect_right(scale.curve, raw, key=lambda run: run.first) - 1].cdb(raw)


def from_cdb(scale: Scale, cdb: float, direction: int = 0) -> int:
    """Raw value for a gain in hundredths of a dB, clamped to the range.

    direction: 1 for the lowest raw value that is not quieter, -1 for the highest that is not louder, 0 for
    the nearest. Between two runs of a curve, 0 yields the end of the lower run, as in libasound.

    Raises:
        ValueError: the control has no dB data.
    """
    if scale.cubic:
        raw = PULSE_NORM * 10 ** (cdb / 6000) if cdb > MUTE_CDB else 0.0
        return min(max(_round(raw, direction), scale.minimum), scale.maximum)
    if not scale.curve:
        raise ValueError("the control has no dB data")
    cdb = _round(cdb, direction)
    raw = scale.curve[0].first
    for run in scale.curve:
        if cdb < run.bottom:
            raw = run.first if direction > 0 or run is scale.curve[0] else raw
            break
        raw = run.raw(cdb, direction)
        if cdb <= run.cdb_last:
            break
    return min(max(raw, scale.minimum), scale.maximum)


def to_position(scale: Scale, raw: int) -> float:
    """Fader position: 0 is the bottom, 1 the top; Pulse may exceed 1."""
    if scale.cubic:
        return raw / PULSE_NORM
    if scale.maximum <= scale.minimum:
        return 0.0
    cdb = to_cdb(scale, raw)
    if cdb is None or scale.low >= scale.high:
        return (raw - scale.minimum) / (scale.maximum - scale.minimum)
    if scale.high - scale.low <= _LINEAR_SPAN:
        return (cdb - scale.low) / (scale.high - scale.low)
    position = 10 ** ((cdb - scale.high) / _CUBE)
    if scale.low == MUTE_CDB:
        return position
    floor = 10 ** ((scale.low - scale.high) / _CUBE)
    return (position - floor) / (1 - floor)


def from_position(scale: Scale, position: float, direction: int = 0) -> int:
    """Raw value for a position, clamped to the range.

    direction: 1 rounds up (for keys that raise), -1 down (for keys that lower), 0 to the nearest value (for
    digits and the mouse). Both the dB value and the raw value are rounded this way, so any step moves by at
    least one raw value.
    """
    if scale.cubic:
        return min(max(_round(position * PULSE_NORM, direction), scale.minimum), scale.maximum)
    span = scale.maximum - scale.minimum
    if span <= 0:
        return scale.minimum
    position = min(max(position, 0.0), 1.0)
    if not scale.curve or scale.low >= scale.high:
        # As in alsamixer, even though floating-point error occasionally (5 to 7 times in 100) makes a 1 %
        # step two raw values, because the same keys should yield the same values.
        return min(max(_round(position * span, direction) + scale.minimum, scale.minimum), scale.maximum)
    if scale.high - scale.low <= _LINEAR_SPAN:
        return from_cdb(scale, _round(position * (scale.high - scale.low), direction) + scale.low, direction)
    if scale.low != MUTE_CDB:
        floor = 10 ** ((scale.low - scale.high) / _CUBE)
        position = position * (1 - floor) + floor
    cdb = _round(_CUBE * math.log10(max(position, 1e-36)), direction) + scale.high
    return from_cdb(scale, cdb, direction)


def to_percent(scale: Scale, raw: int) -> int:
    """The percentage that alsamixer, `amixer -M` and pavucontrol display."""
    return round(100 * to_position(scale, raw))


def decibels(cdb: int, decimals: int = 2, plus: bool = True) -> str:
    """A gain as text without its unit: `−19.50`, `0.00`, `+3.00` (`3.00` if not `plus`), `−∞` for silence."""
    if cdb <= MUTE_CDB:
        return "−∞"
    step = 10 ** (2 - decimals)
    rounded = (abs(cdb) + step // 2) // step * step
    sign = "−" if cdb < 0 else "+" if plus else ""
    return f"{sign if rounded else ''}{rounded / 100:.{decimals}f}"


def _divide(dividend: int, divisor: int) -> int:
    """Divide as C does, rounding towards zero."""
    return dividend // divisor if (dividend >= 0) == (divisor > 0) else -(-dividend // divisor)


def _round(value: float, direction: int) -> int:
    if direction > 0:
        return math.ceil(value)
    return math.floor(value) if direction < 0 else round(value)
