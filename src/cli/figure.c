#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/report.h>
#include <sltrace/system.h>

#include "base/world.h"
#include "cli/figure.h"
#include "cli/manifest.h"
#include "cli/select.h"

/* Where the figure's files go: FOLDER/STEM.csv, .svg, .txt. */
typedef struct target {
    char folder[CLI_PATH_MAX], stem[256];
} target;

/* Pictures: the one that is drawn, and the forms of it that can be asked for. */
static const struct form {
    const char *option, *suffix;
    slt_picture_form form;
} forms[] = {{"pdf", ".pdf", SLT_PICTURE_PDF}, {"png", ".png", SLT_PICTURE_PNG}};
enum { FORMS = sizeof forms / sizeof *forms };

/* Which of them were made, and whether a page was. */
typedef struct pictures {
    bool drawn, form[FORMS], page;
} pictures;

static slt_status name_file(const target *to, const char *suffix, char path[CLI_PATH_MAX],
                            slt_error *err)
{
    return cli_path(path, err, "%s/%s%s", to->folder, to->stem, suffix);
}

/* What a program that is missing, or fails, leaves: as for the picture itself. */
static slt_status settle_picture(slt_status status, const char *path,
                                 const slt_error *trouble, slt_error *err)
{
    if (status)
        slt_world.unlink(path);
    if (status == SLT_UNFIT) {
        cli_say("%s", trouble->text);
        return SLT_OK;
    }
    if (status)
        *err = *trouble;
    return status;
}

/* Without gnuplot the figure has no picture and one line says so.  A picture that cannot
 * be drawn for another reason is an error, returned after everything else is written.  A
 * picture of an older figure is removed in both cases. */
static slt_status draw_picture(const slt_figure *figure, const target *to, bool *drawn,
                               slt_error *err)
{
    char path[CLI_PATH_MAX];
    slt_error trouble = {.status = SLT_OK};
    slt_status status = name_file(to, ".svg", path, err);
    if (status)
        return status;
    status = slt_figure_svg(figure, path, &trouble);
    *drawn = status == SLT_OK;
    return settle_picture(status, path, &trouble, err);
}

/* Makes the forms that are asked for of the picture, and removes older ones where there
 * is none. */
static slt_status convert_picture(const cli_call *call, const target *to, pictures *made,
                                  slt_error *err)
{
    char svg[CLI_PATH_MAX], path[CLI_PATH_MAX];
    slt_status worst = name_file(to, ".svg", svg, err);
    for (size_t i = 0; i < FORMS && !worst; i++) {
        slt_error trouble = {.status = SLT_OK};
        if (!cli_given(call, forms[i].option))
            continue;
        worst = name_file(to, forms[i].suffix, path, err);
        if (worst)
            break;
        const slt_status status =
            made->drawn ? slt_picture_convert(svg, forms[i].form, path, &trouble)
                        : SLT_OK;
        if (!made->drawn)
            slt_world.unlink(path);
        made->form[i] = made->drawn && status == SLT_OK;
        worst = settle_picture(status, path, &trouble, err);
    }
    return worst;
}

static void print_path(const char *before, const target *to, const char *behind)
{
    fputs(before, stdout);
    cli_put(to->folder, "/");
    cli_put(to->stem, behind);
}

static void print_paths(const target *to, const pictures *made)
{
    print_path("\ndata    ", to, ".csv\n");
    if (made->drawn)
        print_path("figure  ", to, ".svg\n");
    for (size_t i = 0; i < FORMS; i++)
        if (made->form[i]) {
            print_path("figure  ", to, forms[i].suffix);
            putchar('\n');
        }
    print_path("report  ", to, ".txt\n");
    if (made->page)
        print_path("page    ", to, ".html\n");
}

static void put_figure(slt_json *json, const slt_figure *figure, const target *to,
                       const pictures *made)
{
    char path[CLI_PATH_MAX + 300];
    snprintf(path, sizeof path, "%s/%s", to->folder, to->stem);
    slt_json_begin(json, "sltrace.figure/1");
    slt_json_key_text(json, "files", path);
    slt_json_key_bool(json, "drawn", made->drawn);
    slt_json_key_open(json, "forms", '[');
    for (size_t i = 0; i < FORMS; i++)
        if (made->form[i])
            slt_json_text(json, forms[i].option);
    slt_json_close(json, ']');
    slt_json_key_bool(json, "page", made->page);
    cli_figure_put(json, figure);
}

