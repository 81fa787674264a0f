/* A run's audit against other back ends, as text: tables of at most 100 columns. */
#include <inttypes.h>
#include <string.h>

#include "audit/against_internal.h"
#include "base/escape.h"
#include "num/math.h"
#include "report/audit_text_internal.h"

#define WIDTH 100
/* The most steps in a table of distances. If there are more, only round ones and the last
 * are shown. */
#define ROWS_MAX 24
#define CELL 20

typedef struct page {
    slt_audit_text *text;
    const slt_against *against;
    const slt_against_run *run;
    int name; /* width of the first column */
} page;

/* ---- Numbers ----------------------------------------------------------------------- */

static const char *against_units(slt_real value, char text[32])
{
    return slt_audit_number(value, slt_real_double(value) < 1e5 ? "%.0f" : "%.1e", text);
}

static bool against_is_done(const slt_against_side *side)
{
    return side->child->state == SLT_CHILD_DONE;
}

static const char *against_name_of(const slt_against_side *side)
{
    return side->child->task.backend->name;
}

static void against_print_name(const page *p, const slt_against_side *side)
{
    slt_audit_print(p->text, "  %-*s", p->name, against_name_of(side));
}

/* ---- What computed ----------------------------------------------------------------- */

static void print_backend(const page *p, const slt_against_side *side)
{
    const slt_child *child = side->child;
    const slt_backend *backend = child->task.backend;
    slt_isa isa = backend->kind == SLT_BACKEND_ISA ? backend->isa : slt_num_isa();
    against_print_name(p, side);
    slt_audit_print(p->text, "  arithmetic %s, %s kernels",
                    slt_arithmetic_name(side->arithmetic), slt_isa_name(isa));
    if (backend->kind == SLT_BACKEND_OPENBLAS && *child->openblas.core)
        slt_audit_print(p->text, ", products by OpenBLAS for %s", child->openblas.core);
    if (!against_is_done(side))
        slt_audit_print(p->text, "\n  %-*s  not judged: %s", p->name, "",
                        child->error.text);
    slt_audit_print(p->text, "\n");
}

/* Prints the library's version and file; the rest of its configuration differs between
 * cores. */
static void print_library(const page *p)
{
    const slt_openblas *first = NULL;
    slt_buffer words = {0};
    for (size_t b = 0; b < p->against->backend_count && !first; b++)
        if (*p->run->children[b].openblas.config)
            first = &p->run->children[b].openblas;
    if (!first)
        return;
    size_t name = strcspn(first->config, " ");
    size_t size = name + strspn(first->config + name, " ");
    size += strcspn(first->config + size, " ");
    slt_escape_word(&words, first->config, size);
    slt_buffer_printf(&words, ", ");
    slt_escape_word(&words, first->path, strlen(first->path));
    slt_audit_print(p->text, "  %s\n", slt_buffer_text(&words));
    slt_buffer_free(&words);
}

static void print_head(const page *p)
{
    const slt_against_run *run = p->run;
    slt_audit_print(p->text, "%s[%zu]%s%s\n", slt_manifest_name(p->against->manifest),
                    run->run, *run->label ? " " : "", run->label);
    for (size_t b = 0; b < p->against->backend_count; b++)
        print_backend(p, &run->sides[b]);
    print_library(p);
    if (run->golden) {
        slt_buffer word = {0};
        slt_escape_word(&word, run->golden, strlen(run->golden));
        slt_audit_print(p->text, "  Ours %s the trace of %s.\n",
                        run->golden_same ? "is" : "IS NOT", slt_buffer_text(&word));
        slt_buffer_free(&word);
    }
}

/* ---- Bits -------------------------------------------------------------------------- */

/* The letter of a trace: traces with equal bytes have the same letter. */
static char against_letter_of(const page *p, size_t index)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh";
    size_t sets = 0;
    _Static_assert(sizeof letters > SLT_BACKENDS_MAX, "a letter for each");
    for (size_t b = 0; b < p->run->sides[index].alike; b++)
        sets += against_is_done(&p->run->sides[b]) && p->run->sides[b].alike == b;
    return letters[sets];
}

#define BITS "  %-4s  %10s  %8s  %9s"
#define DISTANCES "  %9s  %9s  %9s"

