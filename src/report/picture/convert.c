/* A picture in other forms: rsvg-convert, of librsvg, makes them of the SVG, so that all
 * show the same. */
#include <sltrace/study.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "report/picture/filter.h"

#define SVG_SIZE_MAX ((size_t)256 << 20)

/* How a whole file ends. */
static const char pdf_end[] = "%%EOF\n", png_end[] = "IEND\xae\x42\x60\x82";

typedef struct form {
    slt_filter filter;
    const char *end;
} form;

static char program[] = "rsvg-convert", as_pdf[] = "--format=pdf",
            as_png[] = "--format=png", twice[] = "--zoom=2";
static char *const pdf_arguments[] = {program, as_pdf, NULL};
static char *const png_arguments[] = {program, as_png, twice, NULL};

/* In the order of slt_picture_form. */
static const form forms[] = {{{"PDF", pdf_arguments}, pdf_end},
                             {{"PNG", png_arguments}, png_end}};

static bool is_whole(const slt_buffer *made, const char *end)
{
    const size_t size = strlen(end);
    return made->size >= size && !memcmp(made->data + made->size - size, end, size);
}

slt_status slt_picture_convert(const char *svg, slt_picture_form to, const char *path,
                               slt_error *err)
{
    SLT_FPENV_ENTERED;
    const form *one = &forms[to];
    slt_buffer drawn = {0}, made = {0};
    slt_status status = slt_io_read(svg, SVG_SIZE_MAX, &drawn, err);
    if (!status)
        status = slt_filter_run(&one->filter, &drawn, &made, err);
    if (!status && !is_whole(&made, one->end))
        status = slt_fail(err, SLT_RESOURCE, "no %s: that of %s is cut short",
                          one->filter.makes, program);
    if (!status)
        status = slt_io_replace(path, made.data, made.size, err);
    slt_buffer_free(&drawn);
    slt_buffer_free(&made);
    return status;
}
