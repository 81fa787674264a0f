/* Manifests: YAML in, checked against one schema table, to runs and canonical bytes. */
#ifndef SLTRACE_MANIFEST_H
#define SLTRACE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

typedef struct slt_manifest slt_manifest;

/* What is wrong with a manifest: the first of all errors, those of the sweep before those
 * of `run`, those of `figure` last. */
#define SLT_MANIFEST_ERRORS_MAX 10
#define SLT_MANIFEST_ERRORS_SOUGHT 100 /* so many are looked for; there may be more */
typedef struct slt_manifest_errors {
    size_t count; /* of those met; the texts of min(count, SLT_MANIFEST_ERRORS_MAX) are
                     here */
    int part[SLT_MANIFEST_ERRORS_MAX]; /* what they are sorted by */
    char text[SLT_MANIFEST_ERRORS_MAX][SLT_ERROR_TEXT_MAX];
} slt_manifest_errors;

/* Reads and checks a manifest whole: syntax, keys, types, ranges, $names, every sweep
 * point as a run (model shapes too; of a huge sweep see slt_manifest_checked), pins'
 * paths.  Errors are SLT_FORMAT with "path:line:column: ..." and, for an unknown key, the
 * nearest known one; of several the message is the first and says how many more there
 * are.  Files above 1 MiB, aliases and anchors are refused. */
SLT_API slt_status slt_manifest_open(const char *path, slt_manifest **manifest,
                                     slt_error *err);
/* The same, and every failure is in *findings: at least one, err's message the first. */
SLT_API slt_status slt_manifest_open_all(const char *path, slt_manifest **manifest,
                                         slt_manifest_errors *findings, slt_error *err);
SLT_API slt_status slt_manifest_parse(const char *text, size_t size, const char *path,
                                      slt_manifest **manifest, slt_error *err);
SLT_API void slt_manifest_free(slt_manifest *manifest);

SLT_API const char *slt_manifest_name(const slt_manifest *manifest); /* "a/b" */
SLT_API const char *slt_manifest_path(const slt_manifest *manifest);

/* Runs: the sweep's points, first axis slowest. */
SLT_API size_t slt_manifest_runs(const slt_manifest *manifest);
/* How many of them opening has looked at: all, but of a sweep of more than 50000 points
 * that differ in more than seeds some spread evenly over it, besides every value of an
 * axis by itself.  Any other run is checked when it is asked for. */
SLT_API size_t slt_manifest_checked(const slt_manifest *manifest);
SLT_API size_t slt_manifest_axes(const slt_manifest *manifest);
SLT_API const char *slt_manifest_axis(const slt_manifest *manifest, size_t axis);
/* The value of an axis in a run as canonical text ("27", "0.001", "adam"). */
SLT_API const char *slt_manifest_value(const slt_manifest *manifest, size_t run,
                                       size_t axis);
/* "rank=27 seed=7"; "" without a sweep. */
SLT_API const char *slt_manifest_label(const slt_manifest *manifest, size_t run);

/* Canonical msgpack bytes of a run, owned by the manifest, and their XXH3-128. */
SLT_API slt_status slt_manifest_canonical(slt_manifest *manifest, size_t run,
                                          const uint8_t **bytes, size_t *size,
                                          slt_error *err);
SLT_API slt_digest slt_manifest_experiment(slt_manifest *manifest, size_t run);

/* Compares two runs' canonical forms field by field: writes the first differing field's
 * path ("run.train.optimizer.lr") and both values as text; false where equal. `line` is
 * the field's line in `manifest` (0 where it is a default). */
SLT_API bool slt_manifest_difference(slt_manifest *manifest, size_t run,
                                     const uint8_t *canonical, size_t size, char *field,
                                     size_t field_max, char *ours, size_t ours_max,
                                     char *theirs, size_t theirs_max, int *line);

/* Writes a commented manifest to start from / the manual page of the manifest / its
 * fields in Markdown, all made from the schema table. The text is malloc'ed. */
SLT_API slt_status slt_manifest_template(const char *name, char **text, slt_error *err);
SLT_API slt_status slt_manifest_manual(char **text, slt_error *err);
SLT_API slt_status slt_manifest_markdown(char **text, slt_error *err);

/* Parses "3,57,190-199" or "rank=27,seed=7" into a set of runs (selected[run], runs of
 * them). Axis conditions on one axis are alternatives, on different axes all must hold.
 * SLT_USAGE for unknown runs, axes or values. */
SLT_API slt_status slt_manifest_select(const slt_manifest *manifest, const char *only,
                                       bool *selected, slt_error *err);

#endif
