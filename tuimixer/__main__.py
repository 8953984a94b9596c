"""`python -m tuimixer`; also how the screen starts its engine."""

import sys

if sys.argv[1:2] == ["engine"]:
    # Not by way of the command line's parser: the screen waits for the engine.
    from tuimixer.wiring import run_engine

    sys.exit(run_engine(sys.argv[2:]))

from tuimixer.cli.main import program

sys.exit(program())
