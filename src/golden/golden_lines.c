#include "golden/golden_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/digest.h"
#include "golden/golden_internal.h"

/* The kinds of words that lines are made of. */
typedef enum word_kind {
    WORD_TEXT,
    WORD_PATH, /* any bytes; escaped to make it a word */
    WORD_NUMBER,
    WORD_HEX,
    WORD_DIGEST,
    WORD_SHA256,
    WORD_FUNCTION, /* NAME:FINGERPRINT */
    WORD_TRAIL,    /* RECORD:HASH */
    WORD_QUANTITY,
    WORD_REAL /* "-" if it is not finite */
} word_kind;

/* One word: its value by kind, and the name of its field. */
typedef struct word {
    word_kind kind;
    const char *field;         /* the field's name; of a claim's fields, the claim's id */
    const char *part;          /* of a claim's fields, the rest of the name */
    const slt_quantity *named; /* of a result, its column: the field's name instead */
    const char *text, *more;
    const uint8_t *bytes;
    uint64_t number; /* for WORD_HEX, how many bytes */
    uint32_t hash;
    slt_digest digest;
    slt_quantity quantity;
    slt_real real;
} word;

/* The words of one line; what they point to belongs to the golden. */
typedef struct line_words {
    slt_buffer list;
    size_t count;
} line_words;

static void put_word(line_words *w, word one)
{
    slt_buffer_append(&w->list, &one, sizeof one);
    w->count += !w->list.failed;
}

static const word *word_at(const line_words *w, size_t i)
{
    return i < w->count ? (const word *)(const void *)w->list.data + i : NULL;
}

static void put_text(line_words *w, const char *field, const char *text)
{
    put_word(w, (word){.kind = WORD_TEXT, .field = field, .text = text});
}

static void put_number(line_words *w, const char *field, uint64_t number)
{
    put_word(w, (word){.kind = WORD_NUMBER, .field = field, .number = number});
}

static void put_path(line_words *w, const char *field, const char *path)
{
    put_word(w, (word){.kind = WORD_PATH, .field = field, .text = path});
}

static void put_digest(line_words *w, const char *field, slt_digest digest)
{
    put_word(w, (word){.kind = WORD_DIGEST, .field = field, .digest = digest});
}

/* ---- Each kind of line ------------------------------------------------------------- */

static void put_math(line_words *w, const slt_golden *golden)
{
    if (!golden->function_count)
        return;
    put_text(w, "math", "math");
    for (size_t i = 0; i < golden->function_count; i++)
        put_word(w, (word){.kind = WORD_FUNCTION,
                           .field = "math",
                           .text = golden->functions[i].name,
                           .more = golden->functions[i].fingerprint});
}

static void put_base(line_words *w, const slt_golden *golden)
{
    if (!golden->base)
        return;
    put_text(w, "base", "base");
    put_word(w, (word){.kind = WORD_HEX,
                       .field = "base",
                       .bytes = golden->base,
                       .number = golden->base_size});
}

static void put_columns(line_words *w, const slt_golden *golden)
{
    static const char *const fixed[] = {"status", "experiment", "chain", "sha256"};
    put_text(w, "columns", "columns");
    put_text(w, "columns", "run");
    for (size_t a = 0; a < golden->axis_count; a++)
        put_text(w, "columns", golden->axes[a]);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        put_text(w, "columns", fixed[i]);
    for (size_t r = 0; r < golden->result_count; r++)
        put_word(w, (word){.kind = WORD_QUANTITY,
                           .field = "columns",
                           .quantity = golden->results[r]});
}

static void put_run(line_words *w, const slt_golden *golden, const slt_golden_run *run)
{
    put_number(w, "run", run->run);
    for (size_t a = 0; a < golden->axis_count; a++)
        put_text(w, golden->axes[a], run->values[a]);
    put_text(w, "status", slt_run_status_name(run->status));
    put_digest(w, "experiment", run->experiment);
    put_digest(w, "chain", run->chain);
    put_text(w, "sha256", run->sha256);
    for (size_t r = 0; r < golden->result_count; r++)
        put_word(
            w, (word){.kind = WORD_REAL,
                      .named = &golden->results[r],
                      .real = run->has_result[r] ? run->results[r] : slt_real_absent()});
}

