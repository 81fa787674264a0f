#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/lines.h"
#include "golden/golden_internal.h"
#include "trace/trace_format.h"

#define GOLDEN_SIZE_MAX ((size_t)1 << 30)

/* Lengthens a list of `count` elements by one zeroed element; NULL if memory is short. */
static void *golden_grow(slt_lines *r, const void *list, size_t count, size_t size)
{
    char *longer = (char *)list;
    if ((count & (count - 1)) == 0)
        longer = slt_world.realloc(longer, (count ? 2 * count : 1) * size);
    if (longer)
        memset(longer + count * size, 0, size);
    else
        r->failed = r->short_of_memory = true;
    return longer;
}

static void read_sha256(slt_lines *r, char text[65])
{
    char digest[80];
    slt_lines_short(r, "sha256:HEX", digest, sizeof digest);
    if (strncmp(digest, "sha256:", 7) != 0 || strlen(digest) != 7 + 64)
        slt_lines_fail(r, "expected sha256: and 64 hex digits");
    if (!r->failed)
        memcpy(text, digest + 7, 65);
}

/* ---- The lines --------------------------------------------------------------------- */

static void read_math(slt_lines *r, slt_golden *golden)
{
    while (!slt_lines_at_end(r)) {
        char text[48];
        slt_lines_short(r, "NAME:FINGERPRINT", text, sizeof text);
        char *colon = strchr(text, ':');
        if (!colon || colon - text > 23 || strlen(colon + 1) != 16)
            slt_lines_fail(r, "expected NAME:FINGERPRINT, found '%s'", text);
        slt_golden_function *f =
            r->failed
                ? NULL
                : golden_grow(r, golden->functions, golden->function_count, sizeof *f);
        if (!f)
            return;
        golden->functions = f;
        f += golden->function_count++;
        memcpy(f->name, text, (size_t)(colon - text));
        memcpy(f->fingerprint, colon + 1, 17);
    }
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void read_base(slt_lines *r, slt_golden *golden)
{
    char *text = slt_lines_long(r, "a canonical run in hex digits");
    size_t digits = text ? strlen(text) : 0;
    if (!r->failed && (golden->base = slt_world.malloc(digits / 2 + 1)) == NULL)
        r->failed = r->short_of_memory = true;
    for (size_t i = 0; i < digits && !r->failed; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            slt_lines_fail(r, "expected pairs of hex digits");
        else
            golden->base[golden->base_size++] = (uint8_t)(high << 4 | low);
    }
    free(text);
}

/* Reads the next word as a path, whose escapes are undone. */
static char *read_path(slt_lines *r, const char *what)
{
    char *path = slt_lines_long(r, what);
    if (path && !slt_word_read(path))
        slt_lines_fail(r, "expected %s without %%00", what);
    return path;
}

static slt_quantity read_quantity(slt_lines *r)
{
    char text[SLT_QUANTITY_TEXT_MAX];
    slt_quantity found = {0};
    slt_error wrong;
    slt_lines_short(r, "a result's name", text, sizeof text);
    if (!r->failed && slt_quantity_read(text, &found, &wrong))
        slt_lines_fail(r, "%s", wrong.text);
    return found;
}

static void read_columns(slt_lines *r, slt_golden *golden)
{
    slt_lines_key(r, "columns");
    slt_lines_key(r, "run");
    while (!slt_lines_begin(r, "status") && !r->failed) {
        if (golden->axis_count == SLT_GOLDEN_AXES_MAX)
            slt_lines_fail(r, "expected at most %d axes", SLT_GOLDEN_AXES_MAX);
        else
            golden->axes[golden->axis_count++] = slt_lines_long(r, "column status");
    }
    slt_lines_key(r, "experiment");
    slt_lines_key(r, "chain");
    slt_lines_key(r, "sha256");
    while (!slt_lines_at_end(r)) {
        if (golden->result_count == SLT_GOLDEN_RESULTS_MAX)
            slt_lines_fail(r, "expected at most %d results", SLT_GOLDEN_RESULTS_MAX);
        else
            golden->results[golden->result_count++] = read_quantity(r);
    }
}

/* Reads the lines before the runs; returns how many runs must follow. */
static uint64_t read_head(slt_lines *r, slt_golden *golden)
{
    slt_lines_need(r, "sltrace-golden 1");
    if (!slt_lines_begin(r, "sltrace-golden")) /* do not quote some other file */
        slt_lines_fail(r, "not a golden: expected 'sltrace-golden 1'");
    if (slt_lines_number(r, "the format's number", UINT32_MAX) != 1)
        slt_lines_fail(r, "expected format 1");
    slt_lines_end(r);
    slt_lines_need(r, "name");
    slt_lines_key(r, "name");
    golden->name = slt_lines_long(r, "a name");
    slt_lines_end(r);
    slt_lines_need(r, "manifest");
    slt_lines_key(r, "manifest");
    golden->manifest = read_path(r, "the manifest's path");
    slt_lines_end(r);
    slt_lines_need(r, "numerics");
    slt_lines_key(r, "numerics");
    golden->numerics = (uint32_t)slt_lines_number(r, "the numerics revision", UINT32_MAX);
    slt_lines_end(r);
    slt_lines_need(r, "runs");
    if (slt_lines_begin(r, "math")) {
        read_math(r, golden);
        slt_lines_end(r);
        slt_lines_need(r, "runs");
    }
    if (slt_lines_begin(r, "base")) {
        read_base(r, golden);
        slt_lines_end(r);
        slt_lines_need(r, "runs");
    }
    slt_lines_key(r, "runs");
    uint64_t runs = slt_lines_number(r, "the number of runs", UINT32_MAX);
    slt_lines_end(r);
    slt_lines_need(r, "columns");
    read_columns(r, golden);
    return runs;
}

static slt_digest read_digest(slt_lines *r, const char *what)
{
    char text[40];
    slt_digest value = {{0}};
    slt_lines_short(r, what, text, sizeof text);
    if (!r->failed && !slt_digest_parse(text, &value))
        slt_lines_fail(r, "expected %s of 32 hex digits, found '%s'", what, text);
    return value;
}

/* What a run's lines list, before there is room for it. */
typedef struct run_lists {
    slt_real results[SLT_GOLDEN_RESULTS_MAX];
    bool has_result[SLT_GOLDEN_RESULTS_MAX];
    uint64_t trail_record[SLT_TRAIL_MAX];
    uint32_t trail_hash[SLT_TRAIL_MAX];
    size_t trail_count;
} run_lists;

static void read_result(slt_lines *r, run_lists *lists, size_t index)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_lines_short(r, "a result", text, sizeof text);
    lists->has_result[index] = strcmp(text, "-") != 0;
    if (lists->has_result[index] && !slt_real_parse(text, &lists->results[index]))
        slt_lines_fail(r, "expected a number or -, found '%s'", text);
}

