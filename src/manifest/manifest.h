/* What the rooms above manifest/ see of a manifest besides <sltrace/manifest.h>. */
#ifndef SLT_MANIFEST_MANIFEST_H
#define SLT_MANIFEST_MANIFEST_H

#include <sltrace/manifest.h>

#include "learn/spec.h"
#include "manifest/figure_spec.h"
#include "manifest/sweep.h"

/* The run's spec, filled from its canonical form. */
slt_status slt_manifest_run(slt_manifest *manifest, size_t run, slt_run_spec *spec,
                            slt_error *err);
/* A spec from canonical bytes (of a trace's header): they are decoded strictly, checked
 * against the schema, and must be the canonical form of what they say. */
slt_status slt_canonical_decode(const uint8_t *bytes, size_t size, slt_run_spec *spec,
                                slt_error *err);

/* Makes the text of every value of the sweep, so that slt_manifest_value never returns ""
 * for want of memory afterwards.  SLT_RESOURCE if memory is short now. */
slt_status slt_manifest_spell(const slt_manifest *manifest, slt_error *err);

/* The axes, and the points that they span. */
const slt_sweep *slt_manifest_sweep(const slt_manifest *manifest);

/* The unhashed parts: `figure`, NULL if there is none, and `cite`. */
const slt_figure_spec *slt_manifest_figure(const slt_manifest *manifest);
const slt_cite_spec *slt_manifest_cite(const slt_manifest *manifest);
/* The number at a path of run 0, in the notation of pins ("run.llc[0].lr"); it may be a
 * default.  SLT_FORMAT if there is none. */
slt_status slt_manifest_setting(const slt_manifest *manifest, const char *path,
                                slt_real *number, slt_error *err);

/* A digest of what decides which run has which number: the parts `run` and `sweep` as
 * written.  False if memory is short. */
bool slt_manifest_numbering(const slt_manifest *manifest, slt_digest *digest);

#endif
