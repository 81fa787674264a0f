/* Lengths of 4 GB claimed in some dozen bytes of a trace must not cost memory. */
#include "tap.h"
#include "trace_sample.h"

#include <sys/resource.h>

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
    test_claims();
    return tap_done();
}
