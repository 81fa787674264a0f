#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "golden/golden_lines.h"
#include "golden/golden_internal.h"

static void golden_write_head(const slt_golden *golden, slt_buffer *out)
{
    for (slt_golden_line line = SLT_GOLDEN_FORMAT; line < SLT_GOLDEN_RUN; line++)
        slt_golden_print_line(golden, line, 0, out);
}

static void golden_write_run(const slt_golden *golden, size_t index, slt_buffer *out)
{
    slt_golden_print_line(golden, SLT_GOLDEN_RUN, index, out);
    slt_golden_print_line(golden, SLT_GOLDEN_TRAIL, index, out);
}

static void golden_write_root(slt_golden *golden, slt_buffer *out)
{
    slt_golden_print_line(golden, SLT_GOLDEN_DATA, 0, out);
    if (!out->failed)
        slt_sha256_of(out->data, out->size, golden->root);
    slt_buffer_printf(out, "root sha256:%s\n", golden->root);
}

static slt_status golden_write_all(slt_golden *golden, slt_buffer *out, slt_error *err)
{
    const char *wrong = slt_golden_check_head(golden);
    if (wrong)
        return slt_fail(err, SLT_FORMAT, "golden: expected %s", wrong);
    golden_write_head(golden, out);
    for (size_t i = 0; i < golden->run_count; i++) {
        wrong = slt_golden_check_run(golden, i);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: run %llu: expected %s",
                            (unsigned long long)golden->runs[i].run, wrong);
        golden_write_run(golden, i, out);
    }
    golden_write_root(golden, out);
    for (size_t i = 0; i < golden->claim_count; i++) {
        wrong = slt_golden_check_claim(&golden->claims[i]);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: claim %zu: expected %s", i, wrong);
        slt_golden_print_line(golden, SLT_GOLDEN_CLAIM, i, out);
    }
    return out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a golden") : SLT_OK;
}

slt_status slt_golden_write(slt_golden *golden, char **text, size_t *size, slt_error *err)
{
    slt_buffer out = {0};
    slt_status status = golden_write_all(golden, &out, err);
    if (status != SLT_OK) {
        slt_buffer_free(&out);
        return status;
    }
    *size = out.size;
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a golden");
}

slt_status slt_golden_digest_runs(const slt_golden *golden, char digest[65],
                                  slt_error *err)
{
    slt_buffer lines = {0};
    for (size_t i = 0; i < golden->run_count; i++)
        golden_write_run(golden, i, &lines);
    if (!lines.failed)
        slt_sha256_of(lines.data, lines.size, digest);
    bool failed = lines.failed;
    slt_buffer_free(&lines);
    return failed ? slt_fail(err, SLT_RESOURCE, "no memory for a golden") : SLT_OK;
}
