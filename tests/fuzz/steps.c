/* Lines of steps, which `audit --program` has of another program: those that are taken
 * rise, differ in nothing from themselves, and in a hash alone where one digit of it is
 * another. */
#include "fuzz.h"

#include "verify/step_lines.h"

#define FIRST_HASH "W1=0123456789abcdef0123456789abcdef"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "# a comment\n0 0.5 " FIRST_HASH " W2=ffffffffffffffffffffffffffffffff\n"
        "1 0.25 " FIRST_HASH " W2=fffffffffffffffffffffffffffffff0\n"
        "18446744073709551615 - " FIRST_HASH "\n",
        "7 nan " FIRST_HASH " m/W1=00000000000000000000000000000000 a=b="
        "00000000000000000000000000000000\n#\n#\n8 " FIRST_HASH " " FIRST_HASH "\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static slt_step_lines steps_of(const uint8_t *bytes, size_t size)
{
    slt_step_lines steps = {.file = fmemopen(NULL, size + 1, "w+"), .path = "x"};
    if (!steps.file || (size && fwrite(bytes, 1, size, steps.file) != size) ||
        fflush(steps.file) || fseeko(steps.file, 0, SEEK_SET))
        tap_bail("no file in memory");
    return steps;
}

/* Reads all lines; the place of the last one's last digit, 0 where there is none. */
static slt_status read_all(const uint8_t *bytes, size_t size, uint64_t *count,
                           size_t *digit, slt_error *err)
{
    slt_status status = SLT_OK;
    slt_step_lines steps = steps_of(bytes, size);
    for (uint64_t before = 0; slt_step_lines_next(&steps, &status, err);) {
        FUZZ_REQUIRE(!*count || steps.step > before, "steps that do not rise");
        before = steps.step;
        ++*count;
        *digit = (size_t)ftello(steps.file) - 2;
    }
    slt_step_lines_free(&steps);
    return status;
}

static void compare(const uint8_t *bytes, const uint8_t *other, size_t size,
                    uint64_t count, bool differ)
{
    slt_step_lines a = steps_of(bytes, size), b = steps_of(other, size);
    slt_step_difference difference = {0};
    slt_error err = {0};
    bool found = false;
    uint64_t common = 0;
    const slt_status status =
        slt_step_lines_compare(&a, &b, &found, &common, &difference, &err);
    FUZZ_REQUIRE(!status && found == differ && common == count,
                 "%" PRIu64 " of %" PRIu64 " common steps, %s: %s", common, count,
                 found ? "they differ" : "they do not differ", err.text);
    FUZZ_REQUIRE(!found || (!difference.loss && difference.tensors.size),
                 "another hash, and another loss");
    slt_buffer_free(&difference.tensors);
    slt_step_lines_free(&a);
    slt_step_lines_free(&b);
}

static bool check(const uint8_t *bytes, size_t size)
{
    uint64_t count = 0;
    size_t digit = 0;
    slt_error err = {0};
    const slt_status status = read_all(bytes, size, &count, &digit, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    compare(bytes, bytes, size, count, false);
    if (!count)
        return true;
    uint8_t *other = malloc(size);
    if (!other)
        tap_bail("no memory");
    memcpy(other, bytes, size);
    other[digit] = other[digit] == '0' ? '1' : '0';
    compare(bytes, other, size, count, true);
    free(other);
    return true;
}

static const fuzz_target fuzz_this = {
    .name = "steps", .mutants = 20000, .seeds = 2, .seed = seed, .check = check};

FUZZ_MAIN
