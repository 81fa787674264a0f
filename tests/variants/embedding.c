/* The embedding against the product that defines it, on every instruction set. */
#include "reference.h"

typedef struct table {
    slt_tensor weight, index, one_hot, y, dy;
} table;

static slt_tensor indices(size_t rows, size_t numbers)
{
    slt_tensor index = {.arithmetic = SLT_INDEX, .rows = rows, .cols = 1};
    int32_t *at = calloc(rows + 1, sizeof *at);
    if (!at)
        tap_bail("no memory");
    for (size_t i = 0; i < rows; i++)
        at[i] = (int32_t)ref_below(numbers);
    index.data = at;
    return index;
}

/* Finite numbers, both zeros among them. */
static table table_of(slt_arithmetic a, size_t cols)
{
    size_t rows = ref_below(40), numbers = 1 + ref_below(12);
    ref_mix mix = cols % 2 ? REF_CORNERS : REF_PLAIN;
    table t = {.weight = ref_filled(a, numbers, cols, mix),
               .index = indices(rows, numbers),
               .one_hot = ref_tensor(a, rows, numbers),
               .y = ref_filled(a, rows, cols, REF_INFINITE),
               .dy = ref_filled(a, rows, cols, mix)};
    for (size_t i = 0; i < rows; i++)
        ref_set(&t.one_hot, i * numbers + (size_t)((int32_t *)t.index.data)[i], 1);
    return t;
}

static void table_free(table *t)
{
    ref_free(&t->weight);
    free(t->index.data);
    ref_free(&t->one_hot);
    ref_free(&t->y);
    ref_free(&t->dy);
}

static size_t forward(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 210; i++) {
        table t = table_of(a, i % 70 + (i >= 140 ? 137 : 0));
        slt_tensor want = ref_tensor(a, t.y.rows, t.y.cols);
        slt_num_product(SLT_PLAIN, SLT_PLAIN, &t.one_hot, &t.weight, &want);
        slt_num_embedding(&t.weight, &t.index, &t.y);
        wrong += ref_differing(&t.y, &want);
        ref_free(&want);
        table_free(&t);
    }
    return wrong;
}

static size_t added(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 210; i++) {
        table t = table_of(a, i % 70);
        slt_tensor sum = ref_copy(&t.dy);
        slt_num_embedding(&t.weight, &t.index, &t.y);
        slt_num_add(&t.dy, &t.y, &t.y);
        slt_num_embedding_added(&t.weight, &t.index, &sum);
        wrong += ref_differing(&sum, &t.y);
        ref_free(&sum);
        table_free(&t);
    }
    return wrong;
}

static size_t backward(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 210; i++) {
        table t = table_of(a, i % 70 + (i >= 140 ? 137 : 0));
        slt_tensor want = ref_tensor(a, t.weight.rows, t.weight.cols);
        slt_tensor got = ref_filled(a, t.weight.rows, t.weight.cols, REF_INFINITE);
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &t.one_hot, &t.dy, &want);
        slt_num_embedding_back(&t.index, &t.dy, &got);
        wrong += ref_differing(&got, &want);
        ref_free(&want);
        ref_free(&got);
        table_free(&t);
    }
    return wrong;
}

/* Minus zero: looked up it is +0; summed it is +0; as the chain has it. */
static size_t zeros(slt_arithmetic a)
{
    table t = table_of(a, 5);
    size_t wrong = 0;
    slt_tensor sums = ref_tensor(a, t.weight.rows, t.weight.cols);
    for (size_t e = 0; e < slt_tensor_count(&t.weight); e++)
        ref_set(&t.weight, e, -0.0);
    for (size_t e = 0; e < slt_tensor_count(&t.dy); e++)
        ref_set(&t.dy, e, -0.0);
    slt_num_embedding(&t.weight, &t.index, &t.y);
    slt_num_embedding_back(&t.index, &t.dy, &sums);
    for (size_t e = 0; e < slt_tensor_count(&t.y); e++)
        wrong += !ref_same(ref_get(&t.y, e), 0.0);
    for (size_t e = 0; e < slt_tensor_count(&sums); e++)
        wrong += !ref_same(ref_get(&sums, e), 0.0);
    ref_free(&sums);
    table_free(&t);
    return wrong;
}

int main(void)
{
    ref_each_copy("embedding is the one-hot product", forward);
    ref_each_copy("embedding added is the embedding, added", added);
    ref_each_copy("its gradient is the transposed one", backward);
    ref_each_copy("zeros lose their sign", zeros);
    return tap_done();
}
