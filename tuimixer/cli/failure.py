"""The exit statuses, and the exceptions that lead to them."""

DONE, NO_MATCH, USAGE, OUT_OF_REACH, REFUSED = range(5)

STATUSES = (
    (DONE, "success"),
    (NO_MATCH, "nothing matches"),
    (USAGE, "usage error or ambiguous name"),
    (OUT_OF_REACH, "server or card unreachable"),
    (REFUSED, "request refused by the server or the card"),
)


class Failure(Exception):
    """Ends the command; its text is a message of one sentence for the user."""

    status = USAGE


class NoMatch(Failure):
    """Nothing matches a name."""

    status = NO_MATCH


class Usage(Failure):
    """The command line is invalid, or names several things where only one is allowed."""


_LONGEST = 1500


def sentence(text: object) -> str:
    """A text as one line that ends like a sentence, without characters that control a terminal."""
    from tuimixer.model.text import clean

    line = clean(str(text), _LONGEST, fallback="")
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def report(text: object) -> None:
    """Print a message of one sentence on stderr."""
    import sys
    from contextlib import suppress

    with suppress(OSError, ValueError):  # if stderr is closed
        sys.stderr.write(f"tuimixer: {sentence(text)}\n")
