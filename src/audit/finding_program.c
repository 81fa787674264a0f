/* Runs another build of sltrace as a child process, which replays the stretch as it
 * computes it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/finding.h"
#include "base/endian.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/npy.h"
#include "verify/state_check.h"

extern char **environ;

enum { LOOK_MS = 10 }; /* milliseconds between checks on a child */

typedef struct question {
    slt_audit_finding *finding;
    const char *program;
    const slt_audit_side *side;
    char folder[4096]; /* its files */
    char steps[4112];
} question;

/* ---- The child --------------------------------------------------------------------- */

/* Waits for the child to exit; kills it if the audit is asked to stop.  A signal that
 * goes to both, as Ctrl-C does, ends the child too: how it ended then tells nothing. */
static slt_status program_await(const question *q, pid_t child, int *state,
                                slt_error *err)
{
    const atomic_int *cancel = q->finding->stretch.options->cancel;
    pid_t ended;
    while ((ended = slt_world.waitpid(child, state, WNOHANG)) == 0 &&
           !(cancel && *cancel))
        slt_world.poll(NULL, 0, LOOK_MS);
    if (ended == 0) {
        slt_world.kill(child, SIGKILL);
        slt_world.waitpid(child, state, 0);
    }
    if (ended < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", q->program, strerror(errno));
    if (!(cancel && *cancel))
        return SLT_OK;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before the audit was complete");
}

/* Runs the program with no input and its output discarded; *code is its exit status. */
static slt_status program_run(const question *q, char *const *arguments, int *code,
                              slt_error *err)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int state = 0;
    int failed = slt_world.posix_spawn_file_actions_init(&actions);
    const bool made = !failed;
    for (int fd = 0; fd < 3 && !failed; fd++)
        failed = slt_world.posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
                                                            O_RDWR, 0);
    if (!failed)
        failed = slt_world.posix_spawnp(&child, q->program, &actions, NULL, arguments,
                                        environ);
    if (made)
        slt_world.posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return slt_fail(err, SLT_FILE, "%s: cannot be run: %s", q->program,
                        strerror(failed));
    slt_status status = program_await(q, child, &state, err);
    *code = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
    return status;
}

/* Runs PROGRAM replay TRACE --from F --to T --steps FILE */
static slt_status program_replay_steps(question *q, slt_error *err)
{
    char from[24], to[24];
    int code;
    snprintf(from, sizeof from, "%" PRIu64, q->finding->from_step);
    snprintf(to, sizeof to, "%" PRIu64, q->finding->to_step);
    const char *words[] = {q->program, "replay", q->side->path, "--to", to,
                           "--steps",  q->steps, "--from",      from,   NULL};
    if (q->finding->stretch.from == SIZE_MAX)
        words[7] = NULL;
    slt_status status = program_run(q, (char *const *)words, &code, err);
    q->finding->program_agrees = !status && code == 0;
    if (status || code < 2)
        return status;
    return slt_fail(err, SLT_FILE, "%s: replay of %s ended with exit status %d",
                    q->program, q->side->path, code);
}

/* Runs PROGRAM replay TRACE --state STEP --npy FOLDER; *written is false if the program
 * lacks that option. */
static slt_status program_write_state(const question *q, bool *written, slt_error *err)
{
    char step[24];
    int code = 0;
    snprintf(step, sizeof step, "%" PRIu64, q->finding->first.step);
    const char *words[] = {q->program, "replay", q->side->path, "--state",
                           step,       "--npy",  q->folder,     NULL};
    slt_status status = program_run(q, (char *const *)words, &code, err);
    *written = !status && code < 2;
    return status;
}

/* ---- Its state --------------------------------------------------------------------- */

static void program_name_file(const question *q, const slt_tensor *like, slt_buffer *path)
{
    size_t size;
    const slt_step_difference *first = &q->finding->first;
    const char *stem = slt_npy_stem(q->side->path, &size);
    slt_buffer_printf(path, "%s/%.*s-step%" PRIu64 "-", q->folder, (int)size, stem,
                      first->step);
    slt_npy_name(path, first->first);
    if (like->arithmetic == SLT_FIXED)
        slt_buffer_printf(path, ".frac%d", like->frac);
    slt_buffer_printf(path, ".npy");
}

/* Loads a tensor from a NumPy file: its elements are the last bytes, in the order of a
 * trace. */
