/* tests/tap.h: what a failing program prints is TAP, line by line, whatever its texts
 * hold, and its exit status tells. */
#include "tap.h"

#include <sys/wait.h>
#include <unistd.h>

static char printed[4096];

/* The exit status of a child that does `fail`, and what it prints. */
static int status_of(void (*fail)(void))
{
    int ends[2], status = 0;
    fflush(stdout);
    if (pipe(ends) != 0)
        tap_bail("no pipe");
    pid_t child = fork();
    if (child < 0)
        tap_bail("no child");
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        tap_count_ = tap_failed_ = 0;
        fail();
        exit(tap_done());
    }
    close(ends[1]);
    size_t size = 0;
    ssize_t part;
    while ((part = read(ends[0], printed + size, sizeof printed - 1 - size)) > 0)
        size += (size_t)part;
    printed[size] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void fail_in_each_way(void)
{
    TAP_OK(true, "a name\nof two lines");
    TAP_OK(false, "not this");
    TAP_EQ_U64(3, 4, "numbers");
    TAP_EQ_TEXT("ok 7\nnot ok 8\n1..9", "one\nother", "texts of several lines");
    TAP_EQ_TEXT(NULL, "some", "no text");
    TAP_EQ_BYTES("ab", "ac", 2, "bytes");
    tap_skip("that", "why not");
    tap_note("%s", "a note\nof two lines");
}

static void test_nothing(void)
{
}

static void pass(void)
{
    TAP_OK(true, "this");
}

static void crash(void)
{
    TAP_OK(true, "this");
    abort();
}

static void bail(void)
{
    tap_bail("no machine");
}

int main(void)
{
    TAP_EQ_U64(status_of(fail_in_each_way), 1, "a failure is an exit status of 1");
    unsigned lines = 0, tests = 0, failures = 0, plans = 0, others = 0;
    for (char *line = strtok(printed, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        unsigned number = 0;
        tests += (sscanf(line, "ok %u - ", &number) == 1 ||
                  sscanf(line, "not ok %u - ", &number) == 1) &&
                 number == tests + 1;
        failures += strncmp(line, "not ok ", 7) == 0;
        plans += strcmp(line, "1..7") == 0;
        others += strncmp(line, "# ", 2) == 0;
    }
    TAP_EQ_U64(tests, 7, "tests are numbered from 1");
    TAP_EQ_U64(failures, 5, "each failure says so");
    TAP_EQ_U64(plans, 1, "one plan");
    TAP_EQ_U64(lines, tests + plans + others, "every other line begins with #");
    TAP_EQ_U64(status_of(pass), 0, "success is an exit status of 0");
    TAP_EQ_TEXT(printed, "ok 1 - this\n1..1\n", "and its plan");
    TAP_EQ_U64(status_of(test_nothing), 1, "a program without a test fails");
    TAP_EQ_U64(status_of(crash), 128 + 6, "a crash is seen");
    TAP_OK(!strstr(printed, "1.."), "and leaves no plan");
    TAP_EQ_U64(status_of(bail), 255, "bailing out fails");
    TAP_EQ_TEXT(printed, "Bail out! no machine\n", "and says why");
    unsetenv("SLT_BRIEF");
    TAP_EQ_U64(tap_times(9, 2), 9, "as often as usual");
    setenv("SLT_BRIEF", "1", 1);
    TAP_EQ_U64(tap_times(9, 2), 2, "or less, where that is asked for");
    return tap_done();
}
