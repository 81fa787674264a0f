#include "cli/figure.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/report.h>
#include <sltrace/summary.h>
#include <sltrace/system.h>

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
        if (*entry.wrong_verified)
            cli_complain(entry.wrong_verified);
        if (*entry.not_in_page)
            cli_complain(entry.not_in_page);
        worst = slt_status_worse(worst, entry.runs_status);
        worst = slt_status_worse(worst, entry.verified_status);
        worst = slt_status_worse(worst, entry.in_page_status);
        worst = slt_status_worse(worst, entry.status);
        if (entry.drawn != SLT_UNFIT)
            worst = slt_status_worse(worst, entry.drawn);
    }
    return worst;
}

/* ---- The page ---------------------------------------------------------------------- */

/* The folder's own name, and where pages go. */
static slt_status name_place(const cli_call *call, const char *folder, char stem[256],
                             char place[CLI_PATH_MAX], slt_error *err)
{
    char whole[PATH_MAX];
    const char *out = cli_value(call, "out");
    if (!slt_world.realpath(folder, whole))
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    const char *name = strrchr(whole, '/') + 1;
    snprintf(stem, 256, "%s", *name ? name : "report");
    return out ? cli_path(place, err, "%s", out)
               : cli_path(place, err, SLT_STUDY_ROOM "/%s/figure", stem);
}

/* A page that verifies itself should be one that can be sent. */
#define IN_PAGE_BYTES_MAX 3000000

static slt_status write_page(const cli_pages *pages, const slt_report *report,
                             const char *path, slt_error *err)
{
    char *text = NULL;
    size_t size;
    slt_status status = slt_report_html(report, &text, &size, err);
    if (status == SLT_OK)
        status = cli_write_file(path, text, size, err);
    if (status == SLT_OK && pages->program && size > IN_PAGE_BYTES_MAX)
        cli_say("%s: %zu bytes: a page of one golden is smaller", path, size);
    free(text);
    return status;
}

slt_status cli_pages_open(cli_pages *pages, const cli_call *call, slt_error *err)
{
    char folder[CLI_PATH_MAX];
    slt_status status = SLT_OK;
    *pages = (cli_pages){.call = call, .has_signer = cli_given(call, "public-key")};
    if (pages->has_signer)
        status = slt_public_key_read(cli_value(call, "public-key"), &pages->signer, err);
    if (status || !cli_given(call, "verify-in-page"))
        return status;
    status = cli_share(folder, err);
    return status ? status : slt_report_program_read(folder, &pages->program, err);
}

void cli_pages_close(cli_pages *pages)
{
    slt_report_program_free(pages->program);
}

static slt_status create_report(const cli_pages *pages, const char *title,
                                slt_report **report, slt_error *err)
{
    slt_status status = slt_report_create(title, report, err);
    if (status)
        return status;
    if (pages->has_signer)
        slt_report_set_signer(*report, &pages->signer);
    slt_report_verify_in_page(*report, pages->program);
    return SLT_OK;
}

slt_status cli_figure_page(const cli_pages *pages, const char *golden, const char *title,
                           const char *path, slt_error *err)
{
    slt_report *report = NULL;
    slt_status status = create_report(pages, title, &report, err);
    if (!status)
        status = slt_report_add(report, golden, NULL, 0, err);
    if (!status)
        status = write_page(pages, report, path, err);
    if (!status)
        status = complain_of_entries(report);
    slt_report_free(report);
    return status;
}

static slt_status write_report(const cli_pages *pages, const slt_report *report,
                               const char *path, slt_error *err)
{
    slt_status status = write_page(pages, report, path, err);
    if (status)
        return status;
    if (pages->call->json)
        put_report(pages->call->json, report, path);
    else
        print_entries(report, path);
    return complain_of_entries(report);
}

/* Makes the report of a folder, called `stem`, and its page. */
static slt_status make_report(const cli_pages *pages, const char *folder,
                              const char *stem, const char *path, slt_report **report,
                              slt_error *err)
{
    char title[300];
    snprintf(title, sizeof title, "%s: figures and claims, recomputed", stem);
    slt_status status = create_report(pages, title, report, err);
    if (status == SLT_OK)
        status = add_all(*report, pages->call, folder, err);
    return status ? status : write_report(pages, *report, path, err);
}

/* ---- A tree of folders ------------------------------------------------------------- */

#define FRONT "index"

