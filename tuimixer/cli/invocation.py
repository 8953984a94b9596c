"""A command's access to a machine: opens the layers that a target needs, and reads, selects and changes
controls.
"""

import os
from collections.abc import Iterable, Mapping, Sequence

from tuimixer.backend.base import BlockingBackend, NoAnswer, Refused, Unreachable
from tuimixer.cli.configuration import configured
from tuimixer.cli.failure import NoMatch, Usage, report, sentence
from tuimixer.cli.grammar import Arguments
from tuimixer.config.schema import Config
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.select import (
    ANY,
    INPUT,
    OUTPUT,
    Match,
    find,
    find_cards,
    is_group,
    kinds_of,
    layers_of,
)
from tuimixer.model.snapshot import Snapshot, merge
from tuimixer.model.text import shown
from tuimixer.wiring import Options, open_blocking

_MOST_SHOWN = 20
_ELEMENTS = frozenset({Kind.ALSA_PLAYBACK, Kind.ALSA_CAPTURE})
STREAMS = frozenset({Kind.SINK_INPUT, Kind.SOURCE_OUTPUT})
DEVICES = frozenset({Kind.SINK, Kind.SOURCE})
_EMPTY = {
    "@outputs": "there are no outputs",
    "@inputs": "there are no inputs other than monitors",
    "@streams": "nothing is playing or recording",
}
_KINDS = {
    Kind.SINK: "an output",
    Kind.SOURCE: "an input",
    Kind.SINK_INPUT: "an application",
    Kind.SOURCE_OUTPUT: "an application that is recording",
    Kind.STORED: "a stored volume",
    Kind.ALSA_PLAYBACK: "a control of the card",
    Kind.ALSA_CAPTURE: "a control of the card",
}


