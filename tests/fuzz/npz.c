/* .npz files: what a member of a taken one has is the same at each reading and within the
 * bound; whatever the archive, no more is unpacked. */
#include "fuzz.h"

#include "array/npz.h"
#include "base/endian.h"

#define MEMBER "x"
#define MOST ((size_t)1 << 16)

static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

static void put(slt_buffer *bytes, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        slt_buffer_byte(bytes, (uint8_t)(value >> 8 * i));
}

/* From the version that is needed to the length of the extra field. */
static void put_facts(slt_buffer *bytes, const char *name, const char *content)
{
    const size_t size = strlen(content);
    put(bytes, 20, 2);
    put(bytes, 0, 8); /* no flags, stored, no time */
    put(bytes, crc_of((const uint8_t *)content, size), 4);
    put(bytes, size, 4);
    put(bytes, size, 4);
    put(bytes, strlen(name), 2);
    put(bytes, 0, 2);
}

/* An archive of members that are stored as they are. */
static void put_archive(slt_buffer *bytes, const char *const (*members)[2], size_t count)
{
    size_t places[4];
    for (size_t i = 0; i < count; i++) {
        places[i] = bytes->size;
        slt_buffer_append(bytes, "PK\3\4", 4);
        put_facts(bytes, members[i][0], members[i][1]);
        slt_buffer_append(bytes, members[i][0], strlen(members[i][0]));
        slt_buffer_append(bytes, members[i][1], strlen(members[i][1]));
    }
    const size_t list = bytes->size;
    for (size_t i = 0; i < count; i++) {
        slt_buffer_append(bytes, "PK\1\2\24\0", 6);
        put_facts(bytes, members[i][0], members[i][1]);
        put(bytes, 0, 8);
        put(bytes, 0, 2);
        put(bytes, places[i], 4);
        slt_buffer_append(bytes, members[i][0], strlen(members[i][0]));
    }
    const size_t end = bytes->size;
    slt_buffer_append(bytes, "PK\5\6\0\0\0\0", 8);
    put(bytes, count, 2);
    put(bytes, count, 2);
    put(bytes, end - list, 4);
    put(bytes, list, 4);
    put(bytes, 0, 2);
}

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const one[][2] = {{MEMBER ".npy", "the bytes of an array"}};
    static const char *const three[][2] = {
        {"y.npy", ""}, {MEMBER ".npy", "these"}, {"a/b.npy", "others"}};
    static const char *const twice[][2] = {{MEMBER ".npy", "a"}, {MEMBER ".npy", "b"}};
    /* Deflated: 1000 times the letter a, by Python's zipfile. */
    static const uint8_t packed[] = {
        80,  75,  3,   4,  20, 0,   0,  0,   8,  0,   0,   0,   33,  0,   3,   218, 56,
        154, 11,  0,   0,  0,  232, 3,  0,   0,  5,   0,   0,   0,   120, 46,  110, 112,
        121, 75,  76,  28, 5,  163, 96, 20,  12, 119, 0,   0,   80,  75,  1,   2,   20,
        3,   20,  0,   0,  0,  8,   0,  0,   0,  33,  0,   3,   218, 56,  154, 11,  0,
        0,   0,   232, 3,  0,  0,   5,  0,   0,  0,   0,   0,   0,   0,   0,   0,   0,
        0,   128, 1,   0,  0,  0,   0,  120, 46, 110, 112, 121, 80,  75,  5,   6,   0,
        0,   0,   0,   1,  0,  1,   0,  51,  0,  0,   0,   46,  0,   0,   0,   0,   0};
    switch (n) {
    case 0:
        put_archive(bytes, one, 1);
        break;
    case 1:
        put_archive(bytes, three, 3);
        break;
    case 2:
        put_archive(bytes, twice, 2);
        break;
    default:
        slt_buffer_append(bytes, packed, sizeof packed);
    }
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_error err = {0};
    slt_buffer once = {0}, again = {0};
    slt_status status = slt_npz_read(bytes, size, MEMBER, MOST, &once, &err);
    FUZZ_REQUIRE(once.size <= MOST + 65536, "%zu bytes were unpacked", once.size);
    if (status)
        FUZZ_REFUSED(status, err, "");
    else {
        FUZZ_REQUIRE(once.size <= MOST && once.size <= size * SLT_NPZ_RATIO_MAX,
                     "%zu bytes of %zu", once.size, size);
        status = slt_npz_read(bytes, size, MEMBER, MOST, &again, &err);
        FUZZ_REQUIRE(!status && fuzz_same(&again, once.data, once.size),
                     "unpacked again it has other bytes");
    }
    slt_buffer_free(&once);
    slt_buffer_free(&again);
    return !status;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    return slt_npz_read(bytes, size, MEMBER, MOST, said, NULL);
}

static const fuzz_target fuzz_this = {.name = "npz",
                                      .mutants = 30000,
                                      .seeds = 4,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
