#include "audit/traces.h"
#include "base/escape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/provenance.h"
#include "base/io.h"
#include "codec/json.h"
#include "codec/keys.h"
#include "manifest/canonical.h"

/* Files that an option lists. */
typedef struct slt_audit_paths {
    char *text, **path;
    size_t count; /* 0: not given */
} slt_audit_paths;

typedef struct traces {
    slt_audit audit;
    const slt_audit_traces_options *more;
    slt_audit_side *sides;
    size_t count;
    slt_audit_paths steps, provenance;
} traces;

/* ---- Lists of files ---------------------------------------------------------------- */

/* list: "A,B", a file for each trace. */
static slt_status split_paths(const char *option, const char *list, size_t count,
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
    paths->text = strdup(list);
    paths->path = calloc(count, sizeof *paths->path);
    if (!paths->text || !paths->path)
        return slt_fail(err, SLT_RESOURCE, "no memory for the files of --%s", option);
    for (char *at = paths->text; at;)
        paths->path[paths->count++] = strsep(&at, ",");
    return SLT_OK;
}

static void free_paths(slt_audit_paths *paths)
{
    free(paths->text);
    free(paths->path);
}

/* ---- Reading ----------------------------------------------------------------------- */

static slt_status read_side(slt_audit_side *side, const char *path, slt_error *err)
{
    struct stat info;
    side->path = path;
    slt_status status = slt_io_read(path, UINT32_MAX, &side->bytes, err);
    if (!status && stat(path, &info) != 0)
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

/* A file is identical to itself, whatever is in it: that is no word on any trace. */
static slt_status refuse_same_file(const traces *t, slt_error *err)
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

/* A path for a terminal. */
static void print_path(slt_audit *audit, const char *before, const char *path,
                       const char *after)
{
    slt_buffer word = {0};
    slt_escape_word(&word, path, strlen(path));
    slt_audit_print(audit, "%s%s%s", before, slt_buffer_text(&word), after);
    slt_buffer_free(&word);
}

static void list_sides(traces *t)
{
    slt_json *json = t->audit.json;
    slt_json_key_open(json, "traces", '[');
    for (size_t i = 0; i < t->count; i++) {
        const slt_audit_side *side = &t->sides[i];
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", side->path);
        slt_json_key_uint(json, "bytes", side->bytes.size);
        slt_json_key_text(json, "sha256", side->sha256);
        slt_json_close(json, '}');
        slt_audit_add_subject(&t->audit, side->path, side->sha256);
        print_path(&t->audit, "", side->path, "");
        slt_audit_print(&t->audit, "  %zu bytes  sha256:%s\n", side->bytes.size,
                        side->sha256);
    }
    slt_json_close(json, ']');
}

/* The run that all are of stands in the statement as its configuration. */
static void add_run(traces *t)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    size_t size;
    const uint8_t *canonical = slt_trace_run(t->sides[0].trace, &size);
    slt_sha256_of(canonical, size, sha256);
    slt_audit_add_configuration(&t->audit, "canonical run", sha256);
}

/* ---- Whether they are of one run --------------------------------------------------- */

static slt_status refuse_other_run(const slt_audit_side *a, const slt_audit_side *b,
                                   slt_error *err)
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

static slt_status compare_pair(traces *t, const slt_audit_side *const sides[2],
                               slt_error *err)
{
    char *const *given = t->steps.path;
    const char *const steps[2] = {given ? given[0] : NULL,
                                  given ? given[sides[1] - t->sides] : NULL};
    print_path(&t->audit, "\n", sides[1]->path, " differs from ");
    print_path(&t->audit, "", sides[0]->path, ":\n");
    return slt_audit_compare_pair(&t->audit, sides, given ? steps : NULL,
                                  t->more->program, err);
}

static void tell_identical(traces *t, const slt_audit_side *a, const slt_audit_side *b)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s: bits", b->path);
    slt_audit_judge(&t->audit, SLT_AUDIT_PASSED, slt_buffer_text(&name),
                    "identical to %s", a->path);
    slt_buffer_free(&name);
    slt_json_key_text(t->audit.json, "verdict", slt_agreement_text(SLT_AGREE_IDENTICAL));
}

static const char *given_sidecar(const traces *t, size_t index)
{
    return t->provenance.count ? t->provenance.path[index] : NULL;
}

