/* teacher: the data's own `factor`.  Of the product B = W_L* ... W1* = U S V' in binary64
 * as balanced factors, rounded once to the arithmetic of the weight: "W1" is sqrt(S) V'
 * [hidden, inputs], "WL" is U sqrt(S) [outputs, hidden], those between the identity.  Of
 * the singular values the first min(hidden, rank) are used, and of the identity the first
 * rank rows; all other numbers are +0.  Where the data has coefficients, "A" is these as
 * they are. */
#include "net/init_internal.h"

#include <stdio.h>
#include <string.h>

#include "num/linalg.h"
#include "num/scalar.h"

/* Element (o, i) of left right, factors as binary64: a chain over what is between.  By
 * scalars, so that it takes the same bits from machines without the kernels of f64. */
static slt_real product_at(const slt_tensor *left, const slt_tensor *right, size_t o,
                           size_t i)
{
    slt_real sum = slt_real_from_u64(0);
    for (size_t k = 0; k < right->rows; k++)
        sum = slt_real_fma(slt_tensor_get(left, o * left->cols + k),
                           slt_tensor_get(right, k * right->cols + i), sum);
    return sum;
}

/* left right, or its transpose. */
static slt_status multiply_factors(const slt_tensor *left, const slt_tensor *right,
                                   bool transposed, slt_tensor *product, slt_error *err)
{
    const size_t outputs = left->rows, inputs = right->cols;
    slt_status status = slt_tensor_create(product, SLT_F64, transposed ? inputs : outputs,
                                          transposed ? outputs : inputs, err);
    for (size_t o = 0; status == SLT_OK && o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            slt_tensor_set(product, transposed ? i * outputs + o : o * inputs + i,
                           product_at(left, right, o, i));
    return status;
}

/* B where outputs >= inputs, else B': as tall as the SVD wants. */
static slt_status multiply_teacher(const slt_tensor *teacher, size_t factors, bool tall,
                                   slt_tensor *product, slt_error *err)
{
    slt_tensor before = {0};
    slt_status status = SLT_OK;
    for (size_t l = 1; l < factors && !status; l++) {
        status = multiply_factors(&teacher[l], l > 1 ? &before : &teacher[0],
                                  l + 1 == factors && !tall, product, err);
        slt_tensor_free(&before);
        before = l + 1 < factors ? *product : (slt_tensor){0};
    }
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

static slt_status make_factors(const slt_tensor *teacher, size_t count,
                               slt_init_factors *factors, slt_error *err)
{
    slt_tensor product = {0};
    bool tall = teacher[count - 1].rows >= teacher[0].cols;
    *factors = (slt_init_factors){.made = true, .count = count, .rank = teacher[0].rows};
    slt_status status = multiply_teacher(teacher, count, tall, &product, err);
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

/* Which of `count` factors "W1", "W2", ... is named, from 1; 0: none. */
static size_t factor_named(const char *factor, size_t count)
{
    char name[24];
    for (size_t i = 1; i <= count; i++) {
        snprintf(name, sizeof name, "W%zu", i);
        if (strcmp(name, factor) == 0)
            return i;
    }
    return 0;
}

/* "W1 or W2", "W1 to W5". */
static const char *factor_names(size_t count, char text[32])
{
    snprintf(text, 32, count > 2 ? "W1 to W%zu" : "W1 or W%zu", count);
    return text;
}

/* A factor between the outer ones. */
static void put_identity(size_t rank, slt_tensor *weight)
{
    slt_tensor_zero(weight);
    for (size_t i = 0; i < rank && i < weight->rows && i < weight->cols; i++)
        slt_tensor_set(weight, i * weight->cols + i, slt_real_from_u64(1));
}

static slt_status put_factor(const slt_init_factors *factors, const char *factor,
                             slt_tensor *weight, slt_error *err)
{
    char names[32];
    const size_t number = factor_named(factor, factors->count);
    const bool first = number == 1;
    if (!number)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected %s, found %s",
                        factor_names(factors->count, names), factor);
    if (!first && number < factors->count) {
        put_identity(factors->rank, weight);
        return SLT_OK;
    }
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
    const size_t count = site->source->factors;
    const char *factor = site->spec->factor;
    if (!teacher)
        return slt_fail(err, SLT_FORMAT,
                        "init: kind teacher: the data has no teacher to take %s from",
                        factor);
    if (!count && strcmp(factor, "A") != 0)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected A, found %s", factor);
    if (!count)
        return put_coefficients(&teacher[0], weight, err);
    slt_status status = SLT_OK;
    if (!site->shared->factors.made)
        status = make_factors(teacher, count, &site->shared->factors, err);
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

/* W1 is hidden x inputs, the last outputs x hidden, those between hidden on both sides;
 * hidden at least rank. */
static slt_status check_teacher(const slt_weight_spec *weight,
                                const slt_init_teacher *teacher, slt_error *err)
{
    if (teacher->terms)
        return check_coefficients(weight, teacher->terms, err);
    if (!teacher->factors)
        return slt_fail(err, SLT_FORMAT,
                        "init teacher needs data of a linear-teacher, "
                        "or polynomial or sinusoid");
    char names[32];
    const size_t number = factor_named(weight->init.factor, teacher->factors);
    const bool first = number == 1, last = number == teacher->factors;
    if (!number)
        return slt_fail(err, SLT_FORMAT, "expected factor %s, found '%s'",
                        factor_names(teacher->factors, names), weight->init.factor);
    if ((first ? weight->cols == teacher->inputs : weight->cols >= teacher->rank) &&
        (last ? weight->rows == teacher->outputs : weight->rows >= teacher->rank))
        return SLT_OK;
    if (!first && !last)
        return slt_fail(err, SLT_FORMAT,
                        "factor %s needs at least %zu rows and columns; found [%zu, %zu]",
                        weight->init.factor, teacher->rank, weight->rows, weight->cols);
    return slt_fail(
        err, SLT_FORMAT,
        first ? "factor %s needs shape [hidden, %zu], hidden >= %zu; found [%zu, %zu]"
              : "factor %s needs shape [%zu, hidden], hidden >= %zu; found [%zu, %zu]",
        weight->init.factor, first ? teacher->inputs : teacher->outputs, teacher->rank,
        weight->rows, weight->cols);
}

static const slt_schema field_factor = {
    .key = "factor",
    .type = SLT_SCHEMA_NAME,
    AT(slt_init_spec, factor),
    .meaning = "W1, W2, ..., of a linear teacher; A, of polynomial or sinusoid data"};

const slt_init_type slt_init_kind_teacher = {
    .name = "teacher",
    .meaning = "the data's own factor, balanced",
    .fields = FIELD_LIST(&field_factor),
    .check = check_teacher,
    .fill = fill_teacher,
};