static void read_trail(slt_lines *r, run_lists *lists)
{
    slt_lines_need(r, "a trail");
    if (!r->failed && (r->at == r->end || *r->at != ' '))
        slt_lines_fail(r, "expected ' trail'");
    r->at += !r->failed;
    slt_lines_key(r, "trail");
    while (!slt_lines_at_end(r)) {
        char text[40];
        slt_lines_short(r, "RECORD:HASH", text, sizeof text);
        char *colon = strchr(text, ':');
        if (!colon || strlen(colon + 1) != 8 ||
            strspn(colon + 1, "0123456789abcdef") != 8 ||
            lists->trail_count == SLT_TRAIL_MAX) {
            slt_lines_fail(r, "expected at most %d of RECORD:HASH, found '%s'",
                           SLT_TRAIL_MAX, text);
            return;
        }
        *colon = 0;
        size_t i = lists->trail_count++;
        lists->trail_record[i] =
            slt_lines_number_of(r, text, "a record's number", UINT32_MAX);
        lists->trail_hash[i] = (uint32_t)strtoul(colon + 1, NULL, 16);
    }
}

static void read_run(slt_lines *r, const slt_golden *golden, slt_golden_run *run)
{
    char status[16];
    run_lists lists = {.trail_count = 0};
    run->run = slt_lines_number(r, "a run's number", UINT32_MAX);
    for (size_t a = 0; a < golden->axis_count; a++)
        run->values[a] = slt_lines_long(r, "a sweep value");
    slt_lines_short(r, "a status", status, sizeof status);
    if (!r->failed && !slt_run_status_find(status, &run->status))
        slt_lines_fail(r, "expected a status, found '%s'", status);
    run->experiment = read_digest(r, "an experiment hash");
    run->chain = read_digest(r, "a chain hash");
    slt_lines_short(r, "a SHA-256", run->sha256, sizeof run->sha256);
    for (size_t i = 0; i < golden->result_count; i++)
        read_result(r, &lists, i);
    slt_lines_end(r);
    read_trail(r, &lists);
    const slt_golden_run listed = {.results = lists.results,
                                   .has_result = lists.has_result,
                                   .trail_count = lists.trail_count,
                                   .trail_record = lists.trail_record,
                                   .trail_hash = lists.trail_hash};
    if (!r->failed && !slt_golden_run_copy(run, &listed, golden->result_count))
        r->failed = r->short_of_memory = true;
}

static void read_runs(slt_lines *r, slt_golden *golden, uint64_t count)
{
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        slt_lines_need(r, "a run");
        slt_golden_run *runs =
            r->failed ? NULL
                      : golden_grow(r, golden->runs, golden->run_count, sizeof *runs);
        if (!runs)
            return;
        golden->runs = runs;
        read_run(r, golden, &runs[golden->run_count++]);
        const char *wrong =
            r->failed ? NULL : slt_golden_check_run(golden, golden->run_count - 1);
        if (wrong)
            slt_lines_fail(r, "expected %s", wrong);
    }
}