/* The page that verifies itself, where one is asked for. */
static slt_status write_own_page(const cli_pages *pages, const target *to, bool *made,
                                 slt_error *err)
{
    char path[CLI_PATH_MAX];
    if (!pages->program)
        return SLT_OK;
    slt_status status = name_file(to, ".html", path, err);
    if (!status)
        status = cli_figure_page(pages, pages->call->operands[0], to->stem, path, err);
    *made = !status;
    return status;
}

static slt_status write_figure(const cli_pages *pages, const slt_figure *figure,
                               const target *to, slt_error *err)
{
    const cli_call *call = pages->call;
    char path[CLI_PATH_MAX], *report = NULL;
    size_t size;
    pictures made = {0};
    const char *csv = slt_figure_csv(figure, &size);
    slt_error undrawn = {.status = SLT_OK};
    slt_status status = name_file(to, ".csv", path, err);
    if (status == SLT_OK)
        status = cli_write_file(path, csv, size, err);
    if (status == SLT_OK)
        draw_picture(figure, to, &made.drawn, &undrawn);
    if (status == SLT_OK && !undrawn.status)
        convert_picture(call, to, &made, &undrawn);
    if (made.drawn)
        cli_figure_tell_hidden("", figure);
    if (status == SLT_OK)
        status = slt_figure_report(figure, &report, err);
    if (status == SLT_OK)
        status = name_file(to, ".txt", path, err);
    if (status == SLT_OK)
        status = cli_write_file(path, report, strlen(report), err);
    if (status == SLT_OK)
        status = write_own_page(pages, to, &made.page, err);
    if (status == SLT_OK && call->json) {
        put_figure(call->json, figure, to, &made);
    } else if (status == SLT_OK) {
        fputs(report, stdout);
        print_paths(to, &made);
    }
    free(report);
    if (status == SLT_OK && undrawn.status)
        *err = undrawn;
    return status ? status : undrawn.status;
}

static slt_status set_target(const cli_call *call, const slt_manifest *manifest,
                             target *to, slt_error *err)
{
    const char *out = cli_value(call, "out");
    cli_stem(slt_manifest_name(manifest), to->stem);
    return out ? cli_path(to->folder, err, "%s", out)
               : cli_path(to->folder, err, SLT_STUDY_ROOM "/%s/figure",
                          slt_manifest_name(manifest));
}

static slt_status of_manifest(const cli_call *call, slt_manifest *manifest,
                              slt_figure **figure, slt_error *err)
{
    slt_traces *traces = NULL;
    slt_status status = cli_find_traces(call, manifest, &traces, err);
    if (status == SLT_OK)
        status = slt_figure_make(manifest, traces, figure, err);
    slt_traces_free(traces);
    return status;
}

/* Which options go with a folder, a golden or a manifest. */
static slt_status check_options(const cli_call *call, bool folder, slt_error *err)
{
    const char *path = call->operands[0];
    const bool in_page = cli_given(call, "verify-in-page");
    if (folder && (cli_given(call, "pdf") || cli_given(call, "png")))
        return slt_fail(err, SLT_USAGE,
                        "figure: --pdf and --png go with a manifest or a golden; %s is a "
                        "folder",
                        path);
    if (!folder && in_page && !slt_files_end_in(path, ".golden"))
        return slt_fail(err, SLT_USAGE,
                        "figure: --verify-in-page goes with a golden or a folder of "
                        "goldens; %s is a manifest",
                        path);
    if (!folder && !in_page && cli_given(call, "public-key"))
        return slt_fail(err, SLT_USAGE,
                        "figure: --public-key goes with a folder of goldens, or with "
                        "--verify-in-page, for the statements that pages tell; of %s "
                        "there is no page",
                        path);
    return SLT_OK;
}

static slt_status of_file(const cli_pages *pages, const char *path, slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_figure *figure = NULL;
    target to;
    slt_status status;
    if (slt_files_end_in(path, ".golden")) {
        const char *from[CLI_AGAIN_MAX + 1];
        size_t count = cli_from_folders(pages->call, from);
        status = slt_golden_figure(path, from, count, &manifest, &figure, err);
    } else {
        status = cli_open_manifest(path, &manifest, err);
        if (status == SLT_OK)
            status = of_manifest(pages->call, manifest, &figure, err);
    }
    if (status == SLT_OK)
        status = set_target(pages->call, manifest, &to, err);
    if (status == SLT_OK)
        status = write_figure(pages, figure, &to, err);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    return status;
}

