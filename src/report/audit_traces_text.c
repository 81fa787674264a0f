/* Audits of traces as text. */
#include <inttypes.h>
#include <string.h>

#include "audit/trace_pair.h"
#include "base/escape.h"
#include "report/audit_text_internal.h"

/* Appends a path, escaped, with text before and after. */
static void put_path(slt_buffer *out, const char *before, const char *path,
                     const char *after)
{
    slt_buffer_printf(out, "%s", before);
    slt_escape_word(out, path, strlen(path));
    slt_buffer_printf(out, "%s", after);
}

/* ---- Traces ------------------------------------------------------------------------ */

static void print_path(slt_audit_text *text, const char *before, const char *path,
                       const char *after)
{
    slt_buffer word = {0};
    put_path(&word, before, path, after);
    slt_audit_print(text, "%s", slt_buffer_text(&word));
    slt_buffer_free(&word);
}

void slt_audit_text_traces(void *context, const slt_audit_side *sides, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_path(context, "", sides[i].path, "");
        slt_audit_print(context, "  %zu bytes  sha256:%s\n", sides[i].bytes.size,
                        sides[i].sha256);
    }
}

static void print_begin(slt_audit_text *text, const slt_audit_pair *pair)
{
    print_path(text, "\n", pair->sides[1]->path,
               pair->identical ? " is identical to " : " differs from ");
    print_path(text, "", pair->sides[0]->path, pair->identical ? "\n" : ":\n");
}

static void print_headers(slt_audit_text *text, const slt_audit_pair *pair)
{
    slt_buffer words = {0};
    uint32_t a = slt_trace_numerics(pair->sides[0]->trace);
    uint32_t b = slt_trace_numerics(pair->sides[1]->trace);
    if (a != b)
        slt_audit_print(text,
                        "  computed with numerics revision %" PRIu32
                        ", the other with %" PRIu32 "\n",
                        b, a);
    for (size_t i = 0; i < pair->function_count; i++)
        slt_buffer_printf(&words, "%s%s", i ? ", " : "", pair->functions[i].name);
    if (words.size)
        slt_audit_print(text, "  computed with other functions: %s\n",
                        slt_buffer_text(&words));
    slt_buffer_free(&words);
}

/* ---- Where they part, and why ------------------------------------------------------ */

static void print_here(const slt_audit_finding *f, const slt_audit_side *const sides[2],
                       slt_buffer *out)
{
    bool a = f->by[0][SLT_FPENV_RIGHT], b = f->by[1][SLT_FPENV_RIGHT];
    if (f->stretch.from == SIZE_MAX)
        slt_buffer_printf(out, "  replayed from the start: ");
    else
        slt_buffer_printf(out, "  replayed from step %" PRIu64 ": ", f->from_step);
    if (a || b)
        put_path(out, "this machine agrees with ", sides[a ? 0 : 1]->path, "\n");
    else
        slt_buffer_printf(out, "this machine agrees with neither\n");
}

/* Prints, for a side that a correct replay does not give, the fault with which it comes
 * out. */
static void print_cause(const slt_audit_finding *f, const slt_audit_side *side, int which,
                        slt_buffer *out)
{
    slt_fpenv_fault cause = slt_audit_cause(f, which);
    if (cause == SLT_FPENV_RIGHT)
        return;
    if (cause < SLT_FPENV_FAULTS) {
        put_path(out, "  ", side->path, " comes out with ");
        slt_buffer_printf(out, "%s", slt_fpenv_fault_text(cause));
        for (slt_fpenv_fault i = cause + 1; i < SLT_FPENV_FAULTS; i++)
            if (f->by[which][i])
                slt_buffer_printf(out, "; also with %s", slt_fpenv_fault_text(i));
        slt_buffer_byte(out, '\n');
    } else if (f->isa[which]) {
        put_path(out, "  ", side->path, " comes out with the kernels for ");
        slt_buffer_printf(out, "%s: a defect of sltrace, please report it\n",
                          f->isa[which]);
    } else if (f->run->arithmetic == SLT_FIXED) {
        put_path(out, "  no kernels here give ", side->path, "\n");
    } else {
        put_path(out, "  no rounding, no flushing and no kernels here give ", side->path,
                 "\n");
    }
}

static void print_where(const slt_audit_finding *f, slt_buffer *out)
{
    if (f->has_draw || f->has_step) {
        slt_buffer_printf(out, "  they part at ");
        slt_audit_first_words(f, out);
        if (f->has_step && f->first.tensors.size > strlen(f->first.first))
            slt_buffer_printf(out, " (all that differ then: %s)",
                              slt_buffer_text((slt_buffer *)&f->first.tensors));
        slt_buffer_byte(out, '\n');
    } else if (f->source && f->same_steps) {
        slt_buffer_printf(out, "  no step before it differs\n");
    }
}

