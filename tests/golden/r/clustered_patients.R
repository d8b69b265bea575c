# Cox models weighted by patient, and the variance of C and of an AUC when patients have several cases.
# Rscript tests/golden/r/clustered_patients.R writes clustered_patients.json beside this file.
library(survival)
here <- dirname(normalizePath(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))))
set.seed(6)
patients <- 40
lesions <- sample(1:5, patients, replace = TRUE)
patient <- rep(seq_len(patients), lesions)
own <- rnorm(patients)
a <- 0.7 * own[patient] + 0.7 * rnorm(length(patient))
b <- rnorm(length(patient))
time <- rexp(patients, exp(0.6 * own) / 20)[patient]
event <- rbinom(patients, 1, 0.6)[patient]
weight <- (1 / lesions)[patient]
fit <- coxph(Surv(time, event) ~ a + b, weights = weight, cluster = patient, ties = "breslow")
score <- a + 0.3 * b
c_index <- concordance(Surv(time, event) ~ score, cluster = patient, reverse = TRUE)

# Obuchowski 1997, by loops over lesions and patients; the outcome is the lesion's
ill <- rbinom(length(patient), 1, plogis(0.8 * a))
m <- sum(ill == 1); n <- sum(ill == 0)
psi <- function(x, y) (x > y) + 0.5 * (x == y)
v10 <- sapply(seq_along(score), function(i) if (ill[i] == 1) mean(psi(score[i], score[ill == 0])) else NA)
v01 <- sapply(seq_along(score), function(j) if (ill[j] == 0) mean(psi(score[ill == 1], score[j])) else NA)
auc <- mean(v10, na.rm = TRUE)
x10 <- x01 <- numeric(patients); m_of <- n_of <- numeric(patients)
for (i in seq_len(patients)) {
  mine <- patient == i
  m_of[i] <- sum(ill[mine] == 1); n_of[i] <- sum(ill[mine] == 0)
  x10[i] <- sum(v10[mine & ill == 1] - auc)
  x01[i] <- sum(v01[mine & ill == 0] - auc)
}
i10 <- sum(m_of > 0); i01 <- sum(n_of > 0)
s10 <- i10 / ((i10 - 1) * m) * sum(x10^2)
s01 <- i01 / ((i01 - 1) * n) * sum(x01^2)
s11 <- patients / (patients - 1) * sum(x10 * x01)
variance <- s10 / m + s01 / n + 2 * s11 / (m * n)

number <- function(x) paste0("[", paste(format(x, digits = 15), collapse = ", "), "]")
lines <- c(
  sprintf('"program": "R %s, survival %s"', getRversion(), packageVersion("survival")),
  paste0('"patient": ', number(patient)), paste0('"a": ', number(a)), paste0('"b": ', number(b)),
  paste0('"time": ', number(time)), paste0('"event": ', number(event)), paste0('"ill": ', number(ill)),
  paste0('"beta": ', number(coef(fit))), paste0('"naive": ', number(sqrt(diag(fit$naive.var)))),
  paste0('"robust": ', number(sqrt(diag(fit$var)))), paste0('"loglik": ', number(fit$loglik)),
  paste0('"concordance": ', number(c_index$concordance)), paste0('"concordance_variance": ', number(c_index$var)),
  paste0('"auc": ', number(auc)), paste0('"obuchowski": ', number(variance)))
writeLines(paste0("{\n", paste(lines, collapse = ",\n"), "\n}"), file.path(here, "clustered_patients.json"))
