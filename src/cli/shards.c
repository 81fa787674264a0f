#include "cli/shards.h"

#include <stdio.h>
#include <stdlib.h>

#include <sltrace/study.h>

#include "base/world.h"
#include "cli/progress.h"

/* A shard in numbers. */
typedef struct share {
    size_t runs;
    double cost, seconds;
} share;

static void sum_shares(const slt_shard *of, size_t runs, share *shares)
{
    for (size_t run = 0; run < runs; run++) {
        share *one = &shares[of[run].shard];
        one->runs++;
        one->cost += (double)of[run].cost_ns;
    }
}

static void print_share(const share *one, size_t number, size_t shards)
{
    char text[32];
    cli_duration(one->seconds, text);
    printf("shard       %zu/%zu: ", number, shards);
    if (one->runs)
        printf("%zu %s, about %s\n", one->runs, one->runs == 1 ? "run" : "runs", text);
    else
        puts("no run");
}

static void put_share(slt_json *json, const share *one, size_t number)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "shard", number);
    slt_json_key_uint(json, "runs", one->runs);
    slt_json_key_real(json, "seconds", slt_real_of(one->seconds));
    slt_json_close(json, '}');
}

static void tell_shares(share *shares, size_t count, double seconds, slt_json *json)
{
    double all = 0;
    for (size_t i = 0; i < count; i++)
        all += shares[i].cost;
    if (json)
        slt_json_key_open(json, "shards", '[');
    for (size_t i = 0; i < count; i++) {
        shares[i].seconds = all > 0 ? seconds * shares[i].cost / all : 0;
        json ? put_share(json, &shares[i], i + 1) : print_share(&shares[i], i + 1, count);
    }
    if (json)
        slt_json_close(json, ']');
}

slt_status cli_show_shards(slt_manifest *manifest, size_t shards, double seconds,
                           slt_json *json, slt_error *err)
{
    const size_t runs = slt_manifest_runs(manifest);
    slt_shard *of = slt_world.calloc(runs + 1, sizeof *of);
    share *shares = slt_world.calloc(shards, sizeof *shares);
    slt_status status = SLT_OK;
    if (!of || !shares)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu shards of %zu runs",
                          shards, runs);
    if (!status)
        status = slt_study_shards(manifest, NULL, shards, of, err);
    if (!status) {
        sum_shares(of, runs, shares);
        tell_shares(shares, shards, seconds, json);
    }
    free(shares);
    free(of);
    return status;
}
