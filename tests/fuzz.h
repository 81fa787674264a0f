/* What a fuzz target shares with the others.  tests/fuzz/NAME.c defines one fuzz_target
 * and ends with FUZZ_MAIN.  It is built twice:
 *
 * - as a test, which checks the target's seeds, the corpus tests/fuzz/corpus/NAME and
 *   mutants of both (SLT_FUZZ_MUTANTS in the environment: so many);
 * - with SLT_FUZZ (preset fuzz, clang) as a program of libFuzzer, which looks for inputs
 *   that reach new code. */
#ifndef SLT_TESTS_FUZZ_H
#define SLT_TESTS_FUZZ_H

#include <dirent.h>

#include <sys/mman.h>
#include <unistd.h>

#include <sltrace/status.h>

#include "base/io.h"
#include "base/world.h"
#include "mutate.h"

typedef struct fuzz_target {
    const char *name;
    size_t mutants; /* checked by the test, beside seeds and corpus */
    size_t seeds;   /* how many there are to draw from */
    void (*begin)(void);
    /* Appends seed n. */
    void (*seed)(size_t n, slt_buffer *bytes);
    /* Makes hashes right again, in place, as far as the bytes can be read; NULL where
     * there are none. */
    void (*repair)(slt_buffer *bytes);
    /* Reads bytes and checks what must hold (FUZZ_REQUIRE); whether they were taken. */
    bool (*check)(const uint8_t *bytes, size_t size);
    /* Reads bytes and appends what was read, in any form; what did not fit the memory
     * latches in `said` or is the status.  NULL: it takes no memory. */
    slt_status (*reread)(const uint8_t *bytes, size_t size, slt_buffer *said);
} fuzz_target;

static const fuzz_target fuzz_this;

static size_t fuzz_taken, fuzz_refused, fuzz_wrong;
static const uint8_t *fuzz_bytes; /* of this check */
static size_t fuzz_size;

