"""A study whose every name tries to be a picture, a style, a link or a formula, and a listener that waits for it."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK as sitk

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.model import FileRef, ImageRef, MaskRef
from radiomics_core.study import Study, library
from radiomics_core.study.actions import analysis, clinical, endpoints, explanation, feature_import, quality
from radiomics_core.study.last_opened import set_last_opened

N_CASES, N_WITH_IMAGES, N_FEATURES = 60, 4, 8
JOB_SECONDS = 300


class Listener:
    """A server that counts who connects; nobody should."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[bytes] = []

    def listen(self) -> None:
        """Take connections until the socket is closed."""
        while True:
            try:
                caller, _address = self._socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(1)
                self.requests.append(caller.recv(200))

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@contextmanager
def listening() -> Iterator[Listener]:
    """Yield a running listener."""
    listener = Listener()
    threading.Thread(target=listener.listen, daemon=True).start()
    try:
        yield listener
    finally:
        listener.close()


def hostile(label: str, where: str) -> str:
    """Return a name that loads from ``where`` if anything reads it as Markdown, HTML or CSS."""
    return (
        f'{label} ![p](http://{where}/{label}.png) <img src="http://{where}/{label}-tag.png">'
        f'<style>@import "http://{where}/{label}.css"</style> [l](http://{where}/{label}) :red[r] **b**'
    )


def make_study(where: str) -> Path:
    """Make a study with images, features, endpoints and results in which all names are hostile; return its folder."""
    study = library.create(hostile("study", where))
    content = _table(where).to_csv(index=False).encode()
    named = {label: hostile(label, where) for label in ("id", "centre", "outcome", "days", "died", "age", "image")}
    others = [named[label] for label in ("centre", "outcome", "days", "died", "age", "image")]
    feature_import.import_table(study, content, named["id"], name="features.csv", clinical_columns=others)
    roles = {named["age"]: "predictor", named["centre"]: "centre", named["image"]: "group"}
    specs = [dataclasses.replace(one, role=roles.get(one.name, one.role)) for one in study.column_specs]
    clinical.save_specs(study, specs)
    endpoints.add(study, endpoints.make_binary(hostile("endpoint", where), named["outcome"], hostile("yes", where)))
    endpoints.add(study, endpoints.make_time_to_event(hostile("survival", where), named["days"], named["died"]))
    _add_images(study, where)
    _run_jobs(study, where)
    quality.exclude(study, [study.cohort.cases[-1].case_id], hostile("reason", where))
    folder = study.folder
    study.close()
    set_last_opened(folder)
    return folder


def _table(where: str, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    values = random.normal(size=(N_CASES, N_FEATURES))
    table = pd.DataFrame(values, columns=[hostile(f"feature{i}", where) for i in range(N_FEATURES)])
    table.insert(0, hostile("id", where), [hostile(f"case{i:02d}", where) for i in range(N_CASES)])
    risk = 1 / (1 + np.exp(-2 * values[:, 0]))
    yes, no = hostile("yes", where), hostile("no", where)
    table[hostile("centre", where)] = np.where(random.random(N_CASES) < 0.5, hostile("A", where), hostile("B", where))
    table[hostile("outcome", where)] = np.where(random.random(N_CASES) < risk, yes, no)
    table[hostile("days", where)] = np.ceil(random.exponential(900 * np.exp(-values[:, 1])))
    table[hostile("died", where)] = (random.random(N_CASES) < 0.7).astype(int)
    table[hostile("age", where)] = random.integers(30, 85, N_CASES)
    table[hostile("image", where)] = np.where(random.random(N_CASES) < 0.5, f"http://{where}/in-tooltip.png", "no")
    return table


def _add_images(study: Study, where: str) -> None:
    """Give the first cases an image and a mask; their names stand in the study, not on the disk."""
    folder = study.folder / "images"
    folder.mkdir(exist_ok=True)
    image, roi = hostile("image", where), hostile("region", where)
    cases = list(study.cohort.cases)
    for place in range(N_WITH_IMAGES):
        array = np.random.default_rng(place).integers(0, 200, (12, 16, 16)).astype(np.int16)
        mask = np.zeros(array.shape, np.uint8)
        mask[3:9, 4:12, 4:12] = 1
        files = []
        for name, voxels in (("image", array), ("mask", mask)):
            file = folder / f"case{place}_{name}.nii.gz"
            sitk.WriteImage(sitk.GetImageFromArray(voxels), str(file))
            stat = file.stat()
            files.append(FileRef(str(file), size=stat.st_size, mtime=stat.st_mtime))
        cases[place] = dataclasses.replace(
            cases[place],
            images=(ImageRef(image, (files[0],), "CT"),),
            masks=(MaskRef(roi, image, files[1]),),
        )
    study.save_cohort(study.cohort.replace(cases=tuple(cases)))
    table = study.feature_table()
    study.save_feature_table(dataclasses.replace(table, columns=table.columns.assign(image=image, roi=roi)))


def _run_jobs(study: Study, where: str) -> None:
    small = {"folds": 3, "repeats": 1, "shuffles": 1}
    binary, time = hostile("endpoint", where), hostile("survival", where)
    jobs = (
        lambda: quality.start(study, n_jobs=1),
        lambda: analysis.start(study, binary, AnalysisSettings(**small, interval=False), n_jobs=1),
        lambda: analysis.start(study, time, AnalysisSettings(**small), n_jobs=1),
        lambda: explanation.start(study, binary, explanation.inputs(study, binary)[0], n_jobs=1),
    )
    for start in jobs:
        status = start().wait(JOB_SECONDS)
        assert status.state == "done", status
