"""Which controls a person means: `@output`, `firefox`, `Master`, `PCM,1`, `hw:0/Master`, an id. Pure."""

from collections.abc import Callable, Iterable

from tuimixer.model.control import Control, Kind, Layer
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
_KINDS = {
    "sink": (Kind.SINK,),
    "source": (Kind.SOURCE,),
    "sink_input": (Kind.SINK_INPUT,),
    "source_output": (Kind.SOURCE_OUTPUT,),
    "stored": (Kind.STORED,),
    "app": (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT, Kind.STORED),
}
_SIDES = {"playback": Kind.ALSA_PLAYBACK, "capture": Kind.ALSA_CAPTURE}
ANY = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Match:
    """What a name means: a device, an application with all its streams, an element with its two sides."""

    controls: tuple[Control, ...]
    exact: bool

    @property
    def id(self) -> str:
        """The id that names it alone."""
        return self.controls[0].id

    @property
    def words(self) -> str:
        """How it is shown in a list of matches."""
        first = self.controls[0]
        return f"{first.name} ({first.id})"


def layers_of(target: str) -> tuple[Layer, ...]:
    """The layers in which a target may be found, the more likely one first; one where the target tells it."""
    lower = target.casefold()
    head, slash, _ = lower.partition("/")
    if lower in _DEFAULTS or lower.startswith("pulse:") or lower.isdecimal() or (slash and head in _KINDS):
        return (Layer.PULSE,)
    if (
        lower.startswith(("alsa:", "hw:"))
        or _indexed(target)[1] is not None
        or lower.endswith(("/playback", "/capture"))
    ):
        return (Layer.ALSA,)
    return (Layer.ALSA, Layer.PULSE) if slash else (Layer.PULSE, Layer.ALSA)


def find(target: str, snapshot: Snapshot, kinds: frozenset[Kind] = ANY, card: str = "") -> tuple[Match, ...]:
    """All that `target` may mean, of the kinds wanted; one if it is clear, none if nothing matches.

    What is named in full comes before what contains it. Monitors and stored volumes count only where nothing
    else matches; so do the elements of ALSA cards other than `card` (an id, empty: the first one) for an
    element named without its card. Case does not matter.
    """
    lower = target.casefold().strip()
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
    usable = [c for c in snapshot.controls.values() if c.kind in kinds and not (c.stream and c.stream.peak)]
    things = _things(usable)
    head, slash, tail = lower.partition("/")
    if slash and head in _KINDS:
        wanted = [thing for thing in things if thing[0].kind in _KINDS[head]]
        return _named(tail, wanted, card, snapshot)
    for suffix, kind in _SIDES.items():
        if lower.endswith(f"/{suffix}"):
            lower = lower.removesuffix(f"/{suffix}")
            sides = [tuple(control for control in thing if control.kind is kind) for thing in things]
            things = [side for side in sides if side]
    return _on_card(lower, things, snapshot) or _named(lower, things, card, snapshot)


def _things(controls: Iterable[Control]) -> list[tuple[Control, ...]]:
    """Controls that are one to a person: the streams of an application, the two sides of an element."""
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
    """`hw:0/Master`, `PCH/PCM,1`, `intel/master`: what stands before the first slash names a card."""
    head, _, name = text.removeprefix("alsa:").partition("/")
    cards = find_cards(head, snapshot.alsa_cards) if name else frozenset()
    return _elements(name, [thing for thing in things if thing[0].element and thing[0].card in cards])


def find_cards(text: str, cards: tuple[AlsaCard, ...]) -> frozenset[str]:
    """Ids of the cards that a text names: a number, `hw:0`, an id, a device, or a part of the card's name."""
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
    """Elements by name; a name with index 0 stands for the first of several, as in amixer."""
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
    """`PCM,1` as name and index; None without one."""
    bare, _, digits = name.rpartition(",")
    return (bare, int(digits)) if bare and digits.isdecimal() and len(digits) < 5 else (name, None)


def _named(text: str, things: list[tuple[Control, ...]], card: str, snapshot: Snapshot) -> tuple[Match, ...]:
    """By name alone, in full and then in part; each in the order of how much a thing is meant."""
    elements = [thing for thing in things if thing[0].element is not None]
    first = card or next((c.id for c in snapshot.alsa_cards if c.controls or not c.reason), "")
    chosen = [thing for thing in elements if thing[0].card == first]
    plain = [thing for thing in things if thing[0].element is None and not _secondary(thing[0])]
    secondary = [thing for thing in things if thing[0].element is None and _secondary(thing[0])]
    for exact in (True, False):
        for servers, cards in ((plain, chosen), ((), elements), (secondary, ())):
            matches = [match for match in _elements(text, list(cards)) if match.exact is exact]
            matches += [Match(thing, exact) for thing in servers if _is_named(thing[0], text, exact)]
            if matches:
                return tuple(_playing(matches))
    return ()


def _secondary(control: Control) -> bool:
    """Meant only where nothing else is: monitors, and volumes stored for what does not run."""
    device = control.sink_or_source
    return control.kind is Kind.STORED or bool(device and device.monitor_of)


def _is_named(control: Control, text: str, exact: bool) -> bool:
    names = [control.name]
    if device := control.sink_or_source:
        names.append(device.server_name)
        if exact:
            names.append(str(device.index))
    if stream := control.stream:
        names += [stream.application, stream.binary]
        if exact:
            names.append(stream.media)
    folded = [name.casefold() for name in names if name]
    return text in folded if exact else any(text in name for name in folded)


def _playing(matches: list[Match]) -> list[Match]:
    """An application that plays and records is named for what it plays."""
    playing = {
        match.controls[0].stream.application.casefold()
        for match in matches
        if match.controls[0].kind is Kind.SINK_INPUT and match.controls[0].stream
    }
    return [
        match
        for match in matches
        if not (
            match.controls[0].kind is Kind.SOURCE_OUTPUT
            and match.controls[0].stream
            and match.controls[0].stream.application.casefold() in playing
        )
    ]
