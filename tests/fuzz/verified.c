/* Statements of verifications: what is taken is sound, and with a key it is what that key
 * signed, whatever stands around it. */
#include "fuzz.h"

#include <sodium.h>

#include "codec/dsse.h"
#include "report/statement.h"
#include "report/verified.h"

static const char sha256[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* A pair of keys, always the same. */
static void make_keys(slt_secret_key *secret, slt_public_key *key)
{
    static const uint8_t number[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t start[crypto_sign_SEEDBYTES] = "a key";
    memcpy(secret->number, number, sizeof number);
    memcpy(key->number, number, sizeof number);
    crypto_sign_seed_keypair(key->point, secret->pair, start);
}

static void put_statement(slt_json *json, uint64_t judged, bool spot)
{
    slt_statement_begin(json);
    slt_statement_put_file(json, "a.golden", sha256);
    slt_statement_judge(json, "PASSED");
    slt_json_close(json, ']');
    slt_json_key_open(json, "verification", '{');
    slt_json_key_uint(json, "runs", 9);
    slt_json_key_uint(json, "judged", judged);
    if (spot) {
        slt_json_key_open(json, "spot", '{');
        slt_json_key_uint(json, "stretches", 40);
        slt_json_key_uint(json, "drawn", 7);
        slt_json_close(json, '}');
    }
    slt_json_key_text(json, "finished", "2026-11-30T18:36:57Z");
    slt_json_key_text(json, "machine", "x86_64");
    slt_json_key_text(json, "cpu", "a CPU");
    slt_json_key_text(json, "isa", "avx2");
    slt_json_key_text(json, "sltrace", "0.1.0");
    for (int i = 0; i < 3; i++)
        slt_json_close(json, '}');
}

static void seed(size_t n, slt_buffer *bytes)
{
    slt_json statement = {0}, envelope = {0};
    slt_secret_key secret;
    slt_public_key key;
    slt_error err = {0};
    put_statement(&statement, n == 1 ? 4 : 9, n == 2);
    if (n != 3) {
        slt_buffer_append(bytes, statement.text.data, statement.text.size);
    } else {
        make_keys(&secret, &key);
        if (slt_dsse_put(&envelope, &secret, SLT_STATEMENT_PAYLOAD, statement.text.data,
                         statement.text.size, &err))
            tap_bail(err.text);
        slt_buffer_append(bytes, envelope.text.data, envelope.text.size);
    }
    slt_buffer_free(&statement.text);
    slt_buffer_free(&envelope.text);
}

static bool is_plain(const char *text)
{
    size_t length = 0;
    while (text[length] >= ' ' && text[length] <= '~')
        length++;
    return length && !text[length] && length < SLT_VERIFIED_TEXT_MAX;
}

static void check_sound(const slt_verified *v)
{
    slt_buffer words = {0};
    FUZZ_REQUIRE(v->judged <= v->runs && v->drawn <= v->stretches, "more than there are");
    FUZZ_REQUIRE(v->judged || v->drawn || !v->passed, "passed of nothing");
    FUZZ_REQUIRE(is_plain(v->finished) && is_plain(v->machine) && is_plain(v->cpu) &&
                     is_plain(v->isa) && is_plain(v->program),
                 "a text that is none");
    slt_verified_print(v, &words);
    FUZZ_REQUIRE(is_plain(slt_buffer_text(&words)) || words.size >= SLT_VERIFIED_TEXT_MAX,
                 "%s", slt_buffer_text(&words));
    slt_buffer_free(&words);
}

/* Whether it is what seed 3 holds. */
static bool is_signed(const slt_verified *v)
{
    return v->checked && v->current && v->passed && v->runs == 9 && v->judged == 9 &&
           !v->stretches && !strcmp(v->finished, "2026-11-30T18:36:57Z") &&
           !strcmp(v->machine, "x86_64") && !strcmp(v->cpu, "a CPU") &&
           !strcmp(v->isa, "avx2") && !strcmp(v->program, "0.1.0") &&
           !strcmp(v->key, "0807060504030201");
}

static bool check(const uint8_t *bytes, size_t size)
{
    const char *text = size ? (const char *)bytes : "";
    slt_verified v;
    slt_error err = {0};
    slt_secret_key secret;
    slt_public_key key;
    make_keys(&secret, &key);
    slt_status status = slt_verified_parse(text, size, "x", sha256, &key, &v, &err);
    FUZZ_REQUIRE(status || is_signed(&v), "the key did not sign this");
    if (status)
        FUZZ_REQUIRE((status == SLT_DIFFERS || status == SLT_FORMAT) &&
                         err.text[0] == 'x' && err.text[1] == ':',
                     "%s", err.text);
    status = slt_verified_parse(text, size, "x", sha256, NULL, &v, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x");
        return false;
    }
    FUZZ_REQUIRE(!v.checked, "nobody checked it");
    check_sound(&v);
    return true;
}

static const fuzz_target fuzz_this = {
    .name = "verified", .mutants = 10000, .seeds = 4, .seed = seed, .check = check};

FUZZ_MAIN
