/* A walk over one run of a manifest. */
#include "manifest/manifest_internal.h"

#include <stdio.h>

void slt_manifest_walk_init(slt_manifest_walk *walk, const slt_manifest *manifest,
                            size_t run, slt_error *err)
{
    slt_sweep_values(&manifest->sweep, run, walk->values);
    snprintf(walk->label, sizeof walk->label, "run %zu", run);
    walk->walk = (slt_schema_walk){.file = manifest->path,
                                   .bound = walk->values,
                                   .axes = manifest->sweep.names,
                                   .axis_count = manifest->sweep.axis_count,
                                   .label = walk->label,
                                   .err = err};
}
