/* A statement of a verification, as it is read. */
#include "report/verified.h"

#include <string.h>

#include "base/sha256.h"
#include "codec/dsse.h"
#include "codec/yaml.h"
#include "report/statement.h"

static const slt_value *map_in(const slt_value *map, const char *key)
{
    const slt_value *value = map ? slt_value_get(map, key) : NULL;
    return value && value->kind == SLT_VALUE_MAP ? value : NULL;
}

static const char *word_in(const slt_value *map, const char *key)
{
    const slt_value *value = map ? slt_value_get(map, key) : NULL;
    return value && value->kind == SLT_VALUE_TEXT ? value->text : "";
}

/* Whether a map has this key as a printable text, which is kept. */
static bool take_text(const slt_value *map, const char *key,
                      char text[SLT_VERIFIED_TEXT_MAX])
{
    const char *from = word_in(map, key);
    for (const unsigned char *c = (const unsigned char *)from; *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    if (!*from || strlen(from) >= SLT_VERIFIED_TEXT_MAX)
        return false;
    memcpy(text, from, strlen(from) + 1);
    return true;
}

static bool take_count(const slt_value *map, const char *key, uint64_t *count)
{
    const slt_value *value = map ? slt_value_get(map, key) : NULL;
    if (!value || value->kind != SLT_VALUE_INT || value->negative)
        return false;
    *count = value->magnitude;
    return true;
}

/* The SHA-256 of the one subject; "" where there is not one. */
static const char *subject_of(const slt_value *statement)
{
    const slt_value *subjects = slt_value_get(statement, "subject");
    if (!subjects || subjects->kind != SLT_VALUE_LIST || subjects->count != 1 ||
        subjects->items->kind != SLT_VALUE_MAP)
        return "";
    return word_in(map_in(subjects->items, "digest"), "sha256");
}

static bool take_verification(const slt_value *map, slt_verified *v)
{
    const slt_value *spot = map_in(map, "spot");
    return take_count(map, "runs", &v->runs) && take_count(map, "judged", &v->judged) &&
           v->judged <= v->runs &&
           (!spot ||
            (take_count(spot, "stretches", &v->stretches) &&
             take_count(spot, "drawn", &v->drawn) && v->drawn <= v->stretches)) &&
           take_text(map, "finished", v->finished) &&
           take_text(map, "machine", v->machine) && take_text(map, "cpu", v->cpu) &&
           take_text(map, "isa", v->isa) && take_text(map, "sltrace", v->program);
}

static slt_status take_statement(const slt_value *statement, const char *name,
                                 const char *sha256, slt_verified *v, slt_error *err)
{
    const slt_value *predicate = NULL;
    const char *result = "";
    if (statement->kind == SLT_VALUE_MAP &&
        !strcmp(word_in(statement, "_type"), SLT_STATEMENT_TYPE) &&
        !strcmp(word_in(statement, "predicateType"), SLT_STATEMENT_PREDICATE) &&
        slt_sha256_valid(subject_of(statement)))
        predicate = map_in(statement, "predicate");
    result = word_in(predicate, "result");
    v->passed = !strcmp(result, "PASSED");
    if ((!v->passed && strcmp(result, "FAILED")) ||
        !take_verification(map_in(predicate, "verification"), v))
        return slt_fail(err, SLT_FORMAT, "%s: not a statement of sltrace verify --attest",
                        name);
    if (v->passed && !v->judged && !v->drawn)
        return slt_fail(err, SLT_FORMAT, "%s: found PASSED of no run", name);
    v->current = !strcmp(subject_of(statement), sha256);
    return SLT_OK;
}

/* The statement in an envelope. */
static slt_status open_envelope(slt_value *value, const char *name,
                                const slt_public_key *key, slt_verified *v,
                                slt_error *err)
{
    slt_buffer payload = {0};
    slt_status status =
        slt_dsse_read(value, name, SLT_STATEMENT_PAYLOAD, key, &payload, v->key, err);
    slt_value_free(value);
    *value = (slt_value){0};
    if (!status)
        status =
            slt_yaml_parse(slt_buffer_text(&payload), payload.size, name, value, err);
    v->checked = !status && key;
    slt_buffer_free(&payload);
    return status;
}

slt_status slt_verified_parse(const char *text, size_t size, const char *name,
                              const char *sha256, const slt_public_key *key,
                              slt_verified *verified, slt_error *err)
{
    slt_value value = {0};
    *verified = (slt_verified){.there = true};
    slt_status status = slt_yaml_parse(text, size, name, &value, err);
    if (!status && value.kind == SLT_VALUE_MAP && slt_value_get(&value, "payload"))
        status = open_envelope(&value, name, key, verified, err);
    else if (!status && key)
        status = slt_fail(err, SLT_DIFFERS, "%s: unsigned", name);
    if (!status)
        status = take_statement(&value, name, sha256, verified, err);
    slt_value_free(&value);
    return status;
}
