/* A small trace put together by hand, record by record, from the text of
 * docs/spec/14-trace.md and independently of the writer. */
#ifndef SLT_TESTS_TRACE_SAMPLE_H
#define SLT_TESTS_TRACE_SAMPLE_H

#include "quantity_sample.h"
#include "tap.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "manifest/manifest.h"
#include "trace/trace_agree.h"

typedef struct sample {
    slt_buffer bytes;
    slt_buffer body; /* of the record being made */
    slt_digest chain;
    size_t records;
    slt_digest weights; /* of a chain's last weights */
    slt_buffer run;     /* canonical; empty: one of two fields, which no run has */
    uint64_t step;      /* of the last checkpoint; 0: 300 */
} sample;

static inline void sample_begin(sample *s)
{
    slt_buffer_clear(&s->bytes);
    slt_buffer_clear(&s->body);
    s->chain = (slt_digest){{0}};
    s->records = 0;
    slt_buffer_append(&s->bytes, "\x8bSLT\r\n\x1a\n\1\0\0\0", 12);
}

/* Appends a record of that kind with the body, with its right hash. */
static inline void sample_record(sample *s, uint8_t kind)
{
    slt_buffer hashed = {0};
    slt_buffer_byte(&hashed, kind);
    slt_buffer_append(&hashed, s->body.data, s->body.size);
    s->chain = slt_digest_chain(s->chain, hashed.data, hashed.size);
    slt_buffer_byte(&s->bytes, 0x93);
    slt_buffer_append(&s->bytes, hashed.data, hashed.size);
    slt_buffer_append(&s->bytes, "\xc4\x10", 2);
    slt_buffer_append(&s->bytes, s->chain.bytes, 16);
    slt_buffer_free(&hashed);
    slt_buffer_clear(&s->body);
    s->records++;
}

static inline void sample_free(sample *s)
{
    slt_buffer_free(&s->bytes);
    slt_buffer_free(&s->body);
    slt_buffer_free(&s->run);
}

static inline uint64_t sample_step(const sample *s)
{
    return s->step ? s->step : 300;
}

static inline void sample_key_uint(sample *s, const char *key, uint64_t value)
{
    slt_pack_text(&s->body, key);
    slt_pack_uint(&s->body, value);
}

static inline void sample_key_real(sample *s, const char *key, double value)
{
    slt_pack_text(&s->body, key);
    if (slt_real_finite(slt_real_of(value)))
        slt_pack_real(&s->body, slt_real_of(value));
    else
        slt_pack_nil(&s->body);
}

static inline void sample_key_text(sample *s, const char *key, const char *value)
{
    slt_pack_text(&s->body, key);
    slt_pack_text(&s->body, value);
}

static inline void sample_key_digest(sample *s, const char *key, slt_digest value)
{
    slt_pack_text(&s->body, key);
    slt_pack_bin(&s->body, value.bytes, 16);
}

static inline void sample_header(sample *s)
{
    slt_buffer run = {0};
    slt_pack_map(&run, 2);
    slt_pack_text(&run, "arithmetic");
    slt_pack_text(&run, "f32");
    slt_pack_text(&run, "seed");
    slt_pack_uint(&run, 7);
    const slt_buffer *shown = s->run.size ? &s->run : &run;
    slt_pack_map(&s->body, 3);
    sample_key_uint(s, "numerics", 1);
    slt_pack_text(&s->body, "run");
    slt_pack_bin(&s->body, shown->data, shown->size);
    slt_pack_text(&s->body, "functions");
    slt_pack_map(&s->body, s->run.size ? 3 : 2);
    if (s->run.size)
        sample_key_text(s, "exp", "00112233445566ff");
    sample_key_text(s, s->run.size ? "log" : "logf", "0123456789abcdef");
    sample_key_text(s, "sincospif", "fedcba9876543210");
    slt_buffer_free(&run);
}

/* W1 = (1, -0, 0.5), one row. */
static inline void sample_data(uint8_t bytes[12])
{
    slt_store_le32(bytes, 0x3f800000);
    slt_store_le32(bytes + 4, 0x80000000);
    slt_store_le32(bytes + 8, 0x3f000000);
}

