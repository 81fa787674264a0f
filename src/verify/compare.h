/* Where two traces of one run first differ: in which record, and in what part of it. */
#ifndef SLT_VERIFY_COMPARE_H
#define SLT_VERIFY_COMPARE_H

#include <sltrace/check.h>

#include "base/buffer.h"

/* The distance of two binary64 numbers in units in the last place. */
uint64_t slt_compare_ulp(slt_real a, slt_real b);

/* The first difference of `found` from `expected`, looking at records [first, last] of
 * both (by index; last SIZE_MAX: to the end).  SLT_RESOURCE without memory to find the
 * element that differs. */
slt_status slt_compare_traces(const slt_trace *expected, const slt_trace *found,
                              size_t first, size_t last, slt_difference *difference,
                              slt_error *err);

/* The same for all records after the header, each compared by its own body alone: an
 * earlier difference in the hash chain does not count. */
slt_status slt_compare_bodies(const slt_trace *expected, const slt_trace *found,
                              slt_difference *difference, slt_error *err);

/* "record 7, step 1400: tensor W2, element [41, 3], 1 ulp". */
void slt_difference_print(const slt_difference *difference, slt_buffer *out);
/* The command that shows where it happens, "sltrace replay TRACE --from ...". */
void slt_difference_print_replay(const slt_difference *difference, const char *trace,
                                 slt_buffer *out);

/* For the message of a replay: the difference, and the command as well if the difference
 * alone does not name the tensor. */
void slt_difference_print_replayed(const slt_difference *difference, const char *trace,
                                   slt_buffer *out);

#endif
