"""The control plugins give real simple-mixer elements."""

import subprocess

import pytest

from tests.lab.plugins import Plugins

pytestmark = pytest.mark.plugins


def amixer(plugins: Plugins, *arguments: str) -> str:
    return subprocess.run(
        ["amixer", *arguments], env=plugins.env, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_equal_has_ten_faders(plugins: Plugins) -> None:
    assert amixer(plugins, "-D", "equal", "scontrols").count("Simple mixer control") == 10


def test_pulse_has_master_which_is_the_default_sink(plugins: Plugins) -> None:
    amixer(plugins, "-D", "pulse", "sset", "Master", "30%")
    speakers = next(sink for sink in plugins.server.pactl_json("sinks") if sink["name"] == "speakers")
    assert plugins.server.percents("sinks", speakers["index"]) == [30, 30]
