#include "verify/step_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "trace/trace_write.h"

/* ---- Writing ----------------------------------------------------------------------- */

static void print_hashes(const slt_params *params, const slt_model_spec *model,
                         const slt_slot_type *type, slt_buffer *line)
{
    slt_buffer bytes = {0};
    for (size_t i = 0; i < params->count; i++) {
        char name[SLT_STATE_NAME_MAX], text[SLT_DIGEST_TEXT_MAX];
        if (!params->owned[i])
            continue;
        slt_buffer_clear(&bytes);
        slt_trace_append_tensor(&bytes, &params->tensor[i]);
        line->failed |= bytes.failed;
        slt_digest_text(slt_digest_of(bytes.data, bytes.size), text);
        slt_slot_name(type, model->weights[i].name, name);
        slt_buffer_printf(line, " %s=%s", name, text);
    }
    slt_buffer_free(&bytes);
}

void slt_step_line_print(const slt_model_spec *model, const slt_state *state,
                         slt_real loss, slt_buffer *line)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_real_text(loss, text);
    slt_buffer_printf(line, "%" PRIu64 " %s", state->step, text);
    print_hashes(&state->weights, model, NULL, line);
    for (size_t i = 0; i < state->slots.count; i++)
        print_hashes(&state->slots.slot[i], model, &state->slots.type[i], line);
    slt_buffer_byte(line, '\n');
}

/* ---- Reading ----------------------------------------------------------------------- */

/* Reads STEP, LOSS and at least one TENSOR=HASH. */
static bool step_lines_read(slt_step_lines *steps)
{
    char *end;
    slt_digest digest;
    errno = 0;
    steps->step = strtoull(steps->line, &end, 10);
    if (*steps->line < '0' || *steps->line > '9' || errno || *end != ' ')
        return false;
    size_t words = 0;
    const size_t loss = strcspn(end + 1, " ");
    if (!loss)
        return false;
    end += 1 + loss;
    for (; *end == ' '; words++) {
        char hash[SLT_DIGEST_TEXT_MAX];
        size_t size = strcspn(end + 1, " ");
        const char *equals = memchr(end + 1, '=', size);
        if (!equals || equals == end + 1 || end + 1 + size - equals != sizeof hash)
            return false;
        snprintf(hash, sizeof hash, "%s", equals + 1);
        if (!slt_digest_parse(hash, &digest))
            return false;
        end += 1 + size;
    }
    return words > 0;
}

bool slt_step_lines_next(slt_step_lines *steps, slt_status *status, slt_error *err)
{
    uint64_t before = steps->step;
    for (;;) {
        ssize_t size = slt_world.getline(&steps->line, &steps->capacity, steps->file);
        if (size < 0) {
            if (ferror(steps->file))
                *status = slt_fail(err, SLT_FILE, "%s: cannot be read", steps->path);
            return false;
        }
        steps->number++;
        if (steps->line[0] != '#') {
            bool whole = strlen(steps->line) == (size_t)size && size > 1 &&
                         steps->line[size - 1] == '\n';
            if (whole)
                steps->line[size - 1] = 0;
            if (whole && step_lines_read(steps) &&
                (!steps->begun || steps->step > before))
                return steps->begun = true;
            *status = slt_fail(err, SLT_FORMAT,
                               "%s:%zu: expected a step above the one before, its loss "
                               "and a hash of each tensor, as replay --steps writes",
                               steps->path, steps->number);
            return false;
        }
    }
}

void slt_step_lines_free(slt_step_lines *steps)
{
    if (steps->file)
        slt_world.fclose(steps->file);
    free(steps->line);
    *steps = (slt_step_lines){0};
}

/* ---- Comparing --------------------------------------------------------------------- */

/* Takes the next word; *size is 0 at the end of the line. */
static const char *step_lines_next_word(const char **at, size_t *size)
{
    *at += strspn(*at, " \n");
    const char *word = *at;
    *size = strcspn(word, " \n");
    *at += *size;
    return word;
}

static bool step_lines_same(const char *a, size_t a_size, const char *b, size_t b_size)
{
    return a_size == b_size && !memcmp(a, b, a_size);
}

static void step_lines_note_tensor(slt_step_difference *d, const char *word, size_t size)
{
    int length = (int)strcspn(word, "= \n");
    if (!d->tensors.size)
        snprintf(d->first, sizeof d->first, "%.*s", length, word);
    slt_buffer_printf(&d->tensors, "%s%.*s", d->tensors.size ? ", " : "",
                      length < (int)size ? length : (int)size, word);
}

bool slt_step_lines_part(const char *a, const char *b, slt_step_difference *d)
{
    *d = (slt_step_difference){.step = strtoull(a, NULL, 10)};
    bool part = false;
    for (size_t i = 0;; i++) {
        size_t a_size, b_size;
        const char *x = step_lines_next_word(&a, &a_size),
                   *y = step_lines_next_word(&b, &b_size);
        if (!a_size && !b_size)
            return part;
        if (step_lines_same(x, a_size, y, b_size))
            continue;
        part = true;
        if (i == 1)
            d->loss = true;
        else if (i > 1)
            step_lines_note_tensor(d, a_size ? x : y, a_size ? a_size : b_size);
    }
}

slt_status slt_step_lines_compare(slt_step_lines *a, slt_step_lines *b, bool *found,
                                  uint64_t *common, slt_step_difference *difference,
                                  slt_error *err)
{
    slt_status status = SLT_OK;
    bool more =
        slt_step_lines_next(a, &status, err) && slt_step_lines_next(b, &status, err);
    *found = false;
    *common = 0;
    while (more && !*found) {
        if (a->step < b->step)
            more = slt_step_lines_next(a, &status, err);
        else if (b->step < a->step)
            more = slt_step_lines_next(b, &status, err);
        else {
            ++*common;
            *found = slt_step_lines_part(a->line, b->line, difference);
            if (!*found)
                more = slt_step_lines_next(a, &status, err) &&
                       slt_step_lines_next(b, &status, err);
        }
    }
    return status;
}
