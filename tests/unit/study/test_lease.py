"""One writer per study: refused while it lives, taken over when it is gone, and reading is always possible.

No clock decides: processes are asked, and counters of holders elsewhere are watched.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import psutil
import pytest

from radiomics_core import processes
from radiomics_core.errors import StudyError
from radiomics_core.processes import ProcessIdentity, process_of, space, this_process
from radiomics_core.study import Study
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.storage import lease
from radiomics_core.study.storage.lease import enter, holders
from tests.at_once import errors_at_once

HOLD = """
import sys
from radiomics_core.study import Study
study = Study.open(sys.argv[1])
study.view.put("page", "cohort")
print("open", flush=True)
for line in sys.stdin:
    study.ledger.record("wrote", line=line.strip())
    print("wrote", flush=True)
"""


@pytest.fixture
def quick(monkeypatch):
    """A newcomer that watches for a tenth of a second."""
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.1)
    monkeypatch.setattr(lease, "WATCH_SECONDS", 0.02)


def put_holder(study: Study, *, job="", space, pid=1, started=1.0) -> str:
    token = uuid.uuid4().hex
    with study.catalogue.transaction(guarded=False) as connection:
        connection.execute("DELETE FROM lease")
        enter(connection, token, ProcessIdentity(space, pid, started), job)
    return token


@pytest.fixture
def other(tmp_path):
    """Another process that holds a study open, and writes a line whenever it is sent one."""
    folder = tmp_path / "held"
    Study.create(folder).close()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.folder = folder
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.communicate()


def test_another_process_is_refused_reads_and_takes_over_after_a_kill(other):
    with pytest.raises(StudyError, match=f"open in another session .*process {other.pid}.*reading only"):
        Study.open(other.folder)
    with Study.open(other.folder, read_only=True) as reader:
        assert reader.view.get("page") == "cohort"
        with pytest.raises(StudyError, match="reading only"):
            reader.ledger.record("x")
    other.kill()
    other.wait()
    with Study.open(other.folder) as study:
        assert study.view.get("page") == "cohort"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that stops a process")
def test_a_session_that_was_stopped_for_longer_than_any_limit_is_still_the_writer(other, quick):
    psutil.Process(other.pid).send_signal(signal.SIGSTOP)
    time.sleep(lease.SILENT_SECONDS * 3)
    with pytest.raises(StudyError, match="open in another session"):
        Study.open(other.folder)
    psutil.Process(other.pid).send_signal(signal.SIGCONT)
    other.stdin.write("after the sleep\n")
    other.stdin.flush()
    assert other.stdout.readline() == "wrote\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the start of a process by the clock of the day")
@pytest.mark.parametrize("step_s", [-86_400, 3, 86_400])
def test_setting_the_clock_changes_no_answer(other, monkeypatch, step_s):
    wall, boot, before = time.time, psutil.boot_time(), psutil.Process(other.pid).create_time()
    monkeypatch.setattr(time, "time", lambda: wall() + step_s)
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot + step_s)
    assert psutil.Process(other.pid).create_time() - before == pytest.approx(step_s)
    with pytest.raises(StudyError, match="open in another session"):
        Study.open(other.folder)


def test_two_tabs_of_one_server_share_the_lease(tmp_path):
    first = Study.create(tmp_path / "study")
    second = Study.open(first.folder)
    first.close()
    second.ledger.record("still writing")
    second.close()
    assert Study.open(tmp_path / "study", read_only=True).catalogue.rows("SELECT * FROM lease") == []


def test_tabs_that_open_and_close_at_once_never_lose_the_lease(tmp_path):
    folder = tmp_path / "study"
    Study.create(folder).close()

    def come_and_go():
        for _ in range(5):
            with Study.open(folder) as study:
                study.check_writable()

    assert errors_at_once(4, come_and_go) == []


def test_the_same_host_name_in_two_containers_is_two_places(study, quick):
    elsewhere = space().replace("pid:[", "pid:[9")
    token = put_holder(study, space=elsewhere, pid=os.getpid(), started=this_process().started)
    assert holders(study.catalogue)[0].host == processes.host_name()
    stop = threading.Event()

    def beat():
        while not stop.wait(0.02):
            study.catalogue._connection.execute("UPDATE lease SET heartbeat = heartbeat + 1")

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        with pytest.raises(StudyError, match=f"computer {processes.host_name()}"):
            Study.open(study.folder)
    finally:
        stop.set()
        beating.join()
    with Study.open(study.folder) as newcomer:  # it stood still for as long as the newcomer watched
        assert [holder.token for holder in holders(newcomer.catalogue)] != [token]


def test_every_write_raises_the_counter_so_that_a_long_one_is_not_taken_for_silence(study):
    watcher = Study.open(study.folder, read_only=True)
    before = holders(watcher.catalogue)[0].beats
    with study.catalogue.transaction():
        study.ledger.record("a long import")
        assert holders(watcher.catalogue)[0].beats == before
    assert holders(watcher.catalogue)[0].beats > before
    watcher.close()


def test_a_counter_elsewhere_is_not_silent_before_it_was_watched(study):
    put_holder(study, space="elsewhere")
    assert holders(study.catalogue)[0].lives() is None


def test_a_night_of_sleep_between_two_looks_counts_as_one_beat(study, monkeypatch):
    put_holder(study, space="elsewhere")
    clock = iter([0.0, 30_000.0, 30_006.0, 30_012.0, 30_018.0])
    monkeypatch.setattr(lease.time, "monotonic", lambda: next(clock))
    holder = holders(study.catalogue)[0]
    assert [holder.lives() for _ in range(5)] == [None, None, None, None, False]


def test_a_number_that_belongs_to_a_later_process_is_not_the_holder(study):
    put_holder(study, space=space(), pid=1, started=process_of(1).started - 0.01)
    Study.open(study.folder).close()


def test_a_running_job_does_not_stand_in_the_way_of_a_restarted_server(study):
    put_holder(study, job="extraction-000001-ab12", space=space(), pid=1, started=process_of(1).started)
    Study.open(study.folder).close()


def test_a_session_that_slept_through_a_takeover_cannot_write(study):
    put_holder(study, space="elsewhere")
    with pytest.raises(StudyError, match="another session has taken over"):
        study.view.put("page", "x")
    assert study.view.get("page") is None


def test_a_system_that_does_not_say_which_boot_it_is_asks_no_process(monkeypatch):
    monkeypatch.setattr(processes, "_SPACES", {})
    own = processes.space.__wrapped__()
    assert own != processes.space.__wrapped__()
    assert ProcessIdentity(own, os.getpid(), this_process().started).runs() is None


def test_a_study_of_the_first_version_is_brought_up_to_date_and_its_lease_is_watched(tmp_path, quick):
    import sqlite3

    from radiomics_core.study.storage.migrations import to_1

    connection = sqlite3.connect(tmp_path / "study.sqlite")
    for statement in to_1.STATEMENTS:
        connection.execute(statement)
    connection.execute("INSERT INTO lease VALUES ('session', 'old', 'elsewhere', 1, 1.0, ?)", (time.time(),))
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    with Study.open(tmp_path, read_only=True) as reader:
        assert Jobs(reader).all() == []
    with Study.open(tmp_path) as study:
        study.ledger.record("works")
        assert [holder.kind for holder in holders(study.catalogue)] == ["session"]
