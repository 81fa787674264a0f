/* Mutated goldens: refused with path:line, or such that writing them gives them again.
 * Half of them get a right root again. */
#include "golden_sample.h"
#include "mutate.h"

#include <sltrace/show.h>

#include "base/sha256.h"

static size_t accepted, refused, wrong;

static void repair(uint8_t *bytes, size_t size)
{
    uint8_t *root = size ? memmem(bytes, size, "\nroot sha256:", 13) : NULL;
    if (!root || (size_t)(bytes + size - root) < 13 + 64)
        return;
    char right[65];
    slt_sha256_of(bytes, (size_t)(root + 1 - bytes), right);
    memcpy(root + 13, right, 64);
}

static bool is_itself(slt_golden *golden, const uint8_t *bytes, size_t size)
{
    char *again = NULL, *text = NULL;
    size_t again_size = 0;
    bool same = slt_golden_write(golden, &again, &again_size, NULL) == SLT_OK &&
                again_size == size && memcmp(again, bytes, size) == 0;
    slt_json *json = NULL;
    if (accepted % 2)
        slt_json_create(&json, NULL);
    same = same && slt_show_golden(golden, NULL, json, &text, NULL) == SLT_OK;
    slt_json_free(json);
    free(again);
    free(text);
    return same;
}

static void one(const slt_buffer *original, bool repaired)
{
    size_t size;
    slt_golden *golden = NULL;
    slt_error err = {0};
    uint8_t *bytes = mutate(original, &size);
    if (repaired)
        repair(bytes, size);
    slt_status status = slt_golden_parse((char *)bytes, size, "x", &golden, &err);
    if (status == SLT_OK) {
        accepted++;
        wrong += !is_itself(golden, bytes, size);
        slt_golden_free(golden);
    } else {
        refused++;
        wrong += status != SLT_FORMAT || strncmp(err.text, "x:", 2) != 0;
    }
    free(bytes);
}

int main(void)
{
    slt_buffer original = {0};
    slt_golden *golden = golden_sample();
    char *text = NULL;
    size_t size = 0;
    random_begin();
    free(golden->manifest);
    golden->manifest = strdup("../a b%41\xc3\xa9/x.yaml");
    /* A short trail, so that mutations meet the other fields too. */
    golden->runs[2].trail_count = slt_trail_pick(5, golden->runs[2].trail_record);
    golden->runs[2].trail_hash[4] = slt_digest_prefix(golden->runs[2].chain);
    slt_golden_write(golden, &text, &size, NULL);
    slt_buffer_append(&original, text, size);
    for (int i = 0; i < 20000; i++)
        one(&original, i % 2);
    TAP_OK(refused > 0 && wrong == 0, "%zu refused, %zu read, %zu wrong", refused,
           accepted, wrong);
    TAP_OK(accepted > 0, "some repaired ones are read");
    free(text);
    slt_buffer_free(&original);
    slt_golden_free(golden);
    return tap_done();
}
