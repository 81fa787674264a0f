#include "audit/child.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/trajectory.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "run/execute.h"
#include "run/files.h"

#define NEWS_NS 100000000u

/* Writes to a pipe of at most PIPE_BUF bytes arrive whole. */
_Static_assert(sizeof(slt_child_message) <= PIPE_BUF, "a message is one write");

typedef struct child {
    const slt_child_task *task;
    int fd;
    slt_run_spec *run; /* in the back end's arithmetic */
    slt_buffer canonical;
    FILE *trace;
    slt_trajectory_writer steps;
    uint64_t told_ns;
} child;

static void child_tell(const child *c, slt_child_message *message)
{
    while (slt_world.write(c->fd, message, sizeof *message) < 0 && errno == EINTR)
        continue;
}

/* ---- Hooks ------------------------------------------------------------------------- */

static slt_status child_keep_record(void *context, slt_trace_writer *writer,
                                    slt_error *err)
{
    child *c = context;
    size_t size = writer->bytes.size;
    bool kept = slt_world.fwrite(writer->bytes.data, 1, size, c->trace) == size;
    slt_buffer_clear(&writer->bytes);
    return kept ? SLT_OK
                : slt_fail(err, SLT_FILE, "%s: cannot be written: %s", c->task->trace,
                           strerror(errno));
}

static slt_status child_keep_step(void *context, const slt_execution *at, slt_real loss,
                                  slt_error *err)
{
    child *c = context;
    return slt_trajectory_add(&c->steps, &at->state, loss, err);
}

static bool child_pause_wanted(void *context, uint64_t done)
{
    child *c = context;
    uint64_t now = slt_clock_ns();
    if (now - c->told_ns >= NEWS_NS) {
        slt_child_message message = {
            .kind = SLT_NEWS_WORK, .done = done, .work = slt_execute_work(c->run)};
        c->told_ns = now;
        child_tell(c, &message);
    }
    return false;
}

/* ---- Getting ready ----------------------------------------------------------------- */

/* Makes the run's spec in the back end's arithmetic. */
static slt_status child_choose_run(child *c, slt_error *err)
{
    const slt_child_task *task = c->task;
    bool other = task->backend->kind == SLT_BACKEND_ARITHMETIC &&
                 task->backend->arithmetic != task->run->arithmetic;
    slt_status status = SLT_OK;
    c->run = slt_world.malloc(sizeof *c->run);
    if (!c->run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    *c->run = *task->run;
    if (!other) {
        slt_buffer_append(&c->canonical, task->canonical, task->size);
        return c->canonical.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a run")
                                   : SLT_OK;
    }
    status = slt_canonical_convert(task->canonical, task->size, task->backend->arithmetic,
                                   &c->canonical, err);
    if (!status)
        status = slt_canonical_decode(c->canonical.data, c->canonical.size, c->run, err);
    memcpy(c->run->folder, task->run->folder, sizeof c->run->folder);
    if (status == SLT_FORMAT) /* the manifest is valid: the arithmetic does not fit */
        status = err->status = SLT_UNFIT;
    return status;
}

static slt_status child_start_isa(const slt_backend *backend, slt_error *err)
{
    slt_num_start(backend->isa);
    if (slt_num_isa() == backend->isa)
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT, "asked for kernels of %s, got those of %s",
                    slt_isa_name(backend->isa), slt_isa_name(slt_num_isa()));
}

static slt_status child_start_openblas(child *c, slt_error *err)
{
    slt_child_message message = {.kind = SLT_NEWS_OPENBLAS};
    if (c->run->arithmetic == SLT_FIXED)
        return slt_fail(err, SLT_UNFIT,
                        "arithmetic fixed has no products that OpenBLAS could do");
    slt_status status =
        slt_openblas_start(c->task->backend->core, &message.openblas, err);
    child_tell(c, &message);
    return status;
}

static slt_status child_start(child *c, slt_error *err)
{
    const slt_backend *backend = c->task->backend;
    slt_status status = child_choose_run(c, err);
    if (!status && backend->kind == SLT_BACKEND_ISA)
        status = child_start_isa(backend, err);
    if (!status && backend->kind == SLT_BACKEND_OPENBLAS)
        status = child_start_openblas(c, err);
    if (!status)
        status = slt_num_available(c->run->arithmetic, err);
    if (!status && c->run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err); /* a library may have changed it */
    return status;
}

static slt_status child_open_files(child *c, slt_error *err)
{
    const slt_child_task *task = c->task;
    c->trace = slt_world.fopen(task->trace, "wbx");
    if (!c->trace)
        return slt_fail(err, SLT_FILE, "%s: cannot be made: %s", task->trace,
                        strerror(errno));
    return slt_trajectory_create(&c->steps, c->run, task->folder, task->name, err);
}

static slt_status child_close_files(child *c, slt_status status, slt_error *err)
{
    bool lost = c->trace && slt_world.fclose(c->trace);
    if (!status && lost)
        status = slt_fail(err, SLT_FILE, "%s: cannot be written: %s", c->task->trace,
                          strerror(errno));
    slt_status closed = slt_trajectory_close(&c->steps, status ? NULL : err);
    return status ? status : closed;
}

/* ---- The run ----------------------------------------------------------------------- */

static slt_status child_keep_start(child *c, slt_error *err)
{
    slt_trainer *trainer = NULL;
    slt_state state;
    slt_status status = slt_trainer_create(c->run, &trainer, err);
    if (status)
        return status;
    status = slt_state_create(c->run, &state, err);
    if (!status) {
        status = slt_state_init(trainer, &state, err);
        if (!status)
            status = slt_trajectory_add(&c->steps, &state, slt_real_absent(), err);
        slt_state_free(&state);
    }
    slt_trainer_free(trainer);
    return status;
}

static slt_status child_execute(child *c, slt_error *err)
{
    slt_execution execution = {0};
    slt_trace_writer writer;
    slt_execute_hooks hooks = {.context = c,
                               .record = child_keep_record,
                               .step = child_keep_step,
                               .wanted = child_pause_wanted};
    slt_trace_writer_init(&writer);
    slt_status status = slt_execution_create(c->run, &execution, err);
    if (!status)
        status = slt_execute(&execution, c->canonical.data, c->canonical.size, &writer,
                             NULL, &hooks, err);
    if (!status)
        status = slt_trajectory_end(&c->steps, err);
    slt_execution_free(&execution);
    slt_trace_writer_free(&writer);
    return status;
}

_Noreturn void slt_child_main(const slt_child_task *task, int fd)
{
    child c = {.task = task, .fd = fd};
    slt_child_message message = {.kind = SLT_NEWS_END};
    slt_error *err = &message.error;
    slt_status status = child_start(&c, err);
    if (!status) {
        status = child_open_files(&c, err);
        if (!status)
            status = child_keep_start(&c, err);
        if (!status)
            status = child_execute(&c, err);
        status = child_close_files(&c, status, err);
    }
    message.error.status = status;
    child_tell(&c, &message);
    _exit(0);
}
