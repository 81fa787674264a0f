/* What of its symbols a data set of indices covers: whether a split of modular addition
 * has every number and every class, and whether its pairs hang together. */
#ifndef SLT_DATA_COVER_H
#define SLT_DATA_COVER_H

#include "net/batch.h"

/* The symbols of an input of indices, or the classes of the target: 0 .. range - 1. */
typedef struct slt_cover_symbols {
    char name[SLT_NAME_MAX]; /* of the input; "" of the target */
    size_t range, absent;
    uint32_t *missing; /* the absent ones, ascending; NULL where nothing is looked at */
} slt_cover_symbols;

typedef struct slt_cover {
    slt_cover_symbols input[SLT_INPUTS_MAX];
    size_t inputs; /* those of indices alone */
    slt_cover_symbols target;
    /* Connected components of the graph whose vertices are the present symbols of all
     * inputs, each sample joining its own: with two inputs that of the pairs a - b.  0
     * with fewer than two inputs of indices. */
    size_t components;
} slt_cover;

slt_status slt_cover_find(const slt_batch *batch, slt_cover *cover, slt_error *err);
void slt_cover_free(slt_cover *cover);

#endif
