/* teacher: the data's own `factor`.  Of the product B = W2* W1* = U S V' in binary64 as
 * balanced factors, rounded once to the arithmetic of the weight: "W1" is sqrt(S) V'
 * [hidden, inputs], "W2" is U sqrt(S) [outputs, hidden].  Of the singular values the
 * first min(hidden, rank) are used; further rows of W1 and columns of W2 are +0.  Where
 * the data has coefficients, "A" is these as they are. */
#include "net/init_internal.h"

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
static slt_status multiply_teacher(const slt_tensor teacher[2], bool tall,
                                   slt_tensor *product, slt_error *err)
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

static slt_status decompose_product(const slt_tensor *product, bool tall, bool integers,
                                    slt_init_factors *factors, slt_error *err)
{
    size_t k = product->cols;
    slt_tensor *left = tall ? &factors->u : &factors->v;
    slt_tensor *right = tall ? &factors->v : &factors->u;
    slt_status status = slt_tensor_create(left, SLT_F64, product->rows, k, err);
    if (status == SLT_OK)
        status = slt_tensor_create(right, SLT_F64, k, k, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&factors->root, SLT_F64, 1, k, err);
    if (status == SLT_OK)
        status = (integers ? slt_num_svd_integers
                           : slt_num_svd)(product, left, &factors->root, right, err);
    for (size_t i = 0; status == SLT_OK && i < k; i++)
        slt_tensor_set(&factors->root, i,
                       slt_real_sqrt(slt_tensor_get(&factors->root, i)));
    return status;
}

static slt_status make_factors(const slt_tensor teacher[2], slt_init_factors *factors,
                               slt_error *err)
{
    slt_tensor product = {0};
    bool tall = teacher[1].rows >= teacher[0].cols;
    *factors = (slt_init_factors){.made = true, .rank = teacher[0].rows};
    slt_status status = multiply_teacher(teacher, tall, &product, err);
    if (status == SLT_OK)
        status = decompose_product(&product, tall, teacher[0].arithmetic == SLT_FIXED,
                                   factors, err);
    slt_tensor_free(&product);
    if (status != SLT_OK)
        slt_init_factors_free(factors);
    return status;
}

void slt_init_factors_free(slt_init_factors *factors)
{
    slt_tensor_free(&factors->u);
    slt_tensor_free(&factors->v);
    slt_tensor_free(&factors->root);
    *factors = (slt_init_factors){0};
}

/* Element (row, i) of U or V times the root of the i-th singular value. */
static slt_real scaled(const slt_init_factors *factors, const slt_tensor *side,
                       size_t row, size_t i)
{
    if (i >= factors->rank || i >= side->cols)
        return slt_real_from_u64(0);
    return slt_real_mul(slt_tensor_get(side, row * side->cols + i),
                        slt_tensor_get(&factors->root, i));
}

static slt_status put_factor(const slt_init_factors *factors, const char *factor,
                             slt_tensor *weight, slt_error *err)
{
    bool first = strcmp(factor, "W1") == 0;
    if (!first && strcmp(factor, "W2") != 0)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected W1 or W2, found %s",
                        factor);
    const slt_tensor *side = first ? &factors->v : &factors->u;
    size_t hidden = first ? weight->rows : weight->cols;
    size_t other = first ? weight->cols : weight->rows;
    if (other != side->rows)
        return slt_fail(err, SLT_FORMAT,
                        "init: factor %s: expected %zu %s like the data, found %zu",
                        factor, side->rows, first ? "columns" : "rows", other);
    for (size_t i = 0; i < hidden; i++)
        for (size_t j = 0; j < other; j++)
            slt_tensor_set(weight, first ? i * other + j : j * hidden + i,
                           scaled(factors, side, j, i));
    return SLT_OK;
}

