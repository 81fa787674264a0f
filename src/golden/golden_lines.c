#include "golden/golden_lines.h"

#include <stdio.h>
#include <string.h>

#include "golden/golden_internal.h"

/* Name and word, each with its NUL, after one another. */
typedef struct words {
    slt_buffer text;
    size_t count;
} words;

static void begin_word(words *w, const char *name)
{
    slt_buffer_append(&w->text, name, strlen(name) + 1);
    w->count++;
}

static void end_word(words *w)
{
    slt_buffer_byte(&w->text, 0);
}

static void put_word(words *w, const char *name, const char *text)
{
    begin_word(w, name);
    slt_buffer_append(&w->text, text, strlen(text));
    end_word(w);
}

__attribute__((format(printf, 3, 4))) static void put_print(words *w, const char *name,
                                                            const char *format, ...)
{
    va_list arguments;
    begin_word(w, name);
    va_start(arguments, format);
    slt_buffer_vprintf(&w->text, format, arguments);
    va_end(arguments);
    end_word(w);
}

/* Any bytes of a path as a word. */
static void put_path(words *w, const char *name, const char *path)
{
    begin_word(w, name);
    slt_word_print(path, &w->text);
    end_word(w);
}

static void put_digest(words *w, const char *name, slt_digest digest)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(digest, text);
    put_word(w, name, text);
}

/* A column. */
static void put_quantity(words *w, const slt_quantity *quantity)
{
    char text[SLT_QUANTITY_TEXT_MAX];
    slt_quantity_text(quantity, text);
    put_word(w, "columns", text);
}

/* ---- Each kind of line ------------------------------------------------------------- */

static void put_math(words *w, const slt_golden *golden)
{
    if (!golden->function_count)
        return;
    put_word(w, "math", "math");
    for (size_t i = 0; i < golden->function_count; i++)
        put_print(w, "math", "%s:%s", golden->functions[i].name,
                  golden->functions[i].fingerprint);
}

static void put_base(words *w, const slt_golden *golden)
{
    if (!golden->base)
        return;
    put_word(w, "base", "base");
    begin_word(w, "base");
    for (size_t i = 0; i < golden->base_size; i++)
        slt_buffer_printf(&w->text, "%02x", golden->base[i]);
    end_word(w);
}

static void put_columns(words *w, const slt_golden *golden)
{
    static const char *const fixed[] = {"status", "experiment", "chain", "sha256"};
    put_word(w, "columns", "columns");
    put_word(w, "columns", "run");
    for (size_t a = 0; a < golden->axis_count; a++)
        put_word(w, "columns", golden->axes[a]);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        put_word(w, "columns", fixed[i]);
    for (size_t r = 0; r < golden->result_count; r++)
        put_quantity(w, &golden->results[r]);
}

static void put_run(words *w, const slt_golden *golden, const slt_golden_run *run)
{
    put_print(w, "run", "%llu", (unsigned long long)run->run);
    for (size_t a = 0; a < golden->axis_count; a++)
        put_word(w, golden->axes[a], run->values[a]);
    put_word(w, "status", slt_run_status_name(run->status));
    put_digest(w, "experiment", run->experiment);
    put_digest(w, "chain", run->chain);
    put_word(w, "sha256", run->sha256);
    for (size_t r = 0; r < golden->result_count; r++) {
        char name[SLT_QUANTITY_TEXT_MAX], text[SLT_REAL_TEXT_MAX] = "-";
        if (run->has_result[r] && slt_real_finite(run->results[r]))
            slt_real_text(run->results[r], text);
        slt_quantity_text(&golden->results[r], name);
        put_word(w, name, text);
    }
}

/* The line begins with a blank: an empty word. */
static void put_trail(words *w, const slt_golden_run *run)
{
    put_word(w, "trail", "");
    put_word(w, "trail", "trail");
    for (size_t i = 0; i < run->trail_count; i++)
        put_print(w, "trail", "%llu:%08lx", (unsigned long long)run->trail_record[i],
                  (unsigned long)run->trail_hash[i]);
}

static void put_data(words *w, const slt_golden *golden)
{
    if (!golden->data)
        return;
    put_word(w, "data", "data");
    put_path(w, "data", golden->data);
    put_print(w, "data", "sha256:%s", golden->data_sha256);
}

static void put_claim(words *w, const slt_golden *golden, size_t index)
{
    char name[96];
    if (index >= golden->claim_count)
        return;
    const slt_golden_claim *claim = &golden->claims[index];
    const char *const parts[][2] = {{"value", claim->value},
                                    {"expect", claim->expect},
                                    {"tolerance", claim->tolerance}};
    put_word(w, "claim", "claim");
    put_word(w, "claim", claim->id);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(name, sizeof name, "claim %.64s %s", claim->id, parts[i][0]);
        put_word(w, name, parts[i][0]);
        put_word(w, name, parts[i][1]);
    }
}

