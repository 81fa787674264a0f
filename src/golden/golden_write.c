#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "golden/golden_internal.h"
#include "golden/golden_lines.h"

/* A golden being written: a few lines at a time, which are hashed and handed out. */
typedef struct golden_writer {
    const slt_golden *golden;
    slt_golden_take *take; /* NULL: nobody takes them */
    void *context;
    slt_sha256 sum;
    slt_buffer lines;
    bool failed; /* memory was short */
} golden_writer;

static void writer_begin(golden_writer *w)
{
    slt_sha256_begin(&w->sum);
}

static void writer_line(golden_writer *w, slt_golden_line line, size_t index)
{
    slt_golden_print_line(w->golden, line, index, &w->lines);
}

static void writer_pass(golden_writer *w)
{
    w->failed = w->failed || w->lines.failed;
    if (!w->failed)
        slt_sha256_add(&w->sum, w->lines.data, w->lines.size);
    if (!w->failed && w->take)
        w->take(w->context, w->lines.data, w->lines.size);
    slt_buffer_clear(&w->lines);
}

static void writer_run(golden_writer *w, size_t index)
{
    writer_line(w, SLT_GOLDEN_RUN, index);
    writer_line(w, SLT_GOLDEN_TRAIL, index);
    writer_pass(w);
}

static slt_status writer_end(golden_writer *w, slt_error *err)
{
    slt_buffer_free(&w->lines);
    return w->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a golden") : SLT_OK;
}

static slt_status write_runs(golden_writer *w, slt_error *err)
{
    for (size_t i = 0; i < w->golden->run_count; i++) {
        const char *wrong = slt_golden_check_run(w->golden, i);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: run %llu: expected %s",
                            (unsigned long long)w->golden->runs[i].run, wrong);
        writer_run(w, i);
    }
    return SLT_OK;
}

static slt_status write_claims(golden_writer *w, slt_error *err)
{
    for (size_t i = 0; i < w->golden->claim_count; i++) {
        const char *wrong = slt_golden_check_claim(&w->golden->claims[i]);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: claim %zu: expected %s", i, wrong);
        writer_line(w, SLT_GOLDEN_CLAIM, i);
        writer_pass(w);
    }
    return SLT_OK;
}

slt_status slt_golden_write_pieces(slt_golden *golden, slt_golden_take *take,
                                   void *context, slt_error *err)
{
    golden_writer w = {.golden = golden, .take = take, .context = context};
    const char *wrong = slt_golden_check_head(golden);
    if (wrong)
        return slt_fail(err, SLT_FORMAT, "golden: expected %s", wrong);
    writer_begin(&w);
    for (slt_golden_line line = SLT_GOLDEN_FORMAT; line < SLT_GOLDEN_RUN; line++)
        writer_line(&w, line, 0);
    writer_pass(&w);
    slt_status status = write_runs(&w, err);
    writer_line(&w, SLT_GOLDEN_DATA, 0);
    writer_pass(&w);
    if (!w.failed && !status)
        slt_sha256_end(&w.sum, golden->root);
    slt_buffer_printf(&w.lines, "root sha256:%s\n", golden->root);
    writer_pass(&w);
    if (!status)
        status = write_claims(&w, err);
    const slt_status ended = writer_end(&w, status ? NULL : err);
    return status ? status : ended;
}

static void append_piece(void *context, const void *bytes, size_t size)
{
    slt_buffer_append(context, bytes, size);
}

slt_status slt_golden_write(slt_golden *golden, char **text, size_t *size, slt_error *err)
{
    slt_buffer out = {0};
    slt_status status = slt_golden_write_pieces(golden, append_piece, &out, err);
    if (status != SLT_OK) {
        slt_buffer_free(&out);
        return status;
    }
    *size = out.size;
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a golden");
}

static void hash_piece(void *context, const void *bytes, size_t size)
{
    slt_sha256_add(context, bytes, size);
}

slt_status slt_golden_digest(slt_golden *golden, char digest[65], slt_error *err)
{
    slt_sha256 sum;
    slt_sha256_begin(&sum);
    slt_status status = slt_golden_write_pieces(golden, hash_piece, &sum, err);
    slt_sha256_end(&sum, digest);
    return status;
}

slt_status slt_golden_digest_runs(const slt_golden *golden, char digest[65],
                                  slt_error *err)
{
    golden_writer w = {.golden = golden};
    writer_begin(&w);
    for (size_t i = 0; i < golden->run_count; i++)
        writer_run(&w, i);
    slt_sha256_end(&w.sum, digest);
    return writer_end(&w, err);
}
