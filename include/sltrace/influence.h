/* What the losses of single samples along chains say: how well samples are predicted that
 * are left out, and which samples matter to which.  Advisory. */
#ifndef SLTRACE_INFLUENCE_H
#define SLTRACE_INFLUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/cancel.h>
#include <sltrace/export.h>
#include <sltrace/json.h>
#include <sltrace/real.h>
#include <sltrace/status.h>

SLT_C_BEGIN

/* Of a sample, by its log likelihoods at all draws. */
typedef struct slt_predictive {
    slt_real elpd_waic, p_waic;
    slt_real elpd_loo, p_loo;
    slt_real pareto_k; /* of the weights that leave it out; infinite: not known */
} slt_predictive;

/* Of several: the sum, and its standard error. */
typedef struct slt_predictive_sum {
    slt_real sum, error;
} slt_predictive_sum;

/* A covariance and its Monte Carlo standard error. */
typedef struct slt_covariance {
    slt_real value, error;
} slt_covariance;

/* The observable that is the mean loss of the samples. */
#define SLT_OBSERVABLE_MEAN UINT64_MAX
/* Those that are metrics along the chains, in the order of the manifest's list. */
#define SLT_OBSERVABLE_METRICS (UINT64_MAX - 1)

/* An estimate at a checkpoint whose chains recorded losses of samples. */
typedef struct slt_influence {
    const char *trace;
    uint32_t llc; /* from 0 */
    uint64_t at_step;
    size_t chains, draws, samples; /* draws: of each chain, that are observed */
    uint64_t every;                /* such a draw is a multiple of it */
    bool of_validation;            /* the samples are those for validation */
    bool whole;                    /* no chain ended early; what follows is known then */
    slt_real nbeta;
    slt_real temperature; /* what a sample's loss is multiplied by in the posterior's
                             exponent: nbeta / n; not finite where samples count
                             differently, and then there are covariances alone */
    const slt_predictive *sample; /* of each */
    slt_predictive_sum elpd_waic, p_waic, elpd_loo, p_loo;
    size_t doubtful; /* samples with pareto_k above 0.7 */
    size_t observables;
    uint64_t first; /* the first of them: a sample, or SLT_OBSERVABLE_... */
    const char *const *metrics; /* their names, where they are metrics; else NULL */
    /* observables x samples: of the observable with the loss of the sample. */
    const slt_covariance *covariance;
    /* Likewise, of metrics: -nbeta times the covariance with the loss of the sample less
     * the mean loss of the samples; not finite without a temperature. */
    const slt_covariance *susceptibility;
} slt_influence;

typedef struct slt_influence_options {
    uint64_t estimate;        /* only that of this number, from 1; 0: all */
    bool of_all, of_one;      /* observables: every sample, or one; else their mean, */
    bool of_metrics;          /* or the metrics that chains record */
    uint64_t of;              /* of_one: which */
    size_t jobs;              /* threads; 0 is 1 */
    const atomic_int *cancel; /* may be NULL */
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_influence_options;

/* Receives the estimates in the order of the trace.  The call may be NULL, and the page.
 */
typedef struct slt_influence_page {
    void *context;
    void (*estimate)(void *context, const slt_influence *found);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_influence_page;

/* SLT_USAGE if no estimate of the trace, or not the one asked for, recorded losses of
 * samples, or if `of` is none of its samples. */
SLT_API slt_status slt_influence_tell(const char *trace_path,
                                      const slt_influence_options *options,
                                      const slt_influence_page *page, slt_error *err);

/* As lines of text; as an item of the list `estimates` of the document
 * sltrace.influence/1, begun and ended here; and as rows of CSV, of which *columns are
 * the first line. */
SLT_API slt_influence_page slt_influence_text(FILE *out);
SLT_API slt_influence_page slt_influence_json_begin(slt_json *json);
SLT_API void slt_influence_json_end(slt_json *json);
SLT_API slt_influence_page slt_influence_csv(FILE *out);

/* "llc2.40": the estimate and the step of its checkpoint, for names of files.
 * SLT_RESOURCE without memory. */
#define SLT_INFLUENCE_NAME_MAX 48
SLT_API slt_status slt_influence_name(const slt_influence *found,
                                      char name[SLT_INFLUENCE_NAME_MAX], slt_error *err);
/* Draws it with gnuplot as SVG, malloc'ed: the correlations of all with all, the largest
 * influences with their errors, Pareto k by sample.  SLT_UNFIT without gnuplot, or where
 * nothing is known. */
SLT_API slt_status slt_influence_draw(const slt_influence *found, char **svg,
                                      size_t *size, slt_error *err);
/* Writes each number as the array FOLDER/STEM.NAME.NUMBER.npy, NUMBER as the columns of
 * slt_influence_csv are called: observables x samples, or samples.  Nothing where
 * nothing is known. */
SLT_API slt_status slt_influence_npy(const slt_influence *found, const char *folder,
                                     slt_error *err);
/* Writes them as netCDF-4, a group NAME for each estimate with the dimensions `of` and
 * `sample`.  The file appears whole, or not at all; one of before is replaced.
 * SLT_UNFIT without libnetcdf. */
typedef struct slt_influence_file slt_influence_file;
SLT_API slt_status slt_influence_file_begin(const char *path, slt_influence_file **file,
                                            slt_error *err);
SLT_API slt_status slt_influence_file_put(slt_influence_file *file,
                                          const slt_influence *found, slt_error *err);
SLT_API slt_status slt_influence_file_end(slt_influence_file *file, bool keep,
                                          slt_error *err);

SLT_C_END

#endif
