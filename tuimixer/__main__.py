"""Entry point of `tuimixer` and `python -m tuimixer`, and of the engine that the screen starts."""

import _signal  # type: ignore[import-not-found]  # `signal` itself takes too long to import
import gc
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    # Let Ctrl-C end the process while the rest is imported; Python would print a traceback.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def start() -> int:
    """Run the command line; returns the exit status."""
    if sys.argv[1:2] == ["engine"]:
        # Do not load the command line's parser, because the screen is waiting for the engine.
        from tuimixer.wiring import run_engine

        return run_engine(sys.argv[2:])
    # Collecting garbage would take a tenth of the CPU time of a verb, and of the screen's start, which keep
    # whatever they import. What runs longer enables it again.
    gc.disable()
    from tuimixer.cli.main import program

    return program()


if __name__ == "__main__":
    sys.exit(start())