static void print_distance_columns(const page *p, const slt_against_side *side,
                                   const char *letter, const char *first, const char *end,
                                   const char *loss)
{
    const slt_divergence *divergence = &side->divergence;
    const slt_distance *last = &divergence->steps[divergence->count - 1].all;
    char apart[32], median[32], largest[32];
    slt_audit_print(p->text, BITS DISTANCES, letter, first, end, loss,
                    slt_audit_number(last->relative, "%.2e", apart),
                    against_units(last->ulp_median, median),
                    against_units(last->ulp_largest, largest));
    if (divergence->steps[divergence->count - 1].step != side->end_step)
        slt_audit_print(p->text, "  at %" PRIu64,
                        divergence->steps[divergence->count - 1].step);
}

static void print_bits_row(const page *p, size_t index)
{
    const slt_against_side *side = &p->run->sides[index];
    const char letter[2] = {against_letter_of(p, index), 0};
    char first[32] = "none", end[32], loss[32];
    const char *final = slt_audit_number(side->loss, "%.3g", loss);
    if (side->divergence.differs)
        snprintf(first, sizeof first, "%" PRIu64, side->divergence.first);
    snprintf(end, sizeof end, "%" PRIu64, side->end_step);
    against_print_name(p, side);
    if (index && side->divergence.count)
        print_distance_columns(p, side, letter, first, end, final);
    else
        slt_audit_print(p->text, BITS, letter, index ? first : "", end, final);
    if (side->status != SLT_RUN_DONE)
        slt_audit_print(p->text, "  %s", slt_run_status_name(side->status));
    slt_audit_print(p->text, "\n");
}

static void print_bits(const page *p)
{
    slt_audit_print(p->text, "\n  %-*s" BITS DISTANCES, p->name, "bits", "like",
                    "first step", "ended", "final", "weights:", "median", "largest");
    slt_audit_print(p->text, "\n  %-*s" BITS DISTANCES, p->name, "", "", "differing",
                    "at step", "loss", "rel. L2", "ulp", "ulp");
    slt_audit_print(p->text, "\n");
    for (size_t b = 0; b < p->against->backend_count; b++)
        if (against_is_done(&p->run->sides[b]))
            print_bits_row(p, b);
    slt_audit_print(p->text, "  One letter: the same trace, byte for byte.\n");
}

/* ---- The LLC ----------------------------------------------------------------------- */

/* The last pair of estimate `llc` of a side; NULL if there is none. */
static const slt_estimate_pair *against_find_last_pair(const slt_against_side *side,
                                                       uint32_t llc)
{
    for (size_t i = 0; i < side->pairs.count; i++)
        if (side->pairs.list[i].llc == llc && side->pairs.list[i].last)
            return &side->pairs.list[i];
    return NULL;
}

static void print_llc_row(const page *p, const slt_against_side *side,
                          const slt_estimate_pair *pair)
{
    char llc[32], mcse[32], rhat[32], ess[SLT_ESS_TEXT_MAX], apart[32], paired[32],
        difference[32];
    const slt_diagnostics *found = &pair->b;
    against_print_name(p, side);
    if (!pair->whole_b) {
        slt_audit_print(p->text, "  %s\n",
                        pair->has_b ? "a chain did not end" : "no such estimate");
        return;
    }
    slt_audit_print(p->text, " %8s %7s %5s %4s", slt_audit_llc_text(found->llc, llc),
                    slt_audit_number(found->mcse, "%.2g", mcse),
                    slt_audit_number(found->rhat, "%.3f", rhat),
                    slt_ess_text(found->ess_bulk, ess));
    if (side != p->run->sides)
        slt_audit_print(p->text, " %8s %5s %6s %s",
                        slt_audit_number(pair->difference, "%+.2g", difference),
                        slt_audit_number(pair->apart, "%+.2f", apart),
                        slt_audit_number(pair->paired_apart, "%+.2f", paired),
                        slt_agreement_text(pair->agreement));
    slt_audit_print(p->text, "\n");
}

/* If an estimate was made at several checkpoints, counts how those before the last
 * agree. */
