/* base/status.c: a message is one line, whatever it quotes, and never too long; of
 * several exit statuses the worst, whatever the order: 2 over 1 over 3 over 0. */
#include "tap.h"

#include <sltrace/status.h>

/* ---- Messages ---------------------------------------------------------------------- */

static slt_error err;

static void test_lines(void)
{
    TAP_EQ_U64(slt_fail(&err, SLT_FORMAT, "%s: expected %d", "a\n\x1b[2J\xff\xc2\x9b", 7),
               SLT_FORMAT, "the status comes back");
    TAP_EQ_U64(err.status, SLT_FORMAT, "and is kept");
    TAP_EQ_TEXT(err.text, "a\\x0a\\x1b[2J\\xff\\xc2\\x9b: expected 7",
                "a line end, a sequence and what is no UTF-8 are seen");
    slt_fail(&err, SLT_FILE, "\xc3\xa9 \\ '%s'", "#");
    TAP_EQ_TEXT(err.text, "\xc3\xa9 \\ '#'", "letters stay");
    TAP_EQ_U64(slt_fail(NULL, SLT_FILE, "%s", "x"), SLT_FILE,
               "nobody asks for the message");
    slt_error_prefix(&err, "a\tb");
    TAP_EQ_TEXT(err.text, "a\\x09b: \xc3\xa9 \\ '#'", "a prefix before it");
    TAP_EQ_U64(err.status, SLT_FILE, "whose status stays");
    const slt_error none = {0};
    slt_error other = {0};
    TAP_OK(slt_error_copy(&other, &err) == SLT_FILE && other.status == SLT_FILE &&
               !strcmp(other.text, err.text),
           "a copy of it");
    TAP_OK(slt_error_copy(&other, &none) == SLT_OK && other.status == SLT_FILE,
           "where there is no error nothing is copied");
    TAP_EQ_U64(slt_error_copy(NULL, &err), SLT_FILE, "nor where nobody asks for it");
}

/* Texts of two-byte letters behind 0 and 1 byte: one of them is cut within a letter. */
static void test_lengths(void)
{
    char text[2 * SLT_ERROR_TEXT_MAX + 2] = "x";
    for (size_t i = 0; i < SLT_ERROR_TEXT_MAX; i++)
        memcpy(text + 1 + 2 * i, "\xc3\xa9", 3);
    for (int skip = 0; skip < 2; skip++) {
        slt_fail(&err, SLT_FILE, "%s", text + skip);
        size_t size = strlen(err.text);
        TAP_OK(size >= SLT_ERROR_TEXT_MAX - 2 &&
                   !memcmp(err.text, text + skip, size - 3) &&
                   !strcmp(err.text + size - 3, "...") && err.text[size - 4] == '\xa9',
               "a long message ends with a whole letter and dots: %zu bytes", size);
    }
    memset(text, 'a', sizeof text);
    text[SLT_ERROR_TEXT_MAX - 1] = 0;
    slt_fail(&err, SLT_FILE, "%s", text);
    TAP_EQ_TEXT(err.text, text, "the longest that fits");
}

/* ---- Exit statuses ----------------------------------------------------------------- */

static const slt_status all[] = {
#define STATUS(name, exit_code, words) SLT_##name,
    SLT_STATUS_MAP(STATUS)
#undef STATUS
};
enum { COUNT = sizeof all / sizeof *all };

/* Exit status of two, by their own: row and column 0, 1, 2, 3. */
static const int worse[4][4] = {{0, 1, 2, 3}, {1, 1, 2, 1}, {2, 2, 2, 2}, {3, 1, 2, 3}};

static void test_exits(void)
{
    static const int exits[] = {0, 1, 2, 2, 2, 2, 2, 3};
    TAP_OK(COUNT == sizeof exits / sizeof *exits, "each status has its exit here");
    for (size_t i = 0; i < COUNT; i++)
        TAP_OK(slt_status_exit(all[i]) == exits[i], "%s: %d", slt_status_text(all[i]),
               exits[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            slt_status both = slt_status_worse(all[i], all[j]);
            TAP_OK(slt_status_exit(both) == worse[exits[i]][exits[j]] &&
                       (both == all[i] || both == all[j]),
                   "%s and %s: %s", slt_status_text(all[i]), slt_status_text(all[j]),
                   slt_status_text(both));
        }
    TAP_OK(slt_status_worse(SLT_FILE, SLT_FORMAT) == SLT_FILE, "of equals the first");
}

int main(void)
{
    test_lines();
    test_lengths();
    test_exits();
    return tap_done();
}