/* Prints the commands that would tell more. */
static void print_advice(const slt_audit_finding *f, const slt_audit_side *const sides[2],
                         slt_buffer *out)
{
    if (f->has_draw || f->has_element || !f->to_checkpoint)
        return;
    if (!f->source) {
        put_path(out, "  which step: where each was made, sltrace replay ",
                 sides[1]->path, "");
        if (f->stretch.from != SIZE_MAX)
            slt_buffer_printf(out, " --from %" PRIu64, f->from_step);
        slt_buffer_printf(out, " --to %" PRIu64 " --steps FILE", f->to_step);
        slt_buffer_printf(out, ", then audit with --steps FILE,FILE\n");
    }
    if (f->replayed && (!f->source || !strcmp(f->source, "steps")))
        put_path(out, "  which element: audit with --program and the build that made ",
                 sides[f->by[1][SLT_FPENV_RIGHT] ? 0 : 1]->path, "\n");
}

static void print_finding(const slt_audit_finding *f,
                          const slt_audit_side *const sides[2], slt_buffer *out)
{
    if (f->replayed && f->stretch.end) {
        print_here(f, sides, out);
        print_cause(f, sides[0], 0, out);
        print_cause(f, sides[1], 1, out);
    } else if (!f->replayed) {
        slt_buffer_printf(out, "  not replayed: %s\n", f->refused.text);
    }
    if (f->source && !strcmp(f->source, "program"))
        slt_buffer_printf(out, "  the program given %s\n",
                          f->program_agrees ? "gives its records" : "does not either");
    print_where(f, out);
    print_advice(f, sides, out);
}

static void print_found(slt_audit_text *text, const slt_audit_pair *pair)
{
    slt_buffer words = {0}, lines = {0};
    if (pair->difference.kind == SLT_SAME)
        slt_buffer_printf(&words, SLT_AUDIT_HEADER_ALONE);
    else
        slt_difference_print(&pair->difference, &words);
    print_finding(&pair->finding, pair->sides, &lines);
    slt_audit_print(text, "  %s\n%s", slt_buffer_text(&words), slt_buffer_text(&lines));
    slt_buffer_free(&words);
    slt_buffer_free(&lines);
}

/* ---- Learning coefficients --------------------------------------------------------- */

static void print_side(slt_audit_text *text, const char *name, const slt_estimate *e)
{
    char llc[32], mcse[32], rhat[32];
    if (!e)
        slt_audit_print(text, "    %-9s  no such estimate\n", name);
    else if (!e->whole)
        slt_audit_print(text, "    %-9s  a chain did not end\n", name);
    else
        slt_audit_print(text, "    %-9s  %s  MCSE %s  R-hat %s\n", name,
                        slt_audit_number(e->found.llc, "%.8g", llc),
                        slt_audit_number(e->found.mcse, "%.2g", mcse),
                        slt_audit_number(e->found.rhat, "%.4f", rhat));
}

static void print_llc(slt_audit_text *text, const slt_audit_llc *llc)
{
    slt_buffer words = {0};
    slt_audit_llc_words(llc, &words);
    slt_audit_print(text, "  LLC %" PRIu32 " at step %" PRIu64 ": %s\n",
                    llc->reference->llc, llc->reference->at_step,
                    slt_buffer_text(&words));
    if (llc->agreement != SLT_AGREE_IDENTICAL) {
        print_side(text, "reference", llc->reference);
        print_side(text, "found", llc->found);
    }
    slt_buffer_free(&words);
}

/* ---- Provenance -------------------------------------------------------------------- */

static void put_value(slt_buffer *line, const char *value)
{
    if (value && *value)
        slt_escape_word(line, value, strlen(value));
    else
        slt_buffer_printf(line, value ? "\"\"" : "(absent)");
}

static void print_field(slt_audit_text *text, const slt_audit_field *field)
{
    slt_buffer line = {0};
    slt_escape_word(&line, field->name, strlen(field->name));
    slt_buffer_printf(&line, ": ");
    put_value(&line, field->reference);
    slt_buffer_printf(&line, " -> ");
    put_value(&line, field->found);
    slt_audit_print(text, "    %s\n", slt_buffer_text(&line));
    text->failed |= line.failed;
    slt_buffer_free(&line);
}

static void print_provenance(slt_audit_text *text, const slt_audit_pair *pair)
{
    if (!pair->has_provenance) {
        if (!pair->identical)
            slt_audit_print(text, "  provenance: none lies by %s\n",
                            pair->has_reference ? "it" : "the reference");
        return;
    }
    slt_audit_print(text, "  provenance, reference -> found:\n");
    for (size_t i = 0; i < pair->field_count; i++)
        print_field(text, &pair->fields[i]);
    if (!pair->field_count)
        slt_audit_print(text, "    no field differs\n");
}

void slt_audit_text_pair(void *context, slt_audit_stage stage, const slt_audit_pair *pair)
{
    if (stage == SLT_PAIR_BEGINS)
        print_begin(context, pair);
    else if (stage == SLT_PAIR_HEADERS)
        print_headers(context, pair);
    else if (stage == SLT_PAIR_FOUND)
        print_found(context, pair);
    else if (stage == SLT_PAIR_PROVENANCE)
        print_provenance(context, pair);
    for (size_t i = 0; stage == SLT_PAIR_ESTIMATES && i < pair->llc_count; i++)
        print_llc(context, &pair->llc[i]);
}
