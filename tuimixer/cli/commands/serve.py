"""`serve`: the screen in a browser."""

import gc

from tuimixer.cli.failure import DONE, Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import WHERE
from tuimixer.model.text import shown, whole

VERBS = (
    Verb(
        "serve",
        "",
        "serve the mixer to a web browser",
        """Anyone who knows the printed address can control the mixer, so keep the address secret.
The connection is not encrypted, so use ssh -L rather than --bind to reach the mixer from another machine.
This verb requires the Python package textual-serve (the extra `serve`).""",
        (
            Option("bind", "listen on ADDRESS (default: 127.0.0.1, for this machine only)", value="ADDRESS"),
            Option("port", "listen on PORT (default: any free port)", value="PORT"),
            *WHERE,
        ),
        (
            ("tuimixer serve", "use any free port, for this machine only"),
            ("tuimixer serve --port 8000", "use a fixed port, for ssh -L 8000:127.0.0.1:8000"),
        ),
        most=0,
        reaches="always",
    ),
)
_PASSED_ON = ("server", "card", "device", "config")


def run(call: Invocation) -> int:
    """Serve until interrupted.

    Raises:
        Usage: textual-serve is missing, or the server cannot listen on the address.
    """
    text = call.arguments.get("port") or "0"
    port = whole(text, 65535)
    if port is None:
        raise Usage(f"{shown(text)} is not a port number; use a number from 0 to 65535")
    try:
        from tuimixer.ui.web import listen, serve
    except ImportError as error:
        raise Usage(
            f"`serve` needs the Python package textual-serve ({error.name} is missing); "
            "install tuimixer with this extra: pipx install 'tuimixer[serve]'"
        ) from error
    bind = call.arguments.get("bind") or "127.0.0.1"
    try:
        listener = listen(bind, port)
    except OSError as error:
        raise Usage(f"cannot listen on {shown(bind)}, port {port}: {error.strerror}") from error
    gc.enable()
    serve(_screen_arguments(call), listener)
    return DONE


def _screen_arguments(call: Invocation) -> list[str]:
    """The screen's options among those given to `serve`."""
    given = [f"--{name}={value}" for name in _PASSED_ON for value in call.arguments.all(name)]
    given += [f"--host={host}" for host in call.arguments.all("host")]
    given += [f"--{name}" for name in ("demo", "no-config") if call.arguments.has(name)]
    return given