static slt_status program_load_tensor(const slt_buffer *file, const char *path,
                                      const slt_tensor *like, slt_tensor *out,
                                      slt_error *err)
{
    slt_buffer bytes = {0};
    size_t size = slt_tensor_count(like) * slt_arithmetic_size(like->arithmetic);
    if (file->size < size || file->size > size + 65536)
        return slt_fail(err, SLT_FORMAT, "%s: expected %zu bytes of elements", path,
                        size);
    slt_status status =
        slt_tensor_create(out, like->arithmetic, like->rows, like->cols, err);
    if (status)
        return status;
    out->frac = like->frac;
    uint8_t *prefix = slt_buffer_extend(&bytes, slt_tensor_bytes(like) - size);
    if (prefix && like->arithmetic == SLT_FIXED)
        slt_store_le64(prefix, (uint64_t)(int64_t)like->frac);
    slt_buffer_append(&bytes, file->data + file->size - size, size);
    status = bytes.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a tensor")
                          : slt_tensor_load(out, bytes.data, bytes.size, err);
    slt_buffer_free(&bytes);
    return status;
}

static slt_status program_compare_element(const question *q, const slt_state *ours,
                                          slt_error *err)
{
    slt_audit_finding *finding = q->finding;
    const slt_tensor *like =
        slt_state_tensor(&finding->run->model, ours, finding->first.first);
    slt_buffer path = {0}, file = {0};
    slt_tensor theirs = {0};
    if (!like)
        return SLT_OK;
    program_name_file(q, like, &path);
    slt_status status = slt_io_read(slt_buffer_text(&path), UINT32_MAX, &file, err);
    if (!status)
        status = program_load_tensor(&file, slt_buffer_text(&path), like, &theirs, err);
    if (!status)
        slt_audit_note_element(finding, like, &theirs);
    slt_tensor_free(&theirs);
    slt_buffer_free(&path);
    slt_buffer_free(&file);
    return status;
}

static slt_status program_find_element(question *q, slt_error *err)
{
    slt_audit_walk walk = {.has_stop = true, .stop = q->finding->first.step};
    bool written;
    slt_status status = program_write_state(q, &written, err);
    if (!status && written) {
        slt_audit_walk_go(&q->finding->stretch, &walk);
        status = walk.status ? slt_fail(err, walk.status, "%s", walk.error.text) : SLT_OK;
    }
    if (!status && walk.stopped)
        status = program_compare_element(q, &walk.execution.state, err);
    slt_audit_walk_free(&walk);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status program_compare_steps(question *q, FILE *steps, slt_error *err)
{
    slt_audit_finding *finding = q->finding;
    slt_step_lines ours = {.file = steps, .path = "the steps replayed"};
    slt_step_lines theirs = {.file = slt_world.fopen(q->steps, "r"), .path = q->steps};
    uint64_t common;
    bool found = false;
    if (!theirs.file)
        return slt_fail(err, SLT_FILE, "%s: %s", q->steps, strerror(errno));
    slt_status status =
        slt_world.fseeko(steps, 0, SEEK_SET)
            ? slt_fail(err, SLT_FILE, "%s: %s", ours.path, strerror(errno))
            : slt_step_lines_compare(&ours, &theirs, &found, &common, &finding->first,
                                     err);
    free(ours.line);
    slt_step_lines_free(&theirs);
    finding->source = "program";
    finding->has_step = found;
    finding->same_steps = !found;
    return status;
}

/* Removes the folder and the files in it. */
static void program_clean(const char *folder)
{
    DIR *open = slt_world.opendir(folder);
    for (struct dirent *entry; open && (entry = slt_world.readdir(open));)
        slt_world.unlinkat(dirfd(open), entry->d_name, 0);
    if (open)
        slt_world.closedir(open);
    slt_world.rmdir(folder);
}

static slt_status program_make_folder(question *q, slt_error *err)
{
    int size = snprintf(q->folder, sizeof q->folder, "%s/sltrace-audit-XXXXXX",
                        slt_io_temporary());
    if (size < 0 || size >= (int)sizeof q->folder || !slt_world.mkdtemp(q->folder))
        return slt_fail(err, SLT_FILE, "%s: cannot make a folder there: %s", q->folder,
                        strerror(errno));
    snprintf(q->steps, sizeof q->steps, "%s/steps", q->folder);
    return SLT_OK;
}

slt_status slt_audit_ask_program(slt_audit_finding *finding, const char *program,
                                 const slt_audit_side *side, FILE *steps, slt_error *err)
{
    question q = {.finding = finding, .program = program, .side = side};
    slt_status status = program_make_folder(&q, err);
    if (status)
        return status;
    status = program_replay_steps(&q, err);
    if (!status)
        status = program_compare_steps(&q, steps, err);
    if (!status && finding->has_step && *finding->first.first)
        status = program_find_element(&q, err);
    program_clean(q.folder);
    return status;
}
