"""One writer per study: refused while it lives, taken over when it is gone, and reading is always possible."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from radiomics_core.errors import StudyError
from radiomics_core.study import Study
from radiomics_core.study.lease import host_name, process_start

HOLD = """
import sys
from radiomics_core.study import Study
study = Study.open(sys.argv[1])
study.view.put("page", "cohort")
print("open", flush=True)
sys.stdin.read()
"""


def put_holder(study: Study, *, kind="session", host, pid=1, started=1.0, heartbeat):
    with study.catalogue.transaction(guarded=False) as connection:
        connection.execute("DELETE FROM lease")
        connection.execute("INSERT INTO lease VALUES (?, 'other', ?, ?, ?, ?)", (kind, host, pid, started, heartbeat))


def test_another_process_is_refused_reads_and_takes_over_after_a_kill(tmp_path):
    folder = tmp_path / "study"
    Study.create(folder).close()
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(StudyError, match=f"open in another session .*process {other.pid}.*reading only"):
            Study.open(folder)
        with Study.open(folder, read_only=True) as reader:
            assert reader.view.get("page") == "cohort"
            with pytest.raises(StudyError, match="reading only"):
                reader.ledger.record("x")
    finally:
        other.kill()
        other.communicate()
    with Study.open(folder) as study:
        assert study.view.get("page") == "cohort"


def test_two_tabs_of_one_server_share_the_lease(tmp_path):
    first = Study.create(tmp_path / "study")
    second = Study.open(first.folder)
    first.close()
    second.ledger.record("still writing")
    second.close()
    assert Study.open(tmp_path / "study", read_only=True).catalogue.rows("SELECT * FROM lease") == []


@pytest.mark.parametrize(("age_s", "opens"), [(5, False), (29, False), (31, True)])
def test_a_lease_of_another_computer_is_stale_after_thirty_seconds(study, age_s, opens):
    put_holder(study, host="elsewhere", heartbeat=time.time() - age_s)
    if opens:
        Study.open(study.folder).close()
    else:
        with pytest.raises(StudyError, match="computer elsewhere"):
            Study.open(study.folder)


def test_a_number_that_belongs_to_a_later_process_is_not_the_holder(study):
    parent = 1
    put_holder(study, host=host_name(), pid=parent, started=process_start(parent) - 500, heartbeat=time.time())
    Study.open(study.folder).close()


def test_a_running_job_does_not_stand_in_the_way_of_a_restarted_server(study):
    put_holder(study, kind="job", host=host_name(), pid=1, started=process_start(1), heartbeat=time.time())
    Study.open(study.folder).close()


def test_a_session_that_slept_through_a_takeover_cannot_write(study):
    put_holder(study, host="elsewhere", heartbeat=time.time())
    with pytest.raises(StudyError, match="another session has taken over"):
        study.view.put("page", "x")