static slt_status compare_provenance(traces *t, size_t index, bool same, slt_error *err)
{
    slt_audit_sidecar a = {0}, b = {0};
    const char *path = t->sides[index].path;
    slt_status status =
        slt_audit_read_sidecar(&t->audit, t->sides[0].path, given_sidecar(t, 0), &a, err);
    if (!status)
        status =
            slt_audit_read_sidecar(&t->audit, path, given_sidecar(t, index), &b, err);
    if (!status)
        status = slt_audit_compare_sidecars(&t->audit, path, &a, &b, same, err);
    slt_audit_sidecar_free(&a);
    slt_audit_sidecar_free(&b);
    return status;
}

static slt_status judge_pair(traces *t, size_t index, slt_error *err)
{
    const slt_audit_side *const sides[2] = {&t->sides[0], &t->sides[index]};
    slt_json *json = t->audit.json;
    slt_error late;
    bool same = !strcmp(sides[0]->sha256, sides[1]->sha256);
    slt_status status = SLT_OK, failed = SLT_OK;
    slt_json_open(json, '{');
    slt_json_key_text(json, "trace", sides[1]->path);
    slt_json_key_bool(json, "identical", same);
    if (same) {
        print_path(&t->audit, "\n", sides[1]->path, " is identical to ");
        print_path(&t->audit, "", sides[0]->path, "\n");
        tell_identical(t, sides[0], sides[1]);
    } else {
        status = compare_pair(t, sides, err);
        if (status == SLT_DIFFERS)
            failed = slt_audit_compare_llc(&t->audit, sides[0], sides[1], &late);
    }
    if (!failed && (!status || status == SLT_DIFFERS))
        failed = compare_provenance(t, index, same, &late);
    slt_json_close(json, '}');
    if (failed && err)
        *err = late;
    return slt_status_worse(status, failed);
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status judge_all(traces *t, slt_error *err)
{
    slt_status worst = SLT_OK;
    slt_error first = {0}, late;
    slt_json_key_open(t->audit.json, "pairs", '[');
    for (size_t i = 1; i < t->count && slt_status_exit(worst) != 2; i++) {
        slt_status status = judge_pair(t, i, &late);
        if (slt_status_worse(worst, status) != worst)
            first = late;
        worst = slt_status_worse(worst, status);
    }
    slt_json_close(t->audit.json, ']');
    slt_json_key_bool(t->audit.json, "identical", worst == SLT_OK);
    if (!worst)
        slt_audit_print(&t->audit, "\nidentical: %zu traces\n", t->count);
    if (worst && err)
        *err = first;
    return worst;
}

static slt_status go(traces *t, const char *const *paths, slt_error *err)
{
    slt_status status = split_paths("steps", t->more->steps, t->count, &t->steps, err);
    if (!status)
        status =
            split_paths("provenance", t->more->provenance, t->count, &t->provenance, err);
    for (size_t i = 0; i < t->count && !status; i++)
        status = read_side(&t->sides[i], paths[i], err);
    if (!status)
        status = refuse_same_file(t, err);
    for (size_t i = 1; i < t->count && !status; i++)
        status = refuse_other_run(&t->sides[0], &t->sides[i], err);
    if (status)
        return status;
    list_sides(t);
    add_run(t);
    return judge_all(t, err);
}

slt_status slt_audit_traces(const char *const *paths, size_t count,
                            const slt_audit_traces_options *more,
                            const slt_audit_options *options, slt_error *err)
{
    traces t = {.more = more, .count = count};
    slt_error told = {0};
    if (count < 2)
        return slt_fail(err, SLT_USAGE, "expected two traces or more, found %zu", count);
    slt_status status = slt_audit_begin(&t.audit, "traces", options, &told);
    t.sides = calloc(count, sizeof *t.sides);
    if (!status && !t.sides)
        status = slt_fail(&told, SLT_RESOURCE, "no memory for %zu traces", count);
    if (!status)
        status = go(&t, paths, &told);
    status = slt_audit_end(&t.audit, status, &told);
    for (size_t i = 0; t.sides && i < count; i++) {
        slt_buffer_free(&t.sides[i].bytes);
        slt_trace_free(t.sides[i].trace);
    }
    free(t.sides);
    free_paths(&t.steps);
    free_paths(&t.provenance);
    if (status && err)
        *err = told;
    return status;
}
