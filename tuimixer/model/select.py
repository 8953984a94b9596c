"""Resolves names to controls: `@output`, `firefox`, `Master`, `PCM,1`, `hw:0/Master`, `Mix *`. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.record import dataclass
from tuimixer.model.snapshot import AlsaCard, Snapshot

OUTPUT, INPUT = "@output", "@input"
_DEFAULTS = {
    OUTPUT: Kind.SINK,
    INPUT: Kind.SOURCE,
    "@default_sink@": Kind.SINK,
    "@default_source@": Kind.SOURCE,
    "@default_audio_sink@": Kind.SINK,
    "@default_audio_source@": Kind.SOURCE,
}
_GROUPS = {
    "@outputs": (Kind.SINK,),
    "@inputs": (Kind.SOURCE,),
    "@streams": (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT),
}
_KINDS = {
    "sink": (Kind.SINK,),
    "source": (Kind.SOURCE,),
    "sink_input": (Kind.SINK_INPUT,),
    "source_output": (Kind.SOURCE_OUTPUT,),
    "stored": (Kind.STORED,),
    "app": (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.STORED),
}
_SIDES = {"playback": Kind.ALSA_PLAYBACK, "capture": Kind.ALSA_CAPTURE}
_SWITCHED = ("on", "off")
ANY = frozenset(Kind)
Labels = Callable[[], Mapping[ControlId, tuple[str, ...]]]
"""Returns what the screen calls each control; called only if the sound systems' own names are not enough."""


def _no_labels() -> Mapping[ControlId, tuple[str, ...]]:
    return {}


@dataclass(frozen=True, slots=True)
class Match:
    """What a name refers to: a device, an application with its streams, or an element with its directions."""

    controls: tuple[Control, ...]
    exact: bool
    grouped: bool = False
    """Whether the target was a group or a pattern rather than a name."""

    @property
    def id(self) -> str:
        """The id of the first control, which identifies the match."""
        return self.controls[0].id

    @property
    def words(self) -> str:
        """The match as listed among several: name, card if known, and id."""
        first = self.controls[0]
        card = first.card or first.properties.get("alsa.card_name", "")
        return f"{first.name} ({f'{card}, ' if card else ''}{first.id})"


def is_group(target: str) -> bool:
    """Whether a target may refer to several things: `@outputs`, or a pattern with `*`."""
    return "*" in target or target.casefold().strip() in _GROUPS


def kinds_of(target: str) -> frozenset[Kind]:
    """The kinds of control that a target may refer to: for `@output` and the like only one, else any."""
    kind = _DEFAULTS.get(target.casefold().strip())
    return ANY if kind is None else frozenset({kind})


def layers_of(target: str) -> tuple[Layer, ...]:
    """The layers in which a target may be found, the likelier one first; only one if the target specifies it,
    for example by `hw:` or `@output`.
    """
    lower = target.casefold().strip()
    head, slash, _ = lower.partition("/")
    if (
        lower in _DEFAULTS
        or lower in _GROUPS
        or lower.startswith(("pulse:", "pid:"))
        or lower.isdecimal()
        or (slash and head in _KINDS)
    ):
        return (Layer.PULSE,)
    if (
        lower.startswith(("alsa:", "hw:"))
        or _indexed(target)[1] is not None
        or lower.endswith(("/playback", "/capture"))
    ):
        return (Layer.ALSA,)
    return (Layer.ALSA, Layer.PULSE) if slash else (Layer.PULSE, Layer.ALSA)


