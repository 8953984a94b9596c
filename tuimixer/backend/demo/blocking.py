"""The simulated machine for one-shot verbs, each of which starts with the machine's initial state."""

from tuimixer.backend.base import Refused
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.model.command import Command
from tuimixer.model.control import Kind, Layer
from tuimixer.model.record import replace
from tuimixer.model.snapshot import Snapshot


class BlockingDemo:
    """One layer of the simulated machine."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._box = DemoBackend(still=True)

    def read(self, kinds: frozenset[Kind] | None = None) -> Snapshot:
        """Read everything of the layer."""
        snapshot = self._box.snapshot
        alsa = self._layer is Layer.ALSA
        return replace(
            snapshot,
            statuses=tuple(status for status in snapshot.statuses if status.source == self._layer),
            controls={key: c for key, c in snapshot.controls.items() if c.kind.layer is self._layer},
            alsa_cards=snapshot.alsa_cards if alsa else (),
            server_cards=() if alsa else snapshot.server_cards,
            server=None if alsa else snapshot.server,
        )

    def apply(self, command: Command) -> None:
        """Execute one command.

        Raises:
            Refused: the command does not apply to this machine.
        """
        if not self._box.carry_out(command):
            raise Refused(f"The demo does not support this for {command.id}.")

    def close(self) -> None:
        """Do nothing, because no handle is open."""
