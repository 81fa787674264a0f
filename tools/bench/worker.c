/* Our side of the bench: worker.h tells what it is asked and answers.
 *
 *     bench-worker [ISA]
 */
#include "worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sltrace/numerics.h>

#include "num/math.h"

#define TASKS_MAX 4096

static const task_kind kinds[] = {
    {"peak", 2, make_peak},
    {"product", 7, make_product},
    {"normals", 3, make_normals},
    {"train", 3, make_training},
    {"chain", 3, make_chain},
    {"estimate", 4, make_estimate},
    {"train-lanes", 3, make_train_lanes},
    {"chain-lanes", 3, make_chain_lanes},
    {"metrics", 3, make_metrics},
    {"checkpoint", 3, make_checkpoint},
    {"trials", 3, make_trials},
    {"trials-alone", 3, make_trials_alone},
};

double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench-worker: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void need(slt_status status, const slt_error *err)
{
    if (status != SLT_OK)
        give_up("%s", err->text);
}

void *take_memory(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        give_up("no memory");
    return memory;
}

static words split(char *line)
{
    words found = {.count = 0};
    for (char *word = strtok(line, " \n"); word && found.count < 16;
         word = strtok(NULL, " \n"))
        found.word[found.count++] = word;
    return found;
}

static task make_task(const char *text)
{
    char *line = strdup(text);
    words asked = split(line);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (asked.count == kinds[i].words && !strcmp(asked.word[0], kinds[i].name)) {
            task made = kinds[i].make(&asked);
            free(line);
            return made;
        }
    give_up("no such task: %s", text);
}

/* The task of that text; prepared when it is new. */
static task *find_task(const char *text)
{
    static struct {
        char *text;
        task task;
    } known[TASKS_MAX];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(known[i].text, text))
            return &known[i].task;
    if (count == TASKS_MAX)
        give_up("more than %d tasks", TASKS_MAX);
    known[count].text = strdup(text);
    known[count].task = make_task(text);
    return &known[count++].task;
}

static void print_info(void)
{
    printf("{\"isa\": \"%s\", \"compiler\": \"%s\", \"version\": \"%s\", \"cpu\": "
           "\"%s\"}\n",
           slt_isa_name(slt_num_isa()), BENCH_COMPILER, slt_version(), slt_cpu_model());
}

static void answer(char *line)
{
    char *end;
    line[strcspn(line, "\n")] = 0;
    uint64_t count = strtoull(line, &end, 10);
    if (end != line && *end == ' ') {
        task *found = find_task(end + 1);
        printf("%.9g\n", found->self ? found->time(found->self, count) : -1);
        return;
    }
    words asked = split(line);
    if (asked.count == 1 && !strcmp(asked.word[0], "info"))
        print_info();
    else if (asked.count == 3 && !strcmp(asked.word[0], "settings"))
        print_settings(asked.word[1], asked.word[2]);
    else if (asked.count == 4 && !strcmp(asked.word[0], "share"))
        print_shares(asked.word[1], asked.word[2], asked.word[3]);
    else
        give_up("no such line: %s", line);
}

int main(int argc, char **argv)
{
    slt_error err;
    need(slt_start(argc > 1 ? argv[1] : NULL, &err), &err);
    need(slt_num_available(SLT_F32, &err), &err);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        answer(line);
        fflush(stdout);
    }
    free(line);
    return 0;
}
