"""What a screen lists: a snapshot's controls filtered, named, ordered and put into three groups. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import translate
from functools import lru_cache
from glob import escape
from itertools import count, groupby

from tuimixer.config.schema import Filters, Rule
from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.snapshot import AlsaCard, Snapshot
from tuimixer.model.text import regular_expression


class View(StrEnum):
    """Which directions are shown, as in alsamixer."""

    PLAYBACK = "playback"
    CAPTURE = "capture"
    ALL = "all"


class Section(StrEnum):
    """The three groups, in screen order."""

    HARDWARE = "hardware"
    DEVICES = "devices"
    APPLICATIONS = "applications"


_DEFAULT = Filters()
SYSTEM_SOUNDS = "sink-input-by-media-role:event"
"""The server's name for the stored volume that all system sounds share."""
FIELDS = (
    "id",
    "kind",
    "layer",
    "name",
    "card",
    "device",
    "application",
    "media",
    "role",
    "binary",
    "server_name",
)
"""Names that a rule can match, besides the server's properties (`application.name`, `device.bus`, …)."""


@lru_cache(maxsize=1 << 16)  # more than there are rules in the largest configuration that can be loaded
def pattern(text: str) -> re.Pattern[str]:
    """Compile a glob, which must match the whole value, or `/…/`, a regular expression that may match
    anywhere. Case is ignored.
    """
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        return regular_expression(text[1:-1])
    return re.compile(translate(text), re.IGNORECASE)


def matches(rule: Rule, control: Control) -> bool:
    """Whether a rule applies to a control."""
    for key, text in rule.match.items():
        value = _field(control, key)
        if value is None or not pattern(text).search(value):
            return False
    return True


def match_of(control: Control) -> dict[str, str]:
    """What a rule must match to apply to only this control, or to all streams of its application."""
    match: dict[str, str]
    if control.element is not None:
        match = {"id": control.id}
    elif control.device is not None:
        match = {"kind": control.kind.value, "server_name": control.device.server_name}
    elif control.stream is not None and control.stream.application:
        match = {"kind": control.kind.value, "application": control.stream.application}
    else:
        match = {"kind": control.kind.value, "name": control.name}
    return {key: _literal(text) for key, text in match.items()}


def _literal(text: str) -> str:
    """A pattern that matches only this text."""
    text = escape(text)
    return f"[/]{text[1:]}" if text.startswith("/") else text


def changed(rules: tuple[Rule, ...], rule: Rule) -> tuple[Rule, ...]:
    """The rules after adding or replacing one, as `put_rule` does."""
    places = [number for number, known in enumerate(rules) if known.match == rule.match]
    kept = [known for known in rules if known.match != rule.match]
    if rule.hide or rule.name:
        kept.insert(places[0] if places else 0, rule)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Row:
    """One row or column of the screen."""

    id: ControlId
    label: str
    """The name to display, unique within its group and card."""
    section: Section
    heading: str | None = None
    """Name of the card whose first row this is, if several cards are shown."""
    capture_id: ControlId | None = None
    """Id of a capture control with only a switch, shown in the same row, as in alsamixer's view of all."""


@dataclass(frozen=True, slots=True)
class Group:
    """One of the three groups."""

    section: Section
    rows: tuple[Row, ...] = field(default=())


def arrange(snapshot: Snapshot, view: View, filters: Filters = _DEFAULT) -> tuple[Group, Group, Group]:
    """The groups hardware, devices and applications of a view, each in the sound system's order."""
    known = [c for c in snapshot.controls.values() if not c.is_meter]
    names = {control.id: name_of(control, filters.rules) for control in known}
    groups = []
    for section in Section:
        members = sorted(
            (c for c in known if SECTIONS[c.kind] is section), key=lambda c: _rank(c, snapshot.alsa_cards)
        )
        # Labels are assigned before filtering, so that a filter never changes the names of what remains.
        labels = _labels(members, names, view)
        shown = [
            c
            for c in members
            if _in_view(c, view) and _passes(c, filters) and _found(c, labels[c.id], filters.text)
        ]
        groups.append(Group(section, _rows(shown, labels, section, view, snapshot.alsa_cards)))
    return groups[0], groups[1], groups[2]


