#include "num/normalize.h"

#include "base/assert.h"
#include "num/kernels.h"
#include "num/scratch.h"

static bool of_one_form(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && a->rows == b->rows && a->cols == b->cols;
}

void slt_num_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                              slt_tensor *y)
{
    SLT_ASSERT(of_one_form(x, y) && weight->arithmetic == x->arithmetic &&
               slt_tensor_count(weight) == x->cols);
    slt_kernels_of(x->arithmetic)->multiply_columns(x, weight, y);
}

void slt_num_normalize(slt_normalize how, const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(of_one_form(x, y) && x->cols > 0);
    slt_kernels_of(x->arithmetic)->normalize(how, x, y);
}

void slt_num_normalize_back(slt_normalize how, const slt_tensor *x, const slt_tensor *dy,
                            slt_tensor *dx)
{
    SLT_ASSERT(of_one_form(x, dy) && of_one_form(x, dx));
    slt_kernels_of(x->arithmetic)->normalize_back(how, x, dy, dx);
}

void slt_num_normalize_second(slt_normalize how, const slt_tensor *x,
                              const slt_tensor *dy, const slt_tensor *change,
                              slt_tensor *dx)
{
    SLT_ASSERT(of_one_form(x, dy) && of_one_form(x, change) && of_one_form(x, dx));
    slt_kernels_of(x->arithmetic)->normalize_second(how, x, dy, change, dx);
}

/* A tensor like x that waits for a sum over its rows. */
static slt_tensor waiting_like(const slt_tensor *x)
{
    slt_tensor room = *x;
    room.overflow = false;
    room.data = slt_patches_scratch(x->rows, x->cols, slt_arithmetic_size(x->arithmetic));
    return room;
}

void slt_num_normalize_dots(slt_normalize how, const slt_tensor *x, const slt_tensor *dy,
                            size_t block, slt_tensor *out)
{
    slt_tensor room = waiting_like(x);
    slt_num_normalize(how, x, &room);
    slt_num_column_dots_long(dy, &room, block, out);
}

void slt_num_normalize_dots_along(slt_normalize how, const slt_tensor *x,
                                  const slt_tensor *dy, const slt_tensor *change,
                                  size_t block, slt_tensor *out)
{
    slt_tensor room = waiting_like(x);
    slt_num_normalize_back(how, x, change, &room);
    slt_num_column_dots_long(dy, &room, block, out);
}
