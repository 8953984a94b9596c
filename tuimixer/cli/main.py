"""Entry point of the command line: runs a verb or the screen, and prints one sentence for any error."""

import os
import signal
import sys
from contextlib import suppress

from tuimixer.cli import options
from tuimixer.cli.failure import OUT_OF_REACH, REFUSED, USAGE, Failure, Usage, sentence
from tuimixer.cli.grammar import Arguments, parse
from tuimixer.cli.verbs import MODULES, load, no_verb
from tuimixer.model.text import shown

CRASHED = 70
"""Exit status for an internal error (EX_SOFTWARE of sysexits.h)."""
_INTERRUPTED = 130


def program() -> int:
    """The program: runs the command line and ends the process, or returns its exit status.

    Shutting down the interpreter would take 9 ms of the 93 ms of CPU time that a volume key press takes, and
    a verb has nothing to clean up. A command that uses threads or an event loop exits normally.
    """
    status = main(alone=True)
    # Since Python 3.14, ctypes imports it.
    threading = sys.modules.get("threading")
    if "asyncio" not in sys.modules and (threading is None or threading.active_count() == 1):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # stdout is closed; errors have been reported
                stream.flush()
        os._exit(status)
    return status


def main(argv: list[str] | None = None, alone: bool = False) -> int:
    """Run a command line; returns the exit status. `alone`: whether nothing else runs in this process."""
    words = sys.argv[1:] if argv is None else argv
    _open_closed_streams()
    if words[:1] == ["engine"]:
        from tuimixer.wiring import run_engine

        return run_engine(words[1:])
    try:
        if alone and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # set by `tuimixer.__main__`
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = _run(words, alone)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 0
    except Failure as failure:
        return _complain(failure, failure.status)
    except Exception as error:
        return _unexpected(error)
    return status


def _run(words: list[str], alone: bool) -> int:
    top = parse(words, options.SCREEN, "tuimixer", stop_at_word=True)
    if not top.words:
        return _without_verb(top)
    if top.has("version"):
        return _without_verb(top)
    name, *rest = top.words
    if name not in MODULES:
        raise no_verb(name)
    verb, module = load(name)
    command = f"tuimixer {name}"
    # Options before the verb are treated as if they came after it.
    before = words[: len(words) - len(rest) - 1]
    if before[-1:] == ["--"]:
        before.pop()
    arguments = parse([*before, *rest], verb.options, command)
    if arguments.has("help"):
        from tuimixer.cli.help import verb_help
        from tuimixer.cli.output import write

        write(verb_help(verb))
        return 0
    count = len(arguments.words)
    if count < verb.least or (verb.most is not None and count > verb.most):
        problem = (
            "too few arguments"
            if count < verb.least
            else f"too many arguments, starting with {shown(arguments.words[verb.most or 0])}"
        )
        raise Usage(f"{problem}; usage: {f'{command} {verb.usage}'.rstrip()}")
    hosts = arguments.all("host")
    if hosts and verb.reaches != "always" and not arguments.has(verb.reaches):
        from tuimixer.cli.remote import run_there

        return run_there(hosts, name, [*before, *rest])
    from tuimixer.cli.invocation import Invocation

    if alone and name not in ("serve", "watch") and not arguments.has("follow"):
        _end_at_once_when_interrupted()
    call = Invocation(name, arguments)
    try:
        status: int = module.run(call)
    finally:
        if not alone:  # otherwise the end of the process closes everything, faster
            call.close()
    return status


def _end_at_once_when_interrupted() -> None:
    """Exit on SIGINT: Python may raise KeyboardInterrupt in a libpulse callback, where it is only printed."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))


def _without_verb(top: Arguments) -> int:
    if top.has("help"):
        from tuimixer.cli.help import overview
        from tuimixer.cli.output import write

        write(overview())
        return 0
    if top.has("version"):
        from tuimixer import __version__

        sys.stdout.write(f"tuimixer {__version__}\n")
        return 0
    from tuimixer.cli.screen import run_screen

    return run_screen(top)


def _open_closed_streams() -> None:
    """Open /dev/null in place of standard streams that the caller has closed, which Python sets to None."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115


def _drop_output() -> None:
    """Discard stdout's buffer, which cannot be written, as Python would otherwise print an error on exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(error: object, status: int) -> int:
    with suppress(OSError):  # if stderr is closed, only the exit status remains
        sys.stderr.write(f"tuimixer: {sentence(error)}\n")
    return status


def _unexpected(error: Exception) -> int:
    """Print errors of the sound systems and of the operating system, but write anything else to the log file;
    returns the exit status.
    """
    from tuimixer.backend.base import BackendError, Unreachable
    from tuimixer.backend.engine.ssh import BadTarget
    from tuimixer.model.resolve import Impossible, ReadOnly

    if isinstance(error, ReadOnly):
        return _complain(error, REFUSED)
    if isinstance(error, Impossible | BadTarget):
        return _complain(error, USAGE)
    if isinstance(error, BackendError):
        return _complain(error, OUT_OF_REACH if isinstance(error, Unreachable) else REFUSED)
    if isinstance(error, OSError) and error.strerror:
        _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror}", REFUSED)
    from tuimixer.cli.log import write_crash

    return _complain(f"internal error: {write_crash(error)}", CRASHED)