class Invocation:
    """One command: its arguments, the configuration, and the machine that it acts on."""

    def __init__(self, verb: str, arguments: Arguments) -> None:
        self.verb = verb
        self.arguments = arguments
        self._config: Config | None = None
        self._named_card = arguments.get("card") or arguments.get("device")
        self._ports: dict[Layer, BlockingBackend] = {}
        self._read: dict[Layer, Snapshot] = {}
        self._kinds: frozenset[Kind] | None = None
        self._only_card = False
        self._failures: dict[Layer, Unreachable] = {}
        """The errors of unreachable layers, which are not tried again."""

    @property
    def config(self) -> Config:
        """The configuration, read on first use.

        Raises:
            Usage: the file named on the command line does not exist.
        """
        if self._config is None:
            self._config = configured(self.arguments)
        return self._config

    @property
    def options(self) -> Options:
        """Which machine, sound server and devices to open."""
        device, hosts = self.arguments.get("device"), self.arguments.all("host")
        return Options(
            devices=(device,) if device else (),
            # The configuration is for this machine; other machines find their server themselves.
            server=self.arguments.get("server") or (None if hosts else self.config.server or None),
            demo=self.arguments.has("demo"),
            hosts=hosts,
            only_card=self._named_card if self._only_card else None,
        )

    @property
    def words(self) -> list[str]:
        """The arguments that are not options."""
        return self.arguments.words

    @property
    def json(self) -> bool:
        """Whether to print JSON."""
        return self.arguments.has("json")

    def narrow(self, targets: Iterable[str]) -> None:
        """From now on, read only what may contain these targets; everything for JSON or without targets."""
        kinds = frozenset[Kind]().union(*map(kinds_of, targets))
        self._kinds = None if self.json or kinds in (ANY, frozenset()) else kinds
        # If an option names a card, only the controls of that card count.
        self._only_card = self._named_card is not None

    def read(self, layer: Layer) -> Snapshot:
        """Read one layer, again if it was read before.

        Raises:
            Unreachable: there is no server, or no card.
            Usage: the card or device named on the command line does not exist.
        """
        if layer in self._failures:
            raise self._failures[layer]
        if layer not in self._ports:
            self._ports[layer] = open_blocking(layer, self.options)
        try:
            snapshot = self._ports[layer].read(self._kinds)
        except Unreachable as error:
            if layer is Layer.ALSA and self._named_card and not isinstance(error, NoAnswer):
                raise Usage(str(error)) from error
            self._failures[layer] = error
            raise
        if layer is Layer.ALSA and self._named_card and not find_cards(self._named_card, snapshot.alsa_cards):
            there = ", ".join(card.id for card in snapshot.alsa_cards)
            raise Usage(f"there is no card {shown(self._named_card)}; available: {there}")
        self._read[layer] = snapshot
        return snapshot

    @property
    def known(self) -> dict[ControlId, Control]:
        """All controls as last read."""
        return merge(*self._read.values()).controls

    @property
    def on_card(self) -> bool:
        """Whether an option names a card, so that targets are controls of that card."""
        return self._named_card is not None

    @property
    def cards(self) -> frozenset[str]:
        """Ids of the ALSA cards that an option names; empty if there are none."""
        read = self._read.get(Layer.ALSA)
        return find_cards(self._named_card, read.alsa_cards) if self._named_card and read else frozenset()

    def read_all(self) -> tuple[Snapshot, list[Unreachable]]:
        """Read both layers; returns the snapshot and, if one layer is unreachable, its error.

        Raises:
            Unreachable: both layers are unreachable.
        """
        parts, failures = [], []
        for layer in (Layer.ALSA, Layer.PULSE):
            try:
                parts.append(self.read(layer))
            except Unreachable as error:
                failures.append(error)
        if not parts:
            raise Unreachable(" ".join(map(sentence, failures)))
        return merge(*parts), failures

    def select(self, target: str, kinds: frozenset[Kind] = ANY) -> Match:
        """The only match of a target.

        `@output` and `@input` mean the main control of the card that an option names, or of any card if there
        is no server.

        Raises:
            NoMatch: nothing matches.
            Usage: there are several matches, or the only match is of another kind.
            Unreachable: the layer that the target belongs to is unreachable.
        """
        matches = self._matches(target, kinds)
        if len(matches) == 1:
            return matches[0]
        raise _ambiguous(target, matches)

    def select_all(self, targets: Iterable[str], kinds: frozenset[Kind] = ANY) -> list[Match]:
        """All matches of targets, without duplicates; a group or a pattern may have several.

        Raises:
            As in `select`.
        """
        found: dict[ControlId, Match] = {}
        for target in targets:
            for match in self._matches(target, kinds) if is_group(target) else (self.select(target, kinds),):
                if match.id not in found or not match.grouped:
                    found[match.id] = match
        return list(found.values())

    def names(self, target: str) -> bool:
        """Whether a control has exactly this name; controls of unreachable layers are not found."""
        try:
            return any(match.exact for match in self._matches(target, ANY))
        except (NoMatch, Usage, Unreachable):
            return False

    def _matches(self, target: str, kinds: frozenset[Kind]) -> tuple[Match, ...]:
        """All matches of a target, at least one; raises the same errors as `select` if there are none."""
        default = target.casefold().strip()
        stands_in = default in (OUTPUT, INPUT) and not kinds.isdisjoint(_ELEMENTS)
        if stands_in and self._named_card:
            return (self._main_control(default),)
        # An option that names a card means the card's controls, except for verbs about the server's routing.
        on_card = self._named_card and not kinds.isdisjoint(_ELEMENTS)
        layers = (Layer.ALSA,) if on_card else layers_of(target)
        wanted = {kind.layer for kind in kinds}
        parts: list[Snapshot] = []
        failures: list[Unreachable] = []
        matches: tuple[Match, ...] = ()
        for layer in (layer for layer in layers if layer in wanted):
            try:
                parts.append(self.read(layer))
            except Unreachable as error:
                failures.append(error)
                continue
            matches = self._find(target, merge(*parts), kinds)
            if len(matches) == 1 and matches[0].exact and not is_group(target):
                break
        if matches:
            return matches
        if failures and stands_in and not self._names_server:
            try:
                return (self._main_control(default),)
            except NoMatch as error:
                raise Unreachable(
                    f"{sentence(failures[0])} Without a server, a card's control is used, but {error}"
                ) from None
            except Unreachable:
                raise failures[0] from None
        head, slash, _ = target.partition("/")
        known = Layer.ALSA in self._read and slash and find_cards(head, self._read[Layer.ALSA].alsa_cards)
        if failures and not known:
            if Layer.ALSA in self._read and Layer.ALSA in layers:
                raise Unreachable(f"no card has {shown(target)}. {failures[0]}")
            raise failures[0]
        raise self._nothing(target, kinds)

    @property
    def _names_server(self) -> bool:
        """Whether a particular sound server was requested, so that nothing else can stand in for it."""
        return bool(self.options.server or os.environ.get("PULSE_SERVER"))

    def matches_in(self, target: str, snapshot: Snapshot) -> tuple[Match, ...]:
        """The matches of a target in a complete snapshot, as in `select`; empty if nothing matches.

        Raises:
            Usage: there are several matches, and the target is not a group or pattern.
        """
        default = target.casefold().strip()
        stands_in = self._named_card or (snapshot.server is None and not self._names_server)
        if stands_in and default in (OUTPUT, INPUT):
            match = self._main_in(default, snapshot)
            return () if match is None else (match,)
        if self._named_card:
            self._read[Layer.ALSA] = snapshot
        matches = self._find(target, snapshot, ANY)
        if len(matches) > 1 and not is_group(target):
            raise _ambiguous(target, matches)
        return matches

    def _main_control(self, default: str) -> Match:
        """The card's control that stands in for the default output or input.

        Raises:
            NoMatch: the card has no such control.
        """
        match = self._main_in(default, self.read(Layer.ALSA))
        if match is None:
            side = "playback" if default == OUTPUT else "capture"
            raise NoMatch(f"the card has no {side} volume to use as {default}")
        return match

    def _main_in(self, default: str, snapshot: Snapshot) -> Match | None:
        from tuimixer.model.main_control import main_control  # not needed if there is a server

        return main_control(default, snapshot, self._card_in(snapshot))

    def _card_in(self, snapshot: Snapshot) -> str:
        """Id of the card named by an option or the configuration; empty if there is none."""
        named = self._named_card or self.config.card
        return next(iter(find_cards(named, snapshot.alsa_cards)), "") if named else ""

    def _find(self, target: str, snapshot: Snapshot, kinds: frozenset[Kind]) -> tuple[Match, ...]:
        card = self._card_in(snapshot)
        if self._named_card and not kinds.isdisjoint(_ELEMENTS):
            controls = {c.id: c for c in snapshot.controls.values() if c.card in self.cards and c.element}
            snapshot = Snapshot(controls=controls, alsa_cards=snapshot.alsa_cards)
        return find(target, snapshot, kinds, card, lambda: self.labels_in(snapshot))

    def labels_in(self, snapshot: Snapshot) -> Mapping[ControlId, tuple[str, ...]]:
        """All names by which the screen may show each control."""
        from tuimixer.mixer.views import labels_of  # takes too long for a volume key

        return labels_of(snapshot, self.config.filter.rules)

    def _nothing(self, target: str, kinds: frozenset[Kind]) -> NoMatch | Usage:
        """Why nothing matches: there is no default or no such name, or the control is of another kind."""
        default = target.casefold().strip()
        if default == OUTPUT and Kind.SINK in kinds:
            return NoMatch("the server has no default output")
        if default == INPUT and Kind.SOURCE in kinds:
            return NoMatch("the server has no default input")
        if kinds != ANY and (others := self._of_any_kind(target)):
            control = others[0].controls[0]
            return Usage(f"{control.name} is {_KINDS[control.kind]}; {self.verb} takes {_takes(kinds)}")
        if default in _EMPTY:
            return NoMatch(_EMPTY[default])
        return NoMatch(f"nothing matches {shown(target)}; `tuimixer list` shows what is available")

    def _of_any_kind(self, target: str) -> tuple[Match, ...]:
        parts = []
        for layer in layers_of(target):
            try:
                parts.append(self._read.get(layer) or self.read(layer))
            except Unreachable:
                continue
        return self._find(target, merge(*parts), ANY)

    def name_of(self, control: Control) -> str:
        """The name that the configuration gives a control, else its own name."""
        if not self.config.filter.rules:
            return control.name
        from tuimixer.mixer.views import name_of

        return name_of(control, self.config.filter.rules)

    def carry_out(self, commands: Sequence[Command]) -> list[ControlId]:
        """Carry out commands and report those that are refused; returns the ids of the controls changed.

        Raises:
            Unreachable: the server or the card is gone.
        """
        done: list[ControlId] = []
        for command in commands:
            try:
                self.apply(command)
            except Refused as refusal:
                report(refusal if len(commands) == 1 else f"{self.known[command.id].name}: {refusal}")
            else:
                done.append(command.id)
        return done

    def apply(self, command: Command) -> None:
        """Carry out a command.

        Raises:
            Unreachable: the server or the card is gone.
            Refused: the request was refused.
        """
        layer = Layer(command.id.partition(":")[0])
        if layer not in self._ports:
            self._ports[layer] = open_blocking(layer, self.options)
        self._ports[layer].apply(command)

    def is_plugin(self, control: Control) -> bool:
        """Whether an ALSA control belongs to a configured device rather than a sound card."""
        cards = self._read[Layer.ALSA].alsa_cards if Layer.ALSA in self._read else ()
        return any(card.id == control.card and card.number is None for card in cards)

    def reopen(self, layer: Layer) -> None:
        """Close a layer with everything it has cached, so that the next read starts from scratch."""
        port = self._ports.pop(layer, None)
        if port is not None:
            port.close()

    def reopen_pipewire(self) -> None:
        """Reconnect to PipeWire for the next read, so that it includes all earlier changes by others.

        PipeWire's PulseAudio server tracks changes separately for each of its clients, so one client may not
        know yet what another has been told. A client that has just connected gets the current state.
        """
        read = self._read.get(Layer.PULSE)
        if read is not None and read.on_pipewire:
            self.reopen(Layer.PULSE)

    def close(self) -> None:
        """Close everything that was opened."""
        for port in self._ports.values():
            port.close()
        self._ports.clear()


def _ambiguous(target: str, matches: tuple[Match, ...]) -> Usage:
    listed = ", ".join(match.words for match in matches[:_MOST_SHOWN])
    more = len(matches) - _MOST_SHOWN
    listed += f" and {more} more" if more > 0 else ""
    return Usage(f"{shown(target)} is ambiguous; it matches {listed}")


def _takes(kinds: frozenset[Kind]) -> str:
    if kinds <= STREAMS:
        return "an application"
    if kinds == DEVICES:
        return "an output or an input"
    return " or ".join(dict.fromkeys(_KINDS[kind] for kind in Kind if kind in kinds))
