#include "num/update.h"

#include "base/assert.h"
#include "num/kernels.h"

/* Words of a stream: block indices have 32 bits. */
#define WORDS_MAX (UINT64_C(4) << 32)

static bool same_count(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && slt_tensor_count(a) == slt_tensor_count(b);
}

static bool is_zero(slt_real value)
{
    return value.bits << 1 == 0;
}

bool slt_num_sgd(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                 slt_tensor *w)
{
    SLT_ASSERT(same_count(g, w));
    SLT_ASSERT(is_zero(step->momentum) || same_count(m, w));
    return slt_kernels_of(w->arithmetic)->sgd(step, g, m, w);
}

bool slt_num_adam(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                  slt_tensor *v, slt_tensor *w)
{
    static const slt_real one = {UINT64_C(0x3ff0000000000000)};
    SLT_ASSERT(same_count(g, w) && same_count(m, w) && same_count(v, w));
    SLT_ASSERT(step->shrink.bits == one.bits || is_zero(step->weight_decay));
    return slt_kernels_of(w->arithmetic)->adam(step, g, m, v, w);
}

bool slt_num_sgld(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                  const slt_tensor *w0, slt_tensor *w)
{
    SLT_ASSERT(same_count(g, w) && same_count(w0, w) && slt_tensor_count(w) < WORDS_MAX);
    return slt_kernels_of(w->arithmetic)->sgld(step, stream, g, w0, w);
}

bool slt_num_underdamped(const slt_underdamped_step *step, slt_stream stream,
                         const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                         slt_tensor *w)
{
    SLT_ASSERT(same_count(g, w) && same_count(w0, w) && same_count(p, w) &&
               slt_tensor_count(w) < WORDS_MAX);
    return slt_kernels_of(w->arithmetic)->underdamped(step, stream, g, w0, p, w);
}

bool slt_num_thermostat(const slt_underdamped_step *step, slt_stream stream,
                        const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                        slt_tensor *x, slt_tensor *w)
{
    SLT_ASSERT(same_count(g, w) && same_count(w0, w) && same_count(p, w) &&
               same_count(x, w) && slt_tensor_count(w) < WORDS_MAX);
    SLT_ASSERT(step->push.bits == step->after.bits && is_zero(step->lose) &&
               is_zero(step->before));
    return slt_kernels_of(w->arithmetic)->thermostat(step, stream, g, w0, p, x, w);
}

bool slt_num_preconditioned(const slt_preconditioned_step *step, slt_stream stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *m,
                            slt_tensor *v, slt_tensor *w)
{
    static const slt_real one = {UINT64_C(0x3ff0000000000000)};
    SLT_ASSERT(same_count(g, w) && same_count(w0, w) && same_count(v, w) &&
               slt_tensor_count(w) < WORDS_MAX);
    SLT_ASSERT(m ? same_count(m, w) : step->raise.bits == one.bits);
    return slt_kernels_of(w->arithmetic)->preconditioned(step, stream, g, w0, m, v, w);
}

slt_mala_terms slt_num_mala(const slt_sgld_step *step, const slt_tensor *w0,
                            const slt_tensor *w, const slt_tensor *g,
                            const slt_tensor *w1, const slt_tensor *g1)
{
    SLT_ASSERT(same_count(w0, w) && same_count(g, w) && same_count(w1, w) &&
               same_count(g1, w));
    return slt_kernels_of(w->arithmetic)->mala(step, w0, w, g, w1, g1);
}

slt_real slt_num_displacement(const slt_tensor *g, const slt_tensor *w0,
                              const slt_tensor *w)
{
    SLT_ASSERT(same_count(g, w) && same_count(w0, w));
    return slt_kernels_of(w->arithmetic)->displacement(g, w0, w);
}

slt_real slt_num_distance(const slt_tensor *w0, const slt_tensor *w)
{
    SLT_ASSERT(same_count(w0, w));
    return slt_kernels_of(w->arithmetic)->distance(w0, w);
}
