/* A small golden, made in memory. */
#ifndef SLT_TESTS_GOLDEN_SAMPLE_H
#define SLT_TESTS_GOLDEN_SAMPLE_H

#include "quantity_sample.h"
#include "tap.h"

#include <sltrace/golden.h>

#include "codec/digest.h"

static inline void golden_sample_run(slt_golden *golden, size_t index, size_t records)
{
    slt_golden_run *run = &golden->runs[index];
    char text[32];
    run->run = index;
    snprintf(text, sizeof text, "%zu", 6 * index + 1);
    run->values[0] = strdup(text);
    run->values[1] = strdup(index % 2 ? "0.001" : "adam");
    run->status = (slt_run_status)(index % 3);
    run->experiment = slt_digest_of(&index, sizeof index);
    run->chain = slt_digest_of(&run->experiment, sizeof run->experiment);
    memset(run->sha256, "0123456789abcdef"[index % 16], 64);
    if (!slt_golden_run_make(golden, run, records))
        tap_bail("no memory");
    run->has_result[0] = true;
    run->results[0] = slt_real_of(98.7109375 / (double)(index + 1));
    run->has_result[1] = index != 1;
    run->results[1] = slt_real_of(-1e-9 * (double)index);
    for (size_t i = 0; i < run->trail_count; i++)
        run->trail_hash[i] = (uint32_t)(0x9e3779b9u * i);
    run->trail_hash[run->trail_count - 1] = slt_digest_prefix(run->chain);
}

static inline slt_golden *golden_sample(void)
{
    slt_golden *golden = calloc(1, sizeof *golden);
    golden->path = strdup("x");
    golden->name = strdup("smoke/x");
    golden->manifest = strdup("../../manifests/smoke/x.yaml");
    golden->numerics = 1;
    golden->function_count = 2;
    golden->functions = calloc(2, sizeof *golden->functions);
    snprintf(golden->functions[0].name, 24, "logf");
    snprintf(golden->functions[0].fingerprint, 17, "0123456789abcdef");
    snprintf(golden->functions[1].name, 24, "sincospif");
    snprintf(golden->functions[1].fingerprint, 17, "fedcba9876543210");
    golden->axis_count = 2;
    golden->axes[0] = strdup("rank");
    golden->axes[1] = strdup("optimizer");
    golden->result_count = 2;
    golden->results[0] = quantity_of("llc/mean");
    golden->results[1] = quantity_of("llc/std");
    golden->run_count = 4;
    golden->runs = calloc(4, sizeof *golden->runs);
    for (size_t i = 0; i < 4; i++)
        golden_sample_run(golden, i, i == 2 ? 1000 : i + 3);
    golden->data = strdup("x.csv");
    memset(golden->data_sha256, 'a', 64);
    golden->claim_count = 1;
    golden->claims = calloc(1, sizeof *golden->claims);
    golden->claims[0].id = strdup("a2");
    golden->claims[0].value = strdup("-0.4207");
    golden->claims[0].expect = strdup("-0.429");
    golden->claims[0].tolerance = strdup("0.02");
    return golden;
}

#endif
