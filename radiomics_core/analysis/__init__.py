"""Recipe, splits, nested cross-validation: the only place that calls fit."""
