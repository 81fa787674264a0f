/* "Verify in this page": the bundle of a golden, a button for each, and the program that
 * makes one run again in the reader's browser. */
#include "report/page/report.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/world.h"
#include "codec/minisign.h"
#include "codec/ustar.h"
#include "manifest/manifest.h"
#include "verify/bundle.h"

#define PROGRAM_BYTES_MAX ((size_t)1 << 26)
#define FIXED_SUFFIX "-fixed.golden"

/* ---- The program ------------------------------------------------------------------- */

static slt_status read_program_file(const char *folder, const char *name,
                                    slt_buffer *bytes, slt_error *err)
{
    slt_buffer path = {0};
    slt_buffer_printf(&path, "%s/%s", folder, name);
    const char *whole = slt_buffer_text(&path);
    slt_status status = path.failed ? slt_fail(err, SLT_RESOURCE, "%s: no memory", folder)
                                    : slt_io_read(whole, PROGRAM_BYTES_MAX, bytes, err);
    slt_buffer_free(&path);
    return status;
}

slt_status slt_report_program_read(const char *folder, slt_report_program **program,
                                   slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_report_program *read = *program = slt_world.calloc(1, sizeof *read);
    if (!read)
        return slt_fail(err, SLT_RESOURCE, "no memory for a program");
    slt_status status = read_program_file(folder, "verify.js", &read->script, err);
    if (!status)
        status = read_program_file(folder, "verify.wasm", &read->wasm, err);
    if (!status && (read->wasm.size < 8 || memcmp(read->wasm.data, "\0asm", 4)))
        status = slt_fail(err, SLT_FORMAT, "%s/verify.wasm: no program of WebAssembly",
                          folder);
    if (status) {
        slt_report_program_free(read);
        *program = NULL;
    }
    return status;
}

void slt_report_program_free(slt_report_program *program)
{
    if (!program)
        return;
    slt_buffer_free(&program->script);
    slt_buffer_free(&program->wasm);
    free(program);
}

/* ---- What is known of a golden ----------------------------------------------------- */

/* Which runs of a manifest are in fixed point; NULL without memory. */
static slt_status find_fixed(slt_manifest *manifest, bool **fixed, size_t *count,
                             slt_error *err)
{
    const size_t runs = slt_manifest_runs(manifest);
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = SLT_OK;
    *count = 0;
    *fixed = slt_world.calloc(runs + 1, sizeof **fixed);
    if (!spec || !*fixed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs && !status; run++) {
        status = slt_manifest_run(manifest, run, spec, err);
        (*fixed)[run] = !status && spec->arithmetic == SLT_FIXED;
        *count += (*fixed)[run];
    }
    free(spec);
    return status;
}

/* *twin: whether the golden at this path is there, and has runs in fixed point. */
static slt_status is_fixed_golden(const char *path, bool *twin, slt_error *err)
{
    slt_golden *golden = NULL;
    slt_manifest *manifest = NULL;
    bool *fixed = NULL;
    size_t count = 0;
    slt_status status = slt_files_look(path, twin, err);
    if (status || !*twin)
        return status;
    status = slt_golden_open(path, &golden, err);
    if (!status)
        status = slt_golden_manifest(golden, &manifest, err);
    if (!status)
        status = find_fixed(manifest, &fixed, &count, err);
    *twin = count > 0;
    free(fixed);
    slt_manifest_free(manifest);
    slt_golden_free(golden);
    return status;
}

/* The golden of the same figure in fixed point: X-fixed.golden beside X.golden. */
static slt_status find_twin(slt_report_part *part, slt_error *err)
{
    slt_buffer path = {0};
    bool twin = false;
    const size_t stem = strlen(part->path) - strlen(".golden");
    if (!slt_files_end_in(part->path, ".golden"))
        return SLT_OK;
    slt_buffer_printf(&path, "%.*s" FIXED_SUFFIX, (int)stem, part->path);
    const char *whole = slt_buffer_text(&path);
    slt_status status = path.failed
                            ? slt_fail(err, SLT_RESOURCE, "%s: no memory", part->path)
                            : is_fixed_golden(whole, &twin, err);
    if (twin && !status)
        part->twin = slt_buffer_take(&path);
    slt_buffer_free(&path);
    return status;
}

void slt_report_in_page(slt_report_part *part)
{
    slt_bundle made;
    slt_error *err = &part->no_bundle;
    part->in_page = !part->trouble.status;
    if (!part->in_page ||
        find_fixed(part->manifest, &part->fixed, &part->fixed_count, err))
        return;
    if (part->fixed_count)
        slt_bundle_make(part->path, NULL, 0, &part->bundle, &made, err);
    else
        find_twin(part, err);
}

/* ---- The button -------------------------------------------------------------------- */

static void put_run(slt_html *page, const slt_report_part *part, size_t run)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", run);
    slt_html_open(page, "option", "value", number, "data-sha256",
                  part->golden->runs[run].sha256, NULL);
    slt_html_print(page, "%zu %s", run, slt_manifest_label(part->manifest, run));
    slt_html_close(page, "option");
}

