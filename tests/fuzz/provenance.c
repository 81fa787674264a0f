/* Provenance: what is taken differs in nothing from itself, and from another by the same
 * fields whichever comes first. */
#include "fuzz.h"

#include "audit/provenance.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "{\"schema\":\"sltrace.provenance/1\",\"sltrace\":\"0.1.0\",\"numerics\":1,"
        "\"compiler\":\"gcc 12\",\"flags\":\"-O2\",\"floats\":{\"f32\":true,\"rounding\":"
        "[0,1.5]},\"cpu\":\"x\",\"isa\":\"avx2\",\"libraries\":{\"a\":\"1\",\"b\":null},"
        "\"host\":\"h\",\"started\":\"2025-01-01T00:00:00Z\"}\n",
        "{\n  \"schema\": \"sltrace.provenance/1\",\n  \"libraries\": {\"b\": \"2\"},\n"
        "  \"other\": [1, -2, 18446744073709551615], \"flags\": \"-O3\"\n}\n",
        "schema: x\nloaded: {}\nrelease: 1\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static slt_audit audit;
static const slt_audit_options options = {.jobs = 1};

static void compare(const slt_audit_sidecar *a, const slt_audit_sidecar *b,
                    slt_audit_pair *pair)
{
    static slt_audit_side sides[2] = {{.path = "a"}, {.path = "b"}};
    slt_error err = {0};
    *pair = (slt_audit_pair){.sides = {&sides[0], &sides[1]}};
    FUZZ_REQUIRE(!slt_audit_compare_sidecars(&audit, pair, a, b, &err), "%s", err.text);
}

static bool same_text(const char *a, const char *b)
{
    return !a || !b ? a == b : !strcmp(a, b);
}

/* Whether each field of one comparison is one of the other, with its sides exchanged. */
static bool is_mirrored(const slt_audit_pair *a, const slt_audit_pair *b)
{
    bool all = a->field_count == b->field_count;
    for (size_t i = 0; all && i < a->field_count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->field_count; j++)
            found |= same_text(a->fields[i].name, b->fields[j].name) &&
                     same_text(a->fields[i].reference, b->fields[j].found) &&
                     same_text(a->fields[i].found, b->fields[j].reference);
        all = found;
    }
    return all;
}

static bool read_sidecar(const uint8_t *bytes, size_t size, slt_audit_sidecar *sidecar)
{
    slt_error err = {0};
    const char *path = fuzz_file(bytes, size);
    slt_status status = slt_audit_read_sidecar(&audit, "x.trace", path, sidecar, &err);
    if (!status)
        return true;
    FUZZ_REFUSED(status, err, path);
    slt_audit_sidecar_free(sidecar);
    return false;
}

static void check_compared(const slt_audit_sidecar *a, const slt_audit_sidecar *b)
{
    slt_audit_pair pair, mirrored;
    compare(a, a, &pair);
    FUZZ_REQUIRE(pair.field_count == 0, "%s differs from itself", pair.fields[0].name);
    slt_audit_pair_free(&pair);
    compare(a, b, &pair);
    compare(b, a, &mirrored);
    FUZZ_REQUIRE(is_mirrored(&pair, &mirrored),
                 "%zu fields differ, the other way round %zu or others", pair.field_count,
                 mirrored.field_count);
    slt_audit_pair_free(&pair);
    slt_audit_pair_free(&mirrored);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_audit_sidecar a, b;
    slt_buffer other = {0};
    bool taken;
    slt_audit_begin(&audit, "traces", &options);
    taken = read_sidecar(bytes, size, &a);
    for (size_t i = 0; taken && i < 2; i++) {
        slt_buffer_clear(&other);
        seed(i, &other);
        if (!read_sidecar(other.data, other.size, &b))
            tap_bail("a seed is refused");
        check_compared(&a, &b);
        slt_audit_sidecar_free(&b);
    }
    if (taken)
        slt_audit_sidecar_free(&a);
    slt_audit_end(&audit, SLT_OK, NULL);
    slt_buffer_free(&other);
    return taken;
}

/* Of whether two are the same. */
static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_audit_sidecar a;
    slt_audit_pair pair = {0};
    static slt_audit_side sides[2] = {{.path = "a"}, {.path = "b"}};
    slt_audit_begin(&audit, "traces", &options);
    pair.sides[0] = &sides[0];
    pair.sides[1] = &sides[1];
    slt_status status =
        slt_audit_read_sidecar(&audit, "x.trace", fuzz_file(bytes, size), &a, NULL);
    if (!status)
        status = slt_audit_compare_sidecars(&audit, &pair, &a, &a, NULL);
    slt_buffer_printf(said, "%zu", pair.field_count);
    slt_audit_sidecar_free(&a);
    slt_audit_pair_free(&pair);
    return slt_audit_end(&audit, status, NULL);
}

static const fuzz_target fuzz_this = {.name = "provenance",
                                      .mutants = 5000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
