/* Ranks as lines of text. */
#include <inttypes.h>

#include <sltrace/page.h>

#include "audit/rank.h"

/* ---- The point and its data -------------------------------------------------------- */

static void print_point(FILE *out, const slt_rank_found *found)
{
    if (found->label)
        fprintf(out, "run %zu%s%s: ", found->run, *found->label ? " " : "", found->label);
    fprintf(out, "%s step %" PRIu64 ", loss %.6g\n", found->step ? "after" : "at",
            found->step, slt_real_double(found->loss));
}

/* "3 of 5 (absent: 1 4)"; a long list is cut. */
static void print_symbols(FILE *out, const slt_cover_symbols *symbols)
{
    enum { SHOWN = 12 };
    fprintf(out, "%zu of %zu", symbols->range - symbols->absent, symbols->range);
    for (size_t i = 0; i < symbols->absent && i < SHOWN; i++)
        fprintf(out, "%s%" PRIu32, i ? " " : " (absent: ", symbols->missing[i]);
    if (symbols->absent)
        fputs(symbols->absent > SHOWN ? " ...)" : ")", out);
}

static void print_cover(FILE *out, const slt_rank_found *found)
{
    const slt_cover *cover = &found->cover;
    if (!cover->inputs && !cover->target.missing)
        return;
    fprintf(out, "  data: %zu samples", found->form.samples);
    for (size_t i = 0; i < cover->inputs; i++) {
        fprintf(out, "; %s ", cover->input[i].name);
        print_symbols(out, &cover->input[i]);
    }
    if (cover->target.missing) {
        fputs("; classes ", out);
        print_symbols(out, &cover->target);
    }
    if (cover->components)
        fprintf(out, "; graph of the samples' symbols: %zu component%s",
                cover->components, cover->components == 1 ? "" : "s");
    fputc('\n', out);
}

static void print_form(FILE *out, const slt_rank_found *found)
{
    const slt_jacobian_form *form = &found->form;
    const bool centred = form->residual.centre != SLT_CENTRE_NONE;
    fprintf(out, "  Jacobian of the %s%s%s: %zu x %zu (%zu samples, %zu outputs each)\n",
            slt_rank_subject(found), centred ? ", centred over " : "",
            centred ? slt_rank_centre(found) : "", form->samples * form->residual.outputs,
            form->weights, form->samples, form->residual.outputs);
}

/* ---- The rank ---------------------------------------------------------------------- */

static void print_gap(FILE *out, const slt_rank_found *found)
{
    const size_t rank = found->rank;
    fprintf(out, "  rank %zu by singular values\n", rank);
    if (rank == 0) {
        fputs("    each of them is 0\n", out);
        return;
    }
    fprintf(out, "    number %zu is %.4g, ", rank,
            slt_real_double(found->values[rank - 1]));
    if (rank < found->count)
        fprintf(out, "number %zu is %.4g", rank + 1,
                slt_real_double(found->values[rank]));
    else
        fputs("the last", out);
    fprintf(out, ": a ratio of %.3g (rounding of weights: %.2g)\n",
            slt_real_double(found->ratio), slt_real_double(found->noise));
    if (found->clear)
        return;
    fputs("    no clear gap: ", out);
    if (!found->gap_count)
        fprintf(out, "no value is %d times the next, so this rank is not decided",
                SLT_RANK_GAP);
    for (size_t i = 0; i < found->gap_count; i++)
        fprintf(out, "%s rank %zu (ratio %.3g)", i ? "," : "there are several, at",
                found->gaps[i].rank, slt_real_double(found->gaps[i].ratio));
    fputc('\n', out);
}

static void print_weights(FILE *out, const slt_rank_found *found)
{
    const slt_model_spec *model = &found->spec->model;
    const char *before = "    weights as their init defines them: ";
    bool stored = false;
    for (size_t i = 0; i < model->weight_count; i++) {
        stored |= !found->exact[i] && !model->weights[i].tied[0];
        if (!found->exact[i])
            continue;
        fprintf(out, "%s%s", before, model->weights[i].name);
        before = ", ";
    }
    if (*before == ',')
        fputc('\n', out);
    if (stored)
        fprintf(out,
                "    %s weights are the numbers stored: a point near this one may "
                "have another rank\n",
                *before == ',' ? "other" : "all");
}

static void print_primes(FILE *out, const slt_rank_found *found)
{
    bool agree = true;
    fprintf(out, "  rank %zu modulo", found->rank);
    for (size_t i = 0; i < found->prime_count; i++) {
        agree &= found->ranks[i] == found->rank;
        fprintf(out, "%s %" PRIu64, i ? " and" : "", found->primes[i]);
    }
    fputs("\n    the rank itself is no smaller, and the same but for finitely many "
          "primes\n",
          out);
    for (size_t i = 0; i < found->prime_count && !agree; i++)
        fprintf(out, "    the primes do not agree: %zu modulo %" PRIu64 "\n",
                found->ranks[i], found->primes[i]);
    print_weights(out, found);
}

static void print_bound(FILE *out, const slt_rank_found *found)
{
    fprintf(out, "  1/2 rank = %zu%s bounds the learning coefficient from below %s\n",
            found->rank / 2, found->rank % 2 ? ".5" : "",
            found->form.residual.squares ? "where the residual is 0 at this point"
                                         : "where the outputs here are the truth");
}

static void text_found(void *context, const slt_rank_found *found)
{
    print_point(context, found);
    print_cover(context, found);
    print_form(context, found);
    if (found->modulo)
        print_primes(context, found);
    else
        print_gap(context, found);
    print_bound(context, found);
}

slt_rank_page slt_rank_text(FILE *out)
{
    return (slt_rank_page){.context = out, .found = text_found};
}
