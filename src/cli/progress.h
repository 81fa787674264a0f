/* One line of progress on a terminal's stderr, rewritten in place, and lasting lines
 * about runs that did not end well. */
#ifndef SLT_CLI_PROGRESS_H
#define SLT_CLI_PROGRESS_H

#include <stdbool.h>
#include <time.h>

#include <sltrace/study.h>

typedef struct cli_progress {
    bool live; /* stderr is a terminal and nobody asked for quiet */
    bool by_minute; /* stderr is none, and lines are wanted all the same */
    double told;    /* seconds after the start: the last of them */
    struct timespec started;
    int width; /* of the line that stands there now */
} cli_progress;

void cli_progress_begin(cli_progress *progress);
/* Where stderr is no terminal, a lasting line a minute; nothing with --quiet. */
void cli_progress_by_minute(cli_progress *progress);
/* An slt_progress_call, whose context is a cli_progress. */
void cli_progress_tell(void *context, const slt_progress *state);
/* An slt_remark_call, which prints a lasting line; same context. */
void cli_progress_remark(void *context, const char *text);
/* Takes the line away. */
void cli_progress_end(cli_progress *progress);

/* "40 s", "5 min", "3 h 20 min". */
void cli_duration(double seconds, char text[32]);

#endif
