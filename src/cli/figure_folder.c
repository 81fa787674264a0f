#include "cli/figure.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/report.h>
#include <sltrace/summary.h>

#include "base/world.h"
#include "cli/paths.h"
#include "cli/select.h"

/* ---- Goldens of a folder ----------------------------------------------------------- */

static int is_golden(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && strcmp(dot, ".golden") == 0;
}

/* Orders files by name without the suffix, so that figure 9 stands before figure 10. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    char one[256], other[256];
    cli_stem((*a)->d_name, one);
    cli_stem((*b)->d_name, other);
    return strverscmp(one, other);
}

static slt_status add_golden(slt_report *report, const cli_call *call, const char *folder,
                             const char *name, slt_error *err)
{
    char path[CLI_PATH_MAX];
    int length = (int)strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    bool here = strcmp(folder, ".") == 0;
    slt_status status = cli_path(path, err, "%.*s%s%s", here ? 0 : length, folder,
                                 here || folder[length - 1] == '/' ? "" : "/", name);
    const char *from[CLI_AGAIN_MAX + 1];
    size_t count = cli_from_folders(call, from);
    return status ? status : slt_report_add(report, path, from, count, err);
}

static slt_status add_all(slt_report *report, const cli_call *call, const char *folder,
                          slt_error *err)
{
    struct dirent **entries;
    slt_status status = SLT_OK;
    int count = slt_world.scandir(folder, &entries, is_golden, compare_names);
    if (count < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    if (count == 0)
        status = slt_fail(err, SLT_USAGE, "%s: no golden is in this folder", folder);
    for (int i = 0; i < count; i++) {
        if (status == SLT_OK)
            status = add_golden(report, call, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* ---- What it says of them ---------------------------------------------------------- */

static void put_claim(slt_json *json, const slt_claim *claim)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "id", claim->id);
    slt_json_key_text(json, "says", claim->says);
    slt_json_key_real(json, "value", claim->value);
    slt_json_key_real(json, "expect", claim->expect);
    slt_json_key_real(json, "tolerance", claim->tolerance);
    slt_json_key_text(json, "basis", claim->basis);
    slt_json_key_text(json, "note", *claim->note ? claim->note : NULL);
    slt_json_key_text(json, "by", claim->kind == SLT_CLAIM_CHECK ? "ours" : "paper");
    slt_json_key_bool(json, "reproduced", slt_claim_holds(claim));
    slt_json_key_text(json, "kind", slt_claim_kind_name(claim->kind));
    slt_json_key_bool(json, "question", claim->question);
    slt_json_key_text(json, "verdict", slt_claim_verdict(claim));
    slt_json_close(json, '}');
}

static void put_runs(slt_json *json, const slt_figure *figure)
{
    static const slt_run_status ends[] = {SLT_RUN_DIVERGED, SLT_RUN_OVERFLOW};
    size_t runs = 0;
    const slt_run_status *statuses = figure ? slt_figure_statuses(figure, &runs) : NULL;
    if (!statuses) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_json_key_uint(json, "count", runs);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        slt_json_key_open(json, slt_run_status_name(ends[i]), '[');
        for (size_t run = 0; run < runs; run++)
            if (statuses[run] == ends[i])
                slt_json_uint(json, run);
        slt_json_close(json, ']');
    }
    slt_json_close(json, '}');
}

static size_t claims_of(const slt_figure *figure)
{
    return figure ? slt_figure_claims(figure) : 0;
}

/* Where there is no figure, no point is hidden. */
static char *find_hidden(const slt_figure *figure, size_t *hidden)
{
    char *text = NULL;
    *hidden = 0;
    if (figure)
        cli_keep_status(slt_figure_hidden(figure, hidden, &text, NULL));
    return text;
}

void cli_figure_put(slt_json *json, const slt_figure *figure)
{
    size_t hidden;
    free(find_hidden(figure, &hidden));
    slt_json_key_open(json, "claims", '[');
    for (size_t i = 0; i < claims_of(figure); i++)
        put_claim(json, slt_figure_claim(figure, i));
    slt_json_close(json, ']');
    slt_json_key(json, "runs");
    put_runs(json, figure);
    slt_json_key(json, "chains");
    if (figure)
        slt_figure_chains_json(figure, json);
    else
        slt_json_null(json);
    slt_json_key_uint(json, "hidden", hidden);
}

void cli_figure_tell_hidden(const char *of, const slt_figure *figure)
{
    size_t hidden;
    char *text = find_hidden(figure, &hidden), *rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        cli_say("%s%s", of, line);
    free(text);
}

static void put_entry(slt_json *json, const slt_report_entry *entry)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "golden", entry->path);
    slt_json_key_text(json, "name", entry->name);
    slt_json_key_text(json, "status", slt_status_text(entry->status));
    slt_json_key_text(json, "message", entry->status ? entry->message : NULL);
    slt_json_key_text(json, "root", entry->golden ? entry->golden->root : NULL);
    slt_json_key_bool(json, "drawn", entry->figure && !*entry->no_picture);
    cli_figure_put(json, entry->figure);
    slt_json_close(json, '}');
}