/* What pages need is read before anything is made. */
static slt_status figure_run(const cli_call *call, slt_error *err)
{
    const char *path = call->operands[0];
    cli_pages pages = {.call = call};
    bool folder;
    slt_status status = slt_files_is_folder(path, &folder, err);
    if (status == SLT_OK)
        status = check_options(call, folder, err);
    if (status == SLT_OK)
        status = cli_pages_open(&pages, call, err);
    if (status == SLT_OK)
        status =
            folder ? cli_figure_folder(&pages, path, err) : of_file(&pages, path, err);
    cli_pages_close(&pages);
    return status;
}

static const cli_option options[] = {
    {"from", 0, "DIR",
     "Folder of the study whose traces are used; by default sltrace-out/NAME, and for a "
     "golden the data published beside it. For FOLDER, where the studies are, each in "
     "DIR/NAME, such as sltrace-out. Given again, runs are gathered from all of these "
     "folders.",
     "folder"},
    {"out", 0, "DIR",
     "Folder for the files; by default sltrace-out/NAME/figure, where NAME is the "
     "manifest's, or the last part of FOLDER.",
     "folder"},
    {"public-key", 0, "KEY",
     "On the page of a folder, or of --verify-in-page, statements of verifications count "
     "only if this key of minisign signed them: its 56 characters, or the file with "
     "them.",
     "file"},
    {"pdf", 0, NULL, "Also the picture as PDF, for a paper; needs rsvg-convert.", NULL},
    {"png", 0, NULL, "Also the picture as PNG, twice as large; needs rsvg-convert.",
     NULL},
    {"verify-in-page", 0, NULL,
     "The page carries the program of fixed point, compiled to WebAssembly, and what it "
     "takes to verify each golden: a reader presses a button, and one run is made again "
     "in the browser and compared. Of a golden it makes such a page too, STEM.html.",
     NULL},
};

const cli_command cli_figure = {
    .name = "figure",
    .operands = "MANIFEST|GOLDEN|FOLDER",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml .golden",
    .summary = "a figure's data, picture and claims",
    .details =
        "Makes a figure from the traces of a finished study, or from the data published "
        "with a golden: the data as CSV, the picture as SVG (drawn by gnuplot; without "
        "it "
        "there is one line that says so), and a report that gives each claim with the "
        "printed value, ours and the tolerance, the fits with standard errors, theory "
        "beside them, and whether the chains have settled. The report is printed too.\n\n"
        "Of a folder of goldens it makes one HTML page, FOLDER.html, that needs no "
        "network "
        "and no other file: all claims with their verdicts, and a section a golden, in "
        "order of name, with picture, claims, fits, settings and their reasons, hashes, "
        "the commands that run it again, and its data. Whether the chains have settled "
        "is told by the table of runs beside the golden, or by the traces of --from. A "
        "golden that cannot be read, or that its manifest, data or claims contradict, "
        "has a section that says so and no verdict; "
        "the others are reported all the same, and the exit status is 2 or 1. Of a "
        "folder whose goldens lie in its subfolders it makes such a page of each, and a "
        "front page, index.html: a row a golden, with paper, figure, verdicts, and "
        "whether the chains have settled, and when and where it was verified last, if a "
        "statement of verify --attest lies beside it as GOLDEN.verified.\n\n"
        "A golden's manifest, data and claims must go together: where they do not, that "
        "is told and the exit status is 1. Runs that diverged or overflowed are named, "
        "and counted beside every number that leaves them out.\n\n"
        "Whether a claim is reproduced is computed, never written; it does not change "
        "the "
        "exit status. Existing files are replaced.",
    .examples = "sltrace figure manifests/smoke/linear.yaml\n"
                "sltrace figure golden/lakkapragada2025/fig6.golden --out figure\n"
                "sltrace figure fig1.golden --out paper --pdf\n"
                "sltrace figure golden/lakkapragada2025 --out .",
    CLI_OPTIONS(options),
    .repeats = " from ",
    .json = true,
    .names = true,
    .run = figure_run,
};
