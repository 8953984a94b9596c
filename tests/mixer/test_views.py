"""What a screen lists: filters, labels, order, and where the cursor goes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimixer.config.schema import Filters, Rule
from tuimixer.mixer.views import (
    Row,
    Section,
    View,
    arrange,
    is_capture,
    keep,
    matches,
    name_of,
    pattern,
    rows_of,
)
from tuimixer.model.control import Channel, Choice, Control, Device, DeviceType, Element, Kind, Stream
from tuimixer.model.snapshot import AlsaCard, Snapshot

pytestmark = pytest.mark.unit

STEREO = (Channel("front-left", 1), Channel("front-right", 1))


def alsa(name: str, index: int = 0, card: str = "PCH", record: bool = False, **parts: Any) -> Control:
    """One side of an element, with a stereo volume unless its parts are given."""
    side = "capture" if record else "playback"
    fields: dict[str, Any] = parts or {"channels": STEREO}
    return Control(
        f"alsa:{card}/{name},{index}/{side}",
        Kind.ALSA_CAPTURE if record else Kind.ALSA_PLAYBACK,
        name,
        card=card,
        element=Element(name, index),
        **fields,
    )


def device(
    name: str, kind: Kind = Kind.SINK, hardware: bool = True, monitor_of: str | None = None
) -> Control:
    server_name = f"{name.lower()}.{kind.value}"
    kind_of = DeviceType.HARDWARE if hardware else DeviceType.NULL
    return Control(
        f"pulse:{kind.value}/{server_name}",
        kind,
        name,
        device=Device(server_name, 0, type=kind_of, monitor_of=monitor_of),
    )


def stream(number: int, application: str, media: str = "", record: bool = False, **more: Any) -> Control:
    kind = Kind.SOURCE_OUTPUT if record else Kind.SINK_INPUT
    return Control(
        f"pulse:{kind.value}/{number}",
        kind,
        application,
        stream=Stream(number, application=application, media=media, **more),
        properties={"application.name": application, "media.name": media},
    )


def stored(name: str, key: str) -> Control:
    stream, channels = Stream(0, stored_name=key), (Channel("front-left", 100),)
    return Control(f"pulse:stored/{key}", Kind.STORED, name, stream=stream, channels=channels)


def of(*controls: Control, cards: tuple[AlsaCard, ...] = ()) -> Snapshot:
    return Snapshot(controls={control.id: control for control in controls}, alsa_cards=cards)


def labels(snapshot: Snapshot, view: View = View.ALL, filters: Filters | None = None) -> list[str]:
    return [row.label for row in rows_of(arrange(snapshot, view, filters or Filters()))]


BOX = of(
    stream(3, "Firefox", "Some video"),
    stored("System sounds", "sink-input-by-media-role:event"),
    stream(9, "Recorder", record=True),
    device("Microphone", Kind.SOURCE),
    device("Speakers"),
    alsa("Master"),
    alsa("Capture", record=True),
    alsa("Input Source", record=True, choice=Choice(0, ("Mic", "Line"))),
    alsa("Auto-Mute", choice=Choice(0, ("On", "Off"))),
)


def test_three_groups_in_order() -> None:
    groups = arrange(BOX, View.ALL)
    assert [group.section for group in groups] == [Section.HARDWARE, Section.DEVICES, Section.APPLICATIONS]
    assert [[row.label for row in group.rows] for group in groups] == [
        ["Master", "Capture", "Input Source", "Auto-Mute"],
        ["Speakers", "Microphone"],
        ["Firefox", "Recorder", "System sounds"],
    ]


def test_views() -> None:
    assert labels(BOX, View.PLAYBACK) == ["Master", "Auto-Mute", "Speakers", "Firefox", "System sounds"]
    assert labels(BOX, View.CAPTURE) == ["Capture", "Input Source", "Microphone", "Recorder"]


def test_a_stored_volume_of_a_recording_stream_is_on_the_capture_side() -> None:
    assert is_capture(stored("x", "source-output-by-media-role:phone"))
    assert not is_capture(stored("x", "sink-input-by-media-role:phone"))
    assert not is_capture(replace(stored("x", "y"), stream=None))


def test_empty() -> None:
    assert labels(Snapshot()) == []


def test_meters_never_show() -> None:
    box = of(
        stream(1, "pavucontrol", "Peak detect", record=True, peak=True), stream(2, "Recorder", record=True)
    )
    assert labels(box, View.CAPTURE) == ["Recorder"]


# Names


def test_alsa_index_as_alsamixer_shows_it() -> None:
    assert labels(of(alsa("PCM"), alsa("PCM", 1), alsa("PCM", 2))) == ["PCM", "PCM 1", "PCM 2"]


def test_common_volumes_and_both_sides_stand_apart_only_where_names_are_equal() -> None:
    box = of(alsa("Mic"), alsa("Mic", record=True), alsa("Line", record=True))
    assert labels(box) == ["Mic", "Mic Capture", "Line"]
    assert labels(box, View.CAPTURE) == ["Mic", "Line"]


def test_equal_names_on_two_cards_need_no_difference() -> None:
    box = of(alsa("Master"), alsa("Master", card="USB"), alsa("Master", card="USB", record=True))
    assert labels(box) == ["Master", "Master", "Master Capture"]


def test_sink_and_source_of_one_name() -> None:
    box = of(device("Built-in"), device("Built-in", Kind.SOURCE))
    assert labels(box) == ["Built-in", "Built-in Capture"]
    assert labels(box, View.CAPTURE) == ["Built-in"]


def test_equal_applications_differ_by_title_then_by_number() -> None:
    box = of(
        stream(1, "mpv", "One"),
        stream(2, "mpv", "Two"),
        stream(3, "mpv", "Two"),
        stream(4, "mpv"),
        stream(5, "mpv", "mpv"),
        stream(6, "Firefox", "A page"),
    )
    assert labels(box) == ["mpv: One", "mpv: Two", "mpv: Two 1", "mpv", "mpv 1", "Firefox"]


def test_a_number_never_makes_a_second_of_a_name() -> None:
    box = of(stream(1, "mpv"), stream(2, "mpv"), stream(3, "mpv 1"))
    assert labels(box) == ["mpv", "mpv 2", "mpv 1"]


def test_a_filter_does_not_rename_what_it_leaves() -> None:
    box = of(stream(1, "mpv", "One"), stream(2, "mpv", "Two", virtual=True))
    assert labels(box, filters=Filters(streams="applications")) == ["mpv: One"]


@given(
    st.lists(st.tuples(st.sampled_from(["a", "a 1", "a: b"]), st.sampled_from(["", "b", "1"]), st.booleans()))
)
def test_labels_within_a_group_are_all_different(streams: list[tuple[str, str, bool]]) -> None:
    box = of(*(stream(i, name, title, record) for i, (name, title, record) in enumerate(streams)))
    for view in (View.PLAYBACK, View.CAPTURE):
        shown = labels(box, view)
        assert len(set(shown)) == len(shown)


# Cards

CARDS = (AlsaCard("USB", 1, "USB Audio"), AlsaCard("PCH", 0, "HDA Intel"), AlsaCard("NV", 2, "HDA Intel"))


def test_all_cards_are_grouped_and_headed() -> None:
    box = of(alsa("Master"), alsa("S/PDIF", card="NV"), alsa("PCM"), alsa("Speaker", card="USB"), cards=CARDS)
    rows = arrange(box, View.ALL)[0].rows
    assert [(row.heading, row.label) for row in rows] == [
        ("USB Audio", "Speaker"),
        ("HDA Intel (PCH)", "Master"),
        (None, "PCM"),
        ("HDA Intel (NV)", "S/PDIF"),
    ]


def test_one_card_needs_no_heading() -> None:
    box = of(alsa("Master"), alsa("Speaker", card="USB"), cards=CARDS)
    rows = arrange(box, View.ALL, Filters(card="PCH"))[0].rows
    assert rows == (Row("alsa:PCH/Master,0/playback", "Master", Section.HARDWARE),)
    assert arrange(box, View.ALL, Filters(card="gone"))[0].rows == ()


def test_a_device_that_is_not_a_card_comes_last_under_its_name() -> None:
    box = of(alsa("31 Hz", card="equal"), alsa("Master"), cards=CARDS)
    assert [row.heading for row in arrange(box, View.ALL)[0].rows] == ["HDA Intel (PCH)", "equal"]


def test_the_card_does_not_touch_the_server() -> None:
    assert labels(BOX, View.PLAYBACK, Filters(card="USB")) == ["Speakers", "Firefox", "System sounds"]


# alsamixer's merged capture switches


@pytest.mark.parametrize(
    ("playback", "capture", "merged"),
    [
        ({"channels": STEREO}, {"capture": (True, False)}, True),
        ({"channels": STEREO, "mute": (True,)}, {"capture": (True,)}, True),
        ({"mute": (True, False)}, {"capture": (True, False)}, True),
        ({"channels": STEREO[:1]}, {"capture": (True, False)}, True),
        ({"channels": STEREO[:1]}, {"capture": (True, False, True, True)}, False),
        ({"channels": STEREO}, {"capture": (True, False, True)}, False),
        ({"channels": STEREO * 2}, {"capture": (True, False, True, True)}, True),
        ({"channels": STEREO}, {"capture": (True, False), "channels": STEREO}, False),
        ({"choice": Choice(0, ("a",))}, {"capture": (True,)}, False),
    ],
)
def test_merged_capture_switch(playback: dict[str, Any], capture: dict[str, Any], merged: bool) -> None:
    one, other = alsa("Line", **playback), alsa("Line", record=True, **capture)
    rows = arrange(of(one, other), View.ALL)[0].rows
    if merged:
        assert rows == (Row(one.id, "Line", Section.HARDWARE, capture_id=other.id),)
    else:
        assert [row.id for row in rows] == [one.id, other.id]
        assert all(row.capture_id is None for row in rows)
    assert [row.id for row in arrange(of(one, other), View.CAPTURE)[0].rows] == [other.id]
    assert arrange(of(one, other), View.PLAYBACK)[0].rows == (Row(one.id, "Line", Section.HARDWARE),)


def test_a_capture_switch_merges_only_with_its_own_element() -> None:
    switch = Control("c", Kind.ALSA_CAPTURE, "Line", capture=(True,), element=Element("Line", 0), card="USB")
    for other in (switch, replace(switch, card="PCH", element=Element("Line", 1))):
        rows = arrange(of(alsa("Line"), other), View.ALL)[0].rows
        assert [row.capture_id for row in rows] == [None, None]


# Filters

DEVICES = of(
    device("Speakers"),
    device("Null", hardware=False),
    device("Microphone", Kind.SOURCE),
    device("Monitor of Speakers", Kind.SOURCE, hardware=False, monitor_of="pulse:sink/speakers"),
)


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        (Filters(), ["Speakers", "Null", "Microphone"]),
        (Filters(monitors=True), ["Speakers", "Null", "Microphone", "Monitor of Speakers"]),
        (Filters(devices="hardware"), ["Speakers", "Microphone"]),
        (Filters(devices="virtual"), ["Null"]),
        (Filters(devices="virtual", monitors=True), ["Null", "Monitor of Speakers"]),
    ],
)
def test_devices(filters: Filters, shown: list[str]) -> None:
    assert labels(DEVICES, filters=filters) == shown


@pytest.mark.parametrize(
    ("streams", "shown"),
    [
        ("all", ["mpv", "Loopback"]),
        ("applications", ["mpv"]),
        ("virtual", ["Loopback"]),
    ],
)
def test_streams(streams: str, shown: list[str]) -> None:
    box = of(stream(1, "mpv"), stream(2, "Loopback", virtual=True))
    assert labels(box, filters=Filters(streams=streams)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ["Master", "Speakers", "Firefox: A", "Firefox: B"]),
        ("  ", ["Master", "Speakers", "Firefox: A", "Firefox: B"]),
        ("FIRE", ["Firefox: A", "Firefox: B"]),
        ("b fire", ["Firefox: B"]),
        ("geckomain", ["Firefox: B"]),
        ("pch", ["Master"]),
        ("speakers.sink", ["Speakers"]),
        ("nothing like it", []),
    ],
)
def test_search(text: str, shown: list[str]) -> None:
    box = of(
        alsa("Master"),
        device("Speakers"),
        stream(1, "Firefox", "A"),
        stream(2, "Firefox", "B", binary="GeckoMain"),
    )
    assert labels(box, filters=Filters(text=text)) == shown


# Rules


@pytest.mark.parametrize(
    ("match", "hits"),
    [
        ({"name": "firefox"}, True),
        ({"name": "fire"}, False),
        ({"name": "fire*"}, True),
        ({"name": "/fire/"}, True),
        ({"name": "/^ire/"}, False),
        ({"application.name": "Fire?ox"}, True),
        ({"application": "Firefox", "media": "*video*"}, True),
        ({"application": "Firefox", "media": "song"}, False),
        ({"kind": "sink_input"}, True),
        ({"layer": "alsa"}, False),
        ({"role": "event"}, False),
        ({"role": ""}, True),
        ({"card": "*"}, False),
        ({"server_name": "*"}, False),
        ({"id": "pulse:sink_input/*"}, True),
        ({"no.such.property": "*"}, False),
    ],
)
def test_rule_matching(match: dict[str, str], hits: bool) -> None:
    assert matches(Rule(match, hide=True), stream(3, "Firefox", "Some video")) is hits


def test_rules_hide_and_rename() -> None:
    rules = (
        Rule({"name": "HDMI *"}, hide=True),
        Rule({"server_name": "speakers.sink"}, name="Desk"),
        Rule({"name": "Speakers"}, name="second names do not count"),
    )
    box = of(device("Speakers"), device("HDMI 1"), device("HDMI 2"))
    assert labels(box, filters=Filters(rules=rules)) == ["Desk"]
    assert labels(box, filters=Filters(rules=rules, text="desk")) == ["Desk"]


def test_renamed_alike_are_numbered() -> None:
    rule = Rule({"name": "*"}, name="Out")
    assert labels(of(device("A"), device("B")), filters=Filters(rules=(rule,))) == ["Out", "Out 1"]
    assert labels(of(alsa("PCM", 1)), filters=Filters(rules=(rule,))) == ["Out 1"]


def test_the_pattern_of_each_of_many_rules_is_compiled_once() -> None:
    rules = tuple(Rule({"name": f"none {number}"}, name="x") for number in range(2000))
    pattern.cache_clear()
    for name in ("A", "B", "C"):
        assert name_of(device(name), rules) == name
    assert pattern.cache_info().misses == len(rules)


def test_one_slash_is_a_glob() -> None:
    assert pattern("/").fullmatch("/")


# Cursor


def rows(text: str) -> tuple[Row, ...]:
    """`ab|cd` means a, b in the hardware group and c, d among the devices."""
    return tuple(
        Row(letter, letter, section)
        for section, part in zip(Section, text.split("|"), strict=False)
        for letter in part
    )


@pytest.mark.parametrize(
    ("before", "after", "cursor", "kept"),
    [
        ("abc", "xabc", "b", "b"),
        ("abc", "ac", "b", "c"),
        ("abc", "ab", "c", "b"),
        ("abcd", "ad", "b", "a"),
        ("abcde", "ae", "c", "e"),
        ("abc", "x", "b", "x"),
        ("abc", "xyz", "b", "y"),
        ("ab|cd", "ab|d", "c", "d"),
        ("ab|cd", "ab|c", "d", "c"),
        ("ab|c", "ab|", "c", "b"),
        ("ab|c|de", "ab||de", "c", "d"),
        ("ab", "", "a", None),
        ("", "ab", None, "a"),
        ("ab", "cd", "z", "c"),
        ("", "", None, None),
        ("a", "|b", "a", "b"),
    ],
)
def test_keep(before: str, after: str, cursor: str | None, kept: str | None) -> None:
    assert keep(rows(before), rows(after), cursor) == kept
