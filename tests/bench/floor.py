"""The framework's floor: a Textual app with one slider and nothing else."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget


class Slider(Widget):
    """One line that shows a volume."""

    volume: reactive[int] = reactive(80)

    def render(self) -> str:
        """The bar and the number."""
        return f"Volume {self.volume:3}% " + "#" * (self.volume // 4)


class Floor(App[None]):
    """One slider."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(1)"),
        Binding("down", "step(-1)"),
        Binding("q", "quit"),
    ]

    def compose(self) -> ComposeResult:
        """The slider."""
        yield Slider()

    def action_step(self, by: int) -> None:
        """Move the slider."""
        self.query_one(Slider).volume += by


if __name__ == "__main__":
    Floor().run()
