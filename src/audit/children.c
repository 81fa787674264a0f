/* The child processes of an audit: they are started, listened to, and always ended. */
#include "audit/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/world.h"
#include "run/files.h"

#define LOOK_MS 100

typedef struct children {
    slt_child *list;
    size_t count, begun, ended, running;
    const slt_audit_options *options;
    const slt_children_call *call;
    struct pollfd *watched; /* the pipes of the running children */
    size_t *at;             /* which child each pipe belongs to */
} children;

/* ---- Beginning --------------------------------------------------------------------- */

/* A child is killed when its parent dies, and leaves no core file. It ignores the signals
 * of Ctrl-C and of a closing terminal, which go to all processes: the parent ends its
 * children then. */
static void children_become_child(pid_t parent)
{
    static const int own[] = {SIGTERM, SIGUSR1, SIGXCPU, SIGALRM, SIGPIPE};
    const struct rlimit none = {0, 0};
    slt_world.limit_resource(RLIMIT_CORE, &none);
    slt_world.signal(SIGINT, SIG_IGN);
    slt_world.signal(SIGHUP, SIG_IGN);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        slt_world.signal(own[i], SIG_DFL);
    slt_world.end_with_parent(SIGKILL);
    if (slt_world.getppid() != parent)
        _exit(1);
}

static slt_status children_begin(slt_child *child, slt_error *err)
{
    int ends[2];
    pid_t parent = slt_world.getpid();
    if (slt_world.pipe2(ends, O_CLOEXEC))
        return slt_fail(err, SLT_RESOURCE, "no pipe to a child process: %s",
                        strerror(errno));
    child->pid = slt_world.fork();
    if (child->pid == 0) {
        slt_world.close(ends[0]);
        children_become_child(parent);
        slt_child_main(&child->task, ends[1]);
    }
    slt_world.close(ends[1]);
    if (child->pid < 0) {
        slt_world.close(ends[0]);
        return slt_fail(err, SLT_RESOURCE, "no child process: %s", strerror(errno));
    }
    child->fd = ends[0];
    child->state = SLT_CHILD_RUNNING;
    child->began_ns = slt_clock_ns();
    return SLT_OK;
}

static slt_status children_begin_more(children *c, slt_error *err)
{
    size_t jobs = c->options->jobs ? c->options->jobs : 1;
    slt_status status = SLT_OK;
    while (!status && c->running < jobs && c->begun < c->count) {
        status = children_begin(&c->list[c->begun], err);
        if (!status) {
            c->begun++;
            c->running++;
        }
    }
    return status;
}

/* ---- Listening --------------------------------------------------------------------- */

static void children_tell_progress(const children *c, size_t index, bool ended)
{
    if (!c->options->progress)
        return;
    slt_progress progress = {.runs_done = c->ended,
                             .runs_total = c->count,
                             .run = index,
                             .run_ended = ended,
                             .label = c->list[index].task.backend->name};
    double done = 0;
    for (size_t i = 0; i < c->begun; i++) {
        const slt_child *one = &c->list[i];
        if (one->state != SLT_CHILD_RUNNING)
            done += 1;
        else if (one->work)
            done += (double)one->done / (double)one->work;
    }
    progress.fraction = done / (double)c->count;
    c->options->progress(c->options->progress_context, &progress);
}

/* Sets the error of a process that exited without reporting an end. */
static void children_explain_end(slt_child *child, int how)
{
    const slt_backend *backend = child->task.backend;
    if (!WIFSIGNALED(how)) {
        slt_fail(&child->error, SLT_RESOURCE, "ended with status %d before it was done",
                 WEXITSTATUS(how));
        return;
    }
    int number = WTERMSIG(how);
    if (number == SIGILL && backend->kind == SLT_BACKEND_OPENBLAS)
        slt_fail(&child->error, SLT_UNFIT,
                 "OpenBLAS: asked for %s, whose kernels this CPU cannot run (signal %d, "
                 "%s)",
                 backend->core, number, strsignal(number));
    else
        slt_fail(&child->error, SLT_RESOURCE, "ended by signal %d (%s)", number,
                 strsignal(number));
}

static void children_reap(slt_child *child, bool told)
{
    int how = 0;
    while (slt_world.waitpid(child->pid, &how, 0) < 0 && errno == EINTR)
        continue;
    slt_world.close(child->fd);
    child->took_ns = slt_clock_ns() - child->began_ns;
    if (!told)
        children_explain_end(child, how);
    child->state = child->error.status ? SLT_CHILD_FAILED : SLT_CHILD_DONE;
}

/* Reads one message, or the end of the pipe; true if the child has ended. */
static bool children_listen_to(slt_child *child)
{
    slt_child_message message;
    ssize_t got = slt_world.read(child->fd, &message, sizeof message);
    if (got < 0 && errno == EINTR)
        return false;
    if (got != (ssize_t)sizeof message) {
        children_reap(child, false);
        return true;
    }
    if (message.kind == SLT_NEWS_OPENBLAS)
        child->openblas = message.openblas;
    if (message.kind == SLT_NEWS_WORK) {
        child->done = message.done;
        child->work = message.work;
    }
    if (message.kind != SLT_NEWS_END)
        return false;
    child->error = message.error;
    children_reap(child, true);
    return true;
}

static size_t children_watch(children *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->begun; i++)
        if (c->list[i].state == SLT_CHILD_RUNNING) {
            c->watched[count] = (struct pollfd){.fd = c->list[i].fd, .events = POLLIN};
            c->at[count++] = i;
        }
    return count;
}

static slt_status children_listen_once(children *c, slt_error *err)
{
    size_t count = children_watch(c);
    slt_status status = SLT_OK;
    if (slt_world.poll(c->watched, count, LOOK_MS) < 0 && errno != EINTR)
        return slt_fail(err, SLT_RESOURCE, "cannot listen to child processes: %s",
                        strerror(errno));
    for (size_t i = 0; i < count && !status; i++) {
        if (!c->watched[i].revents)
            continue;
        bool over = children_listen_to(&c->list[c->at[i]]);
        c->running -= over;
        c->ended += over;
        children_tell_progress(c, c->at[i], over);
        if (over)
            status = c->call->ended(c->call->context, c->at[i], err);
    }
    return status;
}

/* ---- All --------------------------------------------------------------------------- */

static void children_kill_all(children *c)
{
    for (size_t i = 0; i < c->begun; i++)
        if (c->list[i].state == SLT_CHILD_RUNNING) {
            slt_world.kill(c->list[i].pid, SIGKILL);
            children_reap(&c->list[i], false);
        }
}

slt_status slt_children_run(slt_child *list, size_t count,
                            const slt_audit_options *options,
                            const slt_children_call *call, slt_error *err)
{
    children c = {.list = list, .count = count, .options = options, .call = call};
    slt_status status = SLT_OK;
    c.watched = slt_world.calloc(count + 1, sizeof *c.watched);
    c.at = slt_world.calloc(count + 1, sizeof *c.at);
    if (!c.watched || !c.at)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu processes", count);
    while (!status && c.ended < count) {
        if (options->cancel && *options->cancel)
            status = slt_fail(err, SLT_INTERRUPTED, "stopped before the audit was done");
        if (!status)
            status = children_begin_more(&c, err);
        if (!status)
            status = children_listen_once(&c, err);
    }
    children_kill_all(&c);
    free(c.watched);
    free(c.at);
    return status;
}
