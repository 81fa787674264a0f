#include <sltrace/golden.h>

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/sha256.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "golden/golden_internal.h"

void slt_golden_free(slt_golden *golden)
{
    if (!golden)
        return;
    for (size_t i = 0; i < golden->run_count; i++) {
        for (size_t a = 0; a < SLT_GOLDEN_AXES_MAX; a++)
            free(golden->runs[i].values[a]);
        free(golden->runs[i].results);
    }
    for (size_t a = 0; a < SLT_GOLDEN_AXES_MAX; a++)
        free(golden->axes[a]);
    for (size_t c = 0; c < golden->claim_count; c++) {
        free(golden->claims[c].id);
        free(golden->claims[c].value);
        free(golden->claims[c].expect);
        free(golden->claims[c].tolerance);
    }
    free(golden->runs);
    free(golden->claims);
    free(golden->functions);
    free(golden->base);
    free(golden->path);
    free(golden->name);
    free(golden->manifest);
    free(golden->data);
    free(golden);
}

size_t slt_trail_pick(size_t records, uint64_t picked[SLT_TRAIL_MAX])
{
    const uint64_t last = records ? records - 1 : 0;
    size_t count = records < SLT_TRAIL_MAX ? records : SLT_TRAIL_MAX;
    SLT_ASSERT(last >> 56 == 0);
    for (size_t k = 0; k < count; k++)
        picked[k] = count > 1 ? k * last / (count - 1) : 0;
    return count;
}

/* Gives a run room for `results` results, those that it has or none, and a trail of
 * `count` records; false if memory is short.  All lists lie in one block: the results,
 * the trail's records, its hashes, and which results there are. */
static bool make_room_of_run(slt_golden_run *run, size_t results, size_t count)
{
    const size_t result = sizeof *run->results + sizeof *run->has_result;
    const size_t record = sizeof *run->trail_record + sizeof *run->trail_hash;
    slt_golden_run made = *run;
    made.results = slt_world.calloc(1, results * result + count * record + 1);
    if (!made.results)
        return false;
    made.trail_count = count;
    made.trail_record = (uint64_t *)(made.results + results);
    made.trail_hash = (uint32_t *)(made.trail_record + count);
    made.has_result = (bool *)(made.trail_hash + count);
    for (size_t i = 0; run->results && i < results; i++) {
        made.results[i] = run->results[i];
        made.has_result[i] = run->has_result[i];
    }
    free(run->results);
    *run = made;
    return true;
}

bool slt_golden_run_make(const slt_golden *golden, slt_golden_run *run, size_t records)
{
    uint64_t picked[SLT_TRAIL_MAX];
    const size_t count = slt_trail_pick(records, picked);
    if (!make_room_of_run(run, golden->result_count, count))
        return false;
    memcpy(run->trail_record, picked, count * sizeof *picked);
    return true;
}

bool slt_golden_run_copy(slt_golden_run *run, const slt_golden_run *of, size_t results)
{
    const size_t count = of->trail_count;
    run->results = NULL;
    if (!make_room_of_run(run, results, count))
        return false;
    memcpy(run->results, of->results, results * sizeof *run->results);
    memcpy(run->has_result, of->has_result, results * sizeof *run->has_result);
    memcpy(run->trail_record, of->trail_record, count * sizeof *run->trail_record);
    memcpy(run->trail_hash, of->trail_hash, count * sizeof *run->trail_hash);
    return true;
}

static bool all_are_words(char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!slt_word_is(words[i]))
            return false;
    return true;
}

static bool all_are_distinct(char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(words[i], words[j]) == 0)
                return false;
    return true;
}

static bool results_are_distinct(const slt_golden *golden)
{
    for (size_t i = 0; i < golden->result_count; i++)
        for (size_t j = 0; j < i; j++)
            if (slt_quantity_equal(&golden->results[i], &golden->results[j]))
                return false;
    return true;
}

static bool is_fingerprint(const char *text)
{
    return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
}

static bool is_canonical(const uint8_t *base, size_t size)
{
    return slt_pack_validate(base, size, "base", NULL) == SLT_OK;
}