/* The line begins with a blank: its first word is empty. */
static void put_trail(line_words *w, const slt_golden_run *run)
{
    put_text(w, "trail", "");
    put_text(w, "trail", "trail");
    for (size_t i = 0; i < run->trail_count; i++)
        put_word(w, (word){.kind = WORD_TRAIL,
                           .field = "trail",
                           .number = run->trail_record[i],
                           .hash = run->trail_hash[i]});
}

static void put_data(line_words *w, const slt_golden *golden)
{
    if (!golden->data)
        return;
    put_text(w, "data", "data");
    put_path(w, "data", golden->data);
    put_word(w,
             (word){.kind = WORD_SHA256, .field = "data", .text = golden->data_sha256});
}

static void put_claim(line_words *w, const slt_golden *golden, size_t index)
{
    if (index >= golden->claim_count)
        return;
    const slt_golden_claim *claim = &golden->claims[index];
    const char *const parts[][2] = {{"value", claim->value},
                                    {"expect", claim->expect},
                                    {"tolerance", claim->tolerance}};
    put_text(w, "claim", "claim");
    put_text(w, "claim", claim->id);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 2; j++)
            put_word(w, (word){.kind = WORD_TEXT,
                               .field = claim->id,
                               .part = parts[i][0],
                               .text = parts[i][j]});
}

