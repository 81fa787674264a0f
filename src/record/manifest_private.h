/* What a manifest is, for the files of record/ that work on it. */
#ifndef SLT_RECORD_MANIFEST_PRIVATE_H
#define SLT_RECORD_MANIFEST_PRIVATE_H

#include <pthread.h>

#include "record/manifest.h"
#include "record/schema.h"
#include "record/sweep.h"

struct slt_manifest {
    char *path, *name;
    char folder[SLT_PATH_MAX]; /* of path, "." where it names none */
    slt_value root;
    const slt_value *run, *pins, *figure, *cite;
    slt_sweep sweep;
    slt_digest *experiments; /* one a run */
    /* Made when first asked for, under the lock: values[run * axes + axis] and so on. */
    pthread_mutex_t lock;
    char **values, **labels;
    slt_buffer **canonical;
};

/* What a walk over one run needs: the values of its axes, and words for messages. */
typedef struct slt_manifest_walk {
    slt_schema_walk walk;
    slt_value values[SLT_GOLDEN_AXES_MAX];
    char label[32];
} slt_manifest_walk;

void slt_manifest_walk_init(slt_manifest_walk *walk, const slt_manifest *manifest,
                            size_t run, slt_error *err);

/* Checks of their own files, after the runs'. */
slt_status slt_manifest_check_runs(slt_manifest *manifest, slt_error *err);
slt_status slt_manifest_check_pins(const slt_manifest *manifest, slt_error *err);
slt_status slt_manifest_check_figure(const slt_manifest *manifest, slt_error *err);
slt_status slt_manifest_check_panels(const slt_manifest *manifest, slt_error *err);

#endif
