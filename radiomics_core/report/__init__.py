"""The report of a study: flow, methods text, figures and tables."""
