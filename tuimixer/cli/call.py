"""A box's controls for one command: opens only the layers that a target needs, reads, selects and changes."""

from tuimixer.backend.base import OutOfReach, Port
from tuimixer.cli.configuration import configured
from tuimixer.cli.failure import NoMatch, Usage
from tuimixer.cli.grammar import Arguments, shown
from tuimixer.config.schema import Config
from tuimixer.model.command import Command
from tuimixer.model.control import Control, ControlId, Kind, Layer
from tuimixer.model.select import ANY, Match, find, find_cards, layers_of
from tuimixer.model.snapshot import Snapshot, merge
from tuimixer.wiring import Options, open_port

_MOST_SHOWN = 20


class Call:
    """One command: its arguments, the configuration, and the box that it is about."""

    def __init__(self, verb: str, arguments: Arguments) -> None:
        self.verb = verb
        self.arguments = arguments
        self._config: Config | None = None
        self._named_card = arguments.get("card") or arguments.get("device")
        self._ports: dict[Layer, Port] = {}
        self._read: dict[Layer, Snapshot] = {}

    @property
    def config(self) -> Config:
        """The configuration, read when it is first needed.

        Raises:
            Usage: the file that was named on the command line is not there.
        """
        if self._config is None:
            self._config = configured(self.arguments)
        return self._config

    @property
    def options(self) -> Options:
        """Where the sound is."""
        device, hosts = self.arguments.get("device"), self.arguments.all("host")
        return Options(
            devices=(device,) if device else (),
            # The configuration is about this box; another one finds its server itself.
            server=self.arguments.get("server") or (None if hosts else self.config.server or None),
            demo=self.arguments.has("demo"),
            hosts=hosts,
        )

    @property
    def words(self) -> list[str]:
        """The arguments that are no options."""
        return self.arguments.words

    @property
    def json(self) -> bool:
        """Whether the answer is to be JSON."""
        return self.arguments.has("json")

    def read(self, layer: Layer) -> Snapshot:
        """Read one layer anew.

        Raises:
            OutOfReach: there is no server or no card.
            Usage: the card or device that was named on the command line is not there.
        """
        if layer not in self._ports:
            self._ports[layer] = open_port(layer, self.options)
        try:
            snapshot = self._ports[layer].read()
        except OutOfReach as error:
            if layer is Layer.ALSA and self._named_card:
                raise Usage(str(error)) from error
            raise
        if layer is Layer.ALSA and self._named_card and not find_cards(self._named_card, snapshot.alsa_cards):
            there = ", ".join(card.id for card in snapshot.alsa_cards)
            raise Usage(f"there is no card {shown(self._named_card)}; there are {there}")
        self._read[layer] = snapshot
        return snapshot

    @property
    def known(self) -> dict[ControlId, Control]:
        """All controls as they were read last."""
        return merge(*self._read.values()).controls

    @property
    def cards(self) -> frozenset[str]:
        """Ids of the ALSA cards that an option names; none where no option does."""
        read = self._read.get(Layer.ALSA)
        return find_cards(self._named_card, read.alsa_cards) if self._named_card and read else frozenset()

    def read_all(self) -> tuple[Snapshot, list[OutOfReach]]:
        """Read both layers; what is out of reach is told beside what is there.

        Raises:
            OutOfReach: both are out of reach.
        """
        parts, failures = [], []
        for layer in (Layer.ALSA, Layer.PULSE):
            try:
                parts.append(self.read(layer))
            except OutOfReach as error:
                failures.append(error)
        if not parts:
            raise OutOfReach(" ".join(map(str, failures)))
        return merge(*parts), failures

    def select(self, target: str, kinds: frozenset[Kind] = ANY) -> Match:
        """The one thing that a target means.

        Raises:
            NoMatch: nothing matches.
            Usage: several things do.
            OutOfReach: the layer in which it would be is not there.
        """
        layers = (Layer.ALSA,) if self._named_card else layers_of(target)
        wanted = {kind.layer for kind in kinds}
        parts: list[Snapshot] = []
        failures: list[OutOfReach] = []
        matches: tuple[Match, ...] = ()
        for layer in (layer for layer in layers if layer in wanted):
            try:
                parts.append(self.read(layer))
            except OutOfReach as error:
                failures.append(error)
                continue
            matches = self._find(target, merge(*parts), kinds)
            if len(matches) == 1 and matches[0].exact:
                break
        if len(matches) == 1:
            return matches[0]
        if matches:
            listed = ", ".join(match.words for match in matches[:_MOST_SHOWN])
            more = len(matches) - _MOST_SHOWN
            listed += f" and {more} more" if more > 0 else ""
            raise Usage(f"{shown(target)} is ambiguous; it matches {listed}")
        if failures:
            raise failures[0]
        raise NoMatch(_nothing(target, kinds))

    def _find(self, target: str, snapshot: Snapshot, kinds: frozenset[Kind]) -> tuple[Match, ...]:
        named = self._named_card or self.config.card
        card = next(iter(find_cards(named, snapshot.alsa_cards)), "") if named else ""
        if self._named_card:
            controls = {c.id: c for c in snapshot.controls.values() if c.card in self.cards and c.element}
            snapshot = Snapshot(controls=controls, alsa_cards=snapshot.alsa_cards)
        return find(target, snapshot, kinds, card)

    def apply(self, command: Command) -> None:
        """Carry out a command.

        Raises:
            OutOfReach: the server or the card is gone.
            Refused: it said no.
        """
        layer = Layer(command.id.partition(":")[0])
        if layer not in self._ports:
            self._ports[layer] = open_port(layer, self.options)
        self._ports[layer].apply(command)

    def is_plugin(self, control: Control) -> bool:
        """Whether an ALSA control is a device's of the configuration and not a card's of the kernel."""
        cards = self._read[Layer.ALSA].alsa_cards if Layer.ALSA in self._read else ()
        return any(card.id == control.card and card.number is None for card in cards)

    def reopen(self, layer: Layer) -> None:
        """Read the next time from the beginning, past what was kept in this process."""
        port = self._ports.pop(layer, None)
        if port is not None:
            port.close()

    def close(self) -> None:
        """Let go of what was opened."""
        for port in self._ports.values():
            port.close()
        self._ports.clear()


def _nothing(target: str, kinds: frozenset[Kind]) -> str:
    if target.casefold() == "@output" and Kind.SINK in kinds:
        return "the server has no default output"
    if target.casefold() == "@input" and Kind.SOURCE in kinds:
        return "the server has no default input"
    return f"nothing matches {shown(target)}; `tuimixer list` shows what there is"
