/* The two tests that a full verification adds: the figure's data and its claims. */
#ifndef SLT_CHECK_VERIFY_FIGURE_H
#define SLT_CHECK_VERIFY_FIGURE_H

#include "base/buffer.h"
#include "check/judge.h"

/* How many of them a golden asks for: none without figure data. */
size_t slt_verify_figure_tests(const slt_golden *golden);

/* Appends their TAP lines, numbered from `first`, made from the outcomes of all runs, of
 * which some may not be whole.  SLT_DIFFERS where one fails. */
slt_status slt_verify_figure(const slt_golden *golden, slt_manifest *manifest,
                             const slt_judgement *judgements, size_t first,
                             slt_buffer *out, slt_error *err);

/* Whether the claims are those of the golden: value, printed value and tolerance of each.
 * Appends those that are not, a line or two each. */
bool slt_verify_claims(const slt_golden *golden, const slt_figure *figure,
                       slt_buffer *wrong);

#endif
