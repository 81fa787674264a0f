/* Manifests: YAML files, checked against one table of the schema, which describe runs;
 * each run has a canonical form in bytes. */
#ifndef SLTRACE_MANIFEST_H
#define SLTRACE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

typedef struct slt_manifest slt_manifest;

/* What is wrong with a manifest: its first errors, those of `sweep` before those of
 * `run`, those of `figure` last. */
#define SLT_MANIFEST_ERRORS_MAX 10
#define SLT_MANIFEST_ERRORS_SOUGHT 100 /* the search ends here; there may be more */
typedef struct slt_manifest_errors {
    size_t count; /* errors found; min(count, SLT_MANIFEST_ERRORS_MAX) of them are here */
    int part[SLT_MANIFEST_ERRORS_MAX]; /* which part of the manifest: the sort key */
    char text[SLT_MANIFEST_ERRORS_MAX][SLT_ERROR_TEXT_MAX];
} slt_manifest_errors;

/* Reads a manifest and checks all of it: syntax, keys, types, ranges, $names, every point
 * of the sweep as a run, the shapes in its model included (but see slt_manifest_checked
 * for huge sweeps), and the paths of pins.  SLT_FORMAT with "path:line:column: ...", and
 * with the nearest known key for an unknown one; of several errors err has the first and
 * says how many more there are.  Files above 1 MiB, aliases and anchors are refused. */
SLT_API slt_status slt_manifest_open(const char *path, slt_manifest **manifest,
                                     slt_error *err);
/* The same, but on failure *findings has all errors, at least one; the first of them is
 * err's message. */
SLT_API slt_status slt_manifest_open_all(const char *path, slt_manifest **manifest,
                                         slt_manifest_errors *findings, slt_error *err);
/* The same for a text in memory, called `path` in messages. */
SLT_API slt_status slt_manifest_parse(const char *text, size_t size, const char *path,
                                      slt_manifest **manifest, slt_error *err);
SLT_API void slt_manifest_free(slt_manifest *manifest);

SLT_API const char *slt_manifest_name(const slt_manifest *manifest); /* "a/b" */
SLT_API const char *slt_manifest_path(const slt_manifest *manifest);

/* The runs are the points of the sweep, numbered from 0; the last axis varies fastest. */
SLT_API size_t slt_manifest_runs(const slt_manifest *manifest);
/* How many runs were checked when the manifest was opened: all of them, unless the sweep
 * has more than 50000 points that differ in more than their seeds.  Then it is a sample
 * spread evenly over the sweep, and every value of each axis by itself; the other runs
 * are checked when they are first asked for. */
SLT_API size_t slt_manifest_checked(const slt_manifest *manifest);
SLT_API size_t slt_manifest_axes(const slt_manifest *manifest);
SLT_API const char *slt_manifest_axis(const slt_manifest *manifest, size_t axis);
/* The value of an axis in a run, as canonical text: "27", "0.001", "adam". */
SLT_API const char *slt_manifest_value(const slt_manifest *manifest, size_t run,
                                       size_t axis);
/* All axes of a run with their values: "rank=27 seed=7"; "" without a sweep. */
SLT_API const char *slt_manifest_label(const slt_manifest *manifest, size_t run);

/* The canonical form of a run, msgpack bytes that the manifest owns, and their XXH3-128.
 */
SLT_API slt_status slt_manifest_canonical(slt_manifest *manifest, size_t run,
                                          const uint8_t **bytes, size_t *size,
                                          slt_error *err);
SLT_API slt_digest slt_manifest_experiment(slt_manifest *manifest, size_t run);

/* Compares a run of the manifest with another run's canonical form, field by field.
 * Returns false if they are equal.  Otherwise it writes the path of the first field that
 * differs ("run.train.optimizer.lr"), the manifest's value and the other one as text, and
 * the field's line in the manifest, 0 if it has its default. */
SLT_API bool slt_manifest_difference(slt_manifest *manifest, size_t run,
                                     const uint8_t *canonical, size_t size, char *field,
                                     size_t field_max, char *ours, size_t ours_max,
                                     char *theirs, size_t theirs_max, int *line);

/* A commented manifest to start from / the manual page of the manifest / its
 * fields in Markdown, all made from the schema table. The text is malloc'ed. */
SLT_API slt_status slt_manifest_template(const char *name, char **text, slt_error *err);
/* Kinds of whole manifests to start from, and what each is. */
#define SLT_MANIFEST_KINDS(X)                                                            \
    X(mlp, "a perceptron learns a sum of sines")                                         \
    X(transformer, "one layer of a transformer learns to add")                           \
    X(cnn, "a convolutional network on made images")                                     \
    X(sweep, "the LLC against the rank of linear networks, beside theory")
/* A manifest of a kind, which runs in seconds; NULL: a short one with few comments.
 * SLT_USAGE for any other kind.  *text is freed by the caller. */
SLT_API slt_status slt_manifest_start(const char *kind, const char *name, char **text,
                                      slt_error *err);
/* The weights' part of a manifest, run.model.weights, that starts them from the tensors
 * of a safetensors file; the manifest is to call it `named`.  *text is freed by the
 * caller. */
SLT_API slt_status slt_manifest_weights(const char *path, const char *named,
                                        char **text, slt_error *err);
SLT_API slt_status slt_manifest_manual(char **text, slt_error *err);
SLT_API slt_status slt_manifest_markdown(char **text, slt_error *err);

/* Reads a choice of runs, "3,57,190-199" or "rank=27,seed=7", into selected[0 .. runs -
 * 1]. Several values of one axis are alternatives; conditions on different axes must all
 * hold. SLT_USAGE for an unknown run, axis or value, and if no run is chosen. */
SLT_API slt_status slt_manifest_select(const slt_manifest *manifest, const char *only,
                                       bool *selected, slt_error *err);

SLT_C_END

#endif
