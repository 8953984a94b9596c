"""The composition root: options to backends. The only file that names concrete backends."""

import sys

from tuimixer.model.record import dataclass

# As the standard library's modules do it, because importing typing takes longer than all of this one.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuimixer.backend.base import Backend, BlockingBackend
    from tuimixer.model.control import Layer
    from tuimixer.model.system import System


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line and the configuration say about where the sound is."""

    devices: tuple[str, ...] = ()
    """ALSA control devices besides the cards (`equal`, `hw:1`)."""
    server: str | None = None
    """Address of the sound server; None: find it."""
    demo: bool = False
    hosts: tuple[str, ...] = ()
    """Boxes to be reached by ssh: `[user@]box[:port]`."""
    only_card: str | None = None
    """The one ALSA card that a command is about, by number, id or device; None: all. Only for a port."""
    in_process: bool = False
    """Run the backends in this process and not in an engine."""


def local_backend(options: Options) -> "Backend":
    """All sound systems of this box, in this process."""
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
    """A backend for each box, its engine started already; ssh may ask a person for a password on the
    terminal.

    To be called before Textual is imported, which takes as long as an engine's first picture.

    Raises:
        BadTarget: a host is no name of a host.
        Unreachable: no box could be reached.
    """
    if options.hosts:
        return _remote_backends(options)
    if options.demo or options.in_process:
        return [local_backend(options)]
    from tuimixer.backend.engine.child import LocalLink, engine_command

    link = LocalLink(engine_command(engine_arguments(options)))
    child = link.open(first=True)
    # Only now, while the engine is starting on another core. asyncio would load ssl, which nobody here needs.
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
    # The boxes that could not be reached say so on the screen, and are tried again.
    return list(backends)


def engine_arguments(options: Options) -> list[str]:
    """The arguments of `tuimixer engine` that say what options say."""
    arguments = [argument for device in options.devices for argument in ("--device", device)]
    if options.server is not None:
        arguments += ["--server", options.server]
    if options.demo:
        arguments.append("--demo")
    return arguments


def run_engine(arguments: "Sequence[str]") -> int:
    """`tuimixer engine`: serve this box's backends on descriptors 0 and 1; the exit status.

    No argparse here: an engine is started by the screen, which waits for it.
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
    """The facts of this box around its controls."""
    if options.demo:
        from tuimixer.backend.demo.simulated import system

        return system()
    from tuimixer.backend.host import inspect

    return inspect(asked_for=options.server)


def open_blocking(layer: "Layer", options: Options) -> "BlockingBackend":
    """A layer's port for one read or write in this process.

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
