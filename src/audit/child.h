/* One computation of an audit, in a process of its own. */
#ifndef SLT_AUDIT_CHILD_H
#define SLT_AUDIT_CHILD_H

#include <sys/types.h>

#include <sltrace/audit.h>

#include "audit/backend.h"
#include "learn/spec.h"
#include "num/openblas.h"

/* What to compute, and where to put it. All borrowed. */
typedef struct slt_child_task {
    const slt_backend *backend;
    const slt_run_spec *run;  /* as the manifest has it */
    const uint8_t *canonical; /* of it */
    size_t size;
    char trace[4096];   /* a new file */
    const char *folder; /* of the weights, FOLDER/NAME.steps and .weights */
    char name[64];
} slt_child_task;

typedef enum slt_child_state {
    SLT_CHILD_WAITING,
    SLT_CHILD_RUNNING,
    SLT_CHILD_DONE,  /* its files are whole */
    SLT_CHILD_FAILED /* error tells why */
} slt_child_state;

typedef struct slt_child {
    slt_child_task task;
    slt_child_state state;
    slt_error error;
    slt_openblas openblas; /* where it loaded that */
    uint64_t done, work;
    uint64_t began_ns, took_ns;
    pid_t pid;
    int fd; /* of what it tells */
} slt_child;

/* Called as each ends. */
typedef struct slt_children_call {
    slt_status (*ended)(void *context, size_t index, slt_error *err);
    void *context;
} slt_children_call;

/* Computes all, options->jobs of them at a time, begun in their order; the caller has one
 * thread and has called slt_start.  A child that fails says so in its state and ends
 * nothing else.  SLT_INTERRUPTED after a wish to stop; no child is left in any case. */
slt_status slt_children_run(slt_child *children, size_t count,
                            const slt_audit_options *options,
                            const slt_children_call *call, slt_error *err);

/* What a child tells, in whole pieces. */
typedef enum slt_child_news {
    SLT_NEWS_WORK,     /* done and work */
    SLT_NEWS_OPENBLAS, /* what was loaded */
    SLT_NEWS_END       /* error, SLT_OK where all is well */
} slt_child_news;
typedef struct slt_child_message {
    slt_child_news kind;
    uint64_t done, work;
    slt_openblas openblas;
    slt_error error;
} slt_child_message;

/* The child itself: computes, tells of it on fd, and ends the process. */
_Noreturn void slt_child_main(const slt_child_task *task, int fd);

#endif
