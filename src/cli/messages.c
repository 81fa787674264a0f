#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/show.h>
#include <sltrace/system.h>

#include "base/world.h"

static bool quiet;

void cli_quiet(void)
{
    quiet = true;
}

bool cli_is_quiet(void)
{
    return quiet;
}

/* https://no-color.org: any value but the empty one. */
static bool wants_colour(void)
{
    const char *no_colour = slt_world.getenv("NO_COLOR"),
               *terminal = slt_world.getenv("TERM");
    return !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0 &&
           slt_world.isatty(STDERR_FILENO);
}

void cli_complain(const char *text)
{
    fputs(wants_colour() ? "\033[1;31msltrace:\033[0m " : "sltrace: ", stderr);
    if (slt_show_text(SLT_TEXT_LINES, text, stderr))
        fputs(text, stderr); /* slt_fail has made it fit for a terminal */
    fputc('\n', stderr);
}

void cli_say(const char *format, ...)
{
    if (quiet)
        return;
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = slt_world.vasprintf(&text, format, arguments);
    va_end(arguments);
    fputs("sltrace: ", stderr);
    if (length >= 0)
        slt_show_text(SLT_TEXT_LINE, text, stderr);
    fputc('\n', stderr);
    if (length >= 0)
        free(text);
}

/* ---- Results ----------------------------------------------------------------------- */

static slt_status kept;

void cli_keep_status(slt_status status)
{
    kept = slt_status_worse(kept, status);
}

void cli_put(const char *text, const char *behind)
{
    cli_keep_status(slt_show_text(SLT_TEXT_LINE, text, stdout));
    fputs(behind, stdout);
}

/* A closed stdin or stdout becomes a descriptor on which reading or writing still fails;
 * a closed stderr becomes one that discards what is written. */
void cli_secure_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < 3; fd++)
        if (slt_world.fcntl(fd, F_GETFD, NULL) == -1 && errno == EBADF &&
            slt_world.open("/dev/null", modes[fd], 0) != fd)
            _exit(2);
}

slt_status cli_flush_results(slt_error *err)
{
    if (slt_text_lost())
        cli_keep_status(SLT_RESOURCE);
    if (kept)
        return slt_fail(err, kept, "no memory for the results: they are not whole");
    errno = 0;
    if (slt_world.fflush(stdout) == 0 && !ferror(stdout))
        return SLT_OK;
    return slt_fail(err, SLT_FILE, "writing the results to standard output: %s",
                    errno ? strerror(errno) : "an earlier write failed");
}