static slt_status count_goldens(const char *folder, int *count, slt_error *err)
{
    struct dirent **entries;
    *count = slt_world.scandir(folder, &entries, is_golden, compare_names);
    if (*count < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < *count; i++)
        free(entries[i]);
    free(entries);
    return SLT_OK;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Adds the report of a subfolder to the front page, if it has goldens.  *worst is what
 * became of its goldens; the status returned ends the whole. */
static slt_status add_subfolder(const cli_pages *pages, slt_front *front,
                                const char *folder, const char *name, const char *place,
                                slt_status *worst, slt_error *err)
{
    char inner[CLI_PATH_MAX], path[CLI_PATH_MAX], page[300];
    slt_report *report = NULL;
    bool is_folder;
    int count = 0;
    slt_status status = cli_path(inner, err, "%s/%s", folder, name);
    if (!status)
        status = slt_files_is_folder(inner, &is_folder, err);
    if (!status && is_folder)
        status = count_goldens(inner, &count, err);
    if (status || !count)
        return status;
    if (strcmp(name, FRONT) == 0)
        return slt_fail(
            err, SLT_USAGE,
            "%s: its page would have the name of the front page, " FRONT ".html", inner);
    snprintf(page, sizeof page, "%s.html", name);
    status = cli_path(path, err, "%s/%s", place, page);
    if (status)
        return status;
    if (pages->call->json)
        slt_json_open(pages->call->json, '{');
    slt_error trouble = {.status = SLT_OK};
    *worst = slt_status_worse(*worst,
                              make_report(pages, inner, name, path, &report, &trouble));
    if (pages->call->json)
        slt_json_close(pages->call->json, '}');
    if (*trouble.text)
        status = slt_fail(err, trouble.status, "%s", trouble.text);
    else
        status = slt_front_add(front, name, page, report, err);
    slt_report_free(report);
    return status;
}

static slt_status add_subfolders(const cli_pages *pages, slt_front *front,
                                 const char *folder, const char *place, slt_status *worst,
                                 slt_error *err)
{
    struct dirent **entries;
    slt_status status = SLT_OK;
    int count = slt_world.scandir(folder, &entries, is_visible, compare_names);
    if (count < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == SLT_OK)
            status = add_subfolder(pages, front, folder, entries[i]->d_name, place, worst,
                                   err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static slt_status write_front(const slt_front *front, const char *path, slt_error *err)
{
    char *text = NULL;
    size_t size;
    slt_status status = slt_front_html(front, &text, &size, err);
    if (status == SLT_OK)
        status = cli_write_file(path, text, size, err);
    free(text);
    return status;
}

static slt_status figure_tree(const cli_pages *pages, const char *folder,
                              const char *stem, const char *place, slt_error *err)
{
    char title[300], path[CLI_PATH_MAX];
    slt_front *front = NULL;
    slt_status worst = SLT_OK;
    snprintf(title, sizeof title, "%s: all figures", stem);
    slt_status status = cli_path(path, err, "%s/" FRONT ".html", place);
    if (!status)
        status = slt_front_create(title, &front, err);
    if (status)
        return status;
    if (pages->call->json) {
        slt_json_begin(pages->call->json, "sltrace.front/1");
        slt_json_key_text(pages->call->json, "front", path);
        slt_json_key_open(pages->call->json, "folders", '[');
    }
    status = add_subfolders(pages, front, folder, place, &worst, err);
    if (pages->call->json)
        slt_json_close(pages->call->json, ']');
    if (!status && !slt_front_reports(front))
        status = slt_fail(err, SLT_USAGE,
                          "%s: no golden is in this folder, nor in one in it", folder);
    if (!status)
        status = write_front(front, path, err);
    if (!status && !pages->call->json) {
        fputs("front   ", stdout);
        cli_put(path, "\n");
    }
    slt_front_free(front);
    return slt_status_worse(worst, status);
}

/* ---- Either ------------------------------------------------------------------------ */

slt_status cli_figure_folder(const cli_pages *pages, const char *folder, slt_error *err)
{
    char stem[256], place[CLI_PATH_MAX], path[CLI_PATH_MAX];
    slt_report *report = NULL;
    int count;
    slt_status status = name_place(pages->call, folder, stem, place, err);
    if (!status)
        status = count_goldens(folder, &count, err);
    if (!status && !count)
        return figure_tree(pages, folder, stem, place, err);
    if (!status)
        status = cli_path(path, err, "%s/%s.html", place, stem);
    if (status)
        return status;
    if (pages->call->json)
        slt_json_begin(pages->call->json, "sltrace.report/1");
    status = make_report(pages, folder, stem, path, &report, err);
    slt_report_free(report);
    return status;
}
