#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/sha256.h"
#include "record/golden_parts.h"

static void write_words(slt_buffer *out, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        slt_buffer_printf(out, " %s", words[i]);
}

static void write_head(const slt_golden *golden, slt_buffer *out)
{
    slt_buffer_printf(out, "sltrace-golden 1\nname %s\nmanifest ", golden->name);
    slt_golden_word_print(golden->manifest, out);
    slt_buffer_printf(out, "\nnumerics %lu\n", (unsigned long)golden->numerics);
    if (golden->function_count > 0) {
        slt_buffer_printf(out, "math");
        for (size_t i = 0; i < golden->function_count; i++)
            slt_buffer_printf(out, " %s:%s", golden->functions[i].name,
                              golden->functions[i].fingerprint);
        slt_buffer_byte(out, '\n');
    }
    if (golden->base) {
        slt_buffer_printf(out, "base ");
        for (size_t i = 0; i < golden->base_size; i++)
            slt_buffer_printf(out, "%02x", golden->base[i]);
        slt_buffer_byte(out, '\n');
    }
    slt_buffer_printf(out, "runs %zu\ncolumns run", golden->run_count);
    write_words(out, golden->axes, golden->axis_count);
    slt_buffer_printf(out, " status experiment chain sha256");
    write_words(out, golden->results, golden->result_count);
    slt_buffer_byte(out, '\n');
}

static void write_result(const slt_golden_run *run, size_t r, slt_buffer *out)
{
    char text[SLT_REAL_TEXT_MAX] = "-";
    if (run->has_result[r] && slt_real_finite(run->results[r]))
        slt_real_text(run->results[r], text);
    slt_buffer_printf(out, " %s", text);
}

static void write_run(const slt_golden *golden, const slt_golden_run *run,
                      slt_buffer *out)
{
    char experiment[SLT_DIGEST_TEXT_MAX], chain[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(run->experiment, experiment);
    slt_digest_text(run->chain, chain);
    slt_buffer_printf(out, "%llu", (unsigned long long)run->run);
    write_words(out, run->values, golden->axis_count);
    slt_buffer_printf(out, " %s %s %s %s", slt_run_status_name(run->status), experiment,
                      chain, run->sha256);
    for (size_t r = 0; r < golden->result_count; r++)
        write_result(run, r, out);
    slt_buffer_printf(out, "\n trail");
    for (size_t i = 0; i < run->trail_count; i++)
        slt_buffer_printf(out, " %llu:%08lx", (unsigned long long)run->trail_record[i],
                          (unsigned long)run->trail_hash[i]);
    slt_buffer_byte(out, '\n');
}

static void write_root(slt_golden *golden, slt_buffer *out)
{
    if (golden->data) {
        slt_buffer_printf(out, "data ");
        slt_golden_word_print(golden->data, out);
        slt_buffer_printf(out, " sha256:%s\n", golden->data_sha256);
    }
    if (!out->failed)
        slt_sha256_of(out->data, out->size, golden->root);
    slt_buffer_printf(out, "root sha256:%s\n", golden->root);
}

static slt_status write_all(slt_golden *golden, slt_buffer *out, slt_error *err)
{
    const char *wrong = slt_golden_check_head(golden);
    if (wrong)
        return slt_fail(err, SLT_FORMAT, "golden: expected %s", wrong);
    write_head(golden, out);
    for (size_t i = 0; i < golden->run_count; i++) {
        wrong = slt_golden_check_run(golden, i);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: run %llu: expected %s",
                            (unsigned long long)golden->runs[i].run, wrong);
        write_run(golden, &golden->runs[i], out);
    }
    write_root(golden, out);
    for (size_t i = 0; i < golden->claim_count; i++) {
        const slt_golden_claim *claim = &golden->claims[i];
        wrong = slt_golden_check_claim(claim);
        if (wrong)
            return slt_fail(err, SLT_FORMAT, "golden: claim %zu: expected %s", i, wrong);
        slt_buffer_printf(out, "claim %s value %s expect %s tolerance %s\n", claim->id,
                          claim->value, claim->expect, claim->tolerance);
    }
    return out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a golden") : SLT_OK;
}

slt_status slt_golden_write(slt_golden *golden, char **text, size_t *size, slt_error *err)
{
    slt_buffer out = {0};
    slt_status status = write_all(golden, &out, err);
    slt_buffer_text(&out);
    if (status == SLT_OK && out.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a golden");
    if (status != SLT_OK) {
        slt_buffer_free(&out);
        return status;
    }
    *text = (char *)out.data;
    *size = out.size;
    return SLT_OK;
}