static void against_print_earlier(const page *p, uint32_t llc)
{
    for (size_t b = 1; b < p->against->backend_count; b++) {
        const slt_against_side *side = &p->run->sides[b];
        size_t counts[SLT_AGREE_UNKNOWN + 1] = {0}, all = 0;
        for (size_t i = 0; i < side->pairs.count; i++)
            if (side->pairs.list[i].llc == llc && !side->pairs.list[i].last) {
                counts[side->pairs.list[i].agreement]++;
                all++;
            }
        if (!all)
            continue;
        against_print_name(p, side);
        slt_audit_print(p->text, "  %zu earlier estimates:", all);
        for (int i = 0; i <= SLT_AGREE_UNKNOWN; i++)
            if (counts[i])
                slt_audit_print(p->text, " %zu %s;", counts[i],
                                slt_agreement_text((slt_agreement)i));
        slt_audit_print(p->text, "\n");
    }
}

static void print_llc(const page *p, const slt_estimate_pair *ours)
{
    char title[48];
    snprintf(title, sizeof title, "LLC %" PRIu32 " at step %" PRIu64, ours->llc,
             ours->step_a);
    slt_audit_print(p->text,
                    "\n  %-*s %8s %7s %5s %4s %8s %5s %6s\n"
                    "  %-*s %8s %7s %5s %4s %8s %5s %6s verdict\n",
                    p->name, title, "LLC", "MCSE", "R-hat", "ESS", "less", "in", "MCSE",
                    p->name, "", "", "", "", "", "ours", "both", "paired");
    for (size_t b = 0; b < p->against->backend_count; b++) {
        const slt_against_side *side = &p->run->sides[b];
        const slt_estimate_pair *pair = against_find_last_pair(side, ours->llc);
        if (pair)
            print_llc_row(p, side, pair);
    }
    against_print_earlier(p, ours->llc);
}

/* ---- Distances --------------------------------------------------------------------- */

/* The divergence with the most steps, which decides the rows of the table. */
static const slt_divergence *against_longest(const page *p)
{
    const slt_divergence *best = &p->run->sides[0].divergence;
    for (size_t b = 1; b < p->against->backend_count; b++) {
        const slt_divergence *divergence = &p->run->sides[b].divergence;
        if (divergence->count > best->count)
            best = divergence;
    }
    return best;
}

static const slt_step_distance *against_at_step(const slt_divergence *divergence,
                                                uint64_t step)
{
    for (size_t i = 0; i < divergence->count; i++)
        if (divergence->steps[i].step == step)
            return &divergence->steps[i];
    return NULL;
}

static void print_cell(const page *p, const slt_distance *distance)
{
    char apart[32], median[32], largest[32], text[96];
    if (!distance) {
        slt_audit_print(p->text, "  %*s", CELL, "-");
        return;
    }
    snprintf(text, sizeof text, "%s %5s/%s",
             slt_audit_number(distance->relative, "%.1e", apart),
             against_units(distance->ulp_median, median),
             against_units(distance->ulp_largest, largest));
    slt_audit_print(p->text, "  %*s", CELL, text);
}

/* Prints the distances of sides [from, to) of those shown, step by step. */
static void print_steps(const page *p, const size_t *shown, size_t from, size_t to)
{
    const slt_divergence *rows = against_longest(p);
    slt_audit_print(p->text, "\n  %10s", "after step");
    for (size_t i = from; i < to; i++)
        slt_audit_print(p->text, "  %*s", CELL,
                        against_name_of(&p->run->sides[shown[i]]));
    slt_audit_print(p->text, "\n");
    for (size_t r = 0; r < rows->count; r++) {
        uint64_t step = rows->steps[r].step;
        if (rows->count > ROWS_MAX && !slt_trajectory_is_round(step) &&
            r + 1 < rows->count)
            continue;
        slt_audit_print(p->text, "  %10" PRIu64, step);
        for (size_t i = from; i < to; i++) {
            const slt_step_distance *at =
                against_at_step(&p->run->sides[shown[i]].divergence, step);
            print_cell(p, at ? &at->all : NULL);
        }
        slt_audit_print(p->text, "\n");
    }
}

/* Prints the distances at the last step that a side and ours both kept, weight by
 * weight. */
