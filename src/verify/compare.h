/* Where two traces of one run part: the first record, and what in it. */
#ifndef SLT_VERIFY_COMPARE_H
#define SLT_VERIFY_COMPARE_H

#include <sltrace/trace.h>

#include "base/buffer.h"

typedef enum slt_difference_kind {
    SLT_SAME,
    SLT_DIFFERENT_HEADER, /* another run, numerics or functions */
    SLT_DIFFERENT_KIND,   /* another kind of record, another step, or one is shorter */
    SLT_DIFFERENT_TENSOR, /* name; row, column and ulp where both hold the state */
    SLT_DIFFERENT_JOINT,  /* the one hash of all tensors: which of them is not known */
    SLT_DIFFERENT_METRIC, /* name, ulp */
    SLT_DIFFERENT_DRAW,   /* of a chain: draw, ulp */
    SLT_DIFFERENT_CHAIN,  /* another member of a chain: name */
    SLT_DIFFERENT_RESULT, /* name, ulp */
    SLT_DIFFERENT_END
} slt_difference_kind;

typedef struct slt_difference {
    slt_difference_kind kind;
    size_t record;
    slt_record_kind record_kind;
    bool has_step;
    uint64_t step; /* of a checkpoint, or where the chains start */
    bool has_last;
    uint64_t last_step; /* of the last checkpoint before that is equal */
    char name[40];
    uint32_t llc, chain;
    uint64_t draw;
    bool has_element;
    size_t row, column;
    bool has_ulp;
    uint64_t ulp;
} slt_difference;

/* Distance of two binary64 numbers in units in the last place, saturating. */
uint64_t slt_compare_ulp(slt_real a, slt_real b);

/* The first difference of `found` from `expected`, looking at records [first, last] of
 * both (by index; last SIZE_MAX: to the end). */
slt_difference slt_compare_traces(const slt_trace *expected, const slt_trace *found,
                                  size_t first, size_t last);

/* The same behind the header, record by record: what came before is not looked at. */
slt_difference slt_compare_bodies(const slt_trace *expected, const slt_trace *found);

/* "record 7, step 1400: tensor W2, element [41, 3], 1 ulp". */
void slt_difference_print(const slt_difference *difference, slt_buffer *out);
/* The command that shows where it happens, "sltrace replay TRACE --from ...". */
void slt_difference_print_replay(const slt_difference *difference, const char *trace,
                                 slt_buffer *out);

#endif