static void put_words_of_line(line_words *w, const slt_golden *golden,
                              slt_golden_line line, size_t index)
{
    switch (line) {
    case SLT_GOLDEN_FORMAT:
        put_text(w, "format", "sltrace-golden");
        put_text(w, "format", "1");
        break;
    case SLT_GOLDEN_NAME:
        put_text(w, "name", "name");
        put_text(w, "name", golden->name);
        break;
    case SLT_GOLDEN_MANIFEST:
        put_text(w, "manifest", "manifest");
        put_path(w, "manifest", golden->manifest);
        break;
    case SLT_GOLDEN_NUMERICS:
        put_text(w, "numerics", "numerics");
        put_number(w, "numerics", golden->numerics);
        break;
    case SLT_GOLDEN_MATH:
        put_math(w, golden);
        break;
    case SLT_GOLDEN_BASE:
        put_base(w, golden);
        break;
    case SLT_GOLDEN_RUNS:
        put_text(w, "runs", "runs");
        put_number(w, "runs", golden->run_count);
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

static void print_word(const word *one, slt_buffer *out)
{
    char text[SLT_REAL_TEXT_MAX + SLT_QUANTITY_TEXT_MAX] = "-";
    switch (one->kind) {
    case WORD_TEXT:
        slt_buffer_append(out, one->text, strlen(one->text));
        break;
    case WORD_PATH:
        slt_word_print(one->text, out);
        break;
    case WORD_NUMBER:
        slt_buffer_printf(out, "%" PRIu64, one->number);
        break;
    case WORD_HEX:
        for (size_t i = 0; i < one->number; i++)
            slt_buffer_printf(out, "%02x", one->bytes[i]);
        break;
    case WORD_DIGEST:
        slt_digest_text(one->digest, text);
        slt_buffer_printf(out, "%s", text);
        break;
    case WORD_SHA256:
        slt_buffer_printf(out, "sha256:%s", one->text);
        break;
    case WORD_FUNCTION:
        slt_buffer_printf(out, "%s:%s", one->text, one->more);
        break;
    case WORD_TRAIL:
        slt_buffer_printf(out, "%" PRIu64 ":%08" PRIx32, one->number, one->hash);
        break;
    case WORD_QUANTITY:
        slt_quantity_text(&one->quantity, text);
        slt_buffer_printf(out, "%s", text);
        break;
    case WORD_REAL:
        if (slt_real_finite(one->real))
            slt_real_text(one->real, text);
        slt_buffer_printf(out, "%s", text);
        break;
    }
}

void slt_golden_print_line(const slt_golden *golden, slt_golden_line line, size_t index,
                           slt_buffer *out)
{
    line_words w = {0};
    put_words_of_line(&w, golden, line, index);
    out->failed |= w.list.failed;
    for (size_t i = 0; i < w.count && !w.list.failed; i++) {
        if (i)
            slt_buffer_byte(out, ' ');
        print_word(word_at(&w, i), out);
    }
    if (w.count)
        slt_buffer_byte(out, '\n');
    slt_buffer_free(&w.list);
}

/* ---- Comparison -------------------------------------------------------------------- */

/* Whether two words have the same value; NULL means that there is no such word. */
static bool same_word(const word *a, const word *b)
{
    if (!a || !b || a->kind != b->kind)
        return false;
    switch (a->kind) {
    case WORD_TEXT:
    case WORD_PATH:
    case WORD_SHA256:
        return strcmp(a->text, b->text) == 0;
    case WORD_NUMBER:
        return a->number == b->number;
    case WORD_HEX:
        return a->number == b->number && !memcmp(a->bytes, b->bytes, (size_t)a->number);
    case WORD_DIGEST:
        return slt_digest_equal(a->digest, b->digest);
    case WORD_FUNCTION:
        return !strcmp(a->text, b->text) && !strcmp(a->more, b->more);
    case WORD_TRAIL:
        return a->number == b->number && a->hash == b->hash;
    case WORD_QUANTITY:
        return slt_quantity_equal(&a->quantity, &b->quantity);
    case WORD_REAL:
        return slt_real_finite(a->real) || slt_real_finite(b->real)
                   ? a->real.bits == b->real.bits
                   : true;
    }
    return false;
}

static void print_field(const word *one, slt_buffer *out)
{
    char text[SLT_QUANTITY_TEXT_MAX];
    if (one->named) {
        slt_quantity_text(one->named, text);
        slt_buffer_printf(out, "%s", text);
    } else if (one->part) {
        slt_buffer_printf(out, "claim %.64s %s", one->field, one->part);
    } else {
        slt_buffer_printf(out, "%s", one->field);
    }
}

/* Whether the field was the last one noted.  The words of one field are adjacent, so this
 * suffices to name each field once. */
static bool noted_last(const slt_golden_difference *d, const char *field)
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
    if (!noted_last(d, field))
        snprintf(d->more + used, sizeof d->more - used, "%s%s", used ? ", " : "", field);
}

/* Notes two words that differ, one of which may be NULL: there is no such word. */
static bool note_words(slt_golden_difference *difference, const word *ours,
                       const word *theirs)
{
    slt_buffer field = {0}, golden = {0}, found = {0};
    print_field(ours ? ours : theirs, &field);
    if (ours)
        print_word(ours, &golden);
    if (theirs)
        print_word(theirs, &found);
    note_difference(difference, slt_buffer_text(&field),
                    ours ? slt_buffer_text(&golden) : "(none)",
                    theirs ? slt_buffer_text(&found) : "(none)");
    bool failed = field.failed || golden.failed || found.failed;
    slt_buffer_free(&field);
    slt_buffer_free(&golden);
    slt_buffer_free(&found);
    return !failed;
}

slt_status slt_golden_compare_line(const slt_golden *golden, const slt_golden *found,
                                   slt_golden_line line, size_t index,
                                   slt_golden_difference *difference, slt_error *err)
{
    line_words a = {0}, b = {0};
    put_words_of_line(&a, golden, line, index);
    put_words_of_line(&b, found, line, index);
    bool fine = !a.list.failed && !b.list.failed;
    for (size_t i = 0; fine && (i < a.count || i < b.count); i++) {
        const word *ours = word_at(&a, i), *theirs = word_at(&b, i);
        fine = same_word(ours, theirs) || note_words(difference, ours, theirs);
    }
    slt_buffer_free(&a.list);
    slt_buffer_free(&b.list);
    return fine ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory to compare goldens");
}
