"""Verbs on another machine: the same command line, run there through ssh."""


def run_there(hosts: tuple[str, ...], verb: str, words: list[str]) -> int:
    """Run a verb on each host in turn; returns the highest exit status.

    Raises:
        Unreachable: a host could not be reached.
    """
    from tuimixer.backend.engine.verb import run_remote_verb

    rest = [verb, *_without_hosts(words)]
    return max(run_remote_verb(host, rest) for host in hosts)


def _without_hosts(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for number, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return kept + words[number:]
        elif word == "--host":
            skip = True
        elif not word.startswith("--host="):
            kept.append(word)
    return kept
