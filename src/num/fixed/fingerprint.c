/* Fingerprints of the functions in integers: XXH3-64 over blocks of results.
 * docs/spec/11-fixed-point.md defines the grid. */
#include "num/fixed/fixed.h"

#define XXH_STATIC_LINKING_ONLY /* a state on the stack */
#include <xxhash.h>

#include "base/assert.h"
#include "num/kernels.h"

enum { BLOCK = 512, FRAC_STEP = 8, FRAC_MOST = 96, POSITIVE_FROM = 56 };

typedef struct block {
    slt_tensor tensor;
    int64_t data[BLOCK];
} block;

static void block_begin(block *b, int frac)
{
    b->tensor = (slt_tensor){.arithmetic = SLT_FIXED,
                             .rows = 1,
                             .cols = BLOCK,
                             .data = b->data,
                             .frac = frac};
}

/* Mantissas of all sizes; exp has no large positive numbers, log none below 1. */
static void block_fill(slt_function function, block *x)
{
    bool down = function == SLT_FN_fixed_exp && x->tensor.frac < POSITIVE_FROM;
    for (uint64_t e = 0; e < BLOCK; e++) {
        int64_t z = (int64_t)(e * UINT64_C(0x9e3779b97f4a7c15));
        int64_t m = z >> (1 + e % 61), size = m < 0 ? -m : m;
        if (down)
            m = -size;
        x->data[e] = function == SLT_FN_fixed_log ? size + 1 : m;
    }
}

static void block_hash(XXH3_state_t *state, const block *y)
{
    uint8_t bytes[8 + sizeof y->data];
    SLT_ASSERT(!y->tensor.overflow && slt_tensor_bytes(&y->tensor) == sizeof bytes);
    slt_tensor_store(&y->tensor, bytes);
    XXH3_64bits_update(state, bytes, sizeof bytes);
}

static void add_results(XXH3_state_t *state, slt_function function, int frac)
{
    const slt_kernels *kernels = slt_kernels_of(SLT_FIXED);
    block x, y, cosine;
    block_begin(&x, frac);
    block_begin(&y, frac);
    block_begin(&cosine, frac);
    block_fill(function, &x);
    if (function == SLT_FN_fixed_erf)
        kernels->erf(&x.tensor, &y.tensor);
    else if (function == SLT_FN_fixed_exp)
        kernels->exp(&x.tensor, &y.tensor);
    else if (function == SLT_FN_fixed_log)
        kernels->log(&x.tensor, &y.tensor);
    else if (function == SLT_FN_fixed_tanh)
        kernels->tanh(&x.tensor, &y.tensor);
    else
        kernels->sincospi(&x.tensor, &y.tensor, &cosine.tensor);
    block_hash(state, &y);
    if (function == SLT_FN_fixed_sincospi)
        block_hash(state, &cosine);
}

uint64_t slt_fixed_fingerprint_of(slt_function function)
{
    if (function == SLT_FN_fixed)
        return slt_fixed_fingerprint();
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
    for (int frac = 0; frac <= FRAC_MOST; frac += FRAC_STEP)
        add_results(&state, function, frac);
    return XXH3_64bits_digest(&state);
}