def labels_of(snapshot: Snapshot, rules: tuple[Rule, ...] = ()) -> dict[ControlId, tuple[str, ...]]:
    """Everything that the screen may call each control, depending on the view."""
    filters = Filters(
        monitors=True, stopped=True, rules=tuple(Rule(rule.match, name=rule.name) for rule in rules)
    )
    labels: dict[ControlId, dict[str, None]] = {}
    for view in View:
        for row in rows_of(arrange(snapshot, view, filters)):
            labels.setdefault(row.id, {})[row.label] = None
    return {key: tuple(names) for key, names in labels.items()}


def name_of(control: Control, rules: tuple[Rule, ...]) -> str:
    """The name that a rule gives a control, else its own."""
    return next((rule.name for rule in rules if rule.name and matches(rule, control)), control.name)


def rows_of(groups: Iterable[Group]) -> tuple[Row, ...]:
    """All rows of the groups, in order."""
    return tuple(row for group in groups for row in group.rows)


def keep(before: Sequence[Row], after: Sequence[Row], cursor: ControlId | None) -> ControlId | None:
    """The cursor's new place when rows change: its own control if still shown, else the nearest neighbor.

    The neighbor is in the same group if that has rows left, and the next one is preferred to the previous
    one. None if there are no rows.
    """
    left = {row.id for row in after}
    if cursor in left or not after:
        return cursor if cursor in left else None
    section = next((row.section for row in before if row.id == cursor), None)
    if section is None:
        return after[0].id
    for old, new in (
        ([row for row in before if row.section is section], [row for row in after if row.section is section]),
        (before, after),
    ):
        at = next(i for i, row in enumerate(old) if row.id == cursor)
        for distance in range(1, len(old)):
            for i in (at + distance, at - distance):
                if 0 <= i < len(old) and old[i].id in left:
                    return old[i].id
        if new:
            return new[min(at, len(new) - 1)].id
    return None


SECTIONS = {
    Kind.ALSA_PLAYBACK: Section.HARDWARE,
    Kind.ALSA_CAPTURE: Section.HARDWARE,
    Kind.SINK: Section.DEVICES,
    Kind.SOURCE: Section.DEVICES,
    Kind.SINK_INPUT: Section.APPLICATIONS,
    Kind.SOURCE_OUTPUT: Section.APPLICATIONS,
    Kind.STORED: Section.APPLICATIONS,
}
"""The group of each kind of control."""
_PULSE_ORDER = (Kind.SINK, Kind.SOURCE, Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.STORED)


def is_capture(control: Control) -> bool:
    """Whether a control is for recording; a stored volume counts by the kind of its stream."""
    if control.kind is Kind.STORED:
        return control.stream is not None and control.stream.stored_name.startswith("source-output")
    return control.kind.capture


def _rank(control: Control, cards: tuple[AlsaCard, ...]) -> int:
    """Sort key: cards in the order given, then the server's kinds; otherwise the order is preserved."""
    if control.kind.layer is Layer.PULSE:
        return _PULSE_ORDER.index(control.kind)
    return next((i for i, card in enumerate(cards) if card.id == control.card), len(cards))


def _in_view(control: Control, view: View) -> bool:
    return view is View.ALL or is_capture(control) == (view is View.CAPTURE)


def _passes(control: Control, filters: Filters) -> bool:
    device, stream = control.device, control.stream
    if control.kind.layer is Layer.ALSA and filters.card is not None and control.card != filters.card:
        return False
    if control.is_monitor:
        if not filters.monitors:
            return False
    elif device is not None and filters.devices not in ("all", "hardware" if device.hardware else "virtual"):
        return False
    if control.kind is Kind.STORED and stream is not None:
        if not control.channels or not (filters.stopped or stream.stored_name == SYSTEM_SOUNDS):
            return False
    elif stream is not None and filters.streams != "all" and stream.virtual != (filters.streams == "virtual"):
        return False
    return not any(rule.hide and matches(rule, control) for rule in filters.rules)


def _found(control: Control, label: str, text: str) -> bool:
    if not text.strip():
        return True
    known = [label, control.name, *(_field(control, key) or "" for key in ("card", *FIELDS[6:]))]
    if control.element:
        known.append(control.element.name)
    haystack = "\n".join(known).casefold()
    return all(word in haystack for word in text.casefold().split())


