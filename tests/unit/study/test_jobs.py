"""Jobs survive whatever kills their processes, and give the same numbers however often they were interrupted."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from radiomics_core.errors import JobError, StudyError
from radiomics_core.processes import this_process
from radiomics_core.study import Study
from radiomics_core.study.jobs import job as jobs
from radiomics_core.study.jobs.job import Jobs, run_job_blocking
from radiomics_core.study.jobs.status import Rate

SLOW = {"n": 12, "seconds": 0.25}
PATIENCE_S = 90


def numbers(study: Study, job) -> dict:
    return study.results.load_json("self_test", job.status().result["digest"], "numbers")


def wait_for(condition, seconds=PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def parts(job) -> int:
    return len(list((job.folder / "parts").glob("unit-*.json")))


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_one_worker_and_two_give_the_same_numbers_and_bad_units_stop_nobody(study, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    payload = {"n": 8, "bad": [1], "crash": [2], "kill": [5]}
    one = Jobs(study).start("self_test", payload, 1)
    with Study.create(tmp_path / "second") as second:
        two = Jobs(second).start("self_test", payload, 2)
        assert two.wait(PATIENCE_S).state == one.wait(PATIENCE_S).state == "done"
        assert numbers(study, one) == numbers(second, two)
    status = one.status()
    assert (status.done, status.failed) == (8, 3)
    assert sorted(numbers(study, one)) == [f"unit-000{i}" for i in (0, 3, 4, 6, 7)]
    assert {value["threads"] for value in numbers(study, one).values()} == {"1"}
    assert "nobody foresaw this" in one.log
    failed = {f.stem: f.read_text() for f in (one.folder / "parts").glob("*.failed.json")}
    assert "mask has 3 voxels" in failed["unit-0001.failed"]
    assert '"killed"' in failed["unit-0005.failed"]


def test_a_killed_worker_is_resumed_with_the_parts_that_are_there(study):
    job = Jobs(study).start("self_test", SLOW, 2)
    wait_for(lambda: parts(job) >= 3)
    worker = psutil.Process(job.status().pid)
    pool = worker.children(recursive=True)
    worker.kill()
    wait_for(lambda: job.status().state == "interrupted")
    wait_for(lambda: all(map(is_gone, pool)))
    made = {p: p.stat().st_mtime_ns for p in (job.folder / "parts").glob("unit-*.json")}
    (job.folder / "parts" / ".writing-half.json").write_text("{")
    assert Jobs(study).start("self_test", SLOW, 2).id == job.id
    wait_for(lambda: parts(job) > len(made))
    assert all(p.stat().st_mtime_ns == stamp for p, stamp in made.items())
    assert job.wait(PATIENCE_S).state == "done"
    assert {key: value["numbers"] for key, value in numbers(study, job).items()} == {
        f"unit-{number:04d}": np.random.default_rng(np.random.SeedSequence([7, number])).normal(size=3).tolist()
        for number in range(12)
    }


SERVER = """
import sys
from radiomics_core.study import Study
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.jobs import job as jobs
study = Study.open(sys.argv[1])
print(Jobs(study).start("self_test", {"n": 8, "seconds": 0.25}, 1).id, flush=True)
sys.stdin.read()
"""


def test_a_job_goes_on_when_the_server_is_killed_and_is_found_again(tmp_path):
    folder = tmp_path / "study"
    Study.create(folder).close()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    job_id = server.stdout.readline().decode().strip()
    server.kill()
    server.communicate()
    with Study.open(folder) as study:
        job = Jobs(study).latest("self_test")
        assert job.id == job_id
        assert job.status().state in ("queued", "running")
        assert [one.id for one in Jobs(study).running()] == [job_id]
        assert job.wait(PATIENCE_S).state == "done"
        assert len(numbers(study, job)) == 8


def test_cancelling_leaves_no_process_and_keeps_the_parts(study):
    job = Jobs(study).start("self_test", {"n": 50, "seconds": 0.3}, 2)
    with pytest.raises(JobError, match="already running"):
        Jobs(study).start("self_test", {"n": 2})
    wait_for(lambda: parts(job) >= 1)
    worker = psutil.Process(job.status().pid)
    family = [worker, *worker.children(recursive=True)]
    job.cancel()
    assert job.status().state == "cancelled"
    wait_for(lambda: all(map(is_gone, family)))
    assert parts(job) >= 1
    with pytest.raises(JobError, match="cancelled"):
        run_job_blocking(job)


def test_a_job_whose_plan_fails_says_why(study):
    job = Jobs(study).start("extraction", {"images": None, "rois": None, "settings": {}, "engine": "fast"})
    status = job.wait(PATIENCE_S)
    assert status.state == "failed"
    assert status.message == "no case has such an image and region. Check the names of images and regions."


def test_time_left_follows_the_rate(monkeypatch):
    clock = iter([0.0, 2.0, 4.0, 4.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    rate = Rate()
    rate.tick()
    assert rate.seconds_left(10) is None
    rate.tick()
    assert rate.seconds_left(10) == pytest.approx(20.0)


def test_a_reader_cannot_start_jobs(study):
    with Study.open(study.folder, read_only=True) as reader, pytest.raises(StudyError, match="reading only"):
        Jobs(reader).start("self_test", {"n": 1})


def test_a_reader_sees_a_job_but_neither_cancels_nor_resumes_it(study, monkeypatch):
    monkeypatch.setattr(jobs, "launch_worker", lambda job, token: this_process())
    Jobs(study).start("self_test", {"n": 1})
    with Study.open(study.folder, read_only=True) as reader:
        job = Jobs(reader).latest("self_test")
        assert job.status().state == "queued"
        for change in (job.cancel, job.resume):
            with pytest.raises(StudyError, match="reading only"):
                change()
