"""Fills and prints the table of features by server; see table.py."""

import pytest

from tests.backend.pulse.table import ANYWHERE, ON_CARDS, Lacks, Table

_LANES = {"pulse": "PulseAudio", "pipewire": "PipeWire"}


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line("markers", "feature(row, ...): rows of the table of features that a test asserts")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Store each test's rows and server where its reports can get them."""
    for item in items:
        rows = [row for mark in item.iter_markers("feature") for row in mark.args]
        if not rows:
            continue
        if unknown := set(rows) - {*ANYWHERE, *ON_CARDS}:
            raise pytest.UsageError(f"{item.nodeid} names no rows of the table: {sorted(unknown)}")
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        lanes = (name for lane, name in _LANES.items() if item.get_closest_marker(lane))
        server = parameters.get("guest") or parameters.get("box") or next(lanes, "")
        item.user_properties += [("row", row) for row in rows] + [("server", server)]


@pytest.fixture
def lacks(request: pytest.FixtureRequest) -> Lacks:
    """`lacks(ROW, ANSWER)`: the server under test does not support it, as its own response shows."""

    def note(row: str, answer: str) -> None:
        request.node.user_properties.append(("lacks", (row, answer)))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of what was run."""
    table = Table()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            told = getattr(report, "user_properties", ())
            rows = [str(value) for name, value in told if name == "row"]
            server = next((str(value) for name, value in told if name == "server"), "")
            answers = [value for name, value in told if name == "lacks"]
            if rows and (outcome != "passed" or report.when == "call"):
                table.add(rows, server, outcome == "passed", answers)
    if table.cells:
        terminalreporter.section("features × servers")
        for line in table.lines():
            terminalreporter.write_line(line)
