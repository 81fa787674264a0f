#include "failing_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"
#include "tap.h"
#include "worker.h"

enum { ARGUMENTS_MAX = 48, COMMAND_MAX = 512 };
/* So many seconds of its time may a command take, and sleep: the machine may be busy. */
enum { PATIENCE_S = 60 };

const world_fault worker_no_fault = {.call = WORLD_CALLS};

#ifdef __SANITIZE_ADDRESS__
/* A command that ends early leaves its memory to the system. */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}
#endif

void worker_open(worker *w, const char *root, int number)
{
    snprintf(w->folder, sizeof w->folder, "%s/work%d", root, number);
    w->out = memfd_create("out", MFD_CLOEXEC);
    w->err = memfd_create("err", MFD_CLOEXEC);
    w->seen = mmap(NULL, sizeof *w->seen, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w->out < 0 || w->err < 0 || w->seen == MAP_FAILED)
        tap_bail("no worker");
}

/* Statements tell the time, and are compared. */
static time_t stopped_time(time_t *now)
{
    return *now = 1700000000;
}

static void run_child(const worker *w, const char *command, const world_fault *fault)
{
    static char text[COMMAND_MAX], program[] = "sltrace";
    char *arguments[ARGUMENTS_MAX + 1] = {program};
    int count = 1, nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t set;
    snprintf(text, sizeof text, "%s", command);
    for (char *word = strtok(text, " "); word && count < ARGUMENTS_MAX;
         word = strtok(NULL, " "))
        arguments[count++] = word;
    dup2(nothing, 0);
    dup2(w->out, 1);
    dup2(w->err, 2);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    const struct rlimit patience = {PATIENCE_S, RLIM_INFINITY};
    if (chdir(w->folder) || setrlimit(RLIMIT_CPU, &patience))
        _exit(100);
    world_plan = *fault;
    world_begin(w->seen);
    slt_world.time = stopped_time;
    exit(cli_main(count, arguments));
}

static size_t take_text(int fd, char *text, size_t size)
{
    ssize_t got = pread(fd, text, size - 1, 0);
    text[got > 0 ? got : 0] = 0;
    return got > 0 ? (size_t)got : 0;
}

/* Whether the process or one that it began is at work, or would be if the machine had the
 * time: a thread of it that neither sleeps nor has ended. */
static bool is_at_work(pid_t process)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *tasks = opendir(path);
    bool at_work = false;
    for (struct dirent *task; tasks && !at_work && (task = readdir(tasks));) {
        char state = 'S';
        int child;
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/stat", (int)process,
                 task->d_name);
        FILE *told = fopen(path, "re");
        if (!told)
            continue;
        if (fscanf(told, "%*d (%*[^)]) %c", &state) == 1)
            at_work = state == 'R' || state == 'D';
        fclose(told);
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/children", (int)process,
                 task->d_name);
        told = fopen(path, "re");
        while (told && !at_work && fscanf(told, "%d", &child) == 1)
            at_work = is_at_work((pid_t)child);
        if (told)
            fclose(told);
    }
    if (tasks)
        closedir(tasks);
    return at_work;
}

/* What does too much is ended by its limit of processor time. */
int worker_await(pid_t child)
{
    const struct timespec second = {.tv_sec = 1};
    sigset_t set;
    int how, idle = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    while (sigtimedwait(&set, NULL, &second) < 0 && idle < PATIENCE_S)
        idle += !is_at_work(child);
    if (idle >= PATIENCE_S) {
        kill(child, SIGKILL);
        sigwaitinfo(&set, NULL);
    }
    waitpid(child, &how, 0);
    const bool endless = WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU;
    return idle >= PATIENCE_S || endless ? -1 : how;
}

void worker_run(worker *w, const char *command, const world_fault *fault, outcome *got)
{
    memset(w->seen, 0, sizeof *w->seen);
    if (ftruncate(w->out, 0) || ftruncate(w->err, 0))
        tap_bail("cannot truncate");
    lseek(w->out, 0, SEEK_SET);
    lseek(w->err, 0, SEEK_SET);
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        tap_bail("cannot fork");
    if (child == 0)
        run_child(w, command, fault);
    got->how = worker_await(child);
    got->words = take_text(w->out, got->out, sizeof got->out);
    got->complaint = take_text(w->err, got->err, sizeof got->err);
}

int outcome_exit(const outcome *o)
{
    return o->how >= 0 && WIFEXITED(o->how) ? WEXITSTATUS(o->how) : -1;
}
