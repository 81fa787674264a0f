/* What a manifest is, for the files of manifest/ that work on it. */
#ifndef SLT_MANIFEST_MANIFEST_INTERNAL_H
#define SLT_MANIFEST_MANIFEST_INTERNAL_H

#include <pthread.h>

#include "base/arena.h"
#include "manifest/manifest.h"
#include "manifest/schema.h"
#include "manifest/sweep.h"

struct slt_manifest {
    char *path, *name;
    char folder[SLT_PATH_MAX]; /* of path, "." where it names none */
    slt_value root;
    const slt_value *run, *pins, *figure, *cite;
    slt_figure_spec figure_spec; /* of figure, and that of cite ... */
    slt_cite_spec cite_spec;
    slt_arena memory; /* ... and what they hold */
    slt_sweep sweep;
    size_t checked; /* runs that opening looked at: all of them, but of huge sweeps */
    /* Made when first asked for, under the lock: values[run * axes + axis] and so on. */
    pthread_mutex_t lock;
    char **values, **labels;
    slt_buffer **canonical;
    slt_buffer scratch; /* has room for any canonical run */
};

/* What a walk over one run needs: the values of its axes, and words for messages. */
typedef struct slt_manifest_walk {
    slt_schema_walk walk;
    slt_value values[SLT_GOLDEN_AXES_MAX];
    char label[32];
} slt_manifest_walk;

void slt_manifest_walk_init(slt_manifest_walk *walk, const slt_manifest *manifest,
                            size_t run, slt_error *err);

/* Checks of their own files.  Runs: *found may hold errors, and others are added; `sound`
 * is false where some were met already, so that only the first run is looked at. */
slt_status slt_manifest_check_runs(slt_manifest *manifest, bool sound,
                                   slt_manifest_errors *found, slt_error *err);
/* That the manifest can be had for this run, where opening it did not look at all. */
slt_status slt_manifest_check_run(const slt_manifest *manifest, size_t run,
                                  slt_error *err);
/* The specs of `figure` and `cite`, which the schema finds right. */
slt_status slt_manifest_fill_figure(slt_manifest *manifest, slt_error *err);
/* After the runs', where these are as they must be. */
slt_status slt_manifest_check_pins(const slt_manifest *manifest,
                                   slt_manifest_errors *found, slt_error *err);
slt_status slt_manifest_check_figure(const slt_manifest *manifest,
                                     slt_manifest_errors *found, slt_error *err);

#endif
