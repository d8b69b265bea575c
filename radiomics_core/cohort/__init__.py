"""Cases, cohorts and endpoints, and the readers that make them from folders and tables."""
