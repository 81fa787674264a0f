/* Mutated traces: refused with SLT_FORMAT, or read whole.  Half of them get right hashes
 * again, so that the fields behind the hash chain are reached. */
#include "mutate.h"
#include "pack_skip.h"
#include "trace_sample.h"

#include <sltrace/show.h>

#include <sys/resource.h>

/* Walks the records as far as they can be skipped over and puts right hashes in. */
static void repair(uint8_t *bytes, size_t size)
{
    slt_pack_reader reader;
    slt_digest chain = {{0}};
    slt_pack_reader_init(&reader, bytes, size, "x");
    reader.at = size < 12 ? size : 12;
    while (!reader.failed && reader.at < size) {
        if (slt_pack_read_array(&reader) != 3)
            return;
        size_t begin = reader.at;
        pack_skip(&reader);
        pack_skip(&reader);
        size_t end = reader.at;
        slt_pack_span hash = slt_pack_read_bin(&reader);
        if (reader.failed || hash.size != 16)
            return;
        chain = slt_digest_chain(chain, bytes + begin, end - begin);
        memcpy(bytes + (hash.bytes - bytes), chain.bytes, 16);
    }
}

/* What is accepted can be shown. */
static bool shows(const slt_trace *trace)
{
    char *text = NULL;
    slt_json *json = NULL;
    bool shown = slt_json_create(&json, NULL) == SLT_OK &&
                 slt_show_trace(trace, "x", NULL, &text, NULL) == SLT_OK &&
                 slt_show_trace(trace, "x", json, NULL, NULL) == SLT_OK;
    free(text);
    slt_json_free(json);
    return shown;
}

static size_t accepted, refused, wrong;

static void one(const slt_buffer *original, bool repaired, bool agrees)
{
    size_t size;
    slt_trace *trace = NULL;
    slt_error err = {0};
    uint8_t *bytes = mutate(original, &size);
    if (repaired)
        repair(bytes, size);
    slt_status status = (agrees ? slt_trace_parse : slt_trace_parse_form)(
        bytes, size, "x", &trace, &err);
    if (status == SLT_OK) {
        accepted++;
        wrong += !shows(trace);
    } else {
        refused++;
        bool another = status == SLT_UNFIT && agrees; /* numerics revision */
        wrong += (status != SLT_FORMAT && !another) || strncmp(err.text, "x: ", 3) != 0;
    }
    slt_trace_free(trace);
    free(bytes);
}

#if defined(__has_feature) /* clang */
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

/* Address sanitizers need more memory than the limit leaves, and find such errors on
 * their own. */
static void limit_memory(bool on)
{
#if !defined(__SANITIZE_ADDRESS__)
    static struct rlimit was;
    if (on)
        getrlimit(RLIMIT_DATA, &was);
    setrlimit(RLIMIT_DATA, on ? &(struct rlimit){256 << 20, was.rlim_max} : &was);
#else
    (void)on;
#endif
}

/* Lengths of 4 GB in some dozen bytes must not cost memory. */
static void test_claims(void)
{
    static const char *const heads[] = {"\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff",
                                        "\xc6\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff"};
    sample s = {0};
    size_t found = 0;
    limit_memory(true);
    for (size_t i = 0; i < 4; i++)
        for (uint8_t kind = 0; kind <= 4; kind++) {
            slt_trace *trace = NULL;
            sample_begin(&s);
            slt_pack_map(&s.body, 3);
            slt_buffer_append(&s.body, heads[i], 5);
            sample_record(&s, kind);
            found += slt_trace_parse(s.bytes.data, s.bytes.size, "x", &trace, NULL) ==
                     SLT_FORMAT;
        }
    limit_memory(false);
    TAP_EQ_U64(found, 20, "claimed lengths are not believed");
    sample_free(&s);
}

int main(void)
{
    sample s = {0};
    random_begin();
    test_claims();
    for (int i = 0; i < 40000; i++) {
        if (i == 0)
            sample_compact(&s);
        if (i == 20000) {
            sample_agree(&s);
            sample_whole(&s);
        }
        one(&s.bytes, i % 2, i >= 20000);
    }
    TAP_OK(refused > 0 && wrong == 0, "%zu refused, %zu read, %zu wrong", refused,
           accepted, wrong);
    TAP_OK(accepted > 0, "some repaired ones are read");
    sample_free(&s);
    return tap_done();
}
