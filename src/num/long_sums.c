/* Sums over samples and their positions: chains of blocks, and the tree above them. */
#include "base/assert.h"
#include "num/kernels.h"
#include "num/ops.h"
#include "num/scratch.h"
#include "num/window.h"

#define LEVELS_MAX 64

/* The sum of `rows` rows from one on, by a kernel. */
typedef struct block_sum {
    void (*sum)(const struct block_sum *of, size_t first, size_t rows, slt_tensor *to);
    const slt_tensor *a, *b;
    size_t column;            /* of a product: the first of a's that are taken */
    const slt_window *window; /* of patches */
} block_sum;

/* Sums wait in binary64 where they are floats. */
static slt_arithmetic waiting_in(slt_arithmetic arithmetic)
{
    return arithmetic == SLT_F32 ? SLT_F64 : arithmetic;
}

/* The same numbers in another arithmetic: to binary64 exactly, from it rounded once. */
static void bring(const slt_tensor *from, slt_tensor *to)
{
    if (from->arithmetic == to->arithmetic) {
        slt_tensor_copy(to, from);
        return;
    }
    for (size_t e = 0; e < slt_tensor_count(to); e++)
        slt_tensor_set(to, e, slt_tensor_get(from, e));
}

static void swap_tensors(slt_tensor *a, slt_tensor *b)
{
    const slt_tensor kept = *a;
    *a = *b;
    *b = kept;
}

/* level[i] has the sum of 2^i blocks while bit i of the number of blocks that have been
 * added is set: neighbours are added as soon as both are there. */
static void add_block(size_t blocks, slt_tensor *fresh, slt_tensor *level)
{
    size_t i = 0;
    for (; blocks >> i & 1; i++) {
        slt_num_add(&level[i], fresh, &level[i]);
        swap_tensors(&level[i], fresh);
    }
    swap_tensors(&level[i], fresh);
}

/* What is left on the levels, the last blocks first. */
static const slt_tensor *add_levels(size_t blocks, slt_tensor *level)
{
    size_t last = 0;
    while (!(blocks >> last & 1))
        last++;
    const slt_tensor *sum = &level[last];
    for (size_t i = last + 1; blocks >> i; i++) {
        if (!(blocks >> i & 1))
            continue;
        slt_num_add(&level[i], sum, &level[i]);
        sum = &level[i];
    }
    return sum;
}

static void add_long(const block_sum *of, size_t block, slt_tensor *out)
{
    const size_t rows = of->a->rows;
    if (!block || rows <= block || out->arithmetic == SLT_MODULAR) {
        of->sum(of, 0, rows, out);
        return;
    }
    const size_t blocks = (rows + block - 1) / block, count = slt_tensor_count(out);
    size_t levels = 0;
    while (blocks >> levels)
        levels++;
    SLT_ASSERT(levels <= LEVELS_MAX);
    uint64_t *memory = slt_sums_scratch((levels + 2) * count * sizeof *memory);
    slt_tensor level[LEVELS_MAX], fresh = *out, part = *out;
    part.data = memory;
    fresh.arithmetic = waiting_in(out->arithmetic);
    fresh.data = memory + count;
    for (size_t i = 0; i < levels; i++) {
        level[i] = fresh;
        level[i].data = memory + (i + 2) * count;
    }
    for (size_t i = 0; i < blocks; i++) {
        const size_t first = i * block, left = rows - first;
        part.overflow = fresh.overflow = false;
        of->sum(of, first, left < block ? left : block, &part);
        bring(&part, &fresh);
        add_block(i, &fresh, level);
    }
    bring(add_levels(blocks, level), out);
}

static void sum_products(const block_sum *of, size_t first, size_t rows, slt_tensor *to)
{
    const slt_tensor a = slt_tensor_part(of->a, first, rows);
    const slt_tensor b = slt_tensor_part(of->b, first, rows);
    slt_num_product_columns(&a, of->column, &b, to);
}

/* A product whose rows threads divide: those of c that columns of a make. */
typedef struct divided {
    const slt_tensor *a, *b;
    size_t block, parts;
    slt_tensor *c;
} divided;

