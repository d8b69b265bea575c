# Limits of a cross-validated AUC: |at - t| = z k sqrt(V(t)), V Newcombe's variance (Statistics in Medicine 25, 2006,
# method 5) with 30 events and 30 others. k: 1.3 and 1.6 (smallest, largest), 1.5 (without inner values).
# at = .73 from fold values .70 and inner values .65: .70 + 3/5 (.70 - .65).
# Run: Rscript tests/golden/r/score_limits.R > tests/golden/r/score_limits.json
V <- function(t, m = 30, n = 30) {
  t * (1 - t) / (m * n) * (1 + ((m + n) / 2 - 1) * ((1 - t) / (2 - t) + t / (1 + t)))
}
excess <- function(t, at, k) abs(at - t) - qnorm(.975) * k * sqrt(V(t))
one <- function(at, k) {
  low <- uniroot(excess, c(1e-6, at), at = at, k = k, tol = 1e-13)$root
  high <- uniroot(excess, c(at, 1 - 1e-6), at = at, k = k, tol = 1e-13)$root
  sprintf('  {"centre": %.2f, "factor": %.1f, "low": %.8f, "high": %.8f}', at, k, low, high)
}
cases <- c(one(.70, 1.3), one(.73, 1.3), one(.70, 1.6), one(.70, 1.5))
cat("[\n", paste(cases, collapse = ",\n"), "\n]\n", sep = "")
