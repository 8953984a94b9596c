"""The composition root, which turns options into backends. The only module that names concrete backends."""

import sys
from contextlib import suppress
from functools import partial

from tuimixer.model.record import dataclass

# Defined here as in the typing module, whose import takes longer than that of this whole module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tuimixer.backend.base import Backend, BlockingBackend
    from tuimixer.backend.engine.child import Child
    from tuimixer.backend.engine.session import Link
    from tuimixer.model.control import Layer
    from tuimixer.model.snapshot import Snapshot
    from tuimixer.model.system import System


_PATIENCE = 2.5
"""Seconds that the sound server may take to respond."""
_EARLY = 0.3
"""Seconds that the server may take while the first snapshot is read; the asyncio backend waits for longer."""


@dataclass(frozen=True, slots=True)
class Options:
    """The sound systems to use, as given on the command line and in the configuration."""

    devices: tuple[str, ...] = ()
    """ALSA control devices other than cards (`equal`, `hw:1`)."""
    server: str | None = None
    """Address of the sound server; None to find one."""
    demo: bool = False
    hosts: tuple[str, ...] = ()
    """Machines to reach through ssh: `[user@]host[:port]`."""
    only_card: str | None = None
    """The only ALSA card to open, by number, id or device; None for all. For blocking backends only."""


def local_backend(options: Options) -> "Backend":
    """All sound systems of this machine, in this process."""
    if options.demo:
        from tuimixer.backend.demo.backend import DemoBackend

        return DemoBackend()
    from tuimixer.backend.alsa.backend import AlsaBackend
    from tuimixer.backend.composite import CompositeBackend
    from tuimixer.backend.host import inspect
    from tuimixer.backend.library_environment import guard_environment
    from tuimixer.backend.pulse.backend import PulseBackend

    guard_environment()
    parts: dict[str, Backend] = {
        "alsa": AlsaBackend(devices=options.devices),
        "pulse": PulseBackend(server=options.server),
    }
    return CompositeBackend("local", parts, lambda: inspect(asked_for=options.server))


class Machines:
    """The machines that a screen shows, with their engines started; does not load asyncio."""

    def __init__(self, links: "Sequence[tuple[Link, Child | None]]") -> None:
        """Args: `links` are the connections to the machines, each with its engine if already started; none
        for the demo.
        """
        self._links = links
        self.name = links[0][0].name if links else "demo"
        self._poll: Callable[[float], Snapshot | None] | None = None

    def poll(self, seconds: float = 0.0) -> "Snapshot | None":
        """The newest snapshot of the first machine, if one arrives within this many seconds; else None."""
        if self._poll is None:
            self._poll = self._source()
        return self._poll(seconds)

    def _source(self) -> "Callable[[float], Snapshot | None]":
        if not self._links:
            from tuimixer.backend.demo.simulated import box

            whole = [box()]
            return lambda seconds: whole.pop() if whole else None
        child = self._links[0][1]
        if child is None:
            return lambda seconds: None
        from tuimixer.backend.engine.early import EarlyReader

        return EarlyReader(child).poll

    def backends(self, first: "Snapshot | None" = None) -> "list[Backend]":
        """A backend for each machine.

        Args: `first` is what the screen already shows of the first one.
        """
        if not self._links:
            return [local_backend(Options(demo=True))]
        import_asyncio()
        from tuimixer.backend.engine.client import EngineBackend

        shown = [first, *[None] * len(self._links)]
        return [EngineBackend(*link, snapshot) for link, snapshot in zip(self._links, shown, strict=False)]


def import_asyncio() -> None:
    """Import asyncio without ssl, which is not needed and takes as long to import as all the rest."""
    if "asyncio" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]
        import asyncio  # noqa: F401

        del sys.modules["ssl"]


def open_machines(options: Options) -> Machines:
    """Start the engines; ssh may prompt for a password on the terminal.

    Call it before importing anything else, because the imports take as long as an engine's first snapshot.

    Raises:
        BadTarget: a host is not a valid host name.
        Unreachable: no host could be reached.
    """
    if options.hosts:
        return Machines(_remote_links(options))
    if options.demo:
        return Machines(())
    from tuimixer.backend.engine.child import LocalLink, engine_command, open_first

    arguments = engine_arguments(options)
    # If libasound was used in this process to find out whether a device exists, the process must not be
    # forked.
    serve = None if options.devices else partial(run_engine, arguments)
    link = LocalLink(engine_command(arguments), serve=serve)
    return Machines([(link, open_first(link))])


