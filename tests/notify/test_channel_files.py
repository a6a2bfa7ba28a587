"""Messages in files and on the output, and the list of channels."""

import errno
import io
import json
import multiprocessing
import os
from pathlib import Path

import pytest
from messages_world import LEAD, OTHER, message

from tracker.errors import DeliveryError
from tracker.notify import channels
from tracker.notify.channels import CHANNELS, open_channel
from tracker.notify.channels.stdout import Stdout
from tracker.notify.messages import Limits
from tracker.notify.routes import CHANNELS as DECLARED
from tracker.notify.routes import Route

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "notify.md"


def opened(path: Path, form: str = "") -> channels.Channel:
    return open_channel(Route(name="log", channel="file", address=str(path), format=form), {})


def test_a_file_gets_one_line_of_json_per_message(tmp_path: Path):
    for _ in range(2):
        opened(tmp_path / "news.jsonl").send(message([LEAD], form="json"))
    lines = (tmp_path / "news.jsonl").read_text().splitlines()
    assert [json.loads(line)["events"][0]["id"] for line in lines] == [LEAD.id, LEAD.id]


def test_a_file_can_be_text(tmp_path: Path):
    channel = opened(tmp_path / "news.txt", "text")
    assert channel.limits.form == "text"
    channel.send(message([LEAD]))
    assert (tmp_path / "news.txt").read_text() == message([LEAD]).body + "\n\n"


def _write(path: str, times: int) -> None:
    for _ in range(times):
        opened(Path(path)).send(message([LEAD, OTHER], form="json"))


def test_two_processes_do_not_write_into_each_others_lines(tmp_path: Path):
    path = tmp_path / "news.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(str(path), 40)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["m1"] * 80


def test_a_missing_folder_is_an_error_that_is_retried(tmp_path: Path):
    with pytest.raises(DeliveryError, match="cannot be written") as found:
        opened(tmp_path / "none" / "news.jsonl").send(message([LEAD], form="json"))
    assert not found.value.final


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_that_is_retried():
    with pytest.raises(DeliveryError, match=os.strerror(errno.ENOSPC)) as found:
        opened(Path("/dev/full")).send(message([LEAD], form="json"))
    assert not found.value.final


def test_a_file_without_a_path_is_refused_for_good():
    with pytest.raises(DeliveryError, match="no address") as found:
        open_channel(Route(name="log", channel="file"), {})
    assert found.value.final


def test_the_output_gets_the_text_and_an_empty_line(capsys: pytest.CaptureFixture[str]):
    open_channel(Route(name="out", channel="stdout"), {}).send(message([LEAD]))
    assert capsys.readouterr().out == message([LEAD]).body + "\n\n"


def test_an_output_that_is_closed_is_a_delivery_error():
    out = io.StringIO()
    out.close()
    with pytest.raises(DeliveryError, match="output cannot be written"):
        Stdout(route="out", limits=Limits(), out=out).send(message([LEAD]))


def test_every_channel_has_a_file_a_declaration_and_a_place_in_the_guide():
    assert channels.__file__
    files = {path.stem for path in Path(channels.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(CHANNELS) == set(DECLARED)
    guide = GUIDE.read_text()
    assert all(f'channel = "{name}"' in guide for name in CHANNELS)
