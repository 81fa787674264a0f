#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"
#include "cli/cli.h"

void cli_duration(double seconds, char text[32])
{
    double minutes = seconds / 60;
    seconds = seconds < 1 ? 1 : seconds;
    if (!(seconds < 3.6e9))
        snprintf(text, 32, "ages");
    else if (seconds < 100)
        snprintf(text, 32, "%.0f s", seconds);
    else if (minutes < 100)
        snprintf(text, 32, "%.0f min", minutes);
    else
        snprintf(text, 32, "%ld h %ld min", (long)minutes / 60, (long)minutes % 60);
}

void cli_progress_begin(cli_progress *progress)
{
    *progress =
        (cli_progress){.live = !cli_is_quiet() && slt_world.isatty(STDERR_FILENO)};
    slt_world.clock_gettime(CLOCK_MONOTONIC, &progress->started);
}

/* Blanks instead of an escape sequence: any terminal can do that. */
void cli_progress_end(cli_progress *progress)
{
    if (progress->width)
        fprintf(stderr, "\r%*s\r", progress->width, "");
    progress->width = 0;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    slt_world.clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static void show_line(cli_progress *progress, const slt_progress *state)
{
    char rest[48] = "", text[32];
    double spent = seconds_since(&progress->started), share = state->fraction;
    if (spent > 2 && share > .005 && share < 1) {
        cli_duration(spent * (1 - share) / share, text);
        snprintf(rest, sizeof rest, ", about %s to go", text);
    }
    char line[160];
    int width = snprintf(line, sizeof line, "%zu of %zu runs, %d%%%s", state->runs_done,
                         state->runs_total, (int)(100 * share), rest);
    int blank = progress->width > width ? progress->width - width : 0;
    fprintf(stderr, "\r%s%*s", line, blank, "");
    slt_world.fflush(stderr);
    progress->width = width + blank;
}

void cli_progress_remark(void *context, const char *text)
{
    cli_progress_end(context);
    cli_say("%s", text);
}

void cli_progress_tell(void *context, const slt_progress *state)
{
    cli_progress *progress = context;
    if (state->run_ended && state->run_status != SLT_RUN_DONE) {
        const char *label = state->label ? state->label : "";
        cli_progress_end(progress);
        cli_say("run %zu%s%s %s", state->run, *label ? " " : "", label,
                slt_run_status_name(state->run_status));
    }
    if (progress->live)
        show_line(progress, state);
}
