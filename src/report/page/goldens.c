/* Prepares what a report shows of each golden: reads it, compares it with its manifest,
 * data and claims, and draws its picture. */
#include <sltrace/report.h>

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fpenv.h"
#include "base/tree.h"
#include "base/world.h"
#include "figure/golden_make.h"
#include "report/page/report.h"
#include "report/picture/svg.h"
#include "report/picture/svg_inline.h"
#include "run/files.h"
#include "verify/golden_match.h"
#include "verify/verify_figure.h"

struct slt_report {
    char *title;
    slt_report_part *parts;
    size_t count;
    slt_public_key signer; /* of statements, if that is asked for */
    bool has_signer;
    const slt_report_program *program; /* NULL: none */
};

/* ---- Names ------------------------------------------------------------------------- */

static bool goldens_is_taken(const slt_report *report, const char *anchor)
{
    static const char *const own[] = {"main", "contents", "summary"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(own[i], anchor))
            return true;
    for (size_t i = 0; i < report->count; i++)
        if (!strcmp(report->parts[i].anchor, anchor))
            return true;
    return false;
}

/* The golden's file name without its suffix, in characters that need no escaping in an
 * address; a number is appended if the name is taken. */
static char *make_anchor(const slt_report *report, const char *path)
{
    const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path;
    const char *dot = strrchr(stem, '.');
    size_t length = dot && dot != stem ? (size_t)(dot - stem) : strlen(stem);
    char anchor[80];
    length = length > 48 ? 48 : length;
    snprintf(anchor, sizeof anchor, "%.*s", (int)length, stem);
    for (char *c = anchor; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && *c != '-' &&
            !(c > anchor && *c >= '0' && *c <= '9') && !(c > anchor && *c == '.'))
            *c = '_';
    for (size_t n = 2; goldens_is_taken(report, anchor); n++)
        snprintf(anchor + length, sizeof anchor - length, "_%zu", n);
    return slt_world.strdup(anchor);
}

/* *same is false where nothing is there. */
static slt_status goldens_same_file(const char *a, const char *b, bool *same,
                                    slt_error *err)
{
    struct stat one, other;
    *same = !slt_world.stat(a, &one) && !slt_world.stat(b, &other);
    if (!*same && errno != ENOENT && errno != ENOTDIR)
        return slt_fail(err, SLT_FILE, "%s: cannot look at it: %s", b, strerror(errno));
    *same = *same && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return SLT_OK;
}

/* Removes "NAME/.." from a path, as long as the path still names the same file. */
static slt_status goldens_shorten_path(char *path, slt_error *err)
{
    char copy[SLT_FILE_PATH_MAX];
    bool same = false;
    for (char *up = path; (up = strstr(up, "/../"));) {
        char *from = up;
        while (from > path && from[-1] != '/')
            from--;
        bool name = from < up && strncmp(from, "../", 3) && strncmp(from, "./", 2);
        snprintf(copy, sizeof copy, "%.*s%s", (int)(from - path), path, up + 4);
        slt_status status = name ? goldens_same_file(path, copy, &same, err) : SLT_OK;
        if (status)
            return status;
        if (!name || !same) {
            up += 3;
            continue;
        }
        memmove(path, copy, strlen(copy) + 1);
        up = path;
    }
    return SLT_OK;
}

/* ---- Reading ----------------------------------------------------------------------- */

static slt_status open_manifest(slt_report_part *part, slt_error *err)
{
    slt_buffer named = {0};
    char path[SLT_FILE_PATH_MAX];
    slt_status status =
        slt_tree_name_beside(part->path, part->golden->manifest, &named, err);
    if (!status)
        status = slt_path_print(path, err, "%s", slt_buffer_text(&named));
    slt_buffer_free(&named);
    if (!status)
        status = goldens_shorten_path(path, err);
    if (status)
        return status;
    part->manifest_path = slt_world.strdup(path);
    if (!part->manifest_path)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    return slt_manifest_open(path, &part->manifest, err);
}

/* Where a golden's traces may be: folders of its study; or folders of all studies, which
 * may lack it. */
typedef struct places {
    const char *const *folder;
    size_t count;
    bool of_study;
} places;

/* Opens the traces in every folder FROM, or FROM/NAME. */
static slt_status find_traces(const slt_report_part *part, places from,
                              slt_traces **traces, slt_error *err)
{
    char **folders = slt_world.calloc(from.count, sizeof *folders);
    slt_status status = folders ? SLT_OK : SLT_RESOURCE;
    for (size_t i = 0; i < from.count && !status; i++) {
        slt_buffer path = {0};
        slt_buffer_printf(&path, "%s%s%s", from.folder[i], from.of_study ? "" : "/",
                          from.of_study ? "" : part->golden->name);
        folders[i] = slt_buffer_take(&path);
        status = folders[i] ? SLT_OK : SLT_RESOURCE;
    }
    if (status)
        slt_fail(err, status, "no memory for the places of traces");
    else
        status = slt_traces_open(part->manifest, (const char *const *)folders, from.count,
                                 traces, err);
    for (size_t i = 0; i < from.count && folders; i++)
        free(folders[i]);
    free(folders);
    return status;
}

