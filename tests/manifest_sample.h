/* A small manifest for tests, and edits of it. */
#ifndef SLT_TESTS_MANIFEST_SAMPLE_H
#define SLT_TESTS_MANIFEST_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "manifest/manifest.h"

static const char manifest_sample[] =
    "sltrace: 1\n"
    "name: test/sample\n"
    "sweep:\n"
    "  rank: [1, 3]\n"
    "  seed: {from: 5, count: 4}\n"
    "run:\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  data: {kind: linear-teacher, samples: 24, inputs: 6, outputs: 5, rank: $rank}\n"
    "  model:\n"
    "    weights:\n"
    "      W1: {shape: [$rank, 6], init: {kind: normal, std: 0.1}}\n"
    "      W2: {shape: [5, $rank], init: {kind: normal, std: 0.1}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: W1, out: h}\n"
    "      - {op: linear, in: h, weight: W2, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 1e-2}\n"
    "    batch: full\n"
    "    steps: 100\n"
    "    checkpoints: {every: 20, at: [0, 50]}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-3, localization: 1, num_draws: 40}\n"
    "pins:\n"
    "  run.train: why\n"
    "figure:\n"
    "  rows: {by: rank, value: llc/mean, error: sd}\n";

/* The sample with the first `old` replaced, malloc'ed; aborts where there is none. */
static inline char *sample_with(const char *old, const char *replacement)
{
    const char *at = strstr(manifest_sample, old);
    if (!at)
        abort();
    size_t before = (size_t)(at - manifest_sample);
    size_t size = sizeof manifest_sample + strlen(replacement);
    char *text = malloc(size);
    if (!text)
        abort();
    snprintf(text, size, "%.*s%s%s", (int)before, manifest_sample, replacement,
             at + strlen(old));
    return text;
}

static inline slt_status open_with(const char *old, const char *replacement,
                                   slt_manifest **manifest, slt_error *err)
{
    char *text = sample_with(old, replacement);
    slt_status status = slt_manifest_parse(text, strlen(text), "m.yaml", manifest, err);
    free(text);
    return status;
}

#endif
