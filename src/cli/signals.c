/* How a command ends when it is asked to: by the signal itself, so that a script can tell
 * it from trouble. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/world.h"

/* Signals that ask a command to end; a job system warns with SIGUSR1 or SIGXCPU. */
static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU};

enum {
    GRACE_US = 800000
}; /* from the request to the end, for commands that save nothing */

/* Any thread may be the one that handles a signal. */
static atomic_int received; /* the first signal that came */
static atomic_bool polled, patient;

/* The first process of a container ignores its own signals unless it handles them, so it
 * exits with the status that a shell would show. */
_Noreturn static void end_by(int number)
{
    const struct rlimit none = {0, 0};
    sigset_t set;
    slt_files_abandon();
    slt_world.limit_resource(RLIMIT_CORE, &none);
    slt_world.signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    slt_world.pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    slt_world.raise(number);
    _exit(128 + number);
}

static void say_late(void)
{
    static const char text[] = "sltrace: stopped before it was done\n";
    if (!cli_is_quiet() && slt_world.write(STDERR_FILENO, text, sizeof text - 1) < 0)
        return;
}

static void on_request(int number)
{
    int saved = errno;
    const struct itimerval grace = {.it_value = {.tv_usec = GRACE_US}};
    const bool first = atomic_compare_exchange_strong(&received, &(int){0}, number);
    /* The kernel repeats SIGXCPU every second. */
    if (!polled || (!first && number != SIGXCPU))
        end_by(number);
    if (first && !patient)
        slt_world.ring_after(&grace);
    errno = saved;
}

static void on_late(int number)
{
    (void)number;
    say_late();
    end_by(received);
}

/* A signal that was ignored at the start, as under nohup, stays ignored. */
static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    if (slt_world.sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        slt_world.sigaction(number, &action, NULL);
}

/* The write that reached the limit of a file's size fails after it.  A handler, as what
 * this program starts shall not ignore the signal either. */
static void on_full(int number)
{
    (void)number;
}

void cli_signals_begin(void)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        handle(requests[i], on_request);
    handle(SIGPIPE, end_by);
    handle(SIGXFSZ, on_full);
}

static const atomic_int *poll_signals(bool saves)
{
    sigset_t set;
    slt_world.signal(SIGALRM, on_late);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    slt_world.pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    patient = saves;
    polled = true;
    return &received;
}

const atomic_int *cli_cancel_on_signals(void)
{
    return poll_signals(false);
}

const atomic_int *cli_save_on_signals(void)
{
    return poll_signals(true);
}

void cli_signals_end(slt_status status)
{
    bool trouble = slt_status_exit(status) == 2 && status != SLT_INTERRUPTED;
    if (received && !trouble)
        end_by(received);
}
