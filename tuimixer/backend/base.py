"""The one small protocol behind which every sound system, local or remote or simulated, lives."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would delay every volume key
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from tuimixer.model.command import Command
    from tuimixer.model.control import ControlId, Kind
    from tuimixer.model.snapshot import AlsaCard, Snapshot, Update
    from tuimixer.model.system import System
else:
    Protocol = object


class BackendError(Exception):
    """A sound system refused or could not be reached; the text is one sentence for a person."""


class Unreachable(BackendError):
    """The server or the card is not there."""

    closed: tuple[AlsaCard, ...] = ()
    """The ALSA cards that are there and cannot be opened."""


class NoAnswer(Unreachable):
    """The server or the card is there, or seems to be, and does not answer."""


class Refused(BackendError):
    """The server or the card is there and said no."""


class BlockingBackend(Protocol):
    """Synchronous: one read or one write in this process, for the command line."""

    def read(self, kinds: frozenset[Kind] | None = None) -> Snapshot:
        """Read everything, or at least the controls of these kinds.

        Raises:
            Unreachable: there is no server or no card.
        """
        ...

    def apply(self, command: Command) -> None:
        """Carry out one command and return when the sound system has it.

        Raises:
            Unreachable: the server or the card is gone.
            Refused: it said no.
        """
        ...

    def close(self) -> None:
        """Let go of every handle; may be called twice."""
        ...


class Backend(Protocol):
    """Asynchronous: lives as long as the screen, never raises into it and never blocks its loop."""

    name: str
    """`alsa`, `pulse`, `demo`, or the box's name for an engine."""

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Connect, emit a snapshot for every change, reconnect by itself; until cancelled.

        The first snapshot comes as soon as possible, if only to say that nothing could be reached. `emit` is
        called on the loop's thread.
        """
        ...

    def submit(self, command: Command) -> None:
        """Queue a command; the snapshot with the new value on top is emitted at once.

        A failure comes as a Notice.
        """
        ...

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Emit peak levels of these controls `rate` times a second (Hz); an empty set ends it."""
        ...

    async def inspect(self) -> System:
        """Read the facts of the box that do not come by themselves. Empty where a backend has none."""
        ...
