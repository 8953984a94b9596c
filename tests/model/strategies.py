"""Scales and controls for tests: the ones of known cards, and random ones for hypothesis."""

from hypothesis import strategies as st

from tuimixer.model.control import Channel, Choice, Control, Element, Kind
from tuimixer.model.scale import MUTE_CDB, PULSE_SCALE, Scale, Segment

HDA_MASTER = Scale(0, 87, (Segment(0, 87, -6525, 0),), -6525, 0)
SOFTVOL = Scale(0, 255, (Segment(0, 255, -5100, 0),), -5100, 0)
BCM2835 = Scale(-10239, 400, (Segment(-10239, 400, -10239, 400, mute=True),), MUTE_CDB, 400)
BOOST_30 = Scale(0, 3, (Segment(0, 3, 0, 3000),), 0, 3000)
BOOST_20 = Scale(0, 2, (Segment(0, 2, 0, 2000),), 0, 2000)
CAPTURE = Scale(0, 63, (Segment(0, 63, -1725, 3000),), -1725, 3000)
PLAIN = Scale(0, 31)
NAMES = (
    "front-left",
    "front-right",
    "rear-left",
    "rear-right",
    "front-center",
    "lfe",
    "side-left",
    "side-right",
)


def control(scale: Scale | None, *raws: int, **more: object) -> Control:
    """A control with one channel for each raw value, named in ALSA's order (one alone is mono)."""
    names = ("mono",) if len(raws) == 1 else NAMES
    kind = Kind.SINK if scale is not None and scale.cubic else Kind.ALSA_PLAYBACK
    fields: dict[str, object] = {
        "id": "c",
        "kind": kind,
        "name": "PCM",
        "scale": scale,
        "channels": tuple(Channel(name, raw) for name, raw in zip(names, raws, strict=False)),
        "element": Element("PCM", 0) if kind is Kind.ALSA_PLAYBACK else None,
    }
    return Control(**(fields | more))  # type: ignore[arg-type]


def choice(value: int, *items: str) -> Control:
    """An enumerated control."""
    return control(None, choice=Choice(value, items))


@st.composite
def runs(draw: st.DrawFn) -> Scale:
    """A scale with dB data, of one run or several, narrow or wide, with or without a mute bottom."""
    minimum = draw(st.integers(-2000, 2000))
    segments = []
    first, cdb = minimum, draw(st.integers(-12000, 0))
    mute = draw(st.booleans())
    for number in range(draw(st.integers(1, 3))):
        last = first + draw(st.integers(1, 300))
        if draw(st.booleans()):
            rise = draw(st.integers(1, 300)) * (last - first)  # DB_SCALE: a whole step
        else:
            rise = draw(st.integers(last - first, 9000 + last - first))  # DB_MINMAX: rounded
        segments.append(Segment(first, last, cdb, cdb + rise, mute=mute and number == 0))
        first, cdb = last + 1, cdb + rise + draw(st.integers(1, 300))
    last_run = segments[-1]
    return Scale(minimum, last_run.last, tuple(segments), segments[0].bottom, last_run.cdb_last)


@st.composite
def linear(draw: st.DrawFn) -> Scale:
    """A scale whose amplitude is a straight line (DB_LINEAR), with or without a mute bottom."""
    low = MUTE_CDB if draw(st.booleans()) else draw(st.integers(-9000, -100))
    top = draw(st.integers(2, 300))
    return Scale(0, top, (Segment(0, top, low, 0, linear=True),), low, 0)


@st.composite
def plain(draw: st.DrawFn) -> Scale:
    """A scale without dB data."""
    minimum = draw(st.integers(-1000, 1000))
    return Scale(minimum, minimum + draw(st.integers(1, 70000)))


def alsa_scales() -> st.SearchStrategy[Scale]:
    """Any ALSA scale."""
    known = st.sampled_from([HDA_MASTER, SOFTVOL, BCM2835, BOOST_30, BOOST_20, CAPTURE, PLAIN])
    return st.one_of(known, runs(), linear(), plain())


def scales() -> st.SearchStrategy[Scale]:
    """Any scale."""
    return st.one_of(alsa_scales(), st.just(PULSE_SCALE))


def raw_of(scale: Scale) -> st.SearchStrategy[int]:
    """A raw value of a scale; Pulse: up to 200 %."""
    return st.integers(scale.minimum, min(scale.maximum, 131072) if scale.cubic else scale.maximum)


@st.composite
def controls(draw: st.DrawFn, of: st.SearchStrategy[Scale] | None = None) -> Control:
    """A control with one to six channels."""
    scale = draw(scales() if of is None else of)
    raws = draw(st.lists(raw_of(scale), min_size=1, max_size=6))
    return control(scale, *raws)
