/* A row of the table of first values (init_kinds.h); for the files init_*.c. */
#ifndef SLT_NET_INIT_INTERNAL_H
#define SLT_NET_INIT_INTERNAL_H

#include "base/buffer.h"
#include "base/schema_rows.h"
#include "base/sha256.h"
#include "net/init.h"
#include "num/draw.h"

/* The teacher's product B = ... W2* W1* = U S V' in binary64, from which balanced factors
 * are taken; made when the first weight asks. */
typedef struct slt_init_factors {
    bool made;
    size_t count, rank;    /* of the teacher's factors */
    slt_tensor u, v, root; /* outputs x k, inputs x k, 1 x k; k = min(outputs, inputs) */
} slt_init_factors;
void slt_init_factors_free(slt_init_factors *factors);

/* The file of several arrays that the last weight was read from, so that each is read and
 * hashed once. */
typedef struct slt_init_last {
    slt_buffer path, bytes;
    char sha256[SLT_SHA256_TEXT_MAX];
} slt_init_last;

/* What all weights of a model share while they get their first values; begins as zeros.
 */
typedef struct slt_init_shared {
    slt_init_factors factors;
    slt_init_last last;
} slt_init_shared;

/* A weight that gets its first value. */
typedef struct slt_init_site {
    const slt_init_spec *spec;
    const slt_init_source *source;
    uint32_t index; /* of the weight */
    slt_init_shared *shared;
} slt_init_site;

/* Its random numbers. */
static inline slt_stream slt_init_stream(const slt_init_site *site)
{
    const slt_seed seed = site->source->seed;
    return slt_stream_of(seed.key, SLT_DRAW_INIT, site->index, 0, seed.trial, 0);
}

typedef struct slt_init_type {
    const char *name;    /* the manifest's word ... */
    const char *meaning; /* ... and what follows it in the manual: after a colon, or as it
                            stands where it begins with a blank; NULL: nothing */
    const slt_schema *const *fields; /* of the manifest; NULL-terminated */
    bool from_file;                  /* its elements are those of spec->file */
    bool draws_apart;                /* it draws at c1 = 1 too */
    /* slt_init_check; NULL: every weight is right. */
    slt_status (*check)(const slt_weight_spec *weight, const slt_init_teacher *teacher,
                        slt_error *err);
    /* What an element of the weight would be without rounding; `weight` gives its shape
     * alone.  NULL: what is stored is what is meant. */
    slt_modular_number (*exact)(const slt_init_site *site, const slt_tensor *weight,
                                size_t element);
    /* Writes the whole weight.  Values that do not fit fixed point may overflow. */
    slt_status (*fill)(const slt_init_site *site, slt_tensor *weight, slt_error *err);
    /* NULL: it calls none. */
    slt_function_set (*functions)(const slt_init_spec *spec, slt_arithmetic arithmetic);
} slt_init_type;

#endif
