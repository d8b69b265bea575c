"""A job has one worker: whoever starts it at once, dies in between, sleeps, sets the clock or moves the folder."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial

import psutil
import pytest

from radiomics_core.errors import StudyError
from radiomics_core.processes import ProcessIdentity, process_of, this_process
from radiomics_core.study import Study
from radiomics_core.study.jobs import job as jobs
from radiomics_core.study.jobs import launch
from radiomics_core.study.jobs import run as job_run
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.jobs.status import JobStatus, write_status
from radiomics_core.study.storage import lease
from tests.unit.study.test_jobs import PATIENCE_S, SLOW, is_gone, numbers, parts, wait_for

STOPS = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that stops a process")
RENAMES = pytest.mark.skipif(os.name == "nt", reason="Windows refuses to rename a folder in use")


@pytest.fixture
def launched(monkeypatch):
    """Workers that would have been started; the test's own process stands for each."""
    calls = []
    monkeypatch.setattr(jobs, "launch_worker", lambda job, token: calls.append(job) or this_process())
    return calls


def at_once(*actions):
    """Run actions in threads that wait for each other; return what each gave."""
    gate, given = threading.Barrier(len(actions)), []

    def run(action):
        gate.wait()
        given.append(action())

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_sessions_of_one_server_that_start_at_once_get_one_job(study, launched):
    with Study.open(study.folder) as second:
        for pair in range(15):
            given = at_once(*(partial(Jobs(one).start, "self_test", {"n": pair}) for one in (study, second)))
            assert given[0].id == given[1].id
            assert len(launched) == pair + 1
            for job in Jobs(study).all():
                write_status(job.folder, JobStatus(state="done", token=job.status().token))


START = """
import sys, time
from radiomics_core.errors import StudyError
from radiomics_core.study import Study
from radiomics_core.study.jobs.job import Jobs
print("ready", flush=True)
sys.stdin.readline()
try:
    with Study.open(sys.argv[1]) as study:
        print(Jobs(study).start("self_test", {"n": 2, "seconds": 0.5}, 1).id, flush=True)
except StudyError as error:
    print("refused: in another session" if "in another session" in str(error) else error, flush=True)
"""


def test_processes_that_start_at_once_make_one_job(tmp_path):
    folder = tmp_path / "study"
    Study.create(folder).close()
    command = [sys.executable, "-c", START, str(folder)]
    pair = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for one in pair:
        assert one.stdout.readline() == "ready\n"
    for one in pair:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = {one.communicate(timeout=PATIENCE_S)[0].strip() for one in pair} - {"refused: in another session"}
    with Study.open(folder) as study:
        assert [job.id for job in Jobs(study).all()] == list(said)
        assert Jobs(study).latest("self_test").wait(PATIENCE_S).state == "done"


def test_a_job_killed_while_it_is_queued_is_interrupted_at_once_and_started_anew(study):
    job = Jobs(study).start("self_test", {"n": 2}, 1)
    queued = job.status()
    assert queued.state == "queued"
    psutil.Process(queued.pid).kill()
    with Study.open(study.folder, read_only=True) as reader:
        wait_for(lambda: Jobs(reader).get(job.id).status().state == "interrupted", 5)
    assert Jobs(study).start("self_test", {"n": 2}, 1).id == job.id
    assert job.wait(PATIENCE_S).state == "done"


def test_a_start_that_was_undone_leaves_no_worker(study, monkeypatch):
    spawned = []
    real = launch.launch_worker
    monkeypatch.setattr(jobs, "launch_worker", lambda *asked: spawned.append(real(*asked)) or spawned[-1])
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "register", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Jobs(study).start("self_test", {"n": 1})
    job = Jobs(study).latest("self_test")
    assert job.status().state == "interrupted"
    wait_for(lambda: not spawned[0].runs())
    assert "its start was undone" in job.log
    assert Jobs(study).start("self_test", {"n": 1}).wait(PATIENCE_S).state == "done"
    assert len(Jobs(study).all()) == 1


