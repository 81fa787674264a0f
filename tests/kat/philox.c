/* Published known answers of Philox, read from text, and Random123 itself. */
#include "num/philox.h"
#include "tap.h"

#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#define HAVE_RANDOM123
#endif

static void test_known(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/philox4x32-10.txt", "r");
    if (!file)
        tap_bail("tests/kat/philox4x32-10.txt is missing");
    char line[256];
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        uint32_t w[10];
        if (line[0] == '#')
            continue;
        char *at = line;
        for (int i = 0; i < 10; i++)
            w[i] = (uint32_t)strtoul(at, &at, 16);
        slt_philox_block out = slt_philox_of(w[0], w[1], w[2], w[3], w[4], w[5]);
        TAP_EQ_BYTES(out.word, w + 6, sizeof out.word, "known answer");
        rows++;
    }
    fclose(file);
    TAP_EQ_U64((uint64_t)rows, 3, "all known answers read");
}

static void test_random123(void)
{
#ifdef HAVE_RANDOM123
    bool same = true;
    uint64_t state = 12345;
    for (int i = 0; i < 20000; i++) {
        uint32_t w[6];
        for (int j = 0; j < 6; j++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            w[j] = (uint32_t)(state >> 32);
        }
        philox4x32_ctr_t counter = {{w[0], w[1], w[2], w[3]}};
        philox4x32_key_t key = {{w[4], w[5]}};
        philox4x32_ctr_t want = philox4x32_R(10, counter, key);
        slt_philox_block out = slt_philox_of(w[0], w[1], w[2], w[3], w[4], w[5]);
        same &= memcmp(out.word, want.v, sizeof out.word) == 0;
    }
    TAP_OK(same, "20000 random counters and keys as Random123 has them");
#else
    tap_skip("comparison with Random123", "its headers are not installed");
#endif
}

int main(void)
{
    test_known();
    test_random123();
    return tap_done();
}
