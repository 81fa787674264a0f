/* The rules that a golden must satisfy, which reading and writing share. */
#ifndef SLT_GOLDEN_GOLDEN_INTERNAL_H
#define SLT_GOLDEN_GOLDEN_INTERNAL_H

#include <sltrace/golden.h>

#include "codec/word.h"

/* Check a part of a golden: NULL if it is valid, otherwise what was expected (a few
 * words). */
const char *slt_golden_check_head(const slt_golden *golden);
const char *slt_golden_check_run(const slt_golden *golden, size_t index);
const char *slt_golden_check_claim(const slt_golden_claim *claim);

#endif
