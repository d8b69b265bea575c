"""Take things away: features as CSV or Parquet."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import write_with
from radiomics_core.files.csv_tables import write_csv
from radiomics_core.i18n import lazy_
from radiomics_core.study.study import Study


def features(study: Study, file: Path | str) -> Path:
    """Write the feature table, ``case_id`` first; CSV or Parquet by the file's ending.

    Raises
    ------
    StudyError
        There are no features, the ending is another one, or the file cannot be written.
    """
    path = Path(file).expanduser().absolute()
    frame = study.feature_table().frame()
    if path.suffix.lower() == ".csv":
        write_with(path, lambda temporary: write_csv(frame, temporary))
    elif path.suffix.lower() == ".parquet":
        write_with(path, lambda temporary: frame.to_parquet(temporary, index=False))
    else:
        raise StudyError(
            lazy_("'{name}' ends in neither .csv nor .parquet"),
            remedy=lazy_("Choose a name with one of these endings."),
            name=path.name,
        )
    return path
