/* codec/experiments.c, run/run_list.c: sets of runs. */
#include "tap.h"

#include <string.h>

#include "codec/digest.h"
#include "codec/experiments.h"
#include "run/run_list.h"

static slt_digest number(uint32_t i)
{
    return slt_digest_of(&i, sizeof i);
}

static void test_set(void)
{
    enum { COUNT = 5000 };
    slt_experiments set = {0};
    size_t wrong = slt_experiments_find(&set, number(0)) != SIZE_MAX;
    for (uint32_t i = 0; i < COUNT; i++)
        wrong += !slt_experiments_add(&set, number(i));
    for (uint32_t i = 0; i < COUNT; i++)
        wrong += slt_experiments_find(&set, number(i)) != i;
    for (uint32_t i = COUNT; i < 2 * COUNT; i++)
        wrong += slt_experiments_find(&set, number(i)) != SIZE_MAX;
    TAP_OK(!wrong && set.count == COUNT, "experiments are found by their numbers");
    slt_experiments_free(&set);
    TAP_OK(set.count == 0 && slt_experiments_find(&set, number(1)) == SIZE_MAX,
           "none when freed");
}

/* All with the first eight bytes alike, which choose the slot. */
static void test_alike(void)
{
    slt_experiments set = {0};
    size_t wrong = 0;
    for (uint8_t i = 0; i < 200; i++)
        wrong += !slt_experiments_add(&set, (slt_digest){{[15] = i}});
    for (uint8_t i = 0; i < 200; i++)
        wrong += slt_experiments_find(&set, (slt_digest){{[15] = i}}) != i;
    wrong += slt_experiments_find(&set, (slt_digest){{[15] = 200}}) != SIZE_MAX;
    TAP_EQ_U64(wrong, 0, "experiments that share a slot");
    slt_experiments_free(&set);
}

static void test_list(const size_t *runs, size_t count, const char *expected)
{
    slt_run_list list = {0};
    for (size_t i = 0; i < count; i++)
        slt_run_list_add(&list, runs[i]);
    TAP_EQ_TEXT(slt_run_list_text(&list), expected, "a list of runs");
    slt_run_list_free(&list);
}

static void test_long_list(void)
{
    slt_run_list list = {0};
    for (size_t run = 0; run < 100000; run += 2)
        slt_run_list_add(&list, run);
    const char *text = slt_run_list_text(&list);
    size_t size = strlen(text);
    TAP_OK(size > 4 && size < 300 && strstr(text, ",...") == text + size - 4,
           "a long list is cut, and says so: %s", text);
    slt_run_list_free(&list);
}

int main(void)
{
    test_set();
    test_alike();
    test_list(NULL, 0, "");
    test_list((size_t[]){0}, 1, "0");
    test_list((size_t[]){0, 1}, 2, "0-1");
    test_list((size_t[]){3, 57, 190, 191, 192}, 5, "3,57,190-192");
    test_list((size_t[]){0, 2, 3, 5}, 4, "0,2-3,5");
    test_long_list();
    return tap_done();
}
