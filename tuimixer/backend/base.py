"""The protocols that every sound system implements, whether local, remote or simulated."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would slow down every volume key press
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
    """A sound system refused a request or could not be reached; the message is one sentence for the user."""


class Unreachable(BackendError):
    """The server or card does not exist or cannot be reached."""

    closed: tuple[AlsaCard, ...] = ()
    """ALSA cards that exist but cannot be opened."""


class NoAnswer(Unreachable):
    """The server, card or device exists, or seems to, but it or the server that it depends on does not
    respond.
    """


class Refused(BackendError):
    """The server or card refused a request."""


class BlockingBackend(Protocol):
    """A synchronous backend for the command line, for one read or write in this process."""

    def read(self, kinds: frozenset[Kind] | None = None) -> Snapshot:
        """Read everything, or at least the controls of these kinds.

        Raises:
            Unreachable: there is no server or no card.
        """
        ...

    def apply(self, command: Command) -> None:
        """Execute one command, and return when the sound system has accepted it.

        Raises:
            Unreachable: the server or card is gone.
            Refused: the request was refused.
        """
        ...

    def close(self) -> None:
        """Release every handle; may be called twice."""
        ...


class Backend(Protocol):
    """An asynchronous backend, which runs as long as the screen does, never raises into it, and never blocks
    its loop.
    """

    name: str
    """Name of the backend: `alsa`, `pulse`, `demo`, or the host's name for an engine."""

    async def run(self, emit: Callable[[Update], None]) -> None:
        """Connect, emit a snapshot for every change, and reconnect automatically, until cancelled.

        The first snapshot comes as soon as possible, if only to report that nothing could be reached. `emit`
        is called on the loop's thread.
        """
        ...

    def submit(self, command: Command) -> None:
        """Queue a command; a snapshot that includes its effect is emitted at once.

        A failure is reported as a Notice.
        """
        ...

    def watch_levels(self, ids: frozenset[ControlId], rate: float) -> None:
        """Emit peak levels of these controls `rate` times a second; an empty set stops them."""
        ...

    async def inspect(self) -> System:
        """Read the system information that is not in the snapshots; empty if a backend has none."""
        ...
