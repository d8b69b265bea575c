"""Why a model predicts what it predicts, in cases it never saw."""