def test_a_worker_whose_job_was_given_to_another_process_ends_and_writes_nothing_more(study):
    job = Jobs(study).start("self_test", {"n": 2000, "seconds": 0.2}, 1)  # far longer than anybody waits here
    wait_for(lambda: parts(job) >= 1)
    worker = psutil.Process(job.status().pid)
    with study.catalogue.transaction() as connection:
        job_run.register(connection, job.id, "next", this_process())
    try:
        wait_for(lambda: is_gone(worker))
    finally:
        launch.end_tree(process_of(worker.pid))
    assert (job.status().state, job.status().token) == ("queued", "next")
    with study.catalogue.transaction() as connection:
        connection.execute("DELETE FROM lease WHERE token = 'next'")


STEPPING_CLOCK = """
import psutil, time
wall, started = time.time, time.monotonic()
step = lambda: 3600.0 * (-1) ** int((time.monotonic() - started) * 4)
time.time = lambda: wall() + step()
if hasattr(psutil, "_pslinux"):
    boot = psutil.boot_time()
    psutil._pslinux.boot_time = lambda: boot + step()
"""


@STOPS
def test_a_stopped_worker_under_a_clock_that_jumps_both_ways_is_running_until_it_is_done(study, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(STEPPING_CLOCK, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.1)
    job = Jobs(study).start("self_test", {"n": 6, "seconds": 0.2}, 1)
    wait_for(lambda: parts(job) >= 1)
    worker = psutil.Process(job.status().pid)
    worker.suspend()
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + 86_400)
    time.sleep(0.5)
    assert job.status().state == "running"
    worker.resume()
    seen = set()
    wait_for(lambda: seen.add(job.status().state) or job.status().is_over)
    assert seen <= {"running", "done"}
    assert len(numbers(study, job)) == 6


def test_setting_the_clock_back_makes_no_older_job_the_latest(study, launched, monkeypatch):
    first = Jobs(study).start("self_test", {"n": 1})
    write_status(first.folder, JobStatus(state="done", token=first.status().token))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    second = Jobs(study).start("self_test", {"n": 2})
    old = study.folder / "jobs" / "self_test-20991231235959999-ab12"
    old.mkdir()
    (old / "job.json").write_bytes((first.folder / "job.json").read_bytes())
    assert Jobs(study).latest("self_test").id == second.id
    assert [job.id for job in Jobs(study).all()] == [second.id, first.id, old.name]


def test_a_job_elsewhere_is_running_while_its_counter_moves_and_interrupted_when_it_stands_still(study, monkeypatch):
    monkeypatch.setattr(jobs, "launch_worker", lambda job, token: ProcessIdentity("elsewhere", 5, 1.0))
    job = Jobs(study).start("self_test", {"n": 1})
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(lease.time, "monotonic", lambda: float(next(clock)))
    seen = []
    for look in range(14):
        if look < 8:
            study.catalogue.write("UPDATE lease SET heartbeat = heartbeat + 1 WHERE job = ?", job.id)
        seen.append(job.status().state)
    assert seen == ["queued"] * 11 + ["interrupted"] * 3


@RENAMES
def test_a_job_whose_study_is_moved_ends_and_is_resumed_where_the_study_is_now(tmp_path):
    study = Study.create(tmp_path / "study")
    job = Jobs(study).start("self_test", SLOW, 2)
    wait_for(lambda: parts(job) >= 2)
    worker, now = psutil.Process(job.status().pid), tmp_path / "moved"
    family = [worker, *worker.children(recursive=True)]
    study.folder.rename(now)
    wait_for(lambda: all(map(is_gone, family)))
    assert not (tmp_path / "study").exists()
    with pytest.raises(StudyError, match="renamed, moved or replaced"):
        job.resume()
    with Study.open(now) as moved:
        study.close()
        again = Jobs(moved).latest("self_test")
        assert (again.id, again.status().state) == (job.id, "interrupted")
        assert again.resume().wait(PATIENCE_S).state == "done"
        assert len(numbers(moved, again)) == SLOW["n"]