#define DIVIDED_WORK ((size_t)1 << 21) /* multiplications that are worth a thread */
#define DIVIDED_COLUMNS ((size_t)8)    /* and columns that it must have */

static size_t count_parts(const slt_tensor *a, const slt_tensor *b, slt_pool *pool)
{
    const bool floats = a->arithmetic == SLT_F32 || a->arithmetic == SLT_F64;
    const size_t work = slt_tensor_count(a) / DIVIDED_COLUMNS * b->cols;
    const size_t most = work / (DIVIDED_WORK / DIVIDED_COLUMNS);
    const size_t columns = a->cols / DIVIDED_COLUMNS;
    size_t parts = slt_pool_threads(pool);
    parts = parts < most ? parts : most;
    parts = parts < columns ? parts : columns;
    return floats && parts > 1 ? parts : 1;
}

static void add_part(void *argument, size_t index)
{
    const divided *d = argument;
    const size_t first = d->a->cols * index / d->parts;
    const size_t rows = d->a->cols * (index + 1) / d->parts - first;
    const block_sum of = {.sum = sum_products, .a = d->a, .b = d->b, .column = first};
    slt_tensor part = slt_tensor_part(d->c, first, rows);
    add_long(&of, d->block, &part);
}

void slt_num_product_long(const slt_tensor *a, const slt_tensor *b, size_t block,
                          slt_pool *pool, slt_tensor *c)
{
    SLT_ASSERT(a->rows == b->rows);
    divided d = {a, b, block, count_parts(a, b, pool), c};
    if (d.parts > 1)
        slt_pool_each(pool, d.parts, add_part, &d);
    else
        add_long(&(const block_sum){.sum = sum_products, .a = a, .b = b}, block, c);
}

static void sum_columns(const block_sum *of, size_t first, size_t rows, slt_tensor *to)
{
    const slt_tensor dy = slt_tensor_part(of->a, first, rows);
    slt_num_column_sums(&dy, to);
}

void slt_num_column_sums_long(const slt_tensor *dy, size_t block, slt_tensor *out)
{
    add_long(&(const block_sum){.sum = sum_columns, .a = dy}, block, out);
}

static void sum_lookups(const block_sum *of, size_t first, size_t rows, slt_tensor *to)
{
    const slt_tensor index = slt_tensor_part(of->a, first, rows);
    const slt_tensor dy = slt_tensor_part(of->b, first, rows);
    slt_num_embedding_back(&index, &dy, to);
}

void slt_num_embedding_back_long(const slt_tensor *index, const slt_tensor *dy,
                                 size_t block, slt_tensor *dweight)
{
    add_long(&(const block_sum){.sum = sum_lookups, .a = index, .b = dy}, block, dweight);
}

static void sum_patches(const block_sum *of, size_t first, size_t rows, slt_tensor *to)
{
    const slt_tensor dy = slt_tensor_part(of->a, first, rows);
    slt_num_convolution_block(of->window, of->b, first, &dy, to);
}

void slt_num_convolution_sums(const slt_window *window, const slt_tensor *x,
                              const slt_tensor *dy, slt_tensor *dw)
{
    const size_t block = slt_num_long_sum_block(slt_window_positions(window));
    add_long(&(const block_sum){.sum = sum_patches, .a = dy, .b = x, .window = window},
             block, dw);
}

static void sum_dots(const block_sum *of, size_t first, size_t rows, slt_tensor *to)
{
    const slt_tensor a = slt_tensor_part(of->a, first, rows);
    const slt_tensor b = slt_tensor_part(of->b, first, rows);
    slt_kernels_of(to->arithmetic)->column_dots(&a, &b, to);
}

void slt_num_column_dots_long(const slt_tensor *a, const slt_tensor *b, size_t block,
                              slt_tensor *out)
{
    SLT_ASSERT(a->arithmetic == b->arithmetic && a->arithmetic == out->arithmetic &&
               a->rows == b->rows && a->cols == b->cols &&
               slt_tensor_count(out) == a->cols);
    add_long(&(const block_sum){.sum = sum_dots, .a = a, .b = b}, block, out);
}
