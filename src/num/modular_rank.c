/* The rank of a matrix modulo a prime, by Gaussian elimination in panels of rows: the
 * rows of a panel are reduced by each other until each is 1 at a column of its own where
 * the others are 0, then the rest of the matrix by all of them at once, so that most
 * products are summed before they are reduced. */
#include "num/modular_internal.h"

#include "base/assert.h"

/* Pivot k stands in row k and, after columns were exchanged, in column k. */
typedef struct elimination {
    uint64_t *data;
    size_t rows, cols;
    size_t first, pivots; /* the panel's rows: first <= k < pivots; above: finished */
    const slt_modulus *m;
} elimination;

static uint64_t *row_of(const elimination *e, size_t row)
{
    return e->data + row * e->cols;
}

static void exchange_rows(const elimination *e, size_t a, size_t b)
{
    uint64_t *x = row_of(e, a), *y = row_of(e, b);
    for (size_t j = 0; a != b && j < e->cols; j++) {
        uint64_t kept = x[j];
        x[j] = y[j];
        y[j] = kept;
    }
}

/* Rows above the panel are done with. */
static void exchange_columns(const elimination *e, size_t a, size_t b)
{
    for (size_t i = e->first; a != b && i < e->rows; i++) {
        uint64_t *row = row_of(e, i), kept = row[a];
        row[a] = row[b];
        row[b] = kept;
    }
}

/* Columns that are reduced side by side. */
#define WIDTH 4

/* row[j ..] -= the panel's rows times their factors, for `width` columns. */
static inline __attribute__((always_inline)) void
reduce_columns(const elimination *e, const uint64_t *factor, size_t count, size_t j,
               size_t width, uint64_t *row)
{
    const uint64_t *panel = row_of(e, e->first) + j;
    slt_wide sum[WIDTH] = {{0, 0}};
    for (size_t k = 0; k < count; k++, panel += e->cols)
        for (size_t i = 0; i < width; i++)
            sum[i] = slt_wide_add(sum[i], slt_wide_mul_u64(factor[k], panel[i]));
    for (size_t i = 0; i < width; i++)
        row[j + i] = slt_modulus_sub(e->m, row[j + i], slt_modulus_reduce(e->m, sum[i]));
}

/* row -= the panel's rows, each times the entry of `row` in its own column.  Entries
 * before column `pivots` are not written: they would be 0. */
static void reduce_row(const elimination *e, uint64_t *row)
{
    const uint64_t *factor = row + e->first;
    const size_t count = e->pivots - e->first;
    bool zero = true;
    for (size_t k = 0; k < count; k++)
        zero &= factor[k] == 0;
    if (zero)
        return;
    size_t j = e->pivots;
    for (; j + WIDTH <= e->cols; j += WIDTH)
        reduce_columns(e, factor, count, j, WIDTH, row);
    for (; j < e->cols; j++)
        reduce_columns(e, factor, count, j, 1, row);
}

static void subtract_row(const elimination *e, uint64_t factor, const uint64_t *from,
                         uint64_t *row)
{
    for (size_t j = e->pivots; factor && j < e->cols; j++)
        row[j] = slt_modulus_sub(e->m, row[j], slt_modulus_mul(e->m, factor, from[j]));
}

/* Takes row `pivots` into the panel, or finds that it is 0. */
static bool take_row(elimination *e)
{
    uint64_t *row = row_of(e, e->pivots);
    size_t pivot = e->pivots;
    reduce_row(e, row);
    while (pivot < e->cols && row[pivot] == 0)
        pivot++;
    if (pivot == e->cols)
        return false;
    exchange_columns(e, e->pivots, pivot);
    const uint64_t inverse = slt_modulus_invert(e->m, row[e->pivots]);
    for (size_t j = e->pivots; j < e->cols; j++)
        row[j] = slt_modulus_mul(e->m, row[j], inverse);
    const size_t own = e->pivots++;
    for (size_t k = e->first; k < own; k++)
        subtract_row(e, row_of(e, k)[own], row, row_of(e, k));
    return true;
}

/* Reduces row `pivots + index`. */
static void reduce_below(void *argument, size_t index)
{
    const elimination *e = argument;
    reduce_row(e, row_of(e, e->pivots + index));
}

/* A panel's columns before its own pivots are 0 by what was done before: only those from
 * column `first` on are looked at. */
size_t slt_modular_rank(slt_tensor *matrix, slt_pool *pool,
                        const slt_modular_watch *watch)
{
    elimination e = {.data = matrix->data,
                     .rows = matrix->rows,
                     .cols = matrix->cols,
                     .m = &slt_modulus_here};
    SLT_ASSERT(matrix->arithmetic == SLT_MODULAR);
    const size_t all = e.rows < e.cols ? e.rows : e.cols;
    while (e.pivots < e.rows && e.pivots < e.cols) {
        e.first = e.pivots;
        while (e.pivots < e.rows && e.pivots - e.first < SLT_MODULUS_SUMMED)
            if (!take_row(&e))
                exchange_rows(&e, e.pivots, --e.rows);
        slt_pool_each(pool, e.rows - e.pivots, reduce_below, &e);
        if (watch)
            watch->tell(watch->context, e.pivots, all);
    }
    return e.pivots;
}
