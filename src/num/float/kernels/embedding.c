/* Rows of a table looked up by number: products with one-hot rows, without the zeros. */
#include "num/float/kernels/rows.h"
#include "num/scratch.h"

SLT_INLINE vec plus(vec x, vec zero, vec unused)
{
    (void)unused;
    return x + zero;
}

/* w + 0 is what the chain from +0 makes of the one row that counts: -0 becomes +0. */
void SLT_KERNEL(embedding)(const slt_tensor *weight, const slt_tensor *index,
                           slt_tensor *y)
{
    const int32_t *at = index->data;
    for (size_t i = 0; i < y->rows; i++) {
        const real *from = (const real *)weight->data + (size_t)at[i] * y->cols;
        row_each(plus, from, (real *)y->data + i * y->cols, y->cols, 0, 0);
    }
}

void SLT_KERNEL(embedding_added)(const slt_tensor *weight, const slt_tensor *index,
                                 slt_tensor *y)
{
    const int32_t *at = index->data;
    for (size_t i = 0; i < y->rows; i++) {
        const real *from = (const real *)weight->data + (size_t)at[i] * y->cols;
        real *to = (real *)y->data + i * y->cols;
        SLT_SIMD
        for (size_t j = 0; j < y->cols; j++)
            to[j] = to[j] + (from[j] + 0);
    }
}

/* Rows of each number: the first, and behind each row the next; NONE ends a list. */
#define NONE UINT32_MAX
typedef struct listed {
    uint32_t *first, *next;
} listed;

/* Backwards, so that a list ascends. */
static listed list_rows(const int32_t *at, size_t rows, size_t numbers)
{
    uint32_t *room = slt_kernel_scratch((numbers + rows) * sizeof *room);
    listed of = {room, room + numbers};
    for (size_t c = 0; c < numbers; c++)
        of.first[c] = NONE;
    for (size_t i = rows; i-- > 0;) {
        of.next[i] = of.first[at[i]];
        of.first[at[i]] = (uint32_t)i;
    }
    return of;
}

/* Vectors of a row that stay in registers beside what is added to them. */
#define LIST_VECTORS 8

/* The sum over a list of rows, columns by columns; the last vectors may be summed twice.
 */
SLT_INLINE void sum_list(const real *dy, size_t cols, uint32_t first,
                         const uint32_t *next, real *out)
{
    for (size_t j = 0; j < cols; j += LIST_VECTORS * LANES) {
        const size_t at =
            cols - j < LIST_VECTORS * LANES ? cols - LIST_VECTORS * LANES : j;
        vec sum[LIST_VECTORS];
        for (size_t v = 0; v < LIST_VECTORS; v++)
            sum[v] = vec_broadcast(0);
        for (uint32_t i = first; i != NONE; i = next[i])
            for (size_t v = 0; v < LIST_VECTORS; v++)
                sum[v] = vec_load(dy + i * cols + at + v * LANES) + sum[v];
        for (size_t v = 0; v < LIST_VECTORS; v++)
            vec_store(out + at + v * LANES, sum[v]);
    }
}

/* Row by row, where a row is too short for lists to be worth their making. */
static void add_rows(const int32_t *at, const slt_tensor *dy, slt_tensor *dweight)
{
    real *sums = dweight->data;
    for (size_t e = 0; e < slt_tensor_count(dweight); e++)
        sums[e] = 0;
    for (size_t i = 0; i < dy->rows; i++)
        row_add((const real *)dy->data + i * dy->cols, sums + (size_t)at[i] * dy->cols,
                dy->cols);
}

/* A chain from +0 is never -0, so the terms fma(0, dy, sum) left out change no bit of it;
 * fma(1, dy, sum) is the addition. */
void SLT_KERNEL(embedding_back)(const slt_tensor *index, const slt_tensor *dy,
                                slt_tensor *dweight)
{
    const size_t cols = dy->cols;
    if (cols < LIST_VECTORS * LANES) {
        add_rows(index->data, dy, dweight);
        return;
    }
    const listed of = list_rows(index->data, dy->rows, dweight->rows);
    for (size_t c = 0; c < dweight->rows; c++)
        sum_list(dy->data, cols, of.first[c], of.next, (real *)dweight->data + c * cols);
}
