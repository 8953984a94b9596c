"""`./dev coverage`: no process's data is lost silently, and lanes that cannot run are named."""

from pathlib import Path

import pytest

from tests.lab.lanes import coverage, saving
from tests.lab.lanes.files import ROOT
from tests.lab.lanes.table import Lane

pytestmark = pytest.mark.unit


def lane(name: str, lacks: str | None = None) -> Lane:
    return Lane(name, "for this test", 1, lambda _: [], lambda: lacks)


class Measure:
    """In place of `coverage.measure`: what it was called with, and what it does in the folder."""

    def __init__(self, leaves: tuple[str, ...] = ()) -> None:
        self.leaves = leaves
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, folder: Path, *arguments: str) -> int:
        self.calls.append(arguments)
        for name in self.leaves:
            (folder / name).touch()
        return 0


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> Measure:
    fake = Measure()
    monkeypatch.setattr(coverage, "measure", fake)
    monkeypatch.setattr(coverage, "LANES", [lane("unit"), lane("pulse", "no harp"), lane("web", "no web")])
    return fake


@pytest.mark.usefixtures("unmeasured")
def test_a_worker_that_is_killed_at_exit_has_saved_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    hasty = "from xdist.workermanage import NodeManager\nNodeManager.EXIT_TIMEOUT = 0.001\n"
    (tmp_path / "conftest.py").write_text(hasty)
    file = tmp_path / "test_it.py"
    file.write_text("def test_it():\n    import tuimixer.model.value\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert coverage.measure(folder, "-q", "-p", "no:cacheprovider", "-n", "1", str(file)) == 0
    assert saving.unsaved(folder) == []
    lines = coverage.combined(folder).get_data().lines(str(ROOT / "tuimixer/model/value.py"))
    assert lines


def test_data_that_is_missing_all_the_same(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    measure.leaves = ("data.gw0", "unsaved-gw3", "unsaved-gw1")
    assert coverage.main([]) == 1
    shown = capsys.readouterr().out
    assert shown.endswith("\nfailed, because these processes of pytest did not save their data: gw1, gw3\n")
    assert "total" not in shown


def test_a_lane_that_cannot_run_is_named(measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main([]) == 0
    assert measure.calls[0][:2] == ("-m", "unit")
    missing = "Not run on this machine:\n  pulse        no harp\n"
    shown = capsys.readouterr().out
    assert shown.startswith(missing)
    assert "coverage by the lanes unit:\n" in shown
    assert shown.endswith(missing)


def test_no_lane_that_can_run(
    measure: Measure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(coverage, "LANES", [lane("unit", "no lute"), lane("pulse", "no harp")])
    assert coverage.main([]) == 1
    assert capsys.readouterr().out == (
        "Not run on this machine:\n  unit         no lute\n  pulse        no harp\n"
        "failed, because none of the lanes to be measured can run\n"
    )
    assert not measure.calls


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("pulse", 2)])
def test_words(word: str, status: int, measure: Measure, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        coverage.main([word])
    assert left.value.code == status
    assert "usage: ./dev coverage" in "".join(capsys.readouterr())
    assert not measure.calls
