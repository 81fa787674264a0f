/* The manifests of a calibration: one run of a manifest without its estimates, and the
 * same run with one estimate at the end of its training whose settings are swept. */
#ifndef SLT_MANIFEST_MANIFEST_CELLS_H
#define SLT_MANIFEST_MANIFEST_CELLS_H

#include "base/buffer.h"
#include "manifest/manifest.h"

/* A field of the estimate, which is an axis of its own, and its values as text. */
typedef struct slt_cells_axis {
    const char *field;
    const char *const *values;
    size_t count;
} slt_cells_axis;

typedef struct slt_cells_spec {
    size_t run, llc;            /* which run; which of its estimates, from 0 */
    const char *sampler;        /* the word; NULL: the estimate's own */
    const slt_cells_axis *axes; /* the last varies fastest */
    size_t axis_count;
    const char *const *set; /* "FIELD=VALUE", VALUE as YAML: in place of the manifest's */
    size_t set_count;
} slt_cells_spec;

/* Whether runs are trained at all, which takes a state that can be stored. */
bool slt_manifest_cells_trains(const slt_manifest *manifest);
/* Appends the run as a manifest without estimates that stores its last state.  It is
 * trained to the step at which the estimate stands, where that is a number (`stop` is
 * left out then), else to its end.  SLT_FORMAT if checkpoints stand at times and the
 * estimate not at the last. */
slt_status slt_manifest_cells_training(const slt_manifest *manifest,
                                       const slt_cells_spec *spec, slt_buffer *out,
                                       slt_error *err);
/* The same run with the estimate, at the last checkpoint, with its Stein ratio.  Fields
 * that belong to another sampler are left out.  SLT_USAGE if an item of `set` is none. */
slt_status slt_manifest_cells_write(const slt_manifest *manifest,
                                    const slt_cells_spec *spec, slt_buffer *out,
                                    slt_error *err);
/* Appends the lines of the estimate as the manifest has it, where its fields that are
 * axes have one value each. */
slt_status slt_manifest_cells_lines(const slt_manifest *manifest,
                                    const slt_cells_spec *spec, slt_buffer *out,
                                    slt_error *err);

#endif
