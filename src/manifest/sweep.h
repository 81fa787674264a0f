/* The sweep: its axes, their values, and the points that they span. */
#ifndef SLT_MANIFEST_SWEEP_H
#define SLT_MANIFEST_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/golden.h>
#include <sltrace/status.h>

#include "manifest/schema.h"

#define SLT_SWEEP_RUNS_MAX 1000000u

typedef struct slt_sweep_axis {
    const char *name;
    const slt_value *list; /* its values; NULL if they are counted */
    uint64_t from, step;   /* then value i is from + i step */
    size_t count;
    const struct slt_sweep_axis *with; /* the axis that it goes along with, or NULL */
    size_t stride;                     /* runs from one value to the next */
    const slt_value *at;               /* as written, for its line and column */
    bool used;
    bool shapes; /* used other than as run.seed */
    bool broken; /* its values are invalid; that was reported, and it is ignored */
} slt_sweep_axis;

typedef struct slt_sweep {
    slt_sweep_axis axes[SLT_GOLDEN_AXES_MAX];
    const char *names[SLT_GOLDEN_AXES_MAX];
    size_t axis_count;
    size_t runs; /* 1 without a sweep */
} slt_sweep;

/* Reads the map `sweep` (NULL if there is none), which must outlive the result. */
slt_status slt_sweep_read(const slt_schema_walk *walk, const slt_value *map,
                          slt_sweep *sweep);

/* Marks every scalar `$name` in `value` with its axis; refuses unknown names.  path: of
 * the value, for messages. */
slt_status slt_sweep_bind(const slt_schema_walk *walk, slt_sweep *sweep,
                          const slt_schema_path *path, slt_value *value);
/* To be called after it: refuses axes that nothing uses. */
slt_status slt_sweep_check_used(const slt_schema_walk *walk, const slt_sweep *sweep);

/* The index of an axis's value in a run; the value at an index; and the values of all
 * axes in a run.  Values borrow the text of their list. */
size_t slt_sweep_index(const slt_sweep *sweep, size_t run, size_t axis);
slt_value slt_sweep_value(const slt_sweep_axis *axis, size_t index);
void slt_sweep_values(const slt_sweep *sweep, size_t run,
                      slt_value values[SLT_GOLDEN_AXES_MAX]);
/* A scalar as labels and goldens write an axis's value: in canonical form, a text as the
 * word that slt_word_print makes of it. */
void slt_sweep_print_scalar(const slt_value *value, slt_buffer *out);
/* The value at an index of an axis, and the value of an axis in a run, written so. */
void slt_sweep_print_value(const slt_sweep_axis *axis, size_t index, slt_buffer *out);
void slt_sweep_print(const slt_sweep *sweep, size_t run, size_t axis, slt_buffer *out);
/* "rank=27 seed=7". */
void slt_sweep_label(const slt_sweep *sweep, size_t run, slt_buffer *out);

#endif
