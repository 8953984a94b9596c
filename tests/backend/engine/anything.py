"""Random values of the model's types, whatever fields they have now or in the future."""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from tuimixer.model.control import Control
from tuimixer.model.snapshot import Snapshot

_CHARACTERS = 'ab0 /:"\\\n\x00\x1b\x7f\xe9€字\u202e𝄞\u0301'
_IDS = [f"pulse:sink_input/{number}" for number in range(9)]
_PLAIN: dict[Any, Callable[[Random], Any]] = {
    str: lambda random: "".join(random.choices(_CHARACTERS, k=random.randrange(6))),
    int: lambda random: random.choice([0, 1, -1, 65536, 1 << 31, -(1 << 40), random.randrange(1 << 17)]),
    bool: lambda random: random.random() < 0.5,
    float: lambda random: random.choice([0.0, 1.0, -1e300, random.random()]),
    NoneType: lambda random: None,
}


def anything(kind: Any, random: Random) -> Any:
    """A random value of an annotated type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind](random)
    if origin is UnionType:
        return anything(random.choice(arguments), random)
    if origin is tuple and arguments[-1] is Ellipsis:
        return tuple(anything(arguments[0], random) for _ in range(random.randrange(4)))
    if origin is tuple:
        return tuple(anything(argument, random) for argument in arguments)
    if origin is dict:
        pairs = range(random.randrange(4))
        return {anything(arguments[0], random): anything(arguments[1], random) for _ in pairs}
    if issubclass(kind, Enum):
        return random.choice(list(kind))
    return kind(**{name: anything(hint, random) for name, hint in get_type_hints(kind).items()})


def randoms() -> st.SearchStrategy[Random]:
    """Sources of random values; hypothesis's own strategies take a second for a snapshot."""
    return st.randoms(use_true_random=True)


def snapshot(random: Random) -> Snapshot:
    """A random snapshot, with so few ids that two snapshots have some in common."""
    ids = random.sample(_IDS, random.randrange(len(_IDS)))
    controls = {known: replace(anything(Control, random), id=known) for known in ids}
    around: Snapshot = anything(Snapshot, random)
    return replace(around, controls=controls)


def successor(random: Random, before: Snapshot) -> Snapshot:
    """A snapshot that shares much with the previous one: controls unchanged, changed, or moved."""
    other = snapshot(random)
    kept = {known: control for known, control in before.controls.items() if random.random() < 0.7}
    for known, control in kept.items():
        if random.random() < 0.5:
            source = random.choice([control, anything(Control, random)])
            field = random.choice(["channels", "mute", "name", "stream", "properties", "scale"])
            kept[known] = replace(control, **{field: getattr(source, field)})
    pairs = list(kept.items())
    for pair in other.controls.items():
        if pair[0] not in kept and random.random() < 0.5:
            pairs.insert(random.randrange(len(pairs) + 1), pair)
    if random.random() < 0.3:
        random.shuffle(pairs)
    return replace(random.choice([before, other]), controls=dict(pairs))
