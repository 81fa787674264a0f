/* What the rooms above manifest/ see of a manifest beside <sltrace/manifest.h>. */
#ifndef SLT_MANIFEST_MANIFEST_H
#define SLT_MANIFEST_MANIFEST_H

#include <sltrace/manifest.h>

#include "learn/spec.h"
#include "manifest/figure_spec.h"

/* The run's spec, filled from its canonical form. */
slt_status slt_manifest_run(slt_manifest *manifest, size_t run, slt_run_spec *spec,
                            slt_error *err);
/* A spec from canonical bytes (a trace's header): strict decode, schema check, fill.
 * Re-encodes and compares, so canon(canon(m)) = canon(m). */
slt_status slt_canonical_decode(const uint8_t *bytes, size_t size, slt_run_spec *spec,
                                slt_error *err);

/* Makes the text of every value of the sweep: from then on slt_manifest_value gives no ""
 * for want of memory.  SLT_RESOURCE where there is none now. */
slt_status slt_manifest_spell(const slt_manifest *manifest, slt_error *err);

/* The unhashed parts: `figure`, NULL where there is none, and `cite`. */
const slt_figure_spec *slt_manifest_figure(const slt_manifest *manifest);
const slt_cite_spec *slt_manifest_cite(const slt_manifest *manifest);
/* The number at a path of run 0, written as pins write paths ("run.llc[0].lr"); defaults
 * are there too.  SLT_FORMAT where there is none. */
slt_status slt_manifest_setting(const slt_manifest *manifest, const char *path,
                                slt_real *number, slt_error *err);

/* A digest of what decides which run has which number: the parts `run` and `sweep` as
 * they are written; false where memory is short. */
bool slt_manifest_numbering(const slt_manifest *manifest, slt_digest *digest);

#endif
