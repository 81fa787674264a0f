/* A small producer of TAP version 13 for test programs run by prove.
 *
 *     int main(void)
 *     {
 *         TAP_OK(1 + 1 == 2, "addition of %d and %d", 1, 1);
 *         TAP_EQ_TEXT(name, "fig6", "the name");
 *         return tap_done();
 *     }
 *
 * tap_done prints the plan and returns 0 only if at least one test ran and none
 * failed; a program that ends without it has no plan, which prove counts as a failure.
 * A failed test prints its file and line.  Names and notes may hold line ends: in a name
 * they become blanks, and each line of a note begins with "# ". */
#ifndef SLT_TESTS_TAP_H
#define SLT_TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count_;
static int tap_failed_;

/* Prints with `after_end` behind each line end of the text. */
static inline void tap_print_(const char *after_end, bool keep_ends, const char *format,
                              va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = malloc((size_t)(size > 0 ? size : 0) + 1);
    if (size < 0 || !text)
        abort();
    vsnprintf(text, (size_t)size + 1, format, arguments);
    for (const char *at = text; *at; at++) {
        if (*at != '\n' || keep_ends)
            putchar(*at);
        if (*at == '\n')
            fputs(after_end, stdout);
    }
    putchar('\n');
    free(text);
}

__attribute__((format(printf, 4, 5))) static inline bool
tap_ok_(bool ok, const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s %d - ", ok ? "ok" : "not ok", ++tap_count_);
    tap_print_(" ", false, format, arguments);
    va_end(arguments);
    if (!ok) {
        tap_failed_++;
        printf("# failed at %s:%d\n", file, line);
    }
    fflush(stdout);
    return ok;
}

__attribute__((format(printf, 1, 2))) static inline void tap_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("# ");
    tap_print_("# ", true, format, arguments);
    va_end(arguments);
    fflush(stdout);
}

/* How often a test repeats what is the same code: `usually`, and `briefly` where
 * SLT_BRIEF is set, as under sanitizers, which make each time ten times as long. */
static inline size_t tap_times(size_t usually, size_t briefly)
{
    return getenv("SLT_BRIEF") ? briefly : usually;
}

static inline void tap_skip(const char *name, const char *why)
{
    printf("ok %d - %s # SKIP %s\n", ++tap_count_, name, why);
    fflush(stdout);
}

_Noreturn static inline void tap_bail(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(255);
}

static inline int tap_done(void)
{
    printf("1..%d\n", tap_count_);
    return tap_count_ > 0 && tap_failed_ == 0 ? 0 : 1;
}

#define TAP_OK(condition, ...) tap_ok_((condition), __FILE__, __LINE__, __VA_ARGS__)

#define TAP_EQ_U64(got, want, name)                                                      \
    do {                                                                                 \
        uint64_t tap_got_ = (got), tap_want_ = (want);                                   \
        if (!TAP_OK(tap_got_ == tap_want_, "%s", (name)))                                \
            tap_note("got %" PRIu64 ", want %" PRIu64, tap_got_, tap_want_);             \
    } while (0)

#define TAP_EQ_TEXT(got, want, name)                                                     \
    do {                                                                                 \
        const char *tap_got_ = (got), *tap_want_ = (want);                               \
        if (!TAP_OK(tap_got_ && strcmp(tap_got_, tap_want_) == 0, "%s", (name)))         \
            tap_note("got '%s', want '%s'", tap_got_ ? tap_got_ : "(null)", tap_want_);  \
    } while (0)

#define TAP_EQ_BYTES(got, want, size, name)                                              \
    TAP_OK(memcmp((got), (want), (size)) == 0, "%s", (name))

#endif
