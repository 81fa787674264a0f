/* Reductions to one binary64 number, and the finite test. */
#include "num/float/kernels/reduction.h"

SLT_INLINE lanes_f64 squared_error(const reduced *of, size_t e, lanes_f64 p)
{
    few error = few_load(of->in[0] + e) - few_load(of->in[1] + e);
    few slope = of->scale * error;
    if (of->out)
        memcpy(of->out + e, &slope, sizeof slope);
    lanes_f64 wide = widen(error);
    return wide_fma(wide, wide, p);
}

slt_real SLT_KERNEL(squared_error)(const slt_tensor *y, const slt_tensor *t,
                                   slt_real scale, slt_tensor *dy)
{
    reduced of = {.in = {y->data, t->data}, .scale = real_of(scale)};
    if (!dy)
        return reduce(squared_error, &of, slt_tensor_count(y));
    of.out = dy->data;
    return reduce(squared_error, &of, slt_tensor_count(y));
}

SLT_INLINE lanes_f64 product(const reduced *of, size_t e, lanes_f64 p)
{
    return wide_fma(widen(few_load(of->in[0] + e)), widen(few_load(of->in[1] + e)), p);
}

slt_real SLT_KERNEL(dot)(const slt_tensor *a, const slt_tensor *b)
{
    const reduced of = {.in = {a->data, b->data}};
    return reduce(product, &of, slt_tensor_count(a));
}

SLT_INLINE lanes_f64 moved_along(const reduced *of, size_t e, lanes_f64 p)
{
    lanes_f64 away = widen(few_load(of->in[2] + e)) - widen(few_load(of->in[1] + e));
    return wide_fma(widen(few_load(of->in[0] + e)), away, p);
}

slt_real SLT_KERNEL(displacement)(const slt_tensor *g, const slt_tensor *w0,
                                  const slt_tensor *w)
{
    const reduced of = {.in = {g->data, w0->data, w->data}};
    return reduce(moved_along, &of, slt_tensor_count(w));
}

SLT_INLINE lanes_f64 moved(const reduced *of, size_t e, lanes_f64 p)
{
    lanes_f64 away = widen(few_load(of->in[1] + e)) - widen(few_load(of->in[0] + e));
    return wide_fma(away, away, p);
}

slt_real SLT_KERNEL(distance)(const slt_tensor *w0, const slt_tensor *w)
{
    const reduced of = {.in = {w0->data, w->data}};
    return reduce(moved, &of, slt_tensor_count(w));
}

bool SLT_KERNEL(finite)(const slt_tensor *tensor)
{
    return real_all_finite(tensor->data, slt_tensor_count(tensor));
}
