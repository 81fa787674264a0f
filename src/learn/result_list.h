/* A list of results, in the order of a trace's table. */
#ifndef SLT_LEARN_RESULT_LIST_H
#define SLT_LEARN_RESULT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/quantity.h>

typedef struct slt_results {
    slt_result *list;
    size_t count, room;
    bool failed; /* out of memory; latched */
} slt_results;

void slt_results_free(slt_results *results);
void slt_results_add(slt_results *results, slt_quantity quantity, slt_real value);
void slt_results_append(slt_results *results, const slt_results *more);

#endif
