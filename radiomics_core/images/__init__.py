"""Images and masks: reading, discovery, pairing, quality, and the way from a case to voxels."""
