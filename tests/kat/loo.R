# Writes loo.txt: log likelihoods of samples, and what R's package loo (2.5.1, Debian's
# r-cran-loo) says of them, for tests/unit/learn/diagnostics_predictive.c.
#
#   Rscript loo.R DRAWS.csv > loo.txt
#
# DRAWS.csv: a line for each sample of its losses at all draws, the negatives of its log
# likelihoods (of tests/kat/loo.yaml, whose nbeta / n is 1).  More sets are drawn here:
# heavy tails, few draws, equal ones.  Of each set there is a line "draws r_eff", one of
# the log likelihoods, and one of elpd_waic, p_waic, elpd_loo, p_loo and Pareto k; behind
# the samples of DRAWS.csv a line of their sums, each with its standard error.
suppressPackageStartupMessages(library(loo))
number <- function(x) paste(formatC(x, digits = 17, format = "g", width = 1), collapse = " ")
tell <- function(x, r_eff) {
  x <- matrix(x, ncol = 1)
  w <- suppressWarnings(waic(x))
  l <- suppressWarnings(loo(x, r_eff = r_eff, cores = 1))
  cat(length(x), number(r_eff), "\n")
  cat(paste(formatC(x, digits = 7, format = "g", width = 1), collapse = " "), "\n")
  cat(number(c(w$pointwise[1, 1:2], l$pointwise[1, "elpd_loo"], l$pointwise[1, "p_loo"],
               l$diagnostics$pareto_k)), "\n")
}
draws <- -t(as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE)))
cat("samples", ncol(draws), "\n")
r_eff <- round(seq(0.3, 1.2, length.out = ncol(draws)), 3)
for (i in seq_len(ncol(draws))) tell(draws[, i], r_eff[i])
w <- suppressWarnings(waic(draws))
l <- suppressWarnings(loo(draws, r_eff = r_eff, cores = 1))
cat(number(c(w$estimates["elpd_waic", ], w$estimates["p_waic", ],
             l$estimates["elpd_loo", ], l$estimates["p_loo", ])), "\n")
set.seed(20261130)
more <- list(rnorm(25), rnorm(24), rnorm(100, -3, 2), -rexp(200)^2, rt(150, 2),
             -rcauchy(120), rep(-1, 40), round(rnorm(90), 1), c(rep(-2, 60), rnorm(20)))
cat("more", length(more), "\n")
for (x in more) tell(signif(x, 6), 1)