static void put_line(words *w, const slt_golden *golden, slt_golden_line line,
                     size_t index)
{
    switch (line) {
    case SLT_GOLDEN_FORMAT:
        put_word(w, "format", "sltrace-golden");
        put_word(w, "format", "1");
        break;
    case SLT_GOLDEN_NAME:
        put_word(w, "name", "name");
        put_word(w, "name", golden->name);
        break;
    case SLT_GOLDEN_MANIFEST:
        put_word(w, "manifest", "manifest");
        put_path(w, "manifest", golden->manifest);
        break;
    case SLT_GOLDEN_NUMERICS:
        put_word(w, "numerics", "numerics");
        put_print(w, "numerics", "%lu", (unsigned long)golden->numerics);
        break;
    case SLT_GOLDEN_MATH:
        put_math(w, golden);
        break;
    case SLT_GOLDEN_BASE:
        put_base(w, golden);
        break;
    case SLT_GOLDEN_RUNS:
        put_word(w, "runs", "runs");
        put_print(w, "runs", "%zu", golden->run_count);
        break;
    case SLT_GOLDEN_COLUMNS:
        put_columns(w, golden);
        break;
    case SLT_GOLDEN_RUN:
        put_run(w, golden, &golden->runs[index]);
        break;
    case SLT_GOLDEN_TRAIL:
        put_trail(w, &golden->runs[index]);
        break;
    case SLT_GOLDEN_DATA:
        put_data(w, golden);
        break;
    case SLT_GOLDEN_CLAIM:
        put_claim(w, golden, index);
        break;
    }
}

/* ---- Text -------------------------------------------------------------------------- */

static const char *next(const char *text)
{
    return text + strlen(text) + 1;
}

void slt_golden_print_line(const slt_golden *golden, slt_golden_line line, size_t index,
                           slt_buffer *out)
{
    words w = {0};
    put_line(&w, golden, line, index);
    const char *at = slt_buffer_text(&w.text);
    out->failed |= w.text.failed;
    for (size_t i = 0; i < w.count && !w.text.failed; i++) {
        const char *word = next(at);
        if (i)
            slt_buffer_byte(out, ' ');
        slt_buffer_append(out, word, strlen(word));
        at = next(word);
    }
    if (w.count)
        slt_buffer_byte(out, '\n');
    slt_buffer_free(&w.text);
}

/* ---- Comparison -------------------------------------------------------------------- */

/* Words of one field follow one another: it is told once. */
static bool told_before(const slt_golden_difference *d, const char *field)
{
    const char *comma = strrchr(d->more, ',');
    const char *last = comma ? comma + 2 : *d->more ? d->more : d->field;
    return !strcmp(last, field);
}

static void note_difference(slt_golden_difference *d, const char *field,
                            const char *golden, const char *found)
{
    if (!d->count++) {
        snprintf(d->field, sizeof d->field, "%.95s", field);
        snprintf(d->golden, sizeof d->golden, "%.255s", golden);
        snprintf(d->found, sizeof d->found, "%.255s", found);
        return;
    }
    size_t used = strlen(d->more);
    if (!told_before(d, field))
        snprintf(d->more + used, sizeof d->more - used, "%s%s", used ? ", " : "", field);
}

slt_status slt_golden_compare_line(const slt_golden *golden, const slt_golden *found,
                                   slt_golden_line line, size_t index,
                                   slt_golden_difference *difference, slt_error *err)
{
    words a = {0}, b = {0};
    put_line(&a, golden, line, index);
    put_line(&b, found, line, index);
    const char *ours = slt_buffer_text(&a.text), *theirs = slt_buffer_text(&b.text);
    bool failed = a.text.failed || b.text.failed;
    for (size_t i = 0; !failed && (i < a.count || i < b.count); i++) {
        const char *name = i < a.count ? ours : theirs;
        const char *one = i < a.count ? next(ours) : "(none)";
        const char *other = i < b.count ? next(theirs) : "(none)";
        if (strcmp(one, other) != 0)
            note_difference(difference, name, one, other);
        ours = i < a.count ? next(one) : ours;
        theirs = i < b.count ? next(other) : theirs;
    }
    slt_buffer_free(&a.text);
    slt_buffer_free(&b.text);
    return failed ? slt_fail(err, SLT_RESOURCE, "no memory to compare goldens") : SLT_OK;
}
