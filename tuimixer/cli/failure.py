"""How a command ends: the exit statuses, and the exceptions that lead to them."""

DONE, NO_MATCH, USAGE, OUT_OF_REACH, REFUSED = range(5)

STATUSES = (
    (DONE, "done"),
    (NO_MATCH, "nothing matches"),
    (USAGE, "wrong usage, or an ambiguous name"),
    (OUT_OF_REACH, "server or card out of reach"),
    (REFUSED, "refused by the server or the card"),
)


class Failure(Exception):
    """Ends the command; the text is one sentence for a person."""

    status = USAGE


class NoMatch(Failure):
    """Nothing matches what was named."""

    status = NO_MATCH


class Usage(Failure):
    """The command line makes no sense, or names several things where one is wanted."""


_LONGEST = 1500


def sentence(text: object) -> str:
    """One line that ends as a sentence does, without anything that steers a terminal."""
    from tuimixer.model.text import clean

    line = clean(str(text), _LONGEST, fallback="")
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def report(text: object) -> None:
    """One sentence on stderr beside what a command does."""
    import sys
    from contextlib import suppress

    with suppress(OSError, ValueError):  # where nobody is there to read it
        sys.stderr.write(f"tuimixer: {sentence(text)}\n")