/* Makes the figure from these traces; its data must be the golden's. */
static slt_status figure_of_traces(slt_report_part *part, places from,
                                   slt_figure **figure, slt_error *err)
{
    slt_traces *traces = NULL;
    size_t size;
    slt_status status = find_traces(part, from, &traces, err);
    if (!status)
        status = slt_figure_make(part->manifest, traces, figure, err);
    slt_traces_free(traces);
    if (status)
        return status;
    const char *csv = slt_figure_csv(*figure, &size);
    if (size == part->csv.size && (!size || !memcmp(csv, part->csv.data, size)))
        return SLT_OK;
    slt_figure_free(*figure);
    *figure = NULL;
    return slt_fail(err, SLT_DIFFERS, "%s: its traces give other figure data than %s has",
                    part->golden->name, part->path);
}

static slt_status figure_of_data(slt_report_part *part, slt_figure **figure,
                                 slt_error *err)
{
    slt_status status = slt_figure_of_csv(part->manifest, (const char *)part->csv.data,
                                          part->csv.size, figure, err);
    return status ? status : slt_figure_take_golden(*figure, part->golden, err);
}

static slt_status read_data(slt_report_part *part, slt_error *err)
{
    char *csv = NULL;
    size_t size = 0;
    slt_status status = slt_golden_data(part->golden, &csv, &size, err);
    slt_buffer_append(&part->csv, csv, status ? 0 : size);
    free(csv);
    return status;
}

static slt_status check_claims(const slt_report_part *part, slt_golden *made,
                               const slt_figure *figure, slt_error *err)
{
    slt_golden_difference difference = {0};
    slt_error inner;
    slt_status status = slt_study_golden_set_figure(made, figure, err);
    if (status)
        return status;
    status = slt_verify_claims(part->golden, made, &difference, &inner);
    if (status)
        slt_fail(err, status,
                 "%s: its claims are not those of %s (sltrace record makes them anew): "
                 "%s",
                 part->path, part->manifest_path, inner.text);
    return status;
}

/* If there are no traces, reads the table of runs beside the golden. A wrong table does
 * not change any verdict. */
static void read_runs(slt_report_part *part)
{
    slt_runs *runs = &part->figure->runs;
    slt_error *err = &part->wrong_runs;
    slt_runs_free(runs);
    if (slt_runs_read(part->golden, runs, &part->of_table, err))
        return;
    if (part->of_table && slt_runs_check(runs, part->golden, part->manifest, err)) {
        slt_runs_free(runs);
        part->of_table = false;
    }
    part->figure->has_runs = part->of_table;
}

/* Makes the figure. If traces from the folders of all studies are missing or broken, only
 * what is said about the chains is lost; if the data differ, the verdicts are lost
 * too. */
static slt_status make_figure(slt_report_part *part, slt_golden *made, places from,
                              slt_error *err)
{
    slt_figure *figure = NULL;
    slt_status status = SLT_OK;
    if (from.count)
        status = figure_of_traces(part, from, &figure, &part->no_chains);
    if (status && (from.of_study || status == SLT_DIFFERS)) {
        *err = part->no_chains;
        return status;
    }
    if (!figure)
        status = figure_of_data(part, &figure, err);
    if (!status)
        status = check_claims(part, made, figure, err);
    if (status)
        slt_figure_free(figure);
    else
        part->figure = figure;
    if (!status && !figure->has_runs)
        read_runs(part);
    return status;
}

static void goldens_free_part(slt_report_part *part)
{
    slt_figure_free(part->figure); /* before the manifest, which it borrows */
    slt_manifest_free(part->manifest);
    slt_golden_free(part->golden);
    slt_buffer_free(&part->csv);
    slt_buffer_free(&part->svg);
    slt_buffer_free(&part->bundle);
    free(part->fixed);
    free(part->twin);
    free(part->path);
    free(part->manifest_path);
    free(part->anchor);
}

/* Reads all that is known of a golden. Without data, only the runs can be shown. */
static void goldens_read_part(slt_report_part *part, places from)
{
    slt_error *err = &part->trouble;
    slt_golden *made = NULL;
    slt_mismatch mismatch;
    slt_status status = slt_golden_open(part->path, &part->golden, err);
    if (!status)
        status = open_manifest(part, err);
    if (!status)
        status = slt_golden_match(part->golden, part->manifest, &made, &mismatch, err);
    if (!status && part->golden->data)
        status = read_data(part, err);
    if (!status && part->golden->data)
        make_figure(part, made, from, err);
    slt_golden_free(made);
}

