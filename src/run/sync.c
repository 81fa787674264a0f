#include "run/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/world.h"

typedef struct finished {
    size_t run;
    slt_digest experiment;
    bool leftovers;
} finished;

typedef struct batch {
    finished *runs;
    size_t count, capacity;
} batch;

struct slt_syncer {
    const slt_store *store;
    int folder; /* OUT, open: names the file system */
    pthread_t thread;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed, idle;
    batch waiting;
    bool hurried, stopping; /* not to wait for the second to end; to end then */
    bool busy;
    slt_error error; /* the first */
};

/* ---- One batch --------------------------------------------------------------------- */

static slt_status sync_one(const char *path, slt_error *err)
{
    int fd = slt_world.open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot open: %s", path, strerror(errno));
    slt_status status = slt_io_sync_open(fd, path, err);
    slt_world.close(fd);
    return status;
}

/* The names in a folder of the study. */
static slt_status sync_names(const slt_syncer *s, const char *folder, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/%s", s->store->out, folder);
    return status ? status : slt_folder_sync(path, err);
}

/* Where the system has no syncfs. */
static slt_status sync_each(const slt_syncer *s, const batch *b, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < b->count && !status; i++) {
        slt_run_files files;
        status = slt_run_files_name(s->store, b->runs[i].run, &files, err);
        if (!status)
            status = sync_one(files.part, err);
        if (!status)
            status = sync_one(files.provenance, err);
    }
    return status ? status : sync_names(s, "provenance", err);
}

static slt_status sync_batch(const slt_syncer *s, const batch *b, slt_error *err)
{
    if (slt_world.syncfs(s->folder) == 0)
        return SLT_OK;
    if (errno == ENOSYS || errno == EINVAL || errno == ENOTSUP)
        return sync_each(s, b, err);
    return slt_fail(err, SLT_FILE, "%s: cannot sync: %s", s->store->out, strerror(errno));
}

static slt_status finish_one(const slt_syncer *s, const finished *one, slt_error *err)
{
    slt_run_files files;
    slt_status status = slt_run_files_name(s->store, one->run, &files, err);
    files.leftovers = one->leftovers;
    if (!status)
        status = slt_run_files_rename(&files, err);
    slt_store_release(s->store, one->experiment);
    return status;
}

static void carry_out(slt_syncer *s, const batch *b)
{
    slt_error error = {0};
    slt_status status = sync_batch(s, b, &error);
    for (size_t i = 0; i < b->count && !status; i++)
        status = finish_one(s, &b->runs[i], &error);
    slt_world.pthread_mutex_lock(&s->mutex);
    if (!s->error.status)
        s->error = error;
    slt_world.pthread_mutex_unlock(&s->mutex);
}

/* ---- The thread -------------------------------------------------------------------- */

/* With the mutex held: until something waits and a second has gone since the last sync,
 * or somebody waits for it. */
static void wait_for_work(slt_syncer *s, const struct timespec *next)
{
    int timed_out = 0;
    while (!s->hurried && !s->waiting.count)
        slt_world.pthread_cond_wait(&s->changed, &s->mutex);
    while (!s->hurried && timed_out != ETIMEDOUT)
        timed_out = slt_world.pthread_cond_timedwait(&s->changed, &s->mutex, next);
}

static void *work(void *argument)
{
    slt_syncer *s = argument;
    struct timespec next;
    bool more = true;
    slt_world.clock_gettime(CLOCK_MONOTONIC, &next);
    slt_world.pthread_mutex_lock(&s->mutex);
    while (more) {
        next.tv_sec++;
        wait_for_work(s, &next);
        batch mine = s->waiting;
        s->waiting = (batch){0};
        s->hurried = s->stopping;
        s->busy = true;
        more = !s->stopping;
        slt_world.pthread_mutex_unlock(&s->mutex);
        if (mine.count)
            carry_out(s, &mine);
        free(mine.runs);
        slt_world.clock_gettime(CLOCK_MONOTONIC, &next);
        slt_world.pthread_mutex_lock(&s->mutex);
        s->busy = false;
        slt_world.pthread_cond_broadcast(&s->idle);
    }
    slt_world.pthread_mutex_unlock(&s->mutex);
    return NULL;
}

/* Signals are for the threads that compute. */
static int start_thread(slt_syncer *s)
{
    sigset_t all, before;
    sigfillset(&all);
    slt_world.pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = slt_world.pthread_create(&s->thread, NULL, work, s);
    slt_world.pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

slt_status slt_syncer_start(const slt_store *store, slt_syncer **out, slt_error *err)
{
    pthread_condattr_t clock;
    slt_syncer *s = slt_world.calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return slt_fail(err, SLT_RESOURCE, "no memory for a study");
    s->store = store;
    s->folder = slt_world.open(store->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    slt_status status = SLT_OK;
    if (s->folder < 0)
        status = slt_fail(err, SLT_FILE, "%s: cannot open the folder: %s", store->out,
                          strerror(errno));
    slt_world.pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    slt_world.pthread_cond_init(&s->changed, &clock);
    slt_world.pthread_cond_init(&s->idle, NULL);
    pthread_condattr_destroy(&clock);
    if (!status && start_thread(s))
        status = slt_fail(err, SLT_RESOURCE, "no thread for a study");
    if (!status) {
        *out = s;
        return SLT_OK;
    }
    if (s->folder >= 0)
        slt_world.close(s->folder);
    free(s);
    return status;
}

slt_status slt_syncer_put(slt_syncer *s, size_t run, slt_digest experiment,
                          bool leftovers, slt_error *err)
{
    slt_world.pthread_mutex_lock(&s->mutex);
    batch *b = &s->waiting;
    slt_status status = SLT_OK;
    if (b->count == b->capacity) {
        size_t capacity = b->capacity ? 2 * b->capacity : 16;
        finished *runs = slt_world.realloc(b->runs, capacity * sizeof *runs);
        if (runs) {
            b->runs = runs;
            b->capacity = capacity;
        } else {
            status = slt_fail(err, SLT_RESOURCE, "no memory for a finished run");
        }
    }
    if (!status)
        b->runs[b->count++] = (finished){run, experiment, leftovers};
    if (b->count == 1)
        slt_world.pthread_cond_signal(&s->changed);
    slt_world.pthread_mutex_unlock(&s->mutex);
    return status;
}

void slt_syncer_flush(slt_syncer *s)
{
    slt_world.pthread_mutex_lock(&s->mutex);
    while (s->waiting.count || s->busy) {
        s->hurried = true;
        slt_world.pthread_cond_signal(&s->changed);
        slt_world.pthread_cond_wait(&s->idle, &s->mutex);
    }
    slt_world.pthread_mutex_unlock(&s->mutex);
}

slt_status slt_syncer_stop(slt_syncer *s, slt_error *err)
{
    slt_world.pthread_mutex_lock(&s->mutex);
    s->stopping = s->hurried = true;
    slt_world.pthread_cond_signal(&s->changed);
    slt_world.pthread_mutex_unlock(&s->mutex);
    slt_world.pthread_join(s->thread, NULL);
    slt_status status = slt_error_copy(err, &s->error);
    /* Those of other programs too, whose finished runs were kept. */
    if (!status)
        status = sync_names(s, "traces", err);
    slt_world.pthread_cond_destroy(&s->changed);
    slt_world.pthread_cond_destroy(&s->idle);
    slt_world.pthread_mutex_destroy(&s->mutex);
    slt_world.close(s->folder);
    free(s->waiting.runs);
    free(s);
    return status;
}
