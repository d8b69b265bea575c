import pytest

from radiomics_core.errors import ExtractionError, ImageError
from radiomics_core.extraction.failures import CAUSES, explain_failure, failure, worded_failures

SAID = {
    "no region left": "mask only contains 1 segmented voxel! Cannot extract features for a single voxel.",
    "too thin": "mask has too few dimensions (number of dimensions 1, minimum required 2)",
    "too small": "Size of the ROI is too small (minimum size: 9, ROI size: 4",
    "label absent": "Label (2) not present in mask. Choose from [1]",
    "outside the image": "Bounding box of ROI is larger than image space",
    "other grid": "Image/Mask geometry mismatch. Potential fix: increase tolerance",
    "wrong number of axes": "Wrong dimensionality (2-D) of resampledPixelSpacing!, 3-D required",
    "several slices": "Size of the mask in dimension %i is more than 1, cannot compute 2D shape",
    "no memory": "Unable to allocate 9.77 GiB for an array",
    "too many bins": "Too many bins for data range. Cannot create 32 finite-sized bins.",
    "too thin for wavelet": "Length of data must be even",
}
"""What pyradiomics 3.0.1, numpy and PyWavelets say."""


@pytest.mark.parametrize("name", CAUSES)
def test_what_engines_say_is_understood(name):
    said = explain_failure(ValueError(SAID[name]))
    assert str(said) == str(failure(name))
    assert said.remedy


def test_what_is_not_known_keeps_its_words():
    assert "the engine stopped with: RuntimeError something new" in str(
        explain_failure(RuntimeError("something\n new"))
    )


def test_errors_of_ours_pass_and_others_are_worded():
    ours = ImageError("unreadable")
    with pytest.raises(ImageError) as caught, worded_failures():
        raise ours
    assert caught.value is ours
    with pytest.raises(ExtractionError, match="not enough memory"), worded_failures():
        raise MemoryError