static void read_claim(slt_lines *r, slt_golden *golden)
{
    slt_golden_claim *claims =
        golden_grow(r, golden->claims, golden->claim_count, sizeof *claims);
    if (!claims)
        return;
    golden->claims = claims;
    slt_golden_claim *claim = &claims[golden->claim_count++];
    slt_lines_key(r, "claim");
    claim->id = slt_lines_long(r, "a claim's id");
    slt_lines_key(r, "value");
    claim->value = slt_lines_long(r, "a value");
    slt_lines_key(r, "expect");
    claim->expect = slt_lines_long(r, "a number");
    slt_lines_key(r, "tolerance");
    claim->tolerance = slt_lines_long(r, "a number");
    slt_lines_end(r);
    const char *wrong = r->failed ? NULL : slt_golden_check_claim(claim);
    if (wrong)
        slt_lines_fail(r, "expected %s", wrong);
}

static void read_tail(slt_lines *r, slt_golden *golden)
{
    slt_lines_need(r, "data or root");
    if (slt_lines_begin(r, "data")) {
        golden->data = read_path(r, "a file's name");
        read_sha256(r, golden->data_sha256);
        slt_lines_end(r);
        slt_lines_need(r, "root");
    }
    slt_lines_key(r, "root");
    read_sha256(r, golden->root);
    slt_lines_end(r);
    while (slt_lines_next(r))
        read_claim(r, golden);
}

/* ---- The whole --------------------------------------------------------------------- */

/* Moves to the start of the line that contains byte `at`. */
static void go_to_line_of(slt_lines *r, size_t at)
{
    r->line = 1;
    r->at = r->text;
    for (size_t i = 0; i < at; i++)
        if (r->text[i] == '\n') {
            r->line++;
            r->at = r->text + i + 1;
        }
    r->end = r->text + r->size;
}

/* How far the text is what the writer writes. */
typedef struct golden_likeness {
    const slt_lines *read;
    size_t same, written;
} golden_likeness;

static void likeness_take(void *context, const void *bytes, size_t size)
{
    golden_likeness *l = context;
    const char *again = bytes;
    if (l->same == l->written)
        for (size_t i = 0;
             i < size && l->same < l->read->size && again[i] == l->read->text[l->same];
             i++)
            l->same++;
    l->written += size;
}

/* The text, including the root, must be exactly what the writer writes for what was
 * read. */
static void compare_with_rewritten(slt_lines *r, slt_golden *golden)
{
    golden_likeness l = {.read = r};
    char stated[65];
    memcpy(stated, golden->root, sizeof stated);
    slt_error err = {0};
    slt_status status = slt_golden_write_pieces(golden, likeness_take, &l, &err);
    if (status != SLT_OK) {
        r->short_of_memory = status == SLT_RESOURCE;
        r->line = 1;
        slt_lines_fail(r, "%s", err.text);
        return;
    }
    if (l.same == l.written && l.same == r->size)
        return;
    go_to_line_of(r, l.same);
    if (slt_lines_begin(r, "root"))
        slt_lines_fail(r, "expected sha256:%s, found %s: the golden was changed",
                       golden->root, stated);
    slt_lines_fail(r, "expected the text exactly as sltrace writes it");
}

static void golden_read_all(slt_lines *r, slt_golden *golden)
{
    read_runs(r, golden, read_head(r, golden));
    read_tail(r, golden);
    const char *wrong = r->failed ? NULL : slt_golden_check_head(golden);
    if (wrong) {
        r->line = 1;
        slt_lines_fail(r, "expected %s", wrong);
    }
    if (!r->failed)
        compare_with_rewritten(r, golden);
}

slt_status slt_golden_parse(const char *text, size_t size, const char *path,
                            slt_golden **out, slt_error *err)
{
    slt_lines r;
    slt_golden *golden = slt_world.calloc(1, sizeof *golden);
    slt_lines_init(&r, text, size, path);
    if (golden)
        golden->path = slt_world.strdup(path);
    if (golden && golden->path)
        golden_read_all(&r, golden);
    else
        r.failed = r.short_of_memory = true;
    if (!r.failed) {
        *out = golden;
        return SLT_OK;
    }
    slt_golden_free(golden);
    if (r.short_of_memory)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", path);
    return slt_fail(err, SLT_FORMAT, "%s", r.error.text);
}

/* Reads a golden that `key` must have signed, unless it is NULL. */
static slt_status golden_open(const char *path, const slt_public_key *key,
                              slt_golden **golden, slt_signature *signature,
                              slt_error *err)
{
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(path, GOLDEN_SIZE_MAX, &bytes, err);
    if (status == SLT_OK && key)
        status = slt_signature_check(path, bytes.data, bytes.size, key, signature, err);
    if (status == SLT_OK)
        status =
            slt_golden_parse((const char *)bytes.data, bytes.size, path, golden, err);
    slt_buffer_free(&bytes);
    return status;
}

slt_status slt_golden_open(const char *path, slt_golden **golden, slt_error *err)
{
    return golden_open(path, NULL, golden, NULL, err);
}

slt_status slt_golden_open_signed(const char *path, const slt_public_key *key,
                                  slt_golden **golden, slt_signature *signature,
                                  slt_error *err)
{
    return golden_open(path, key, golden, signature, err);
}
