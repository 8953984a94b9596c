"""Each argument of each verb completes to something that the completion knows."""

import pytest

from tuimixer.backend.demo.simulated import box
from tuimixer.cli.commands import completion
from tuimixer.cli.grammar import Arguments
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.verbs import every

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("what", sorted({what for verb in every() for what in verb.complete} - {"verb"}))
def test_what_a_verb_names_is_known(what: str) -> None:
    if what not in completion._FIXED:
        list(completion._live(what, box(), Invocation("complete", Arguments())))


def test_another_name_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nothing completes 'targte'"):
        completion._live("targte", box(), Invocation("complete", Arguments()))
