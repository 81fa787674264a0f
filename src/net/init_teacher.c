/* The student planted at the teacher: balanced factors of the teacher's product. */
#include "net/init.h"

#include <string.h>

#include "num/linalg.h"
#include "num/scalar.h"

/* Element (o, i) of W2* W1*, factors as binary64: a chain over the rank.  By scalars, so
 * that it takes the same bits from machines without the kernels of f64. */
static slt_real product_at(const slt_tensor teacher[2], size_t o, size_t i)
{
    slt_real sum = slt_real_from_u64(0);
    size_t rank = teacher[0].rows, inputs = teacher[0].cols;
    for (size_t k = 0; k < rank; k++)
        sum = slt_real_fma(slt_tensor_get(&teacher[1], o * rank + k),
                           slt_tensor_get(&teacher[0], k * inputs + i), sum);
    return sum;
}

/* B = W2* W1* where outputs >= inputs, else B' = W1*' W2*': as tall as the SVD wants. */
static slt_status multiply(const slt_tensor teacher[2], bool tall, slt_tensor *product,
                           slt_error *err)
{
    size_t outputs = teacher[1].rows, inputs = teacher[0].cols;
    slt_status status = slt_tensor_create(product, SLT_F64, tall ? outputs : inputs,
                                          tall ? inputs : outputs, err);
    for (size_t o = 0; status == SLT_OK && o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            slt_tensor_set(product, tall ? o * inputs + i : i * outputs + o,
                           product_at(teacher, o, i));
    return status;
}

static slt_status decompose(const slt_tensor *product, bool tall, bool integers,
                            slt_teacher_factors *planted, slt_error *err)
{
    size_t k = product->cols;
    slt_tensor *left = tall ? &planted->u : &planted->v;
    slt_tensor *right = tall ? &planted->v : &planted->u;
    slt_status status = slt_tensor_create(left, SLT_F64, product->rows, k, err);
    if (status == SLT_OK)
        status = slt_tensor_create(right, SLT_F64, k, k, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&planted->root, SLT_F64, 1, k, err);
    if (status == SLT_OK)
        status = (integers ? slt_num_svd_integers
                           : slt_num_svd)(product, left, &planted->root, right, err);
    for (size_t i = 0; status == SLT_OK && i < k; i++)
        slt_tensor_set(&planted->root, i,
                       slt_real_sqrt(slt_tensor_get(&planted->root, i)));
    return status;
}

slt_status slt_teacher_factors_make(const slt_tensor teacher[2],
                                    slt_teacher_factors *planted, slt_error *err)
{
    slt_tensor product = {0};
    bool tall = teacher[1].rows >= teacher[0].cols;
    *planted = (slt_teacher_factors){.made = true, .rank = teacher[0].rows};
    slt_status status = multiply(teacher, tall, &product, err);
    if (status == SLT_OK)
        status =
            decompose(&product, tall, teacher[0].arithmetic == SLT_FIXED, planted, err);
    slt_tensor_free(&product);
    if (status != SLT_OK)
        slt_teacher_factors_free(planted);
    return status;
}

void slt_teacher_factors_free(slt_teacher_factors *planted)
{
    slt_tensor_free(&planted->u);
    slt_tensor_free(&planted->v);
    slt_tensor_free(&planted->root);
    *planted = (slt_teacher_factors){0};
}

/* Element (row, i) of U or V times the root of the i-th singular value. */
static slt_real scaled(const slt_teacher_factors *planted, const slt_tensor *side,
                       size_t row, size_t i)
{
    if (i >= planted->rank || i >= side->cols)
        return slt_real_from_u64(0);
    return slt_real_mul(slt_tensor_get(side, row * side->cols + i),
                        slt_tensor_get(&planted->root, i));
}

slt_status slt_teacher_factors_factor(const slt_teacher_factors *planted,
                                      const char *factor, slt_tensor *weight,
                                      slt_error *err)
{
    bool first = strcmp(factor, "W1") == 0;
    if (!first && strcmp(factor, "W2") != 0)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected W1 or W2, found %s",
                        factor);
    const slt_tensor *side = first ? &planted->v : &planted->u;
    size_t hidden = first ? weight->rows : weight->cols;
    size_t other = first ? weight->cols : weight->rows;
    if (other != side->rows)
        return slt_fail(err, SLT_FORMAT,
                        "init: factor %s: expected %zu %s like the data, found %zu",
                        factor, side->rows, first ? "columns" : "rows", other);
    for (size_t i = 0; i < hidden; i++)
        for (size_t j = 0; j < other; j++)
            slt_tensor_set(weight, first ? i * other + j : j * hidden + i,
                           scaled(planted, side, j, i));
    return SLT_OK;
}
