#include "report/tap.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/world.h"

/* Writes whole lines, each indented. */
static void tap_put(slt_tap_lines *tap, slt_buffer *lines)
{
    const char *at = slt_buffer_text(lines);
    while (*at) {
        const char *end = strchr(at, '\n') + 1;
        fprintf(tap->out, "%*s%.*s", tap->indent, "", (int)(end - at), at);
        at = end;
    }
    slt_world.fflush(tap->out);
    slt_buffer_free(lines);
}

void slt_tap_version(slt_tap_lines *tap)
{
    slt_buffer line = {0};
    slt_buffer_printf(&line, "TAP version 13\n");
    tap_put(tap, &line);
}

void slt_tap_plan(slt_tap_lines *tap, size_t tests)
{
    slt_buffer line = {0};
    slt_buffer_printf(&line, "1..%zu\n", tests);
    tap_put(tap, &line);
}

void slt_tap_comment(slt_tap_lines *tap, const char *format, ...)
{
    slt_buffer text = {0}, line = {0};
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    slt_buffer_printf(&line, "# ");
    slt_escape_tap(&line, slt_buffer_text(&text));
    slt_buffer_byte(&line, '\n');
    tap_put(tap, &line);
    slt_buffer_free(&text);
}

void slt_tap_test(slt_tap_lines *tap, bool ok, const char *name, const char *note,
                  slt_buffer *block)
{
    slt_buffer lines = {0};
    slt_buffer_printf(&lines, "%sok %zu - ", ok ? "" : "not ", ++tap->tests);
    slt_escape_tap(&lines, name);
    if (note)
        slt_buffer_printf(&lines, " # %s", note);
    slt_buffer_byte(&lines, '\n');
    if (block && block->size)
        slt_buffer_printf(&lines, "  ---\n%s  ...\n", slt_buffer_text(block));
    tap_put(tap, &lines);
}

void slt_tap_bail(slt_tap_lines *tap, const char *why)
{
    slt_buffer line = {0};
    slt_buffer_printf(&line, "Bail out! ");
    slt_escape_tap(&line, why);
    slt_buffer_byte(&line, '\n');
    tap_put(tap, &line);
}

/* ---- Blocks ------------------------------------------------------------------------ */

void slt_tap_field(slt_buffer *block, const char *key, const char *value)
{
    slt_buffer_printf(block, "  %s: ", key);
    slt_escape_yaml(block, value);
    slt_buffer_byte(block, '\n');
}

void slt_tap_number(slt_buffer *block, const char *key, uint64_t value)
{
    slt_buffer_printf(block, "  %s: %" PRIu64 "\n", key, value);
}

void slt_tap_difference(slt_buffer *block, const slt_golden_difference *difference)
{
    slt_tap_field(block, "field", difference->field);
    slt_tap_field(block, "expected", difference->golden);
    slt_tap_field(block, "found", difference->found);
    if (*difference->more)
        slt_tap_field(block, "more", difference->more);
}
