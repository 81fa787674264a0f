/* The manifest's struct, for the files of manifest/ that work on it. */
#ifndef SLT_MANIFEST_MANIFEST_INTERNAL_H
#define SLT_MANIFEST_MANIFEST_INTERNAL_H

#include <pthread.h>

#include "base/arena.h"
#include "manifest/manifest.h"
#include "manifest/schema.h"
#include "manifest/sweep.h"

struct slt_manifest {
    char *path, *name;
    char folder[SLT_PATH_MAX]; /* of path; "." if it names none */
    slt_value root;
    const slt_value *run, *pins, *figure, *cite;
    slt_figure_spec figure_spec;
    slt_cite_spec cite_spec;
    slt_arena memory; /* of both specs */
    slt_sweep sweep;
    size_t checked; /* how many runs were checked on opening: all, unless the sweep is
                       huge */
    /* Made when first asked for, under the lock: values[run * axes + axis] and so on. */
    pthread_mutex_t lock;
    char **values, **labels;
    slt_buffer **canonical;
    slt_buffer scratch; /* has room for any canonical run */
};

/* What a walk over one run needs: the values of its axes, and its name for messages. */
typedef struct slt_manifest_walk {
    slt_schema_walk walk;
    slt_value values[SLT_GOLDEN_AXES_MAX];
    char label[32];
} slt_manifest_walk;

void slt_manifest_walk_init(slt_manifest_walk *walk, const slt_manifest *manifest,
                            size_t run, slt_error *err);

/* Puts estimates of one nbeta each in the place of those whose nbeta is a list. */
slt_status slt_manifest_unfold_ladders(const slt_schema_walk *walk, slt_value *run);
/* Checks the runs and adds errors to *found.  If `sound` is false there were errors
 * before, and only the first run is checked. */
slt_status slt_manifest_check_runs(slt_manifest *manifest, bool sound,
                                   slt_manifest_errors *found, slt_error *err);
/* Fills *spec, which is cleared, with a run, checked as slt_manifest_check_run does. */
slt_status slt_manifest_fill_run(const slt_manifest *manifest, size_t run,
                                 slt_run_spec *spec, slt_error *err);
/* Checks one run, if opening the manifest did not check all of them. */
slt_status slt_manifest_check_run(const slt_manifest *manifest, size_t run,
                                  slt_error *err);
/* Fills the specs of `figure` and `cite`, which have passed the schema. */
slt_status slt_manifest_fill_figure(slt_manifest *manifest, slt_error *err);
/* These come after the check of the runs, if it found no error. */
slt_status slt_manifest_check_pins(const slt_manifest *manifest,
                                   slt_manifest_errors *found, slt_error *err);
slt_status slt_manifest_check_figure(const slt_manifest *manifest,
                                     slt_manifest_errors *found, slt_error *err);

#endif