def _remote_links(options: Options) -> "list[tuple[Link, Child | None]]":
    from tuimixer.backend.base import Unreachable
    from tuimixer.backend.engine.child import open_first
    from tuimixer.backend.engine.ssh import Target
    from tuimixer.backend.engine.ssh_link import SshLink

    links: list[tuple[Link, Child | None]] = []
    for target in [Target.parse(host) for host in options.hosts]:
        link = SshLink(target, engine_arguments(options))
        try:
            links.append((link, open_first(link)))
        except Unreachable as failure:
            if len(options.hosts) == 1:
                raise
            links.append((link, None))
            print(f"tuimixer: {failure}", file=sys.stderr)
    if all(child is None for _, child in links):
        raise Unreachable("None of the hosts could be reached.")
    # Hosts that could not be reached are reported on the screen, and tried again.
    return links


def read_early(options: Options) -> "Callable[[], Iterator[Snapshot]]":
    """Read everything with the blocking backends, which are ready long before asyncio is loaded.

    Returns a function that yields a snapshot when ALSA has been read, and a second one when the server has
    been read too. They are not read in parallel, because the engine occasionally hung with libasound's pulse
    plugin in one thread and pulsectl in another. A layer that cannot be read counts as connecting; its own
    backend will find out why.
    """
    from _thread import start_new_thread

    from tuimixer.backend.base import BackendError
    from tuimixer.model.control import Layer
    from tuimixer.model.snapshot import Phase, Snapshot, Status, merge

    def load_client() -> None:
        from tuimixer.backend.pulse.availability import NoLibrary, load

        with suppress(NoLibrary):
            load("client")

    def snapshots() -> "Iterator[Snapshot]":
        read = {layer: Snapshot(statuses=(Status(layer, Phase.CONNECTING, ""),)) for layer in Layer}
        opened: list[BlockingBackend] = []
        # Load libpulse in another thread while libasound opens its plugins, which connect to a server.
        start_new_thread(load_client, ())
        for layer in Layer:
            with suppress(BackendError):
                opened.append(open_blocking(layer, options, _EARLY))
                read[layer] = opened[-1].read()
            yield merge(*read.values())
        for backend in opened:
            backend.close()

    return snapshots


def engine_arguments(options: Options) -> list[str]:
    """The command-line arguments of `tuimixer engine` for these options."""
    arguments = [argument for device in options.devices for argument in ("--device", device)]
    if options.server is not None:
        arguments += ["--server", options.server]
    if options.demo:
        arguments.append("--demo")
    return arguments


def run_engine(arguments: "Sequence[str]") -> int:
    """`tuimixer engine`: serve this machine's backends on descriptors 0 and 1; returns the exit status.

    It does not load argparse, because the screen waits for the engine to start.
    """
    devices: list[str] = []
    server: str | None = None
    demo = remote = False
    rest = iter(arguments)
    for argument in rest:
        if argument == "--device":
            devices.append(next(rest, ""))
        elif argument == "--server":
            server = next(rest, "")
        elif argument == "--demo":
            demo = True
        elif argument == "--remote":
            remote = True
        else:
            print(f"tuimixer: engine: unknown option {argument!r}", file=sys.stderr)
            return 2
    from tuimixer.backend.engine.process import serve_process

    options = Options(tuple(devices), server, demo)
    return serve_process(lambda: local_backend(options), remote, None if demo else read_early(options))


def inspect_host(options: Options) -> "System":
    """System information about this machine, other than its controls."""
    if options.demo:
        from tuimixer.backend.demo.simulated import system

        return system()
    from tuimixer.backend.host import inspect

    return inspect(asked_for=options.server)


def open_blocking(layer: "Layer", options: Options, patience: float = _PATIENCE) -> "BlockingBackend":
    """A layer's backend for one read or write in this process.

    patience: seconds that the sound server may take to respond.

    Raises:
        Unreachable: there is no server or no card.
    """
    if options.demo:
        from tuimixer.backend.demo.blocking import BlockingDemo

        return BlockingDemo(layer)
    from tuimixer.backend.library_environment import guard_environment

    guard_environment()
    if layer is layer.ALSA:
        from tuimixer.backend.alsa.blocking import BlockingAlsa

        return BlockingAlsa(options.devices, options.only_card)
    from tuimixer.backend.pulse.blocking import BlockingPulse

    return BlockingPulse(server=options.server, patience=patience)
