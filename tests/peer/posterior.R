# Diagnostics of sets of chains by the package posterior, for tests/property/posterior.c.
#
#   Rscript posterior.R FILE
#
# FILE has for each set a line "chains draws" and a line a chain of its draws. Printed is
# for each set a line of R-hat, ESS of bulk and tails, MCSE of the mean by the ESS, and by
# the means of the chains.
suppressPackageStartupMessages(library(posterior))
lines <- readLines(commandArgs(TRUE)[1])
at <- 1
while (at <= length(lines)) {
  chains <- as.integer(strsplit(lines[at], " ")[[1]][1])
  x <- sapply(strsplit(lines[at + seq_len(chains)], " "), as.numeric)
  x <- matrix(x, ncol = chains)
  found <- suppressWarnings(c(
    rhat(x), ess_bulk(x), ess_tail(x), mcse_mean(x),
    stats::sd(colMeans(x)) / sqrt(chains)
  ))
  cat(formatC(found, digits = 17, format = "g"), "\n")
  at <- at + chains + 1
}