def _field(control: Control, key: str) -> str | None:
    """The value of a rule's key for a control; None if the control has none."""
    stream, device = control.stream, control.device
    match key:
        case "id" | "name" | "card":
            value = getattr(control, key)
            return value if isinstance(value, str) else None
        case "device":
            return control.target_id
        case "kind":
            return control.kind.value
        case "layer":
            return control.kind.layer.value
        case "application" | "media" | "role" | "binary":
            return getattr(stream, key) if stream else None
        case "server_name":
            return device.server_name if device else None
    return control.properties.get(key)


def _labels(members: list[Control], names: dict[ControlId, str], view: View) -> dict[ControlId, str]:
    """Labels made unique among everything that may be shown together, by title, number or direction."""
    labels: dict[ControlId, str] = {}
    for _, card in groupby(members, key=_card):
        sides: dict[bool, list[Control]] = {False: [], True: []}
        for control in card:
            sides[is_capture(control)].append(control)
        playback = _numbered(sides[False], names)
        labels |= playback
        taken = set(playback.values()) if view is View.ALL else set()
        for key, label in _numbered(sides[True], names).items():
            labels[key] = f"{label} Capture" if label in taken else label
    return labels


def _card(control: Control) -> str | None:
    return control.card if control.kind.layer is Layer.ALSA else None


def _numbered(side: list[Control], names: dict[ControlId, str]) -> dict[ControlId, str]:
    """One label for each control: its name, with ALSA's index, a stream's title or a number if necessary."""
    labels: dict[ControlId, str] = {}
    shared = Counter(names[control.id] for control in side)
    alike: dict[str, list[ControlId]] = {}
    for control in side:
        name = names[control.id]
        if control.element is not None:
            labels[control.id] = f"{name} {control.element.index}" if control.element.index else name
            continue
        title = control.stream.media if control.stream and shared[name] > 1 else ""
        alike.setdefault(f"{name}: {title}" if title and title != name else name, []).append(control.id)
    taken = set(alike)
    for label, keys in alike.items():
        labels[keys[0]] = label
        free = (numbered for number in count(1) if (numbered := f"{label} {number}") not in taken)
        labels.update(zip(keys[1:], free, strict=False))
    return labels


def _rows(
    shown: list[Control],
    labels: dict[ControlId, str],
    section: Section,
    view: View,
    cards: tuple[AlsaCard, ...],
) -> tuple[Row, ...]:
    merged = _merged(shown) if section is Section.HARDWARE and view is View.ALL else {}
    swallowed = set(merged.values())
    several = len({control.card for control in shown}) > 1
    rows: list[Row] = []
    card: str | None = None
    for control in shown:
        if control.id in swallowed:
            continue
        heading = None
        if section is Section.HARDWARE and several and (not rows or control.card != card):
            card, heading = control.card, _heading(control.card, cards)
        rows.append(Row(control.id, labels[control.id], section, heading, merged.get(control.id)))
    return tuple(rows)


def _heading(card_id: str | None, cards: tuple[AlsaCard, ...]) -> str:
    card = next((card for card in cards if card.id == card_id), None)
    if card is None:
        return card_id or ""
    alike = sum(other.name == card.name for other in cards) > 1
    return f"{card.name} ({card.id})" if alike else card.name


def _merged(shown: list[Control]) -> dict[ControlId, ControlId]:
    """Maps playback controls to the capture control whose switch is merged into them."""
    playback = {_element(control): control for control in shown if control.kind is Kind.ALSA_PLAYBACK}
    merged = {}
    for control in shown:
        partner = playback.get(_element(control)) if control.kind is Kind.ALSA_CAPTURE else None
        if partner is not None and _merges(partner, control):
            merged[partner.id] = control.id
    return merged


def _element(control: Control) -> tuple[str | None, str, int]:
    element = control.element
    return (control.card, element.name, element.index) if element else (control.card, control.id, 0)


def _merges(playback: Control, capture: Control) -> bool:
    """alsamixer's rule for sharing a row: the capture side has no volume, and its switch has no channel pair
    that the playback side lacks.
    """
    if not capture.capture or capture.channels or not (playback.channels or playback.mute):
        return False
    switches = len(capture.capture)
    if switches == 1:
        return True
    if switches > 2 and (len(playback.channels) == 1 or len(playback.mute or ()) == 1):
        return False
    return _pairs(switches) <= _pairs(max(len(playback.channels), len(playback.mute or ())))


def _pairs(channels: int) -> int:
    """The number of faders alsamixer shows for this many channels: front, rear, center, woofer, side."""
    return (0, 1, 1, 2, 2, 3, 4, 5, 5)[min(channels, 8)]