slt_status slt_golden_figure(const char *path, const char *const *from, size_t from_count,
                             slt_manifest **manifest, slt_figure **figure, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_report_part part = {.path = slt_world.strdup(path)};
    *manifest = NULL;
    *figure = NULL;
    if (!part.path)
        return slt_fail(err, SLT_RESOURCE, "no memory for %s", path);
    goldens_read_part(&part, (places){from, from_count, true});
    slt_status status = part.trouble.status;
    if (!status && (status = part.wrong_runs.status))
        *err = part.wrong_runs;
    else if (status)
        *err = part.trouble;
    else if (!part.figure)
        status = slt_fail(err, SLT_FORMAT, "%s: it names no figure data", path);
    if (!status) {
        *manifest = part.manifest;
        *figure = part.figure;
        part.manifest = NULL;
        part.figure = NULL;
    }
    goldens_free_part(&part);
    return status;
}

/* ---- Drawing ----------------------------------------------------------------------- */

static void goldens_draw_part(slt_report_part *part)
{
    slt_buffer drawn = {0}, heading = {0}, words = {0}, prefix = {0};
    if (!part->figure || slt_figure_draw(part->figure, &drawn, &part->no_picture))
        return slt_buffer_free(&drawn);
    slt_report_heading(part, &heading);
    slt_report_describe(part->figure, &words);
    slt_report_id(part, "", &prefix);
    if (!slt_svg_inline(&drawn, slt_buffer_text(&prefix), slt_buffer_text(&heading),
                        slt_buffer_text(&words), &part->svg))
        slt_fail(&part->no_picture, SLT_FORMAT,
                 "no picture: what gnuplot drew is more than shapes and text");
    slt_buffer_free(&drawn);
    slt_buffer_free(&heading);
    slt_buffer_free(&words);
    slt_buffer_free(&prefix);
}

/* ---- Reports ----------------------------------------------------------------------- */

slt_status slt_report_create(const char *title, slt_report **report, slt_error *err)
{
    *report = slt_world.calloc(1, sizeof **report);
    if (*report && ((*report)->title = slt_world.strdup(title)))
        return SLT_OK;
    free(*report);
    *report = NULL;
    return slt_fail(err, SLT_RESOURCE, "no memory for a report");
}

void slt_report_free(slt_report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->count; i++)
        goldens_free_part(&report->parts[i]);
    free(report->parts);
    free(report->title);
    free(report);
}

void slt_report_set_signer(slt_report *report, const slt_public_key *key)
{
    report->signer = *key;
    report->has_signer = true;
}

void slt_report_verify_in_page(slt_report *report, const slt_report_program *program)
{
    report->program = program;
}

slt_status slt_report_add(slt_report *report, const char *path, const char *const *from,
                          size_t from_count, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_report_part part = {.path = slt_world.strdup(path),
                            .anchor = make_anchor(report, path)};
    slt_report_part *parts =
        slt_world.realloc(report->parts, (report->count + 1) * sizeof *report->parts);
    if (parts)
        report->parts = parts;
    if (!parts || !part.path || !part.anchor) {
        goldens_free_part(&part);
        return slt_fail(err, SLT_RESOURCE, "no memory for a report on %s", path);
    }
    goldens_read_part(&part, (places){from, from_count, false});
    goldens_draw_part(&part);
    slt_status status = SLT_OK;
    if (part.golden)
        status =
            slt_verified_read(part.golden, report->has_signer ? &report->signer : NULL,
                              &part.verified, err);
    if (report->program)
        slt_report_in_page(&part);
    report->parts[report->count++] = part;
    return status;
}

const slt_report_part *slt_report_parts(const slt_report *report, size_t *count)
{
    *count = report->count;
    return report->parts;
}

size_t slt_report_count(const slt_report *report)
{
    return report->count;
}

static const char *goldens_reason(const slt_error *err)
{
    return err->status ? err->text : "";
}

slt_report_entry slt_report_at(const slt_report *report, size_t index)
{
    const slt_report_part *part = &report->parts[index];
    return (slt_report_entry){.path = part->path,
                              .name = part->golden ? part->golden->name : NULL,
                              .status = part->trouble.status,
                              .message = goldens_reason(&part->trouble),
                              .golden = part->golden,
                              .figure = part->figure,
                              .drawn = part->no_picture.status,
                              .no_picture = goldens_reason(&part->no_picture),
                              .no_chains = goldens_reason(&part->no_chains),
                              .wrong_runs = goldens_reason(&part->wrong_runs),
                              .runs_status = part->wrong_runs.status,
                              .wrong_verified = goldens_reason(&part->verified.trouble),
                              .verified_status = part->verified.trouble.status,
                              .not_in_page = goldens_reason(&part->no_bundle),
                              .in_page_status = part->no_bundle.status};
}

slt_status slt_report_html(const slt_report *report, char **text, size_t *size,
                           slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_report_page(report->title, report->parts, report->count, report->program, &out);
    *size = out.size;
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for the report");
}
