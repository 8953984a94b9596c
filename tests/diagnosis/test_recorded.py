"""Results of path and doctor for machines recorded on emulated cards, compared with what was done to them and
what pactl and amixer read meanwhile. See recordings.py.
"""

import pytest

from tests.diagnosis.faults import FAULTS
from tests.diagnosis.gains import BY_HAND, Reading, apart
from tests.diagnosis.recordings import SERVERS, boxes, recorded
from tuimixer.diagnosis.doctor import diagnose
from tuimixer.model.command import Command
from tuimixer.model.resolve import resolve

pytestmark = pytest.mark.unit

SETTINGS = 40
HEALTHY = (
    "a tone",
    "a recording",
    "a recording of what plays",
    "another program paused",
    "nothing plays",
)
PROVOKED = [(server, name) for server in SERVERS for name, fault in FAULTS.items() if server in fault.servers]


@pytest.mark.parametrize("number", range(1, SETTINGS + 1))
@pytest.mark.parametrize("server", SERVERS)
def test_the_total_is_the_sum_of_the_readings(server: str, number: int) -> None:
    box = recorded(server, "path", f"setting {number}")
    readings = {card: Reading(**told) for card, told in box.told.items()}
    assert set(readings) == set(BY_HAND)
    assert apart(box.snapshot, box.system, readings) == {}


@pytest.mark.parametrize("server", SERVERS)
def test_the_settings_differ(server: str) -> None:
    """A recording of a machine on which nothing changed would prove nothing."""
    for card in BY_HAND:
        told = [box.told[card] for box in boxes(server) if box.kind == "path"]
        for what in ("stream", "sink", "controls"):
            assert len({one[what] for one in told}) >= SETTINGS // 3, (card, what)


@pytest.mark.parametrize(("server", "name"), PROVOKED)
def test_a_fault_is_named_first_and_gone_once_mended(server: str, name: str) -> None:
    fault, box, after = FAULTS[name], recorded(server, "fault", name), recorded(server, "mended", name)
    findings = diagnose(box.snapshot, box.system)
    assert fault.is_first(findings), findings
    first = findings[0]
    assert bool(first.fix) != bool(fault.advice)
    for request in first.fix:
        assert (
            isinstance(request, Command)
            or resolve(request, box.snapshot.controls[request.id]).command is not None
        )
    assert first.reason not in [each.reason for each in diagnose(after.snapshot, after.system)]


def test_at_least_eighteen_kinds_of_findings_were_provoked_on_cards() -> None:
    live = {"no_permission", "other_machine", "no_server"}  # in test_vm_doctor.py only
    assert len({FAULTS[name].key for _, name in PROVOKED} | live) >= 18


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("server", SERVERS)
def test_nothing_is_found_on_a_healthy_box(server: str, name: str) -> None:
    box = recorded(server, "healthy", name)
    assert diagnose(box.snapshot, box.system) == ()