def find(
    target: str,
    snapshot: Snapshot,
    kinds: frozenset[Kind] = ANY,
    card: str = "",
    labels: Labels = _no_labels,
) -> tuple[Match, ...]:
    """Everything that `target` may refer to among `kinds`: one match if unambiguous, none if nothing matches.

    Exact names take precedence over partial ones, a server's own name over a description, an application over
    a title. A title, binary, role or process id refers to its streams only. Monitors and stored volumes are
    considered only if nothing else matches; if the target names no card, the same applies to the elements of
    all cards but `card` (an id; empty for the first one). Case matters only between names that differ in
    nothing else.
    """
    written = " ".join(target.split())
    lower = written.casefold()
    if not lower:
        return ()
    if lower in _DEFAULTS:
        kind = _DEFAULTS[lower]
        return tuple(
            Match((c,), True)
            for c in snapshot.controls.values()
            if c.kind is kind and c.default and c.kind in kinds
        )
    for control in snapshot.controls.values():
        if control.id.casefold() == lower and control.kind in kinds:
            return (Match((control,), True),)
    usable = [c for c in snapshot.controls.values() if c.kind in kinds and not c.is_meter]
    if is_group(lower):
        return _group(lower, usable, labels)
    if lower.startswith("pid:"):
        return tuple(_playing(_by(usable, lambda c: _stream(c, "pid"), lower[4:], True)))
    head, slash, tail = lower.partition("/")
    if slash and head in _KINDS:
        wanted = [control for control in usable if control.kind in _KINDS[head]]
        return _named(tail, wanted, card, snapshot, labels)
    in_part: tuple[Match, ...] = ()
    for text, controls in _readings(lower, usable):
        found = _on_card(text, _things(controls), snapshot)
        if not (found and found[0].exact):
            in_part = in_part or found
            found = _named(text, controls, card, snapshot, labels)
        if found and found[0].exact:
            return _as_written(written, found)
        in_part = in_part or found
    return in_part


def _readings(text: str, usable: list[Control]) -> Iterator[tuple[str, list[Control]]]:
    """The ways to read a target: as a name, and, if it ends in `/playback` or `/capture`, as a name in that
    direction.
    """
    yield text, usable
    for suffix, kind in _SIDES.items():
        if text.endswith(f"/{suffix}"):
            yield text.removesuffix(f"/{suffix}"), [control for control in usable if control.kind is kind]


