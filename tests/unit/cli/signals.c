/* cli/signals.c: how a process ends that is asked to, by the signal itself; whatever it
 * does when it is asked, within a second unless it saves. */
#include "tap.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/signals.c"

bool cli_is_quiet(void)
{
    return true;
}

static int ready[2];

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

_Noreturn static void wait_forever(void)
{
    if (write(ready[1], "x", 1) != 1)
        _exit(99);
    for (;;)
        pause();
}

/* What children do until they are ended. */
static void deaf(void)
{
    cli_cancel_on_signals();
    wait_forever();
}

static void patient_and_deaf(void)
{
    cli_save_on_signals();
    wait_forever();
}

static void polite(void)
{
    const atomic_int *flag = cli_cancel_on_signals();
    if (write(ready[1], "x", 1) != 1)
        _exit(99);
    while (!*flag)
        usleep(1000);
    cli_signals_end(SLT_INTERRUPTED);
    _exit(98);
}

/* Trouble while it stopped is told by the exit status. */
static void in_trouble(void)
{
    const atomic_int *flag = cli_save_on_signals();
    if (write(ready[1], "x", 1) != 1)
        _exit(99);
    while (!*flag)
        usleep(1000);
    cli_signals_end(SLT_FILE);
    _exit(2);
}

static char making_path[64];

static void writing(void)
{
    slt_io_output output;
    slt_io_begin(&output, making_path);
    slt_io_write(&output, "half", 4);
    wait_forever();
}

/* How a child ends that gets these signals, 50 ms apart: 128 + n by a signal. */
static int ended_by(void (*doing)(void), int first, int second, double *took)
{
    char byte;
    int how = 0;
    fflush(stdout);
    if (pipe(ready))
        tap_bail("pipe");
    pid_t child = fork();
    if (child == 0) {
        cli_signals_begin();
        doing();
        _exit(97);
    }
    if (read(ready[0], &byte, 1) != 1)
        tap_bail("a child did not begin");
    double from = now();
    kill(child, first);
    if (second) {
        usleep(50000);
        kill(child, second);
    }
    while (waitpid(child, &how, WNOHANG) == 0) {
        usleep(1000);
        if (now() - from > 5)
            kill(child, SIGKILL);
    }
    *took = now() - from;
    close(ready[0]);
    close(ready[1]);
    return WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

/* Whether a child ends by that signal well before a second is over.  A machine that does
 * other things meanwhile may be late, but not three times. */
static bool ended_at_once(void (*doing)(void), int first, int second, int by)
{
    double took;
    bool ended = true, soon = false;
    for (int i = 0; i < 3 && ended && !soon; i++) {
        ended = ended_by(doing, first, second, &took) == 128 + by;
        soon = took < 0.75;
    }
    return ended && soon;
}

static void test_each(void)
{
    double took;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        TAP_OK(ended_at_once(wait_forever, requests[i], 0, requests[i]),
               "signal %d ends at once what polls no flag", requests[i]);
        TAP_OK(ended_by(polite, requests[i], 0, &took) == 128 + requests[i],
               "and itself what polled it");
    }
    TAP_OK(ended_by(wait_forever, SIGPIPE, 0, &took) == 128 + SIGPIPE, "a closed pipe");
    TAP_OK(ended_at_once(patient_and_deaf, SIGPIPE, 0, SIGPIPE), "at once, in any case");
}

static void test_late(void)
{
    double took;
    TAP_OK(ended_by(deaf, SIGTERM, 0, &took) == 128 + SIGTERM && took > 0.75,
           "what does not look at the flag is ended in a second");
    TAP_OK(ended_at_once(deaf, SIGTERM, SIGINT, SIGINT), "at once by a second signal");
}

/* A second SIGXCPU is the kernel's habit, not a wish to end at once. */
static void test_patience(void)
{
    double took;
    TAP_OK(ended_by(deaf, SIGXCPU, SIGXCPU, &took) == 128 + SIGXCPU && took > 0.75,
           "SIGXCPU may be repeated");
    TAP_OK(ended_at_once(patient_and_deaf, SIGUSR1, SIGTERM, SIGTERM),
           "what saves is ended by a second signal");
    TAP_OK(ended_by(in_trouble, SIGTERM, 0, &took) == 2, "trouble has status 2");
}

static void test_ignored(void)
{
    double took;
    signal(SIGHUP, SIG_IGN);
    TAP_OK(ended_by(deaf, SIGHUP, SIGTERM, &took) == 128 + SIGTERM && took > 0.75,
           "an ignored signal stays ignored: the other one is the first");
    signal(SIGHUP, SIG_DFL);
}

static void test_files(void)
{
    char folder[] = "/tmp/slt-signals-XXXXXX", command[64];
    double took;
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    snprintf(making_path, sizeof making_path, "%s/file", folder);
    TAP_OK(ended_by(writing, SIGTERM, 0, &took) == 128 + SIGTERM && rmdir(folder) == 0,
           "no file is left half made");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        tap_note("%s", command);
}

int main(void)
{
    test_each();
    test_late();
    test_patience();
    test_ignored();
    test_files();
    return tap_done();
}
