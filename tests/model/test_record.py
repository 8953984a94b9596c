"""The lightweight dataclass behaves like the standard one as far as the model uses it."""

import copy
import dataclasses
import pickle
import subprocess
import sys

import msgspec
import pytest

from tuimixer.model.command import SetCapture, SetMute
from tuimixer.model.control import Channel, Control, Kind
from tuimixer.model.record import dataclass, field
from tuimixer.model.snapshot import Snapshot

pytestmark = pytest.mark.unit

CONTROL = Control("pulse:sink/x", Kind.SINK, "X", channels=(Channel("mono", 3),), mute=(True,))


def test_equality_and_hash_go_by_value_and_class() -> None:
    assert SetMute("a", (True,)) == SetMute("a", (True,))
    assert hash(SetMute("a", (True,))) == hash(SetMute("a", (True,)))
    other: object = SetCapture("a", (True,))
    assert SetMute("a", (True,)) != other


def test_it_is_frozen_and_has_no_dict() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONTROL.name = "Y"  # type: ignore[misc]
    assert not hasattr(CONTROL, "__dict__")


def test_defaults_made_anew_are_not_shared() -> None:
    first, second = Snapshot(), Snapshot()
    assert first.controls == {}
    assert first.controls is not second.controls


def test_missing_and_unknown_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        Channel("mono")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Channel("mono", 1, wrong=2)  # type: ignore[call-arg]


def test_the_standard_tools_work_on_it() -> None:
    assert dataclasses.is_dataclass(CONTROL)
    assert dataclasses.replace(CONTROL, name="Y").name == "Y"
    assert dataclasses.asdict(Channel("mono", 3)) == {"name": "mono", "raw": 3}
    assert copy.copy(CONTROL) == CONTROL
    assert pickle.loads(pickle.dumps(CONTROL)) == CONTROL
    assert repr(Channel("mono", 3)) == "Channel(name='mono', raw=3)"


def test_msgspec_reads_and_writes_it() -> None:
    snapshot = Snapshot(controls={CONTROL.id: CONTROL})
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot) == snapshot


def test_patterns_match_by_position() -> None:
    match SetMute("a", (True,)):
        case SetMute("a", mute):
            assert mute == (True,)
        case _:
            pytest.fail("no match")


@pytest.mark.usefixtures("unmeasured")
def test_the_model_does_not_load_dataclasses() -> None:
    code = "import sys, tuimixer.model.resolve, tuimixer.model.snapshot; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"dataclasses", "inspect", "typing", "asyncio"} & set(loaded)


def test_the_first_instances_are_like_all_others() -> None:
    @dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2
        names: list[str] = field(default_factory=list)

    points = [Point(1, names=["a"]) for _ in range(50)]
    assert set(map(repr, points)) == {repr(points[0])}
    assert points[0] == points[-1]
    assert Point(1).names is not Point(1).names


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_wrong_arguments_are_refused_in_the_standard_words(
    arguments: tuple[tuple[int, ...], dict[str, int]],
) -> None:
    @dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2

    with pytest.raises(TypeError, match=r"__init__\(\) (missing|takes|got)"):
        Point(*arguments[0], **arguments[1])
