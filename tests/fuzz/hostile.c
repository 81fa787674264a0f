/* Damaged manifests from a printed seed, and hostile ones: no crash, a message for each,
 * time and memory bounded. */
#include <sys/resource.h>
#include <time.h>

#include "base/buffer.h"
#include "manifest_sample.h"
#include "tap.h"

#define MUTANTS 20000

static uint64_t state = 77003;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t n)
{
    return n ? (size_t)((next() >> 11) % n) : 0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss;
}

static void replace(slt_buffer *text, size_t at, size_t cut, const char *with,
                    size_t size)
{
    slt_buffer out = {0};
    if (cut > text->size - at)
        cut = text->size - at;
    slt_buffer_append(&out, text->data, at);
    slt_buffer_append(&out, with, size);
    slt_buffer_append(&out, text->data + at + cut, text->size - at - cut);
    slt_buffer_free(text);
    *text = out;
}

static void mutate(slt_buffer *text)
{
    static const char *const tokens[] = {
        "$rank", "$", "{", "}", "[", "]", "- ", ": ", "\n", "  ", "&a ", "*a", "!!int ",
        "null", "true", "-1", "0", "1e999", "18446744073709551616", "4294967295", "'",
        "\"", "|", ">", "#", "---\n", "kind", "tied: W1", "%", "\t", "\xff", "\xc3",
        "<<: ", "\xef\xbb\xbf", "\r\n", "\r", "\xff\xfe", "%20",
        "16777216", "[]", "{}", "last", "all", "? ", "nan", "W1", "$seed",
    };
    const char *token = tokens[below(sizeof tokens / sizeof *tokens)];
    size_t at = below(text->size), from = below(text->size);
    char piece[64];
    switch (below(5)) {
    case 0:
        if (at < text->size)
            text->data[at] ^= (uint8_t)(1u << below(8));
        break;
    case 1:
        replace(text, at, below(12), "", 0);
        break;
    case 2:
        replace(text, at, 0, token, strlen(token));
        break;
    case 3:
        replace(text, at, below(8) + 1, token, strlen(token));
        break;
    default: {
        size_t size = below(sizeof piece);
        if (size > text->size - from)
            size = text->size - from;
        memcpy(piece, text->data + from, size);
        replace(text, at, 0, piece, size);
    }
    }
}

/* Whether the answer is sound: a manifest, or a status with a message that names it. */
static bool answers(const char *text, size_t size, bool *opened)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    slt_status status = slt_manifest_parse(text, size, "f.yaml", &manifest, &err);
    *opened = status == SLT_OK;
    bool sound = status == SLT_OK ? manifest != NULL
                                  : !manifest && status == SLT_FORMAT &&
                                        strncmp(err.text, "f.yaml", 6) == 0;
    if (!sound)
        tap_note("status %d: %s", (int)status, err.text);
    slt_manifest_free(manifest);
    return sound;
}

static void test_mutants(void)
{
    size_t opened = 0, unsound = 0;
    double slowest = 0;
    tap_note("seed %llu", (unsigned long long)state);
    for (int i = 0; i < MUTANTS; i++) {
        slt_buffer text = {0};
        bool is_open;
        slt_buffer_append(&text, manifest_sample, sizeof manifest_sample - 1);
        for (size_t edits = 1 + below(4); edits-- > 0;)
            mutate(&text);
        double begin = seconds();
        unsound += !answers((const char *)text.data, text.size, &is_open);
        double took = seconds() - begin;
        slowest = took > slowest ? took : slowest;
        opened += is_open;
        slt_buffer_free(&text);
    }
    TAP_EQ_U64(unsound, 0, "every mutant gets a sound answer");
    TAP_OK(opened > MUTANTS / 100 && opened < MUTANTS, "%zu of %d mutants open", opened,
           MUTANTS);
    TAP_OK(slowest < 5, "the slowest took %.1f ms", 1e3 * slowest);
}

/* `head`, then `unit` as often as fits below 1 MiB, then `tail`. */
static void hostile(const char *name, const char *head, const char *unit,
                    const char *tail)
{
    slt_buffer text = {0};
    bool opened;
    slt_buffer_append(&text, head, strlen(head));
    while (text.size + strlen(unit) + strlen(tail) <= 1u << 20)
        slt_buffer_append(&text, unit, strlen(unit));
    slt_buffer_append(&text, tail, strlen(tail));
    double begin = seconds();
    bool sound = answers((const char *)text.data, text.size, &opened);
    double took = seconds() - begin;
    TAP_OK(sound && !opened && took < 2, "%s is refused in %.0f ms", name, 1e3 * took);
    slt_buffer_free(&text);
}

static void test_hostile(void)
{
    hostile("1 MiB of open lists", "", "[", "");
    hostile("1 MiB of open maps", "", "{a: ", "");
    hostile("1 MiB of nested items", "", "- ", "");
    hostile("1 MiB of list items", "[", "a,", "a]");
    hostile("1 MiB of block items", "", "- a\n", "");
    hostile("1 MiB of quotes", "", "\"", "");
    hostile("1 MiB of colons", "", ":", "");
    hostile("1 MiB of questions", "", "? ", "");
    hostile("1 MiB of anchors", "a: &a [b]\n", "c: *a\n", "");
    hostile("an alias bomb", "a: &a [x]\nb: &b [*a,*a,*a]\n", "c: [*b,*b,*b]\n", "");
    hostile("one key again and again", "", "a: 1\n", "");
    hostile("1 MiB of one scalar", "name: ", "x", "\n");
    hostile("1 MiB of a folded scalar", "name: >\n", " x\n", "");
    hostile("1 MiB of comments", "", "#\n", "");
    hostile("1 MiB of spaces", "", " ", "");
    hostile("1 MiB of tabs", "a:", "\t", "");
    hostile("1 MiB of documents", "", "---\n", "");
    hostile("a name of digits", "sltrace: ", "9", "\n");
    hostile("a real of digits", "sltrace: 0.", "9", "e-5\n");
}

static void test_different_keys(void)
{
    slt_buffer text = {0};
    bool opened;
    for (int i = 0; text.size < (1u << 20) - 16; i++)
        slt_buffer_printf(&text, "k%x: \n", i);
    double begin = seconds();
    bool sound = answers((const char *)text.data, text.size, &opened);
    double took = seconds() - begin;
    TAP_OK(sound && !opened && took < 2, "1 MiB of keys is refused in %.0f ms",
           1e3 * took);
    slt_buffer_free(&text);
}

static void test_memory(void)
{
#if defined(__SANITIZE_ADDRESS__)
    tap_skip("memory", "a sanitizer keeps what was freed");
#else
    size_t peak = peak_kib();
    TAP_OK(peak < 50 * 1024, "all of it in %zu KiB", peak);
#endif
}

int main(void)
{
    test_hostile();
    test_different_keys();
    test_mutants();
    test_memory();
    return tap_done();
}
