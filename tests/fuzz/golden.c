/* Goldens: what is taken has its root, is what is written of it, differs in nothing from
 * itself read again, and can be shown. */
#include "fuzz.h"
#include "golden_sample.h"
#include "json_check.h"

#include <sltrace/show.h>

#include "base/sha256.h"
#include "golden/golden_lines.h"

#define ROOT "\nroot sha256:"

static void seed(size_t n, slt_buffer *bytes)
{
    slt_golden *golden = golden_sample();
    char *text = NULL;
    size_t size = 0;
    if (n) { /* a path to be escaped, and no claims */
        free(golden->manifest);
        golden->manifest = strdup("../a b%41\xc3\xa9/x.yaml");
        for (size_t i = 0; i < golden->claim_count; i++) {
            free(golden->claims[i].id);
            free(golden->claims[i].value);
            free(golden->claims[i].expect);
            free(golden->claims[i].tolerance);
        }
        golden->claim_count = 0;
    }
    if (n == 2) { /* a short trail, so that mutations meet the other fields too */
        if (!slt_golden_run_make(golden, &golden->runs[2], 5))
            tap_bail("no memory");
        golden->runs[2].trail_hash[4] = slt_digest_prefix(golden->runs[2].chain);
    }
    if (slt_golden_write(golden, &text, &size, NULL))
        tap_bail("no golden");
    slt_buffer_append(bytes, text, size);
    free(text);
    slt_golden_free(golden);
}

static void repair(slt_buffer *bytes)
{
    char right[SLT_SHA256_TEXT_MAX];
    uint8_t *root =
        bytes->size ? memmem(bytes->data, bytes->size, ROOT, strlen(ROOT)) : NULL;
    if (!root || (size_t)(bytes->data + bytes->size - root) < strlen(ROOT) + 64)
        return;
    slt_sha256_of(bytes->data, (size_t)(root + 1 - bytes->data), right);
    memcpy(root + strlen(ROOT), right, 64);
}

static void check_root(const uint8_t *bytes, size_t size)
{
    slt_buffer copy = {0};
    slt_buffer_append(&copy, bytes, size);
    repair(&copy);
    FUZZ_REQUIRE(fuzz_same(&copy, bytes, size), "its root is wrong");
    slt_buffer_free(&copy);
}

static void check_written(slt_golden *golden, const uint8_t *bytes, size_t size)
{
    char *text = NULL;
    size_t again = 0;
    slt_status status = slt_golden_write(golden, &text, &again, NULL);
    FUZZ_REQUIRE(!status && again == size && !memcmp(text, bytes, size),
                 "written again it is other bytes");
    free(text);
}

static void check_compared(const slt_golden *golden, const uint8_t *bytes, size_t size)
{
    slt_golden *other = NULL;
    slt_golden_difference difference = {0};
    slt_status status = slt_golden_parse((const char *)bytes, size, "y", &other, NULL);
    FUZZ_REQUIRE(!status, "read again it is refused");
    for (int line = SLT_GOLDEN_FORMAT; !status && line <= SLT_GOLDEN_CLAIM; line++) {
        const bool of_runs = line == SLT_GOLDEN_RUN || line == SLT_GOLDEN_TRAIL;
        const size_t count = of_runs                    ? golden->run_count
                             : line == SLT_GOLDEN_CLAIM ? golden->claim_count
                                                        : 1;
        for (size_t i = 0; i < count && !status; i++)
            status = slt_golden_compare_line(golden, other, (slt_golden_line)line, i,
                                             &difference, NULL);
    }
    FUZZ_REQUIRE(!status && difference.count == 0, "%s differs from itself: %s and %s",
                 difference.field, difference.golden, difference.found);
    slt_golden_free(other);
}

static void check_shown(const slt_golden *golden)
{
    char *text = NULL;
    char digest[SLT_SHA256_TEXT_MAX];
    slt_json *json = NULL;
    FUZZ_REQUIRE(!slt_golden_digest_runs(golden, digest, NULL), "no digest of its runs");
    FUZZ_REQUIRE(!slt_show_golden(golden, NULL, NULL, &text, NULL) && *text,
                 "it is not shown");
    free(text);
    FUZZ_REQUIRE(!slt_json_create(&json, NULL) &&
                     !slt_show_golden(golden, NULL, json, NULL, NULL),
                 "it is not shown as JSON");
    FUZZ_REQUIRE(json_closes_valid(json), "shown as JSON it is none");
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_golden *golden = NULL;
    slt_error err = {0};
    slt_status status = slt_golden_parse((const char *)bytes, size, "x", &golden, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    check_root(bytes, size);
    if (fuzz_looks_closer()) {
        check_written(golden, bytes, size);
        check_compared(golden, bytes, size);
        check_shown(golden);
    }
    slt_golden_free(golden);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_golden *golden = NULL, *other = NULL;
    slt_golden_difference difference = {0};
    char *text = NULL;
    slt_status status = slt_golden_parse((const char *)bytes, size, "x", &golden, NULL);
    if (!status)
        status = slt_golden_parse((const char *)bytes, size, "y", &other, NULL);
    if (!status)
        status =
            slt_golden_compare_line(golden, other, SLT_GOLDEN_RUN, 0, &difference, NULL);
    if (!status)
        status = slt_golden_write(golden, &text, &size, NULL);
    if (!status)
        slt_buffer_append(said, text, size);
    free(text);
    slt_golden_free(golden);
    slt_golden_free(other);
    return status;
}

static const fuzz_target fuzz_this = {.name = "golden",
                                      .mutants = 20000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .repair = repair,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
