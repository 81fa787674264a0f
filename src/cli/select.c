#include "cli/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

/* Adds the runs that one --only selects. */
static slt_status add_selection(const slt_manifest *manifest, const char *only, bool *set,
                                slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    bool *one = slt_world.calloc(runs ? runs : 1, sizeof *one);
    if (!one)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu runs", runs);
    slt_status status = slt_manifest_select(manifest, only, one, err);
    for (size_t run = 0; run < runs && !status; run++)
        set[run] |= one[run];
    free(one);
    return status;
}

slt_status cli_select(const cli_call *call, const slt_manifest *manifest, bool **selected,
                      size_t *count, slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    const char *only = cli_value(call, "only");
    bool *set = slt_world.calloc(runs ? runs : 1, sizeof *set);
    if (!set)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu runs", runs);
    slt_status status = SLT_OK;
    if (!only)
        memset(set, true, runs * sizeof *set);
    for (size_t i = 0; (only = cli_value_at(call, "only", i)) && !status; i++)
        status = add_selection(manifest, only, set, err);
    if (status) {
        free(set);
        return status;
    }
    *count = 0;
    for (size_t run = 0; run < runs; run++)
        *count += set[run];
    *selected = set;
    return SLT_OK;
}

/* K/N, both in plain decimals, 1 <= K <= N. */
static bool parse_shard(const char *text, size_t *shard, size_t *shards)
{
    char again[32], *slash, *end;
    const unsigned long k = strtoul(text, &slash, 10);
    const unsigned long n = *slash == '/' ? strtoul(slash + 1, &end, 10) : 0;
    snprintf(again, sizeof again, "%lu/%lu", k, n);
    *shard = k;
    *shards = n;
    return k >= 1 && k <= n && n <= CLI_SHARDS_MAX && !strcmp(again, text);
}

slt_status cli_keep_shard(const cli_call *call, slt_manifest *manifest, bool *selected,
                          size_t *count, slt_error *err)
{
    const char *text = cli_value(call, "shard");
    const size_t runs = slt_manifest_runs(manifest);
    size_t shard, shards;
    if (!text)
        return SLT_OK;
    if (!parse_shard(text, &shard, &shards))
        return slt_fail(err, SLT_USAGE,
                        "--shard: expected K/N with K from 1 to N, N at most "
                        "%d, found '%s'",
                        CLI_SHARDS_MAX, text);
    slt_shard *of = slt_world.calloc(runs + 1, sizeof *of);
    if (!of)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu runs", runs);
    slt_status status = slt_study_shards(manifest, selected, shards, of, err);
    *count = 0;
    for (size_t run = 0; run < runs && !status; run++) {
        selected[run] = of[run].shard == shard - 1;
        *count += selected[run];
    }
    free(of);
    return status;
}

size_t cli_from_folders(const cli_call *call, const char *from[CLI_AGAIN_MAX + 1])
{
    size_t count = 0;
    while ((from[count] = cli_value_at(call, "from", count)))
        count++;
    return count;
}

slt_status cli_find_traces(const cli_call *call, const slt_manifest *manifest,
                           slt_traces **traces, slt_error *err)
{
    const char *folders[CLI_AGAIN_MAX + 1];
    size_t count = cli_from_folders(call, folders);
    return slt_traces_open(manifest, folders, count, traces, err);
}

slt_status cli_study_folder(const slt_manifest *manifest, const char *given,
                            char path[CLI_PATH_MAX], slt_error *err)
{
    return given ? cli_path(path, err, "%s", given)
                 : cli_path(path, err, SLT_STUDY_ROOM "/%s", slt_manifest_name(manifest));
}