static void print_tensors(const page *p, const size_t *shown, size_t from, size_t to)
{
    const slt_model_spec *model = &p->run->spec->model;
    slt_audit_print(p->text, "  then, by weight\n");
    for (size_t w = 0, tensor = 0; w < model->weight_count; w++) {
        if (*model->weights[w].tied)
            continue;
        slt_audit_print(p->text, "  %10s", model->weights[w].name);
        for (size_t i = from; i < to; i++) {
            const slt_divergence *divergence = &p->run->sides[shown[i]].divergence;
            print_cell(p, divergence->count
                              ? &divergence->steps[divergence->count - 1].tensor[tensor]
                              : NULL);
        }
        slt_audit_print(p->text, "\n");
        tensor++;
    }
}

static void print_distances(const page *p)
{
    size_t shown[SLT_BACKENDS_MAX], count = 0;
    const size_t columns = (WIDTH - 12) / (CELL + 2);
    for (size_t b = 1; b < p->against->backend_count; b++)
        if (against_is_done(&p->run->sides[b]) && p->run->sides[b].alike != 0)
            shown[count++] = b;
    if (!count || !p->run->sides[0].trace)
        return;
    slt_audit_print(p->text, "\n  How far the weights are from ours: relative L2 "
                             "distance, median/largest ulp\n");
    for (size_t from = 0; from < count; from += columns) {
        size_t to = from + columns < count ? from + columns : count;
        print_steps(p, shown, from, to);
        print_tensors(p, shown, from, to);
    }
}

/* ---- In words ---------------------------------------------------------------------- */

/* Prints a paragraph after the name of a back end. */
static void print_words(const page *p, const slt_against_side *side, const char *text)
{
    int column = 0;
    against_print_name(p, side);
    while (*(text += strspn(text, " "))) {
        int length = (int)strcspn(text, " ");
        if (column + 1 + length > WIDTH - p->name - 3) {
            slt_audit_print(p->text, "\n  %-*s", p->name, "");
            column = 0;
        }
        column += 1 + length;
        slt_audit_print(p->text, "%s%.*s", column == 1 + length ? "  " : " ", length,
                        text);
        text += length;
    }
    slt_audit_print(p->text, "\n");
}

/* Appends, for each estimate, whether its chains have settled. */
static void settled_words(const slt_against_side *side, slt_buffer *words)
{
    for (size_t i = 0; i < side->pairs.count; i++) {
        const slt_estimate_pair *pair = &side->pairs.list[i];
        if (!pair->last || !pair->whole_b)
            continue;
        if (words->size)
            slt_buffer_byte(words, ' ');
        if (pair->llc)
            slt_buffer_printf(words, "LLC %" PRIu32 ": ", pair->llc);
        slt_diagnostics_words(&pair->b, words);
    }
}

/* Words that are the same for several back ends are printed once, for the first. */
static void print_settled(const page *p)
{
    slt_buffer words[SLT_BACKENDS_MAX] = {{0}};
    size_t count = p->against->backend_count;
    if (p->run->sides[0].pairs.count)
        slt_audit_print(p->text, "\n");
    for (size_t b = 0; b < count; b++) {
        bool said = false;
        settled_words(&p->run->sides[b], &words[b]);
        for (size_t i = 0; i < b && !said; i++)
            said = strcmp(slt_buffer_text(&words[i]), slt_buffer_text(&words[b])) == 0;
        if (words[b].size && !said)
            print_words(p, &p->run->sides[b], slt_buffer_text(&words[b]));
        else if (words[b].size)
            print_words(p, &p->run->sides[b], "in the same words");
    }
    for (size_t b = 0; b < count; b++)
        slt_buffer_free(&words[b]);
}

void slt_audit_text_run(void *context, const slt_against *against,
                        const slt_against_run *run)
{
    page p = {.text = context, .against = against, .run = run};
    for (size_t b = 0; b < against->backend_count; b++) {
        int width = (int)strlen(against->backends[b].name);
        p.name = width > p.name ? width : p.name;
    }
    p.name = p.name < 17 ? 17 : p.name;
    print_head(&p);
    if (run->sides[0].trace) {
        print_bits(&p);
        for (size_t i = 0; i < run->sides[0].pairs.count; i++)
            if (run->sides[0].pairs.list[i].last)
                print_llc(&p, &run->sides[0].pairs.list[i]);
        print_distances(&p);
        print_settled(&p);
    }
    slt_audit_print(p.text, "\n");
}
