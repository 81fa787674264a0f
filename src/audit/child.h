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
    const slt_run_spec *run;  /* as in the manifest */
    const uint8_t *canonical; /* of it */
    size_t size;
    char trace[4096];   /* a new file */
    const char *folder; /* where FOLDER/NAME.steps and NAME.weights are written */
    char name[64];
} slt_child_task;

typedef enum slt_child_state {
    SLT_CHILD_WAITING,
    SLT_CHILD_RUNNING,
    SLT_CHILD_DONE,  /* its files are complete */
    SLT_CHILD_FAILED /* error says why */
} slt_child_state;

typedef struct slt_child {
    slt_child_task task;
    slt_child_state state;
    slt_error error;
    slt_openblas openblas; /* what it loaded, if it uses OpenBLAS */
    uint64_t done, work;
    uint64_t began_ns, took_ns;
    pid_t pid;
    int fd; /* the pipe on which it reports */
} slt_child;

/* Called as each ends. */
typedef struct slt_children_call {
    slt_status (*ended)(void *context, size_t index, slt_error *err);
    void *context;
} slt_children_call;

/* Runs all children, options->jobs at a time, started in their order. The caller must
 * have one thread and have called slt_start. If a child fails, its state says so and the
 * others go on. SLT_INTERRUPTED if asked to stop. No child is left running in any
 * case. */
slt_status slt_children_run(slt_child *children, size_t count,
                            const slt_audit_options *options,
                            const slt_children_call *call, slt_error *err);

/* What a message of a child says. Messages arrive whole. */
typedef enum slt_child_news {
    SLT_NEWS_WORK,     /* done and work */
    SLT_NEWS_OPENBLAS, /* what was loaded */
    SLT_NEWS_END       /* error; SLT_OK if the child succeeded */
} slt_child_news;
typedef struct slt_child_message {
    slt_child_news kind;
    uint64_t done, work;
    slt_openblas openblas;
    slt_error error;
} slt_child_message;

/* The child process: computes, reports on fd, and exits. */
_Noreturn void slt_child_main(const slt_child_task *task, int fd);

#endif
