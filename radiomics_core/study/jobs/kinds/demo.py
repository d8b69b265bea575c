"""Make the demo: generate the cohort, bring it in, check it, extract its features."""

from __future__ import annotations

from typing import Any

from radiomics_core import demo
from radiomics_core.extraction import DEFAULT_ENGINE, PRESETS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.files.atomic import write_frame
from radiomics_core.images.quality import quality_table
from radiomics_core.study.actions import clinical, endpoints, images
from radiomics_core.study.jobs.kind import Parts, Plan
from radiomics_core.study.jobs.kinds.extraction import ExtractionJob
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

PRESET_OF = {"CT": "ct", "MR": "mr"}


class DemoJob(ExtractionJob):
    """Everything before extraction is prepared in the plan; the units are the regions. Payload: ``n_cases``."""

    name = "demo"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Generate and bring in the cohort unless that was done before the job was interrupted."""
        folder = study.folder / "images" / "demo"
        if not study.endpoints:
            n_cases = int(payload["n_cases"])
            demo.generate(folder, n_cases=n_cases, progress=lambda done, total: self.report(done, total, "images"))
            images.import_folder(study, folder / "images", demo.IMAGE_PATTERN)
            clinical.import_table(study, folder / demo.CLINICAL_FILE, "case_id")
            clinical.save_specs(study, demo.DEMO_COLUMNS)
            for endpoint in demo.DEMO_ENDPOINTS:
                endpoints.add(study, endpoint)
        self.check(study)
        asked = {"images": None, "rois": None, "settings": quick_settings(), "engine": DEFAULT_ENGINE}
        return super().plan(study, asked)

    def check(self, study: Study) -> None:
        """Check images and masks."""
        table, findings = quality_table(study.cohort, progress=self.report, n_jobs=2)
        key = ResultKey("quality", study.cohort_digests.files, {}, 1)
        study.results.save(key, lambda folder: write_frame(folder / "quality.parquet", table))
        study.save_findings("quality", findings)

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Make the feature table, and note that the demo is ready."""
        result = super().finish(study, payload, plan, parts)
        study.ledger.record("demo made", n_cases=payload["n_cases"])
        return result


def quick_settings() -> dict[str, dict[str, Any]]:
    """Return the presets of CT and MR without filters, so that the demo opens quickly."""
    made: dict[str, ExtractionSettings] = {
        image: PRESETS.build(preset).settings.with_image_types(["Original"]) for image, preset in PRESET_OF.items()
    }
    return {image: settings.to_parameters() for image, settings in made.items()}