def _as_written(target: str, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Of several matches, those spelled exactly as the target; all of them if none is."""
    same = tuple(
        match
        for match in matches
        if target == (name := match.controls[0].name) or target.endswith(f"/{name}")
    )
    return same or matches


def _things(controls: Iterable[Control]) -> list[tuple[Control, ...]]:
    """Controls that the user sees as one: the streams of an application, both directions of an element."""
    groups: dict[tuple[object, ...], list[Control]] = {}
    for control in controls:
        if control.element is not None:
            key: tuple[object, ...] = ("element", control.card, control.element.name, control.element.index)
        elif (
            control.kind in (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT)
            and control.stream
            and control.stream.application
        ):
            key = (control.kind, control.stream.application.casefold())
        else:
            key = (control.id,)
        groups.setdefault(key, []).append(control)
    return [tuple(group) for group in groups.values()]


def _on_card(text: str, things: list[tuple[Control, ...]], snapshot: Snapshot) -> tuple[Match, ...]:
    """Elements named with their card, which precedes the first slash: `hw:0/Master`, `PCH/PCM,1`,
    `intel/master`.
    """
    head, _, name = text.removeprefix("alsa:").partition("/")
    cards = find_cards(head, snapshot.alsa_cards) if name else frozenset()
    return _elements(name, [thing for thing in things if thing[0].element and thing[0].card in cards])


def find_cards(text: str, cards: tuple[AlsaCard, ...]) -> frozenset[str]:
    """Ids of the cards that a text refers to: a number, `hw:0`, an id, a device, part of the card's name."""
    text = text.casefold()
    bare = text.removeprefix("sysdefault:").removeprefix("hw:").removeprefix("card=")
    exact = {
        card.id
        for card in cards
        if bare in (card.id.casefold(), str(card.number)) or card.id.casefold() == text
    }
    if exact:
        return frozenset(exact)
    return frozenset(card.id for card in cards if bare and bare in card.name.casefold())


def _elements(name: str, things: list[tuple[Control, ...]]) -> tuple[Match, ...]:
    """Elements by name; a name without an index refers to the first of several, as in amixer."""
    bare, index = _indexed(name)
    keyed = [(thing, thing[0].element) for thing in things]

    def matching(test: Callable[[str], bool], at: int | None) -> list[tuple[Control, ...]]:
        return [
            thing
            for thing, element in keyed
            if element
            and (test(element.name.casefold()) or test(thing[0].name.casefold()))
            and (at is None or element.index == at)
        ]

    full = matching(lambda own: own == bare, index or 0) or matching(lambda own: own == name, None)
    if full:
        return tuple(Match(thing, True) for thing in full)
    return tuple(Match(thing, False) for thing in matching(lambda own: bare in own, index))


def _indexed(name: str) -> tuple[str, int | None]:
    """Split `PCM,1` into name and index; None without an index."""
    bare, _, digits = name.rpartition(",")
    return (bare, int(digits)) if bare and digits.isdecimal() and len(digits) < 5 else (name, None)


def _named(
    text: str, usable: list[Control], card: str, snapshot: Snapshot, labels: Labels
) -> tuple[Match, ...]:
    """Find matches by name alone, exact ones before partial ones, and likelier kinds of name first.

    `on` and `off` never match part of a name, so that `on` does not mean the headphones.
    """
    elements = [thing for thing in _things(usable) if thing[0].element is not None]
    first = card or next((c.id for c in snapshot.alsa_cards if c.controls or not c.reason), "")
    chosen = [thing for thing in elements if thing[0].card == first]
    server = [control for control in usable if control.element is None]
    plain = [control for control in server if not _is_secondary(control)]
    secondary = [control for control in server if _is_secondary(control)]
    for exact in (True,) if text in _SWITCHED else (True, False):
        for controls, cards in ((plain, chosen), ([], elements), (secondary, [])):
            if found := _in_order(text, controls, cards, exact, snapshot):
                return tuple(_playing(found))
        if exact and (found := _labelled(text, usable, labels())):
            return tuple(found)
    return ()


def _in_order(
    text: str, controls: list[Control], cards: list[tuple[Control, ...]], exact: bool, snapshot: Snapshot
) -> list[Match]:
    """Matches by the server's name, else by element, name or application, else by binary, title, role, or
    card: those of the first of these that has any.
    """
    elements = [match for match in _elements(text, cards) if match.exact is exact]
    if exact and (found := _by(controls, lambda c: _device(c, "server_name"), text, exact)):
        return found
    whole = [Match(thing, exact) for thing in _things(controls) if _is_called(thing[0], text, exact)]
    if found := [*elements, *whole]:
        return found
    if found := _by(controls, lambda c: _stream(c, "binary"), text, exact):
        return found
    if found := _by(controls, lambda c: _stream(c, "media"), text, exact, own=True):
        return found
    if exact and (found := _by(controls, lambda c: _stream(c, "role"), text, exact)):
        return found
    devices = [c for c in controls if any(_holds(name, text, exact) for name in _card_names(c, snapshot))]
    outputs = [control for control in devices if control.kind is Kind.SINK]
    return [Match((control,), exact) for control in outputs or devices]


def _by(
    controls: list[Control],
    key: Callable[[Control], str | None],
    text: str,
    exact: bool,
    own: bool = False,
) -> list[Match]:
    """Controls whose key equals or contains `text`, one match per value and kind, and with `own` per
    application.
    """
    groups: dict[tuple[str, Kind, str], list[Control]] = {}
    for control in controls:
        value = (key(control) or "").casefold()
        if value and _holds(value, text, exact):
            application = control.stream.application if own and control.stream else ""
            groups.setdefault((value, control.kind, application), []).append(control)
    return [Match(tuple(group), exact) for group in groups.values()]


def _holds(name: str, text: str, exact: bool) -> bool:
    folded = name.casefold()
    return text == folded if exact else text in folded


def _device(control: Control, field: str) -> str | None:
    device = control.device
    return None if device is None else str(getattr(device, field))


def _stream(control: Control, field: str) -> str | None:
    return None if control.stream is None else str(getattr(control.stream, field))


def _is_called(control: Control, text: str, exact: bool) -> bool:
    """Whether `text` matches a control's own name or, for a stream, that of its application."""
    names = [control.name]
    if device := control.device:
        names += [str(device.index)] if exact else [device.server_name]
    if stream := control.stream:
        names = [stream.application or control.name]
    return any(_holds(name, text, exact) for name in names if name)


def _card_names(control: Control, snapshot: Snapshot) -> list[str]:
    """Names of a sink's or source's card; empty for a monitor, which does not count as the card's."""
    card = snapshot.card_of(control)
    if card is None or control.is_monitor:
        return []
    names = (card.description, card.server_name, card.alsa_card, card.properties.get("alsa.card_name"))
    return [name for name in names if name]


def _labelled(text: str, usable: list[Control], labels: Mapping[ControlId, tuple[str, ...]]) -> list[Match]:
    """Find matches by what the screen calls a control, including numbers, titles and configured names.

    `Application: Title` refers to all streams of that application with that title, even if the screen tells
    them apart without the title, or only by a number.
    """

    def titled(control: Control) -> str | None:
        stream = control.stream
        return f"{stream.application}: {stream.media}" if stream and stream.media else None

    streams = _by(usable, titled, text, exact=True)
    found = {control.id for match in streams for control in match.controls}
    called = [c for c in usable if any(name.casefold() == text for name in labels.get(c.id, ()))]
    return [*streams, *(Match((control,), True) for control in called if control.id not in found)]


def _group(text: str, usable: list[Control], labels: Labels) -> tuple[Match, ...]:
    """All members of a group, or everything whose whole name matches a pattern, without monitors and stored
    volumes.

    As with names, a pattern that matches a title, a binary or a role refers to those streams only.
    """
    present = [control for control in usable if not _is_secondary(control)]
    if text in _GROUPS:
        return tuple(
            Match(thing, True, True) for thing in _things(c for c in present if c.kind in _GROUPS[text])
        )
    import re

    matching = re.compile(".*".join(re.escape(part) for part in text.split("*"))).fullmatch
    found: list[tuple[Control, ...]] = []
    for thing in _things(present):
        whole = any(matching(name.casefold()) for name in _whole_names(thing[0]))
        found.append(thing if whole else tuple(c for c in thing if any(map(matching, _stream_names(c)))))
    if not any(found):
        shown = labels()
        found = [(c,) for c in present if any(matching(name.casefold()) for name in shown.get(c.id, ()))]
    return tuple(Match(controls, True, True) for controls in found if controls)


def _whole_names(control: Control) -> list[str]:
    """The names of a control as a whole, including all its streams or both its sides."""
    names = [control.name]
    if control.element is not None:
        index = f",{control.element.index}" if control.element.index else ""
        names += [
            f"{name}{index}" for name in (control.element.name, f"{control.card}/{control.element.name}")
        ]
    names += [name for name in (_device(control, "server_name"),) if name]
    if control.stream is not None:
        names.append(control.stream.application)
    return names


def _stream_names(control: Control) -> list[str]:
    """The names of a single stream."""
    stream = control.stream
    if stream is None:
        return []
    names = (stream.media, f"{stream.application}: {stream.media}", stream.binary, stream.role)
    return [name.casefold() for name in names if name]


def _is_secondary(control: Control) -> bool:
    """Whether a control is used only if nothing else matches: a monitor or a stored volume."""
    return control.kind is Kind.STORED or control.is_monitor


def _playing(matches: list[Match]) -> list[Match]:
    """The matches without the recordings of applications that also play something."""

    def owners(match: Match) -> set[str]:
        return {c.stream.application.casefold() for c in match.controls if c.stream}

    playing = set[str]().union(*(owners(m) for m in matches if m.controls[0].kind is Kind.SINK_INPUT))
    return [
        match
        for match in matches
        if match.controls[0].kind is not Kind.SOURCE_OUTPUT or not owners(match) & playing
    ]
