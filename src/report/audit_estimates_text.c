/* Audits of estimates as text. */
#include <inttypes.h>
#include <string.h>

#include "audit/estimates_internal.h"
#include "base/escape.h"
#include "report/audit_text_internal.h"

static void print_word(slt_audit_text *out, const char *format, const char *text)
    __attribute__((format(printf, 2, 0)));
/* Prints text from a file, escaped. */
static void print_word(slt_audit_text *out, const char *format, const char *text)
{
    slt_buffer word = {0};
    slt_escape_line(&word, text, strlen(text));
    slt_audit_print(out, format, slt_buffer_text(&word));
    slt_buffer_free(&word);
}

/* Appends a run's sweep values, escaped. */
static void label_words(const slt_estimates_audit *a, size_t run, bool group,
                        slt_buffer *words)
{
    slt_buffer label = {0};
    slt_estimates_label(a, run, group, &label);
    slt_escape_line(words, slt_buffer_text(&label), label.size);
    slt_buffer_free(&label);
}

/* ---- Rows -------------------------------------------------------------------------- */

static void print_head(slt_audit_text *out, const slt_estimates_audit *a)
{
    print_word(out, "%s", a->path);
    slt_audit_print(out, ": %zu row%s of %zu source%s, beside ", a->rows.count,
                    a->rows.count == 1 ? "" : "s", a->rows.source_count,
                    a->rows.source_count == 1 ? "" : "s");
    print_word(out, "%s", a->ours.column_name);
    print_word(out, " of %s\n", a->ours.golden->path);
    print_word(out, "  Monte Carlo errors (MCSE) of ours: %s\n", a->ours.mcse_from);
    if (a->converted)
        slt_audit_print(out, "  the arithmetic of %zu runs is another: %s\n",
                        a->converted, slt_buffer_text((slt_buffer *)&a->arithmetic));
    if (a->others)
        slt_audit_print(out, "  %zu runs there are none of these\n", a->others);
}

/* Prints why there is no verdict, below the row. The words may come from files, so they
 * are escaped. */
static void print_reason(slt_audit_text *out, const char *reason)
{
    slt_buffer words = {0};
    if (reason) {
        slt_escape_line(&words, reason, strlen(reason));
        slt_audit_print(out, "\n      %s", slt_buffer_text(&words));
    }
    slt_buffer_free(&words);
}

static void print_row(slt_audit_text *out, const slt_estimates_audit *a, size_t i)
{
    const slt_row *row = &a->rows.rows[i];
    const slt_judged_row *judged = &a->judged[i];
    char llc[32], mcse[32], ours[32], own[32], difference[32], apart[32];
    slt_buffer words = {0};
    label_words(a, judged->run, false, &words);
    const slt_golden_run *run = &a->ours.golden->runs[judged->run];
    bool has = run->has_result[a->ours.result];
    slt_audit_print(out, " %4" PRIu64 " %-14s %8s %6s %8s %6s %8s %6s%s %s", row->run,
                    slt_buffer_text(&words), slt_audit_llc_text(row->llc, llc),
                    slt_audit_number(row->mcse, "%.2g", mcse),
                    has ? slt_audit_llc_text(run->results[a->ours.result], ours) : "-",
                    slt_audit_number(a->ours.mcse[judged->run], "%.2g", own),
                    slt_audit_number(judged->difference, "%+.2g", difference),
                    slt_audit_number(judged->apart, "%+.2f", apart),
                    judged->assumed ? "*" : " ", slt_estimates_verdict(a, i));
    print_reason(out, judged->reason);
    slt_audit_print(out, "\n");
    slt_buffer_free(&words);
}

/* Prints the rows of one source, in order. */
static void print_rows(slt_audit_text *out, const slt_estimates_audit *a,
                       const slt_source *source)
{
    bool assumed = false;
    slt_audit_print(out, "\n %4s %-14s %8s %6s %8s %6s %8s %6s\n", "run", "", "theirs",
                    "MCSE", "ours", "MCSE", "less", "in");
    slt_audit_print(out, " %4s %-14s %8s %6s %8s %6s %8s %6s  verdict\n", "", "", "", "",
                    "", "", "ours", "both");
    for (size_t i = 0; i < source->rows; i++) {
        size_t row = a->rows_of_sources[source->first_row + i];
        if (a->judged[row].asked)
            print_row(out, a, row);
        assumed |= a->judged[row].assumed;
    }
    if (assumed)
        slt_audit_print(out, "  * only one MCSE is known; the other is taken to be "
                             "as large\n");
}

