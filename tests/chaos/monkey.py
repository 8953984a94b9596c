"""Random input: keys, clicks, pastes, sizes, broken and split bytes."""

import time
from collections import deque
from random import Random

from tests.chaos.tally import Tally
from tests.chaos.victim import ESCAPE, NASTY, Victim

_NAMED = (
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[2~", b"\x1b[3~", b"\x1b[5~",
    b"\x1b[6~", b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b[15~", b"\x1b[17~", b"\x1b[18~",
    b"\x1b[19~", b"\x1b[20~", b"\t", b"\x1b[Z", b"\r", b"\x1b", b"\x1b", b"\x7f", b" ", b"\x10", b"\x0c",
    b"\x12", b"\x1b[1;2A", b"\x1b[1;5C",
)  # fmt: skip
_DIALOGS = (
    b"\x1bOP", b"\x1bOQ", b"\x1b[17~", b"\x1b[18~", b"\x1b[19~", b"\r", b"f", b"=", b"R",
)  # fmt: skip
"""Keys that open dialogs."""
_BROKEN = (
    b"\xc3", b"\xa9", b"\xe2\x82", b"\xf0\x9f", b"\xff", b"\x80", b"\x00", b"\xed\xa0\x80",
    b"\x1b[48;30;100;0;0t", b"\x1b[99999999u", b"\x1b[460657099;F", b"\x1b[<0;0;0M", b"\x1b[<999;-1;5M",
    b"\x1b[<35;100000;100000M", b"\x1b[M\x01\x01\x01", b"\x1b[200~", b"\x1b[201~", b"\x1b]11;rgb:zz\x07",
    b"\x1b[?2026;2$y", b"\x1b[?1;2c", b"\x1b[I", b"\x1b[O", b"\x1bP>|x\x1b\\", b"\x1b[;;;;;u", b"\x1b[1;1R",
    b"\x1b[57399;99u", b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[4;0;0t", b"\x1b[8;24;80t",
)  # fmt: skip
_ENDING = frozenset(b"\x03\x11\x1a\x1c")
"""Keys that quit or stop the program."""
_PALETTE = b"\x10"
"""The key of the command palette, where Quit can be chosen."""
_CHARACTERS = "".join(map(chr, range(33, 127))) + "é€字𝄞\u0301\u202e"


class Monkey:
    """Does one random thing after another."""

    def __init__(self, random: Random, tally: Tally, lasting: bool = False) -> None:
        """Args: `lasting` leaves out what can quit: the palette, and clicks on the keys in the last lines."""
        self._random, self._tally, self._lasting = random, tally, lasting
        self._named_keys = [key for key in _NAMED if not (lasting and key == _PALETTE)]
        self._heights = deque([24], maxlen=3)
        """Recent window sizes: under load the program may not have noticed the last ones."""
        self._ending = _ENDING | set(_PALETTE) if lasting else _ENDING
        self._acts = (
            (30, self._named),
            (25, self._character),
            (8, self._held),
            (4, self._burst),
            (8, self._mouse),
            (3, self._paste),
            (4, self._resize),
            (5, self._broken),
            (3, self._split),
            (0.3, self._suspend),
            (2, self._leave),
        )
        self._weights = [weight for weight, _ in self._acts]

    def act(self, victim: Victim) -> None:
        """Do something."""
        _, act = self._random.choices(self._acts, self._weights)[0]
        act(victim)

    def visit(self, victim: Victim) -> None:
        """Open every dialog once in a large window: what is loaded for them is no growth of memory."""
        victim.resize(300, 100)
        for key in _DIALOGS:
            victim.send(key)
            time.sleep(0.3)
            self._leave(victim)

    def _count(self, what: str, number: int = 1) -> None:
        self._tally.events[what] += number

    def _named(self, victim: Victim) -> None:
        victim.send(self._random.choice(self._named_keys))
        self._count("keys")

    def _character(self, victim: Victim) -> None:
        victim.send(self._random.choice(_CHARACTERS).encode())
        self._count("keys")

    def _held(self, victim: Victim) -> None:
        number = self._random.randrange(2, 40)
        victim.send(self._random.choice(_NAMED[:19]) * number)
        self._count("keys", number)

    def _burst(self, victim: Victim) -> None:
        """Different keys at once, as over a slow line: dialogs open and close within one frame."""
        keys = [*self._named_keys, *_DIALOGS, ESCAPE, ESCAPE]
        number = self._random.randrange(2, 12)
        victim.send(b"".join(self._random.choices(keys, k=number)))
        self._count("keys", number)

    def _mouse(self, victim: Victim) -> None:
        button = self._random.choice([0, 0, 0, 1, 2, 32, 35, 64, 65, 16, 4])
        below = min(self._heights) - 2 if self._lasting else victim.lines + 3
        if below < 2:
            return
        x, y = self._random.randrange(1, victim.columns + 3), self._random.randrange(1, below)
        ends = "Mm" if button < 3 else "M"
        victim.send("".join(f"\x1b[<{button};{x};{y}{end}" for end in ends).encode())
        self._count("clicks")

    def _paste(self, victim: Victim) -> None:
        text = self._random.choice([*NASTY, "%", "50%", "9" * 900, "mpv", "\x1b[201~"])
        victim.send(b"\x1b[200~" + text.encode("utf-8", "replace")[:900] + b"\x1b[201~")
        self._count("pastes")

    def _resize(self, victim: Victim) -> None:
        size = self._random.choice(
            [(1, 1), (2, 2), (20, 5), (80, 24), (80, 24), (120, 40), (300, 100), None, None]
        )
        victim.resize(*(size or (self._random.randrange(1, 301), self._random.randrange(1, 101))))
        self._heights.append(victim.lines)
        self._count("resizes")

    def _broken(self, victim: Victim) -> None:
        data = self._random.choice([*_BROKEN, self._random.randbytes(self._random.randrange(1, 12))])
        if not self._ending & set(data):
            victim.send(data)
        self._count("broken sequences")

    def _suspend(self, victim: Victim) -> None:
        victim.send(b"\x1a")
        self._count("suspensions")

    def _leave(self, victim: Victim) -> None:
        """Leave a search and its dialog, in which most keys would only be more of its text."""
        victim.send(ESCAPE)
        victim.send(ESCAPE)
        self._count("keys", 2)

    def _split(self, victim: Victim) -> None:
        whole = self._random.choice(
            [*self._named_keys, "é".encode(), "字".encode(), "𝄞".encode(), b"\x1b[<0;5;5M\x1b[<0;5;5m"]
        )
        for place in range(len(whole)):
            victim.send(whole[place : place + 1])
            time.sleep(self._random.choice([0, 0, 0.002, 0.06]))
        self._count("split sequences")