/* The coefficients A, as they are. */
static slt_status put_coefficients(const slt_tensor *teacher, slt_tensor *weight,
                                   slt_error *err)
{
    if (weight->rows != teacher->rows || weight->cols != teacher->cols)
        return slt_fail(err, SLT_FORMAT,
                        "init: factor A: expected %zu x %zu like the data, found %zu x "
                        "%zu",
                        teacher->rows, teacher->cols, weight->rows, weight->cols);
    if (weight->arithmetic == teacher->arithmetic)
        slt_tensor_copy(weight, teacher);
    else
        for (size_t e = 0; e < slt_tensor_count(weight); e++)
            slt_tensor_set(weight, e, slt_tensor_get(teacher, e));
    return SLT_OK;
}

static slt_status fill_teacher(const slt_init_site *site, slt_tensor *weight,
                               slt_error *err)
{
    const slt_tensor *teacher = site->source->teacher;
    const char *factor = site->spec->factor;
    if (!teacher)
        return slt_fail(err, SLT_FORMAT,
                        "init: kind teacher: the data has no teacher to take %s from",
                        factor);
    if ((strcmp(factor, "A") == 0) != !teacher[1].data)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected %s, found %s",
                        teacher[1].data ? "W1 or W2" : "A", factor);
    if (!teacher[1].data)
        return put_coefficients(&teacher[0], weight, err);
    slt_status status = SLT_OK;
    if (!site->shared->factors.made)
        status = make_factors(teacher, &site->shared->factors, err);
    if (status == SLT_OK)
        status = put_factor(&site->shared->factors, factor, weight, err);
    return status;
}

/* ---- What a manifest says ---------------------------------------------------------- */

static slt_status check_coefficients(const slt_weight_spec *weight, size_t terms,
                                     slt_error *err)
{
    if (strcmp(weight->init.factor, "A") != 0)
        return slt_fail(err, SLT_FORMAT, "expected factor A, found '%s'",
                        weight->init.factor);
    if (weight->rows != 1 || weight->cols != terms)
        return slt_fail(err, SLT_FORMAT,
                        "factor A needs shape [1, %zu]; found [%zu, %zu]", terms,
                        weight->rows, weight->cols);
    return SLT_OK;
}

/* W1 is hidden x inputs, W2 outputs x hidden, hidden at least rank. */
static slt_status check_teacher(const slt_weight_spec *weight,
                                const slt_init_teacher *teacher, slt_error *err)
{
    if (teacher->terms)
        return check_coefficients(weight, teacher->terms, err);
    bool first = strcmp(weight->init.factor, "W1") == 0;
    size_t hidden = first ? weight->rows : weight->cols;
    size_t width = first ? weight->cols : weight->rows;
    size_t wanted = first ? teacher->inputs : teacher->outputs;
    if (!teacher->rank)
        return slt_fail(err, SLT_FORMAT,
                        "init teacher needs data of a linear-teacher, "
                        "or polynomial or sinusoid");
    if (!first && strcmp(weight->init.factor, "W2") != 0)
        return slt_fail(err, SLT_FORMAT, "expected factor W1 or W2, found '%s'",
                        weight->init.factor);
    if (width != wanted || hidden < teacher->rank)
        return slt_fail(
            err, SLT_FORMAT,
            first
                ? "factor W1 needs shape [hidden, %zu], hidden >= %zu; found [%zu, %zu]"
                : "factor W2 needs shape [%zu, hidden], hidden >= %zu; found [%zu, %zu]",
            wanted, teacher->rank, weight->rows, weight->cols);
    return SLT_OK;
}

static const slt_schema field_factor = {
    .key = "factor",
    .type = SLT_SCHEMA_NAME,
    AT(slt_init_spec, factor),
    .meaning = "W1 or W2, of a linear teacher; A, of polynomial or sinusoid data"};

const slt_init_type slt_init_kind_teacher = {
    .name = "teacher",
    .meaning = "the data's own factor, balanced",
    .fields = FIELD_LIST(&field_factor),
    .check = check_teacher,
    .fill = fill_teacher,
};
