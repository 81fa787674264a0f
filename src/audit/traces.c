#include "audit/trace_pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/provenance.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/keys.h"
#include "manifest/canonical.h"

/* The files that an option lists. */
typedef struct slt_audit_paths {
    char *text, **path;
    size_t count; /* 0 if the option is not given */
} slt_audit_paths;

typedef struct traces {
    slt_audit audit;
    const slt_audit_traces_options *more;
    slt_audit_side *sides;
    size_t count;
    slt_audit_paths steps, provenance;
} traces;

/* ---- Lists of files ---------------------------------------------------------------- */

/* Splits a list "A,B", which must have a file for each trace. */
static slt_status traces_split_paths(const char *option, const char *list, size_t count,
                                     slt_audit_paths *paths, slt_error *err)
{
    size_t found = 1;
    if (!list)
        return SLT_OK;
    for (const char *at = list; *at; at++)
        found += *at == ',';
    if (found != count)
        return slt_fail(err, SLT_USAGE,
                        "--%s: expected %zu files separated by commas, one a trace, "
                        "found %zu",
                        option, count, found);
    paths->text = slt_world.strdup(list);
    paths->path = slt_world.calloc(count, sizeof *paths->path);
    if (!paths->text || !paths->path)
        return slt_fail(err, SLT_RESOURCE, "no memory for the files of --%s", option);
    for (char *at = paths->text; at;)
        paths->path[paths->count++] = strsep(&at, ",");
    return SLT_OK;
}

static void traces_free_paths(slt_audit_paths *paths)
{
    free(paths->text);
    free(paths->path);
}

/* ---- Reading ----------------------------------------------------------------------- */

static slt_status traces_read_side(slt_audit_side *side, const char *path, slt_error *err)
{
    struct stat info;
    side->path = path;
    slt_status status = slt_io_read(path, UINT32_MAX, &side->bytes, err);
    if (!status && slt_world.stat(path, &info) != 0)
        status = slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    if (status)
        return status;
    side->file[0] = (uint64_t)info.st_dev;
    side->file[1] = (uint64_t)info.st_ino;
    status = slt_trace_parse(side->bytes.data, side->bytes.size, path, &side->trace, err);
    if (!status)
        slt_trace_sha256(side->trace, side->sha256);
    return status;
}

/* Refuses to compare a file with itself: it is always identical, which says nothing about
 * the trace. */
static slt_status traces_refuse_same_file(const traces *t, slt_error *err)
{
    slt_keys files = {0};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < t->count && !status; i++) {
        const slt_audit_side *side = &t->sides[i];
        const slt_pack_span file = {(const uint8_t *)side->file, sizeof side->file};
        const bool is_new = slt_keys_add(&files, file);
        if (files.failed)
            status = slt_fail(err, SLT_RESOURCE, "no memory for %zu traces", t->count);
        else if (!is_new)
            status = slt_fail(err, SLT_USAGE,
                              "%s: the same file as another that was given; expected "
                              "traces from several places",
                              side->path);
    }
    slt_keys_free(&files);
    return status;
}

static void traces_list_sides(traces *t)
{
    for (size_t i = 0; i < t->count; i++)
        slt_audit_add_subject(&t->audit, t->sides[i].path, t->sides[i].sha256);
    slt_audit_tell(&t->audit, traces, t->sides, t->count);
}

/* Lists the run that all traces are of as a configuration of the attested statement. */
static void traces_add_run(traces *t)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    size_t size;
    const uint8_t *canonical = slt_trace_run(t->sides[0].trace, &size);
    slt_sha256_of(canonical, size, sha256);
    slt_audit_add_configuration(&t->audit, "canonical run", sha256);
}

/* ---- Whether they are of one run --------------------------------------------------- */

static slt_status traces_refuse_other_run(const slt_audit_side *a,
                                          const slt_audit_side *b, slt_error *err)
{
    slt_buffer field = {0}, ours = {0}, theirs = {0};
    size_t a_size, b_size;
    bool differs = false;
    const uint8_t *a_run = slt_trace_run(a->trace, &a_size);
    const uint8_t *b_run = slt_trace_run(b->trace, &b_size);
    if (a_size == b_size && !memcmp(a_run, b_run, a_size))
        return SLT_OK;
    slt_status status = slt_canonical_difference(a_run, a_size, b_run, b_size, &field,
                                                 &ours, &theirs, &differs, err);
    if (!status && differs)
        status = slt_fail(err, SLT_USAGE,
                          "%s: another experiment than %s: %s is %.200s there, %.200s "
                          "here; an audit takes traces of one run",
                          b->path, a->path, slt_buffer_text(&field),
                          slt_buffer_text(&ours), slt_buffer_text(&theirs));
    slt_buffer_free(&field);
    slt_buffer_free(&ours);
    slt_buffer_free(&theirs);
    return status;
}

/* ---- One pair ---------------------------------------------------------------------- */