/* ---- Sources and groups ------------------------------------------------------------ */

#define MISSING_SHOWN 60 /* characters */

static void print_missing(slt_audit_text *out, slt_source *source)
{
    const char *list = slt_buffer_text(&source->missing_list);
    if (source->missing)
        slt_audit_print(out, "  %zu runs have no row: %.*s%s\n", source->missing,
                        MISSING_SHOWN, list,
                        source->missing_list.size > MISSING_SHOWN ? "..." : "");
}

static void print_source(slt_audit_text *out, slt_source *source)
{
    char mean[32], sd[32];
    const char *before = ":";
    size_t all = source->without;
    for (int i = 0; i <= SLT_AGREE_UNKNOWN; i++)
        all += source->agreements[i];
    slt_audit_print(out, "  %zu estimate%s", all, all == 1 ? "" : "s");
    for (int i = 0; i <= SLT_AGREE_UNKNOWN; i++)
        if (source->agreements[i]) {
            slt_audit_print(out, "%s %zu %s", before, source->agreements[i],
                            slt_agreement_text((slt_agreement)i));
            before = ",";
        }
    if (source->without)
        slt_audit_print(out, "%s %zu with nothing to compare", before, source->without);
    slt_audit_print(out, "\n");
    print_missing(out, source);
    if (source->known > 1)
        slt_audit_print(out,
                        "  differences in MCSE of both: mean %s, sd %s (0 and 1 for "
                        "independent estimates)\n",
                        slt_audit_number(source->apart_mean, "%+.2f", mean),
                        slt_audit_number(source->apart_sd, "%.2f", sd));
}

static void print_group(slt_audit_text *out, const slt_estimates_audit *a,
                        const slt_group *group)
{
    char difference[32], error[32], apart[32], paired[32], paired_apart[32];
    slt_buffer words = {0};
    label_words(a, a->judged[group->first].run, true, &words);
    slt_audit_print(out, "  %-16s %4zu %9s %8s %6s %8s %6s %s\n", slt_buffer_text(&words),
                    group->count,
                    slt_audit_number(group->difference, "%+.3g", difference),
                    slt_audit_number(group->error, "%.2g", error),
                    slt_audit_number(group->apart, "%+.2f", apart),
                    slt_audit_number(group->paired, "%.2g", paired),
                    slt_audit_number(group->paired_apart, "%+.2f", paired_apart),
                    group->count < SLT_GROUP_MIN ? "too few to judge"
                                                 : slt_agreement_text(group->agreement));
    slt_buffer_free(&words);
}

/* Prints the groups. A group of one run is left out, as it says no more than its row. */
static void print_groups(slt_audit_text *out, const slt_estimates_audit *a,
                         const slt_source *source)
{
    bool begun = false;
    for (size_t i = 0; i < source->groups; i++) {
        const slt_group *group = &a->groups[source->first_group + i];
        if (group->count < 2)
            continue;
        if (!begun) {
            print_word(out, "\n  mean over %s", a->ours.golden->axes[a->over]);
            slt_audit_print(out, "\n  %-16s %4s %9s %8s %6s %8s %6s\n", "", "runs",
                            "less ours", "error", "in it", "paired", "in it");
        }
        begun = true;
        print_group(out, a, group);
    }
}

void slt_audit_text_estimates(void *context, const slt_estimates_audit *a)
{
    slt_audit_text *out = context;
    print_head(out, a);
    for (size_t i = 0;
         i < a->rows.source_count && !slt_audit_pause(&a->audit, "estimates", NULL);
         i++) {
        slt_source *source = &a->sources[i];
        print_word(out, "\n%s", a->rows.sources[i]);
        print_rows(out, a, source);
        print_source(out, source);
        print_groups(out, a, source);
    }
}