static inline void sample_tensor(sample *s, const char *name, bool data)
{
    uint8_t bytes[12];
    sample_data(bytes);
    slt_pack_map(&s->body, data ? 6 : 5);
    sample_key_text(s, "name", name);
    sample_key_text(s, "type", "f32");
    sample_key_uint(s, "rows", 1);
    sample_key_uint(s, "cols", 3);
    sample_key_digest(s, "hash", slt_digest_of(bytes, 12));
    if (data) {
        slt_pack_text(&s->body, "data");
        slt_pack_bin(&s->body, bytes, 12);
    }
}

static inline void sample_checkpoint(sample *s, uint64_t step, bool state)
{
    slt_pack_map(&s->body, state ? 4 : 3);
    sample_key_uint(s, "step", step);
    slt_pack_text(&s->body, "metrics");
    slt_pack_map(&s->body, 1);
    sample_key_real(s, "loss", 0.25);
    slt_pack_text(&s->body, "tensors");
    slt_pack_array(&s->body, 3);
    sample_tensor(s, "W1", state);
    sample_tensor(s, "m/W1", state);
    sample_tensor(s, "v/W1", state);
    if (state) {
        slt_pack_text(&s->body, "powers");
        slt_pack_array(&s->body, 2);
        slt_pack_real(&s->body, slt_real_of(0.5));
        slt_pack_real(&s->body, slt_real_of(0.75));
    }
}

static inline void sample_chain(sample *s, uint64_t chain, bool done)
{
    uint8_t losses[16];
    slt_store_le64(losses, slt_real_of(0.25).bits);
    slt_store_le64(losses + 8, slt_real_of(0.375).bits);
    slt_pack_map(&s->body, done ? 9 : 8);
    sample_key_uint(s, "llc", 0);
    sample_key_uint(s, "chain", chain);
    sample_key_uint(s, "step", sample_step(s));
    sample_key_text(s, "status", done ? "done" : "diverged");
    sample_key_real(s, "nbeta", 10.5);
    sample_key_real(s, "init_loss", 0.25);
    slt_pack_text(&s->body, "losses");
    slt_pack_bin(&s->body, losses, done ? 16 : 8);
    slt_pack_text(&s->body, "weights");
    if (!done) {
        slt_pack_nil(&s->body);
        return;
    }
    slt_pack_bin(&s->body, s->weights.bytes, 16);
    sample_key_real(s, "acceptance", 0.875);
}

/* A chain whose losses 1, 2, 4, 6, 8 are not stored: the first quarter has one, the last
 * two. */
static inline void sample_unstored(sample *s, uint64_t chain)
{
    static const double losses[5] = {1, 2, 4, 6, 8}, quarters[4] = {1, 2, 4, 7};
    uint8_t bytes[40];
    for (size_t i = 0; i < 5; i++)
        slt_store_le64(bytes + 8 * i, slt_real_of(losses[i]).bits);
    slt_pack_map(&s->body, 11);
    sample_key_uint(s, "llc", 0);
    sample_key_uint(s, "chain", chain);
    sample_key_uint(s, "step", sample_step(s));
    sample_key_text(s, "status", "done");
    sample_key_real(s, "nbeta", 10.5);
    sample_key_real(s, "init_loss", 0.25);
    sample_key_uint(s, "draws", 5);
    sample_key_digest(s, "losses_hash", slt_digest_of(bytes, 40));
    slt_pack_text(&s->body, "quarters");
    slt_pack_array(&s->body, 4);
    for (size_t q = 0; q < 4; q++)
        slt_pack_real(&s->body, slt_real_of(quarters[q]));
    sample_key_digest(s, "weights", s->weights);
    sample_key_real(s, "acceptance", 0.875);
}

/* A checkpoint with one hash of W1, m/W1 and v/W1. */
static inline void sample_joint(sample *s, uint64_t step)
{
    uint8_t data[36];
    for (size_t i = 0; i < 36; i += 12)
        sample_data(data + i);
    slt_pack_map(&s->body, 3);
    sample_key_uint(s, "step", step);
    slt_pack_text(&s->body, "metrics");
    slt_pack_map(&s->body, 1);
    sample_key_real(s, "loss", 0.25);
    sample_key_digest(s, "joint", slt_digest_of(data, 36));
}

