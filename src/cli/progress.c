#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"
#include "cli/cli.h"

enum { FATES_BYTES = 128, LINE_BYTES = 320, TERMINAL_COLUMNS = 80 };

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

void cli_progress_by_minute(cli_progress *progress)
{
    progress->by_minute = !progress->live && !cli_is_quiet();
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

/* What became of runs that are done: " (1 differs, 2 diverged)", or nothing. */
static void put_fates(const slt_progress *state, char text[FATES_BYTES])
{
    const struct {
        size_t count;
        const char *word;
    } fates[] = {{state->differ, state->differ == 1 ? "differs" : "differ"},
                 {state->diverged, "diverged"},
                 {state->overflowed, "overflowed"}};
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
        if (fates[i].count)
            used += (size_t)snprintf(text + used, FATES_BYTES - used, "%s%zu %s",
                                     used ? ", " : " (", fates[i].count, fates[i].word);
    if (used)
        snprintf(text + used, FATES_BYTES - used, ")");
}

static void put_to_go(double spent, double share, char text[48])
{
    char time[32];
    text[0] = 0;
    if (!(spent > 2 && share > .005 && share < 1))
        return;
    cli_duration(spent * (1 - share) / share, time);
    snprintf(text, 48, ", about %s to go", time);
}

/* The loss is left out where a terminal of 80 columns has no room for it. */
static int put_line(const slt_progress *state, double spent, char line[LINE_BYTES])
{
    char fates[FATES_BYTES], loss[80] = "", rest[48];
    const double share = state->fraction;
    put_fates(state, fates);
    put_to_go(spent, share, rest);
    if (state->has_loss)
        snprintf(loss, sizeof loss, ", run %zu: loss %.3g", state->run,
                 slt_real_double(state->loss));
    for (;;) {
        const int width =
            snprintf(line, LINE_BYTES, "%zu of %zu runs%s, %d%%%s%s", state->runs_done,
                     state->runs_total, fates, (int)(100 * share), loss, rest);
        if (width < TERMINAL_COLUMNS || !*loss)
            return width;
        *loss = 0;
    }
}

static void show_line(cli_progress *progress, const slt_progress *state)
{
    char line[LINE_BYTES];
    int width = put_line(state, seconds_since(&progress->started), line);
    int blank = progress->width > width ? progress->width - width : 0;
    fprintf(stderr, "\r%s%*s", line, blank, "");
    slt_world.fflush(stderr);
    progress->width = width + blank;
}

static void say_line(cli_progress *progress, const slt_progress *state)
{
    char line[LINE_BYTES];
    const double spent = seconds_since(&progress->started);
    if (spent - progress->told < 60)
        return;
    progress->told = spent;
    put_line(state, spent, line);
    cli_say("%s", line);
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
    else if (progress->by_minute)
        say_line(progress, state);
}
