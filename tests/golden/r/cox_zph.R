# Proportional-hazards tests of today's cox.zph (score tests, survival 3.0 and later), for tests/golden/test_cox_zph.py.
#
#     Rscript tests/golden/r/cox_zph.R > tests/golden/r/cox_zph.json
library(survival)
library(jsonlite)

judged <- function(formula, data) {
  control <- coxph.control(eps = 1e-12, toler.chol = 1e-13)
  fit <- coxph(formula, data = data, ties = "efron", x = TRUE, model = TRUE, control = control)
  zph <- cox.zph(fit) # transform "km", the default
  by_column <- cox.zph(fit, terms = FALSE)
  list(
    transform = zph$transform,
    terms = rownames(zph$table), chisq = unname(zph$table[, "chisq"]), df = unname(zph$table[, "df"]),
    p = unname(zph$table[, "p"]), columns = colnames(by_column$y), time = by_column$time, x = by_column$x,
    y = unname(by_column$y)
  )
}

set.seed(20)
n <- 120
simulated <- data.frame(a = rnorm(n), b = rnorm(n), site = factor(sample(c("lung", "liver", "bone"), n, TRUE)))
rate <- exp(0.8 * simulated$a - 0.4 * simulated$b + 0.5 * (simulated$site == "bone"))
simulated$time <- ceiling(rweibull(n, 0.8 + 0.5 * (simulated$site == "liver")) * 12 / rate) # many ties
simulated$event <- rbinom(n, 1, 0.65)

result <- list(
  made_by = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  ovarian = list(
    data = ovarian[, c("futime", "fustat", "age", "ecog.ps")],
    km = judged(Surv(futime, fustat) ~ age + ecog.ps, ovarian)
  ),
  simulated = list(
    data = transform(simulated, site = as.character(site)),
    km = judged(Surv(time, event) ~ a + b + site, simulated)
  )
)
cat(toJSON(result, digits = NA, auto_unbox = TRUE, dataframe = "columns"), "\n")
