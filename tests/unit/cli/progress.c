/* cli/progress.c: where stderr is no terminal, run tells a line a minute. */
#include "tap.h"

#include <stdarg.h>

#include "cli/progress.c"

static bool quiet;
static int lines;
static char last[256];
static time_t at;

bool cli_is_quiet(void)
{
    return quiet;
}

void cli_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last, sizeof last, format, arguments);
    va_end(arguments);
    lines++;
}

static int no_terminal(int fd)
{
    (void)fd;
    return 0;
}

static int tell_time(clockid_t which, struct timespec *now)
{
    (void)which;
    *now = (struct timespec){.tv_sec = at};
    return 0;
}

/* How many lines ten minutes have, with ten calls a second. */
static int count_lines(bool is_quiet, bool by_minute)
{
    cli_progress progress;
    slt_progress state = {.runs_done = 3, .runs_total = 8, .fraction = .5};
    quiet = is_quiet;
    lines = 0;
    at = 1000;
    cli_progress_begin(&progress);
    if (by_minute)
        cli_progress_by_minute(&progress);
    for (int call = 0; call < 6000; call++) {
        at = 1000 + call / 10;
        cli_progress_tell(&progress, &state);
    }
    cli_progress_end(&progress);
    return lines;
}

int main(void)
{
    slt_world.isatty = no_terminal;
    slt_world.clock_gettime = tell_time;
    TAP_OK(count_lines(false, true) == 9, "ten minutes have nine lines");
    TAP_EQ_TEXT(last, "3 of 8 runs, 50%, about 9 min to go", "what a line says");
    TAP_OK(count_lines(true, true) == 0, "--quiet: none");
    TAP_OK(count_lines(false, false) == 0, "none of commands that do not ask");
    return tap_done();
}
