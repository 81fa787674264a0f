/* Rows whose argmax is their target. */
#include "num/fixed/fixed.h"

/* The target is argmax where all before it are below it and none behind it above. */
uint64_t slt_fixed_count_correct(const slt_tensor *y, const slt_tensor *t)
{
    const int32_t *target = t->data;
    uint64_t correct = 0;
    for (size_t i = 0; i < y->rows; i++) {
        const int64_t *row = (const int64_t *)y->data + i * y->cols;
        size_t chosen = (size_t)target[i], better = 0;
        for (size_t j = 0; j < chosen; j++)
            better += row[j] >= row[chosen];
        for (size_t j = chosen + 1; j < y->cols; j++)
            better += row[j] > row[chosen];
        correct += better == 0;
    }
    return correct;
}
