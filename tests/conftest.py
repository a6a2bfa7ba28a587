"""What every test may ask of the command line, and how a run is spread over the cores."""

import gc
import os
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings

WORKERS = 4
"""At most: each of them imports every test, so that more take longer to start than they save."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write what the tests found as the expected files; read the change like code"
    )


def pytest_configure(config: pytest.Config) -> None:
    """A run without the slow tests tries fewer examples of each property too (`kit.examples`).

    They are the same ones in every run, so that a change that fails has failed for what it changes; the nightly run tries others.
    """
    is_same = "OTHER_EXAMPLES" not in os.environ
    settings.register_profile("full", deadline=None, max_examples=60, derandomize=is_same)  # a busy machine is no failure
    settings.register_profile("quick", settings.get_profile("full"), max_examples=6)
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "full")
    gc.disable()  # while tests are collected, which makes no garbage


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A quick run does not even import a file whose tests are all slow."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if "\npytestmark = pytest.mark.slow\n" in collection_path.read_text(encoding="utf-8") else None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Collect garbage again, but keep the collector away from ten thousand tests, which it would go through again and again."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run on all cores unless `-n` says otherwise or single files are named, which end before a worker has started.

    This stands here and not in `addopts`, where it would make `-p no:xdist` an error.
    """
    if not config.pluginmanager.hasplugin("xdist") or hasattr(config, "workerinput"):
        return
    files = any(Path(arg.partition("::")[0]).is_file() for arg in config.args)
    if config.option.numprocesses is None and not files:
        config.option.numprocesses = "auto"
        config.option.maxprocesses = config.option.maxprocesses or WORKERS
    if config.option.numprocesses and config.option.dist == "no":
        config.option.dist = "worksteal"  # a few long tests decide when the run ends; what is left over moves to the idle worker


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Let a worker send one report of a test that passed, not five: telling costs more than most tests take."""
    if not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True