static void put_report(slt_json *json, const slt_report *report, const char *path)
{
    slt_json_begin(json, "sltrace.report/1");
    slt_json_key_text(json, "report", path);
    slt_json_key_open(json, "goldens", '[');
    for (size_t i = 0; i < slt_report_count(report); i++) {
        slt_report_entry entry = slt_report_at(report, i);
        put_entry(json, &entry);
    }
    slt_json_close(json, ']');
}

static void print_ended(const slt_figure *figure)
{
    size_t runs = 0, early = 0;
    const slt_run_status *statuses = figure ? slt_figure_statuses(figure, &runs) : NULL;
    for (size_t run = 0; statuses && run < runs; run++)
        early += statuses[run] != SLT_RUN_DONE;
    if (early)
        printf("  %zu of %zu runs ended early and %s in no number\n", early, runs,
               early == 1 ? "is" : "are");
}

static void print_missed(const slt_claim *claim)
{
    double value = slt_real_double(claim->value), expect = slt_real_double(claim->expect);
    printf("  %s: %s, ", slt_claim_verdict(claim), claim->id);
    if (claim->question)
        printf("%.3g beyond the bound\n",
               value < expect ? expect - value : value - expect);
    else
        printf("%.6g for %.6g\n", value, expect);
}

/* The first line of the text about the chains. */
static void print_settled(const slt_figure *figure)
{
    char *chains = figure ? slt_figure_chains(figure) : NULL;
    if (chains && *chains)
        printf("  %.*s\n", (int)strcspn(chains, "\n"), chains);
    free(chains);
}

static void print_entry(const slt_report_entry *entry)
{
    size_t claims = claims_of(entry->figure);
    char *counted =
        slt_claims_counted(claims ? slt_figure_claim(entry->figure, 0) : NULL, claims);
    cli_put(entry->path, ": ");
    puts(entry->status ? "does not hold, no claim is judged" : counted ? counted : "");
    free(counted);
    print_ended(entry->figure);
    print_settled(entry->figure);
    for (size_t i = 0; i < claims; i++) {
        const slt_claim *claim = slt_figure_claim(entry->figure, i);
        if (!slt_claim_holds(claim))
            print_missed(claim);
    }
}

static void print_entries(const slt_report *report, const char *path)
{
    for (size_t i = 0; i < slt_report_count(report); i++) {
        slt_report_entry entry = slt_report_at(report, i);
        print_entry(&entry);
    }
    fputs("report  ", stdout);
    cli_put(path, "\n");
}

static void tell_hidden(const slt_report_entry *entry)
{
    char of[CLI_PATH_MAX + 2];
    snprintf(of, sizeof of, "%s: ", entry->path);
    cli_figure_tell_hidden(of, entry->figure);
}

/* Complains of every golden that does not hold, and of what the page could not show. */
static slt_status complain_of_entries(const slt_report *report)
{
    slt_status worst = SLT_OK;
    for (size_t i = 0; i < slt_report_count(report); i++) {
        slt_report_entry entry = slt_report_at(report, i);
        if (entry.status)
            cli_complain(entry.message);
        if (*entry.no_picture)
            cli_say("%s: %s", entry.path, entry.no_picture);
        else
            tell_hidden(&entry);
        if (*entry.no_chains && !entry.status)
            cli_say("%s: chains not judged by traces: %s", entry.path, entry.no_chains);
        if (*entry.wrong_runs)
            cli_complain(entry.wrong_runs);
        worst = slt_status_worse(worst, entry.runs_status);
        worst = slt_status_worse(worst, entry.status);
        if (entry.drawn != SLT_UNFIT)
            worst = slt_status_worse(worst, entry.drawn);
    }
    return worst;
}

/* ---- The page ---------------------------------------------------------------------- */

static slt_status name_page(const cli_call *call, const char *folder, char stem[256],
                            char path[CLI_PATH_MAX], slt_error *err)
{
    char whole[PATH_MAX];
    const char *out = cli_value(call, "out");
    if (!slt_world.realpath(folder, whole))
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    const char *name = strrchr(whole, '/') + 1;
    snprintf(stem, 256, "%s", *name ? name : "report");
    return out ? cli_path(path, err, "%s/%s.html", out, stem)
               : cli_path(path, err, SLT_STUDY_ROOM "/%s/figure/%s.html", stem, stem);
}

static slt_status write_page(const slt_report *report, const char *path, slt_error *err)
{
    char *text = NULL;
    size_t size;
    slt_status status = slt_report_html(report, &text, &size, err);
    if (status == SLT_OK)
        status = cli_write_file(path, text, size, err);
    free(text);
    return status;
}

static slt_status write_report(const cli_call *call, const slt_report *report,
                               const char *path, slt_error *err)
{
    slt_status status = write_page(report, path, err);
    if (status)
        return status;
    if (call->json)
        put_report(call->json, report, path);
    else
        print_entries(report, path);
    return complain_of_entries(report);
}

slt_status cli_figure_folder(const cli_call *call, const char *folder, slt_error *err)
{
    char stem[256], title[300], path[CLI_PATH_MAX];
    slt_report *report = NULL;
    slt_status status = name_page(call, folder, stem, path, err);
    if (status)
        return status;
    snprintf(title, sizeof title, "%s: figures and claims, recomputed", stem);
    status = slt_report_create(title, &report, err);
    if (status == SLT_OK)
        status = add_all(report, call, folder, err);
    if (status == SLT_OK)
        status = write_report(call, report, path, err);
    slt_report_free(report);
    return status;
}
