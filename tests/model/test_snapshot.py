"""Differences between snapshots, and several snapshots merged into one."""

from dataclasses import replace

import pytest

from tuimixer.model.control import Control, Kind
from tuimixer.model.snapshot import AlsaCard, Diff, Phase, Server, ServerCard, Snapshot, Status, diff, merge

pytestmark = pytest.mark.unit

A, B, C = (Control(name, Kind.SINK, name) for name in "abc")


def of(*controls: Control) -> Snapshot:
    return Snapshot(controls={control.id: control for control in controls})


def test_no_difference_is_false() -> None:
    assert diff(of(A, B), of(A, B)) == Diff()
    assert not diff(of(A), of(replace(A))), "equal, though another object"


def test_added_removed_changed() -> None:
    muted = replace(B, mute=(True,))
    found = diff(of(A, B), of(muted, C))
    assert found == Diff(added=frozenset("c"), removed=frozenset("a"), changed=frozenset("b"))
    assert found


def test_order_counts_among_those_that_stay() -> None:
    assert diff(of(A, B), of(B, A)).reordered
    assert not diff(of(A, B, C), of(A, C)).reordered
    assert not diff(of(A, C), of(A, B, C)).reordered


@pytest.mark.parametrize(
    "after",
    [
        Snapshot(statuses=(Status("alsa", Phase.READY, "1 card"),)),
        Snapshot(alsa_cards=(AlsaCard("PCH", 0, "HDA"),)),
        Snapshot(server_cards=(ServerCard("pulse:card/x", 0, "x", "X"),)),
        Snapshot(server=Server("PulseAudio", "16.1", "/run/x")),
    ],
)
def test_surroundings(after: Snapshot) -> None:
    assert diff(Snapshot(), after) == Diff(surroundings=True)


def test_merge_keeps_the_order_of_the_parts() -> None:
    alsa = Snapshot(
        statuses=(Status("alsa", Phase.READY, "1 card"),),
        controls={B.id: B},
        alsa_cards=(AlsaCard("PCH", 0, "HDA"),),
    )
    pulse = Snapshot(
        statuses=(Status("pulse", Phase.READY, "PulseAudio"),),
        controls={A.id: A},
        server_cards=(ServerCard("pulse:card/x", 0, "x", "X"),),
        server=Server("PulseAudio", "16.1", "/run/x"),
    )
    both = merge(alsa, pulse)
    assert list(both.controls) == ["b", "a"]
    assert [status.source for status in both.statuses] == ["alsa", "pulse"]
    assert (both.alsa_cards, both.server_cards, both.server) == (
        alsa.alsa_cards,
        pulse.server_cards,
        pulse.server,
    )
    assert merge() == Snapshot()
    assert merge(alsa).controls[B.id] is B