/* What does not hold, and of which input. */
__attribute__((format(printf, 1, 2))) static inline void fuzz_fail(const char *format,
                                                                   ...)
{
    char what[SLT_ERROR_TEXT_MAX + 200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
#ifdef SLT_FUZZ
    fprintf(stderr, "wrong: %s\n", what);
    abort();
#endif
    if (fuzz_wrong++)
        return;
    tap_note("%s; the input:", what);
    for (size_t i = 0; i < fuzz_size && i < 4096; i += 32) {
        char line[65] = "";
        for (size_t j = 0; j < 32 && i + j < fuzz_size; j++)
            snprintf(line + 2 * j, 3, "%02x", fuzz_bytes[i + j]);
        tap_note("%s", line);
    }
}

#define FUZZ_REQUIRE(condition, ...)                                                     \
    do {                                                                                 \
        if (!(condition))                                                                \
            fuzz_fail(__VA_ARGS__);                                                      \
    } while (0)

/* That a refusal is one: the status, and a message that begins with what was read. */
#define FUZZ_REFUSED(status, err, prefix)                                                \
    FUZZ_REQUIRE((status) == SLT_FORMAT &&                                               \
                     strncmp((err).text, prefix, strlen(prefix)) == 0 &&                 \
                     (err).text[strlen(prefix)],                                         \
                 "status %d: %s", (int)(status), (err).text)

/* The path of a file in memory that holds the bytes; it lives until the next call. */
static inline const char *fuzz_file(const uint8_t *bytes, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0)
        fd = memfd_create("fuzz", 0);
    if (fd < 0 || ftruncate(fd, 0) || (size && pwrite(fd, bytes, size, 0) < 0))
        tap_bail("no file in memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static inline bool fuzz_same(const slt_buffer *text, const uint8_t *bytes, size_t size)
{
    return !text->failed && text->size == size &&
           (!size || memcmp(text->data, bytes, size) == 0);
}

/* Whether what was taken is looked at from all sides: always, but of one input in
 * SLT_FUZZ_SPARSE in a search at full speed, which is for the reader. */
static inline bool fuzz_looks_closer(void)
{
#ifdef SLT_FUZZ_SPARSE
    uint64_t sum = fuzz_size, word; /* of the bytes: an input is always looked at alike */
    for (size_t i = 0; i < fuzz_size; i += sizeof word) {
        const size_t left = fuzz_size - i;
        word = 0;
        memcpy(&word, fuzz_bytes + i, left < sizeof word ? left : sizeof word);
        sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    return (sum >> 16) % SLT_FUZZ_SPARSE == 0;
#else
    return true;
#endif
}

static inline void fuzz_one(const uint8_t *bytes, size_t size)
{
    fuzz_bytes = bytes;
    fuzz_size = size;
    if (fuzz_this.check(bytes, size))
        fuzz_taken++;
    else
        fuzz_refused++;
}

/* ---- Memory that fails once ---------------------------------------------------------
 */

static slt_world_table fuzz_world; /* the system's */
static size_t fuzz_left;           /* allocations until one fails; SIZE_MAX: none will */

static inline bool fuzz_fails(void)
{
    if (fuzz_left == SIZE_MAX || fuzz_left-- > 0)
        return false;
    fuzz_left = SIZE_MAX; /* once */
    return true;
}

static void *fuzz_malloc(size_t size)
{
    return fuzz_fails() ? NULL : fuzz_world.malloc(size);
}

static void *fuzz_calloc(size_t count, size_t size)
{
    return fuzz_fails() ? NULL : fuzz_world.calloc(count, size);
}

static void *fuzz_realloc(void *old, size_t size)
{
    return fuzz_fails() ? NULL : fuzz_world.realloc(old, size);
}

static char *fuzz_strdup(const char *text)
{
    return fuzz_fails() ? NULL : fuzz_world.strdup(text);
}

static char *fuzz_strndup(const char *text, size_t size)
{
    return fuzz_fails() ? NULL : fuzz_world.strndup(text, size);
}

static inline void fuzz_memory(bool ours)
{
    if (!ours) {
        slt_world = fuzz_world;
        return;
    }
    fuzz_world = slt_world;
    slt_world.malloc = fuzz_malloc;
    slt_world.calloc = fuzz_calloc;
    slt_world.realloc = fuzz_realloc;
    slt_world.strdup = fuzz_strdup;
    slt_world.strndup = fuzz_strndup;
}

/* Reads with the nth allocation failing; whether there was such.  The reader must say
 * that memory is short, or what it says without. */
static inline bool fuzz_starve_at(size_t n, slt_status whole, const slt_buffer *all)
{
    slt_buffer said = {0};
    fuzz_left = n;
    const slt_status status = fuzz_this.reread(fuzz_bytes, fuzz_size, &said);
    const bool failed = fuzz_left == SIZE_MAX;
    fuzz_left = SIZE_MAX;
    const bool told = status == SLT_RESOURCE || said.failed;
    FUZZ_REQUIRE(told || (status == whole && fuzz_same(&said, all->data, all->size)),
                 "allocation %zu fails: status %d, else %d", n, (int)status, (int)whole);
    slt_buffer_free(&said);
    return failed;
}

/* How many inputs, and how many allocations of each, spread evenly. */
#define FUZZ_STARVED 60
#define FUZZ_ALLOCATIONS 60

static inline size_t fuzz_starve(const uint8_t *bytes, size_t size)
{
    slt_buffer all = {0};
    size_t count = 0, stride = 1;
    fuzz_bytes = bytes;
    fuzz_size = size;
    fuzz_memory(true);
    fuzz_left = SIZE_MAX - 1;
    const slt_status whole = fuzz_this.reread(bytes, size, &all);
    const size_t allocations = SIZE_MAX - 1 - fuzz_left;
    fuzz_left = SIZE_MAX;
    if (allocations > FUZZ_ALLOCATIONS)
        stride = 1 + allocations / FUZZ_ALLOCATIONS;
    for (size_t n = 0; fuzz_starve_at(n, whole, &all); n += stride)
        count++;
    fuzz_memory(false);
    slt_buffer_free(&all);
    return count;
}

/* ---- libFuzzer ----------------------------------------------------------------------
 */

#ifdef SLT_FUZZ

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (fuzz_this.begin)
        fuzz_this.begin();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fuzz_one(bytes, size);
    return 0;
}

#define FUZZ_SEED_ONE_IN 64
#define FUZZ_DAMAGED_ONE_IN 8

/* Of many seeds some at a time: what is random of one may take long to make. */
#define FUZZ_POOL 64
#define FUZZ_POOL_USES 32

/* Appends a seed, which each place of the pool gives so many times. */
static inline void fuzz_seed(slt_buffer *bytes)
{
    static slt_buffer pool[FUZZ_POOL];
    static unsigned used[FUZZ_POOL];
    const size_t place = random_below(FUZZ_POOL), n = random_below(fuzz_this.seeds);
    slt_buffer *kept = &pool[place];
    if (used[place]++ % FUZZ_POOL_USES == 0) {
        slt_buffer_clear(kept);
        fuzz_this.seed(n, kept);
    }
    slt_buffer_append(bytes, kept->data, kept->size);
}

/* A seed now and then; else what libFuzzer makes of the bytes, mostly with right hashes.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned seed)
{
    slt_buffer work = {0};
    random_state = seed;
    if (random_below(FUZZ_SEED_ONE_IN) == 0)
        fuzz_seed(&work);
    else {
        size = LLVMFuzzerMutate(bytes, size, max);
        slt_buffer_append(&work, bytes, size);
    }
    if (fuzz_this.repair && random_below(FUZZ_DAMAGED_ONE_IN))
        fuzz_this.repair(&work);
    if (work.size <= max && work.size && !work.failed) {
        size = work.size;
        memcpy(bytes, work.data, size);
    }
    slt_buffer_free(&work);
    return size;
}

#define FUZZ_MAIN

#else

/* ---- A test -------------------------------------------------------------------------
 */

typedef struct fuzz_inputs {
    slt_buffer *list;
    size_t count;
} fuzz_inputs;

static inline slt_buffer *fuzz_add(fuzz_inputs *inputs)
{
    inputs->list = realloc(inputs->list, (inputs->count + 1) * sizeof *inputs->list);
    if (!inputs->list)
        tap_bail("no memory");
    inputs->list[inputs->count] = (slt_buffer){0};
    return &inputs->list[inputs->count++];
}

#define FUZZ_SEEDS_MAX 100
#define FUZZ_INPUT_MAX ((size_t)1 << 20)

static inline void fuzz_read_corpus(fuzz_inputs *inputs)
{
    char folder[512], path[1024];
    struct dirent **entries;
    slt_error err = {0};
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", SLT_SOURCE_DIR,
             fuzz_this.name);
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' &&
            slt_io_read(path, FUZZ_INPUT_MAX, fuzz_add(inputs), &err))
            tap_bail(err.text);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* Checks a copy in memory of exactly its size, so that a sanitizer sees a read beyond. */
static inline void fuzz_copy(const slt_buffer *input)
{
    uint8_t *copy = malloc(input->size + !input->size);
    if (!copy)
        tap_bail("no memory");
    if (input->size)
        memcpy(copy, input->data, input->size);
    fuzz_one(copy, input->size);
    free(copy);
}

static inline void fuzz_mutant(const slt_buffer *input, bool repaired)
{
    slt_buffer bytes = {0};
    bytes.data = mutate(input, &bytes.size);
    bytes.capacity = bytes.size;
    if (repaired)
        fuzz_this.repair(&bytes);
    fuzz_copy(&bytes);
    slt_buffer_free(&bytes);
}

/* As many of seeds as of the corpus, every second one with right hashes. */
static inline void fuzz_mutants(const fuzz_inputs *inputs, size_t seeds)
{
    const char *text = getenv("SLT_FUZZ_MUTANTS");
    const size_t count = text ? strtoull(text, NULL, 10) : fuzz_this.mutants;
    fuzz_taken = fuzz_refused = 0;
    for (size_t i = 0; i < count; i++)
        fuzz_mutant(
            &inputs->list[i % 4 < 2 ? random_below(seeds) : random_below(inputs->count)],
            fuzz_this.repair && i % 2);
    TAP_OK(fuzz_wrong == 0 && fuzz_taken > 0 && fuzz_refused > 0,
           "%zu mutants: %zu taken, %zu refused", count, fuzz_taken, fuzz_refused);
}

static inline int fuzz_main(void)
{
    fuzz_inputs inputs = {0};
    random_begin();
    if (fuzz_this.begin)
        fuzz_this.begin();
    for (size_t i = 0; i < fuzz_this.seeds && i < FUZZ_SEEDS_MAX; i++)
        fuzz_this.seed(i, fuzz_add(&inputs));
    for (size_t i = 0; i < inputs.count; i++)
        fuzz_copy(&inputs.list[i]);
    TAP_OK(fuzz_wrong == 0 && fuzz_taken > 0, "%zu seeds: %zu taken, %zu refused",
           inputs.count, fuzz_taken, fuzz_refused);
    const size_t seeds = inputs.count;
    fuzz_read_corpus(&inputs);
    fuzz_taken = fuzz_refused = 0;
    for (size_t i = seeds; i < inputs.count; i++)
        fuzz_copy(&inputs.list[i]);
    TAP_OK(fuzz_wrong == 0 && fuzz_taken > 0 && fuzz_refused > 0,
           "%zu files of the corpus: %zu taken, %zu refused", inputs.count - seeds,
           fuzz_taken, fuzz_refused);
    size_t starved = 0, stride = 1 + inputs.count / FUZZ_STARVED;
    for (size_t i = 0; fuzz_this.reread && i < inputs.count; i += stride)
        starved += fuzz_starve(inputs.list[i].data, inputs.list[i].size);
    TAP_OK(fuzz_wrong == 0 && (starved > 0 || !fuzz_this.reread),
           "%zu allocations fail, and the reader says so", starved);
    fuzz_mutants(&inputs, seeds);
    for (size_t i = 0; i < inputs.count; i++)
        slt_buffer_free(&inputs.list[i]);
    free(inputs.list);
    return tap_done();
}

#define FUZZ_MAIN                                                                        \
    int main(void)                                                                       \
    {                                                                                    \
        return fuzz_main();                                                              \
    }

#endif
#endif