static void put_button(slt_html *page, const slt_report_part *part, const char *bundle)
{
    slt_html_open(page, "div", "class", "in-page", "data-bundle", bundle, NULL);
    slt_html_open(page, "p", NULL);
    slt_html_open(page, "label", NULL);
    slt_html_text(page, "Run ");
    slt_html_open(page, "select", NULL);
    for (size_t run = 0; run < part->golden->run_count; run++)
        if (part->fixed[run])
            put_run(page, part, run);
    slt_html_close(page, "select");
    slt_html_close(page, "label");
    slt_html_element(page, "button", "Make it again here", "type", "button", "class",
                     "start", "disabled", "disabled", NULL);
    slt_html_element(page, "button", "Cancel", "type", "button", "class", "cancel",
                     "hidden", "hidden", NULL);
    slt_html_element(page, "progress", "", "max", "1", "value", "0", "hidden", "hidden",
                     "aria-label", "Share of the run", NULL);
    slt_html_close(page, "p");
    slt_html_element(page, "p", "Nothing is judged yet; this needs JavaScript.", "class",
                     "told", "role", "status", NULL);
    slt_html_element(page, "pre", "", "hidden", "hidden", NULL);
    slt_html_close(page, "div");
}

static void put_file(slt_html *page, const char *name, size_t size, const char *sha256)
{
    slt_html_open(page, "tr", NULL);
    slt_html_open(page, "th", "scope", "row", NULL);
    slt_html_element(page, "code", name, NULL);
    slt_html_close(page, "th");
    slt_html_open(page, "td", "class", "number", NULL);
    slt_html_print(page, "%zu", size);
    slt_html_close(page, "td");
    slt_report_put_hash(page, sha256);
    slt_html_close(page, "tr");
}

/* Writes what is in the bundle, file by file. */
static void put_files(slt_html *page, const slt_report_part *part, const char *sha256)
{
    static const char *const names[] = {"File", ">Bytes", "SHA-256"};
    const slt_buffer *bundle = &part->bundle;
    slt_ustar_file *files = NULL;
    size_t count = 0;
    slt_error err;
    if (slt_ustar_read(bundle->data, bundle->size, part->path, &files, &count, &err))
        page->out->failed = true;
    slt_report_open_table(
        page, NULL, "What the page judges by: the bundle that sltrace bundle makes");
    slt_report_put_head(page, names, 3);
    slt_html_open(page, "tbody", NULL);
    put_file(page, "the bundle", bundle->size, sha256);
    for (size_t i = 0; i < count; i++) {
        char of_file[SLT_SHA256_TEXT_MAX];
        slt_sha256_of(files[i].bytes, files[i].size, of_file);
        put_file(page, files[i].name, files[i].size, of_file);
    }
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
    free(files);
}

/* Writes bytes into the page that no browser runs or shows. */
static void put_bytes(slt_html *page, const char *id, const slt_buffer *bytes,
                      char sha256[SLT_SHA256_TEXT_MAX])
{
    slt_buffer text = {0};
    slt_sha256_of(bytes->data, bytes->size, sha256);
    slt_base64(&text, bytes->data, bytes->size);
    page->out->failed |= text.failed;
    slt_html_element(page, "script", slt_buffer_text(&text), "type", "text/plain", "id",
                     id, "data-sha256", sha256, NULL);
    slt_buffer_free(&text);
}

static void put_offer(slt_html *page, const slt_report_part *part)
{
    slt_buffer id = {0};
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_report_id(part, "bundle", &id);
    slt_html_element(
        page, "p",
        "Your browser makes one run again, with the program in this page and from the "
        "files named below, and the program judges it as sltrace verify --only does. "
        "Nothing is loaded and nothing is sent.",
        NULL);
    put_button(page, part, slt_buffer_text(&id));
    put_bytes(page, slt_buffer_text(&id), &part->bundle, sha256);
    put_files(page, part, sha256);
    slt_buffer_free(&id);
}

/* ---- Where there is none ----------------------------------------------------------- */

static void put_twin(slt_html *page, const slt_report_part *part,
                     const slt_report_part *parts, size_t count)
{
    if (!part->twin)
        return;
    slt_html_text(page, " The same figure in fixed point is ");
    for (size_t i = 0; i < count; i++) {
        slt_buffer link = {0};
        if (strcmp(parts[i].path, part->twin))
            continue;
        slt_report_id(&parts[i], "in-page", &link);
        slt_buffer address = {0};
        slt_buffer_printf(&address, "#%s", slt_buffer_text(&link));
        slt_html_element(page, "a", part->twin, "href", slt_buffer_text(&address), NULL);
        slt_html_text(page, ", which this page can judge.");
        page->out->failed |= address.failed;
        slt_buffer_free(&address);
        slt_buffer_free(&link);
        return;
    }
    slt_html_element(page, "code", part->twin, NULL);
    slt_html_text(page, ", which is not in this page.");
}

static void put_refusal(slt_html *page, const slt_report_part *part,
                        const slt_report_part *parts, size_t count)
{
    slt_html_open(page, "p", NULL);
    if (!part->fixed_count)
        slt_html_text(page,
                      "Not here: its runs compute in floating point, with fused "
                      "multiply-adds, which WebAssembly does not have; only runs in "
                      "fixed point can be made again in a browser.");
    put_twin(page, part, parts, count);
    slt_html_close(page, "p");
    if (part->no_bundle.status)
        slt_html_element(page, "p", part->no_bundle.text, "class", "alert", NULL);
}

void slt_report_put_in_page(slt_html *page, const slt_report_part *part,
                            const slt_report_part *parts, size_t count)
{
    if (!part->in_page)
        return;
    slt_report_put_heading(page, part, "in-page", "Verify in this page");
    if (part->bundle.size && !part->no_bundle.status)
        put_offer(page, part);
    else
        put_refusal(page, part, parts, count);
}

void slt_report_put_program(slt_html *page, const slt_report_program *program)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    put_bytes(page, "program:script", &program->script, sha256);
    put_bytes(page, "program:wasm", &program->wasm, sha256);
    slt_html_open(page, "script", NULL);
    slt_html_markup(page, slt_report_in_page_script, strlen(slt_report_in_page_script));
    slt_html_close(page, "script");
}