static slt_status traces_compare_pair(traces *t, slt_audit_pair *pair, slt_error *err)
{
    char *const *given = t->steps.path;
    const char *const steps[2] = {given ? given[0] : NULL,
                                  given ? given[pair->sides[1] - t->sides] : NULL};
    return slt_audit_compare_pair(&t->audit, pair, given ? steps : NULL, t->more->program,
                                  err);
}

static void traces_judge_identical(traces *t, const slt_audit_pair *pair)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s: bits", pair->sides[1]->path);
    slt_audit_judge(&t->audit, SLT_AUDIT_PASSED, slt_buffer_text(&name),
                    "identical to %s", pair->sides[0]->path);
    slt_buffer_free(&name);
}

static const char *traces_given_sidecar(const traces *t, size_t index)
{
    return t->provenance.count ? t->provenance.path[index] : NULL;
}

static slt_status traces_compare_provenance(traces *t, slt_audit_pair *pair,
                                            slt_error *err)
{
    slt_audit_sidecar a = {0}, b = {0};
    const slt_audit_side *other = pair->sides[1];
    const char *given = traces_given_sidecar(t, (size_t)(other - t->sides));
    slt_status status = slt_audit_read_sidecar(&t->audit, t->sides[0].path,
                                               traces_given_sidecar(t, 0), &a, err);
    if (!status)
        status = slt_audit_read_sidecar(&t->audit, other->path, given, &b, err);
    if (!status)
        status = slt_audit_compare_sidecars(&t->audit, pair, &a, &b, err);
    slt_audit_sidecar_free(&a);
    slt_audit_sidecar_free(&b);
    return status;
}

static slt_status traces_judge_pair(traces *t, size_t index, slt_error *err)
{
    slt_audit_pair pair = {.sides = {&t->sides[0], &t->sides[index]}};
    slt_error late;
    pair.identical = !strcmp(pair.sides[0]->sha256, pair.sides[1]->sha256);
    slt_status status = SLT_OK, failed = SLT_OK;
    slt_audit_tell(&t->audit, pair, SLT_PAIR_BEGINS, &pair);
    if (pair.identical) {
        traces_judge_identical(t, &pair);
    } else {
        status = traces_compare_pair(t, &pair, err);
        if (status == SLT_DIFFERS)
            failed = slt_audit_compare_llc(&t->audit, &pair, &late);
    }
    if (!failed && (!status || status == SLT_DIFFERS))
        failed = traces_compare_provenance(t, &pair, &late);
    slt_audit_tell(&t->audit, pair, SLT_PAIR_ENDS, &pair);
    slt_audit_pair_free(&pair);
    if (failed && err)
        *err = late;
    return slt_status_worse(status, failed);
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status traces_judge_all(traces *t, slt_error *err)
{
    slt_status worst = SLT_OK;
    slt_error first = {0}, late;
    for (size_t i = 1; i < t->count && slt_status_exit(worst) != 2; i++) {
        slt_status status = traces_judge_pair(t, i, &late);
        if (slt_status_worse(worst, status) != worst)
            first = late;
        worst = slt_status_worse(worst, status);
    }
    slt_audit_tell(&t->audit, traces_end, t->count, worst == SLT_OK);
    if (worst && err)
        *err = first;
    return worst;
}

static slt_status traces_go(traces *t, const char *const *paths, slt_error *err)
{
    slt_status status =
        traces_split_paths("steps", t->more->steps, t->count, &t->steps, err);
    if (!status)
        status = traces_split_paths("provenance", t->more->provenance, t->count,
                                    &t->provenance, err);
    for (size_t i = 0; i < t->count && !status; i++)
        status = traces_read_side(&t->sides[i], paths[i], err);
    if (!status)
        status = traces_refuse_same_file(t, err);
    for (size_t i = 1; i < t->count && !status; i++)
        status = traces_refuse_other_run(&t->sides[0], &t->sides[i], err);
    if (status)
        return status;
    traces_list_sides(t);
    traces_add_run(t);
    return traces_judge_all(t, err);
}

slt_status slt_audit_traces(const char *const *paths, size_t count,
                            const slt_audit_traces_options *more,
                            const slt_audit_options *options, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = slt_audit_check(options, err);
    if (unknown)
        return unknown;
    traces t = {.more = more, .count = count};
    slt_error told = {0};
    if (count < 2)
        return slt_fail(err, SLT_USAGE, "expected two traces or more, found %zu", count);
    slt_audit_begin(&t.audit, "traces", options);
    t.sides = slt_world.calloc(count, sizeof *t.sides);
    slt_status status =
        t.sides ? SLT_OK
                : slt_fail(&told, SLT_RESOURCE, "no memory for %zu traces", count);
    if (!status)
        status = traces_go(&t, paths, &told);
    status = slt_audit_end(&t.audit, status, &told);
    for (size_t i = 0; t.sides && i < count; i++) {
        slt_buffer_free(&t.sides[i].bytes);
        slt_trace_free(t.sides[i].trace);
    }
    free(t.sides);
    traces_free_paths(&t.steps);
    traces_free_paths(&t.provenance);
    if (status && err)
        *err = told;
    return status;
}
