/* Sums over samples and their positions against blocks and a tree by hand. */
#include <math.h>

#include "nets.h"

enum {
    ROWS = 22,
    BLOCK = 4, /* six blocks, the last one short: pairs, of which one is left over */
    LEFT = 3,
    RIGHT = 5
};

static slt_arithmetic arithmetic;

static slt_tensor part_of(const slt_tensor *whole, size_t first)
{
    slt_tensor part = *whole;
    part.rows = whole->rows - first < BLOCK ? whole->rows - first : BLOCK;
    part.data = (char *)whole->data +
                first * whole->cols * slt_arithmetic_size(whole->arithmetic);
    return part;
}

static double number(const slt_tensor *tensor, size_t e)
{
    return slt_real_double(slt_tensor_get(tensor, e));
}

/* ((0 1) (2 3)) (4 5), in binary64 or by slt_num_add. */
static void add_tree(slt_tensor sums[6], slt_tensor *want)
{
    static const int pairs[5][2] = {{0, 1}, {2, 3}, {4, 5}, {0, 2}, {0, 4}};
    if (arithmetic == SLT_FIXED) {
        for (int i = 0; i < 5; i++)
            slt_num_add(&sums[pairs[i][0]], &sums[pairs[i][1]], &sums[pairs[i][0]]);
        slt_tensor_copy(want, &sums[0]);
        return;
    }
    for (size_t e = 0; e < slt_tensor_count(want); e++) {
        double at[6];
        for (int i = 0; i < 6; i++)
            at[i] = number(&sums[i], e);
        for (int i = 0; i < 5; i++)
            at[pairs[i][0]] += at[pairs[i][1]];
        slt_tensor_set(want, e, slt_real_of(at[0]));
    }
}

static bool same(const slt_tensor *a, const slt_tensor *b)
{
    for (size_t e = 0; e < slt_tensor_count(a); e++)
        if (slt_tensor_get(a, e).bits != slt_tensor_get(b, e).bits)
            return false;
    return a->frac == b->frac && a->overflow == b->overflow;
}

typedef struct sums {
    slt_tensor a, b, index;
} sums;

static void sum_products(const sums *of, size_t block, slt_tensor *to)
{
    slt_num_product_long(&of->a, &of->b, block, NULL, to);
}

static void sum_columns(const sums *of, size_t block, slt_tensor *to)
{
    slt_num_column_sums_long(&of->b, block, to);
}

static void sum_lookups(const sums *of, size_t block, slt_tensor *to)
{
    slt_num_embedding_back_long(&of->index, &of->b, block, to);
}

static void test_sum(const char *name, const sums *all, size_t rows,
                     void (*sum)(const sums *of, size_t block, slt_tensor *to))
{
    slt_tensor blocks[6], whole = nets_tensor(arithmetic, rows, RIGHT),
                          want = nets_tensor(arithmetic, rows, RIGHT),
                          got = nets_tensor(arithmetic, rows, RIGHT);
    for (size_t i = 0; i < 6; i++) {
        const sums part = {part_of(&all->a, i * BLOCK), part_of(&all->b, i * BLOCK),
                           part_of(&all->index, i * BLOCK)};
        blocks[i] = nets_tensor(arithmetic, rows, RIGHT);
        sum(&part, 0, &blocks[i]);
    }
    sum(all, 0, &whole);
    sum(all, ROWS, &got);
    TAP_OK(same(&got, &whole), "%s, %s: one block is the sum of all rows", name,
           slt_arithmetic_name(arithmetic));
    add_tree(blocks, &want);
    sum(all, BLOCK, &got);
    TAP_OK(same(&got, &want), "%s, %s: blocks, and the tree above them", name,
           slt_arithmetic_name(arithmetic));
    TAP_OK(arithmetic != SLT_F32 || !same(&got, &whole),
           "%s, %s: which is another number than that of one chain", name,
           slt_arithmetic_name(arithmetic));
    for (size_t i = 0; i < 6; i++)
        slt_tensor_free(&blocks[i]);
    slt_tensor_free(&whole);
    slt_tensor_free(&want);
    slt_tensor_free(&got);
}

static void test_sums(void)
{
    sums all = {nets_tensor(arithmetic, ROWS, LEFT), nets_tensor(arithmetic, ROWS, RIGHT),
                nets_tensor(SLT_INDEX, ROWS, 1)};
    nets_random(&all.a, 1, 1);
    nets_random(&all.b, 2, 1);
    for (size_t i = 0; i < ROWS; i++)
        ((int32_t *)all.index.data)[i] = (int32_t)(i % LEFT);
    test_sum("product", &all, LEFT, sum_products);
    test_sum("embedding", &all, LEFT, sum_lookups);
    test_sum("column sums", &all, 1, sum_columns);
    slt_tensor_free(&all.a);
    slt_tensor_free(&all.b);
    slt_tensor_free(&all.index);
}

static void test_overflow(void)
{
    slt_tensor d = nets_tensor(SLT_FIXED, ROWS, RIGHT);
    slt_tensor sum = nets_tensor(SLT_FIXED, 1, RIGHT);
    d.overflow = true;
    slt_num_column_sums_long(&d, BLOCK, &sum);
    TAP_OK(sum.overflow, "an overflow of what is summed is one of the sum");
    slt_tensor_free(&d);
    slt_tensor_free(&sum);
}

static void test_blocks(void)
{
    TAP_EQ_U64(slt_num_long_sum_block(1), 0, "no positions: one chain");
    TAP_EQ_U64(slt_num_long_sum_block(9), 4095, "455 samples of 9 positions");
    TAP_EQ_U64(slt_num_long_sum_block(4096), 4096, "one of 4096");
    TAP_EQ_U64(slt_num_long_sum_block(5000), 5000, "and one of more");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        arithmetic = all[i];
        test_sums();
    }
    test_overflow();
    test_blocks();
    return tap_done();
}