static const char *check_functions(const slt_golden *golden)
{
    const slt_golden_function *f = golden->functions;
    for (size_t i = 0; i < golden->function_count; i++) {
        if (!slt_word_is(f[i].name) || strchr(f[i].name, ':'))
            return "function names without ':'";
        if (!is_fingerprint(f[i].fingerprint))
            return "fingerprints of 16 hex digits";
        if (i > 0 && strcmp(f[i - 1].name, f[i].name) >= 0)
            return "functions sorted by name";
    }
    return NULL;
}

const char *slt_golden_check_head(const slt_golden *golden)
{
    if (!slt_word_is(golden->name))
        return "a name of printable ASCII without spaces";
    if (!golden->manifest || !*golden->manifest)
        return "the manifest's path";
    if (golden->manifest[0] == '/')
        return "the manifest's path relative to the golden";
    if (!all_are_words(golden->axes, golden->axis_count))
        return "axis names of printable ASCII without spaces";
    for (size_t a = 0; a < golden->axis_count; a++)
        if (strcmp(golden->axes[a], "status") == 0)
            return "no axis called status";
    if (!all_are_distinct(golden->axes, golden->axis_count) ||
        !results_are_distinct(golden))
        return "columns of different names";
    if (golden->base && !is_canonical(golden->base, golden->base_size))
        return "a base of canonical msgpack";
    if (golden->data && !*golden->data)
        return "the data file's name";
    if (golden->data && strchr(golden->data, '/'))
        return "the data file beside the golden";
    if (golden->data && !slt_sha256_valid(golden->data_sha256))
        return "the data file's SHA-256";
    return check_functions(golden);
}

static const char *check_trail(const slt_golden_run *run)
{
    uint64_t picked[SLT_TRAIL_MAX];
    if (run->trail_count == 0 || run->trail_count > SLT_TRAIL_MAX)
        return "a trail of 1 to 64 hashes";
    uint64_t last = run->trail_record[run->trail_count - 1];
    if (last > UINT32_MAX - 1)
        return "record numbers below 2^32 - 1";
    bool right = slt_trail_pick((size_t)last + 1, picked) == run->trail_count;
    for (size_t i = 0; i < run->trail_count && right; i++)
        right = picked[i] == run->trail_record[i];
    if (!right)
        return "a trail of evenly spaced records, first and last included";
    if (run->trail_hash[run->trail_count - 1] != slt_digest_prefix(run->chain))
        return "the trail to end with the last chain hash";
    return NULL;
}

const char *slt_golden_check_run(const slt_golden *golden, size_t index)
{
    const slt_golden_run *run = &golden->runs[index];
    if (index > 0 && run->run <= golden->runs[index - 1].run)
        return "runs in rising order";
    if (golden->base && run->run == 0 &&
        !slt_digest_equal(run->experiment,
                          slt_digest_of(golden->base, golden->base_size)))
        return "run 0 to be the base's experiment";
    if (!all_are_words(run->values, golden->axis_count))
        return "sweep values of printable ASCII without spaces";
    if (!slt_sha256_valid(run->sha256))
        return "a SHA-256 of 64 hex digits";
    return check_trail(run);
}

const char *slt_golden_check_claim(const slt_golden_claim *claim)
{
    slt_real value, other;
    char text[SLT_REAL_TEXT_MAX];
    if (!slt_word_is(claim->id))
        return "a claim's id of printable ASCII without spaces";
    if (!slt_word_is(claim->value) || !slt_real_parse(claim->value, &value))
        return "a claim's value to be a number";
    slt_real_text(value, text);
    if (strcmp(text, claim->value) != 0)
        return "a claim's value as the shortest decimal";
    if (!slt_word_is(claim->expect) || !slt_real_parse(claim->expect, &other))
        return "what a claim expects to be a number";
    if (!slt_word_is(claim->tolerance) || !slt_real_parse(claim->tolerance, &other))
        return "a claim's tolerance to be a number";
    return NULL;
}
