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

/* Gives a run without results and trail those of another; false if memory is short. */
bool slt_golden_run_copy(slt_golden_run *run, const slt_golden_run *of, size_t results);

/* Takes the next bytes of a golden's text. */
typedef void slt_golden_take(void *context, const void *bytes, size_t size);
/* Computes golden->root and hands out the text of slt_golden_write piece by piece. */
slt_status slt_golden_write_pieces(slt_golden *golden, slt_golden_take *take,
                                   void *context, slt_error *err);
/* Computes golden->root, and the SHA-256 of the text that slt_golden_write makes. */
slt_status slt_golden_digest(slt_golden *golden, char digest[65], slt_error *err);

#endif