static inline void sample_table(sample *s)
{
    if (s->run.size) { /* without one of its chains an estimate has no mean */
        slt_pack_map(&s->body, 1);
        slt_pack_text(&s->body, "results");
        slt_pack_map(&s->body, 3);
        sample_key_real(s, "loss", 0.25);
        sample_key_real(s, "step", (double)sample_step(s));
        slt_pack_text(&s->body, "llc/mean");
        slt_pack_nil(&s->body);
        return;
    }
    slt_pack_map(&s->body, 1);
    slt_pack_text(&s->body, "results");
    slt_pack_map(&s->body, 2);
    sample_key_real(s, "llc/mean", 1.5);
    slt_pack_text(&s->body, "llc/std");
    slt_pack_nil(&s->body);
}

static inline void sample_end(sample *s, const char *status)
{
    bool overflow = strcmp(status, "overflow") == 0;
    slt_pack_map(&s->body, overflow ? 4 : 3);
    sample_key_text(s, "status", status);
    sample_key_uint(s, "step", sample_step(s));
    if (overflow)
        sample_key_text(s, "tensor", "W1");
    sample_key_uint(s, "records", s->records + 1);
}

/* Header, two checkpoints (the second with its state), two chains, table, end. */
static inline void sample_whole(sample *s)
{
    sample_begin(s);
    sample_header(s);
    sample_record(s, 0);
    sample_checkpoint(s, 0, false);
    sample_record(s, 1);
    sample_checkpoint(s, sample_step(s), true);
    sample_record(s, 1);
    sample_chain(s, 0, true);
    sample_record(s, 2);
    sample_chain(s, 1, false);
    sample_record(s, 2);
    sample_table(s);
    sample_record(s, 3);
    sample_end(s, s->run.size ? "diverged" : "done");
    sample_record(s, 4);
}

/* Header, two checkpoints (one with a joint hash, one with its state), two chains without
 * their losses, table, end. */
static inline void sample_compact(sample *s)
{
    sample_begin(s);
    sample_header(s);
    sample_record(s, 0);
    sample_joint(s, 0);
    sample_record(s, 1);
    sample_checkpoint(s, 300, true);
    sample_record(s, 1);
    for (uint64_t chain = 0; chain < 2; chain++) {
        sample_unstored(s, chain);
        sample_record(s, 2);
    }
    sample_table(s);
    sample_record(s, 3);
    sample_end(s, "done");
    sample_record(s, 4);
}

/* The manifest of a run that sample_whole's records agree with, at step 1. */
#define SAMPLE_AGREEING                                                                  \
    "sltrace: 1\nname: test/agreeing\nrun:\n  arithmetic: f32\n  seed: 7\n"              \
    "  data: {kind: constant, samples: 4, inputs: 3, outputs: 1, x_value: 1,\n"          \
    "         target_value: 1}\n"                                                        \
    "  model:\n    weights:\n      W1: {shape: [1, 3], init: {kind: zero}}\n"            \
    "    ops:\n      - {op: linear, in: x, weight: W1, out: y}\n"                        \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: adam, lr: 0.5, betas: [0.5, 0.75]}\n"               \
    "    batch: full\n    steps: 1\n    checkpoints: {at: [0], state: last}\n"           \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, nbeta: 10.5, num_chains: 2,\n"  \
    "       num_draws: 2, batch: full, mala_acceptance: true}\n"

/* Makes the sample one that is read as a trace: sample_whole with this run. */
static inline void sample_agree(sample *s)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    const uint8_t *bytes;
    size_t size;
    if (slt_manifest_parse(SAMPLE_AGREEING, strlen(SAMPLE_AGREEING), "agreeing.yaml",
                           &manifest, &err) ||
        slt_manifest_canonical(manifest, 0, &bytes, &size, &err))
        tap_bail(err.text);
    slt_buffer_append(&s->run, bytes, size);
    s->step = 1;
    slt_manifest_free(manifest);
}

#endif
