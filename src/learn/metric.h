/* Metrics that training names: numbers of a state that checkpoints record. */
#ifndef SLT_LEARN_METRIC_H
#define SLT_LEARN_METRIC_H

#include "base/schema.h"
#include "learn/spec.h"
#include "net/cost.h"
#include "net/params.h"

/* All that the program knows of a kind.  One without `measure` is a loss of the net's
 * values, also of the validation samples. */
typedef struct slt_metric_type {
    const char *name;                /* the manifest's word */
    const char *meaning;             /* of this word */
    const slt_schema *const *fields; /* of the metric, besides `kind` */
    /* The number, of a state: its weights after so many steps.  room: what `make` made.
     */
    slt_real (*measure)(const slt_metric_spec *metric, const slt_params *weights,
                        uint64_t step, void *room);
    bool of_plane; /* it is slt_data_error of the weight `at` and, named, the bias */
    /* What `measure` works with, freed by `drop`; NULL: nothing.  The metric is one of
     * the run's, which is borrowed, as the data are. */
    slt_status (*make)(const slt_metric_spec *metric, const slt_run_spec *run,
                       const slt_data *data, void **room, slt_error *err);
    void (*drop)(void *room);
    /* Bytes that `make` takes of data of this shape; saturates.  NULL: hardly any, or
     * those of the probes of the Hessian. */
    slt_status (*bytes)(const slt_metric_spec *metric, const slt_run_spec *run,
                        const slt_batch *shape, uint64_t *bytes, slt_error *err);
    /* What `measure` takes, beside a pass of all training samples.  NULL: there is no
     * pass, and hardly anything, or the probes of the Hessian. */
    slt_status (*cost)(const slt_metric_spec *metric, const slt_run_spec *run,
                       const slt_batch *shape, slt_cost *cost, slt_error *err);
    /* SLT_FORMAT where the run has no such number; NULL: every run has.  Data and model
     * of the run are known. */
    slt_status (*fit)(const slt_metric_spec *metric, const slt_run_spec *run,
                      slt_error *err);
    slt_function_set (*functions)(const slt_run_spec *run); /* NULL: none */
} slt_metric_type;

const slt_metric_type *slt_metric_type_of(const slt_metric_spec *metric);
/* Whether it is a number of weights alone, without a pass of samples or a draw. */
bool slt_metric_of_weights(const slt_metric_spec *metric);
/* The table: word, meaning and own fields by number; NULL past the last. */
const char *slt_metric_kind_name(size_t kind);
const char *slt_metric_kind_meaning(size_t kind);
const slt_schema *const *slt_metric_kind_fields(size_t kind);
slt_function_set slt_metric_functions(const slt_metric_spec *metric,
                                      const slt_run_spec *run);

/* The probes of the Hessian that it takes at each checkpoint, of most kinds none. */
slt_hessian_spec slt_metric_probes(const slt_metric_spec *metric);

/* The field of kinds that are a number of a weight. */
extern const slt_schema slt_metric_weight;

#endif
