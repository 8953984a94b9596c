"""The composition root: options to backends. The only module that names concrete backends."""

import sys

from tuimixer.model.record import dataclass

# As in the standard library, since importing typing takes longer than importing this whole module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuimixer.backend.base import Backend, BlockingBackend
    from tuimixer.model.control import Layer
    from tuimixer.model.system import System


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the configuration specify about where the sound is."""

    devices: tuple[str, ...] = ()
    """ALSA control devices other than cards (`equal`, `hw:1`)."""
    server: str | None = None
    """Address of the sound server; None to find one."""
    demo: bool = False
    hosts: tuple[str, ...] = ()
    """Machines to reach through ssh: `[user@]host[:port]`."""
    only_card: str | None = None
    """The only ALSA card to open, by number, id or device; None for all. For blocking backends only."""
    in_process: bool = False
    """Run the backends in this process, not in an engine."""


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


def screen_backends(options: Options) -> "list[Backend]":
    """A backend for each machine, its engine already started; ssh may prompt for a password on the terminal.

    Call it before importing Textual, which takes as long as an engine's first snapshot.

    Raises:
        BadTarget: a host is not a valid host name.
        Unreachable: no host could be reached.
    """
    if options.hosts:
        return _remote_backends(options)
    if options.demo or options.in_process:
        return [local_backend(options)]
    from tuimixer.backend.engine.child import LocalLink, engine_command

    link = LocalLink(engine_command(engine_arguments(options)))
    child = link.open(first=True)
    # Imported only now, while the engine starts on another core. asyncio would load ssl, which is not needed.
    sys.modules["ssl"] = None  # type: ignore[assignment]
    import asyncio  # noqa: F401

    del sys.modules["ssl"]
    from tuimixer.backend.engine.client import EngineBackend

    return [EngineBackend(link, child)]


def _remote_backends(options: Options) -> "list[Backend]":
    from tuimixer.backend.base import Unreachable
    from tuimixer.backend.engine.client import EngineBackend
    from tuimixer.backend.engine.ssh import Target
    from tuimixer.backend.engine.ssh_link import SshLink

    targets = [Target.parse(host) for host in options.hosts]
    backends = [EngineBackend(SshLink(target, engine_arguments(options))) for target in targets]
    failures = []
    for backend in backends:
        try:
            backend.start()
        except Unreachable as failure:
            failures.append(failure)
            if len(backends) == 1:
                raise
            print(f"tuimixer: {failure}", file=sys.stderr)
    if len(failures) == len(backends):
        raise Unreachable("None of the hosts could be reached.")
    # Those that could not be reached are reported on the screen, and retried.
    return list(backends)


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
    return serve_process(lambda: local_backend(options), remote)


def inspect_host(options: Options) -> "System":
    """System information about this machine, other than its controls."""
    if options.demo:
        from tuimixer.backend.demo.simulated import system

        return system()
    from tuimixer.backend.host import inspect

    return inspect(asked_for=options.server)


def open_blocking(layer: "Layer", options: Options) -> "BlockingBackend":
    """A layer's backend for one read or write in this process.

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

    return BlockingPulse(server=options.server)
