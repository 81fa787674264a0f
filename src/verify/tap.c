#include "verify/tap.h"

#include <inttypes.h>

#include "base/escape.h"

static void put(slt_tap *tap, slt_buffer *lines)
{
    if (tap->out) {
        fputs(slt_buffer_text(lines), tap->out);
        fflush(tap->out);
    }
    slt_buffer_free(lines);
}

void slt_tap_begin(slt_tap *tap)
{
    slt_buffer line = {0};
    slt_buffer_printf(&line, "TAP version 13\n");
    put(tap, &line);
}

void slt_tap_plan(slt_tap *tap, size_t tests)
{
    slt_buffer line = {0};
    slt_buffer_printf(&line, "1..%zu\n", tests);
    put(tap, &line);
}

void slt_tap_comment(slt_tap *tap, const char *format, ...)
{
    slt_buffer text = {0}, line = {0};
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    slt_buffer_printf(&line, "# ");
    slt_escape_tap(&line, slt_buffer_text(&text));
    slt_buffer_byte(&line, '\n');
    put(tap, &line);
    slt_buffer_free(&text);
}

void slt_tap_test(slt_tap *tap, bool ok, const char *name, const char *note,
                  slt_buffer *block)
{
    slt_buffer lines = {0};
    const char *yaml = block && block->size ? slt_buffer_text(block) : NULL;
    slt_buffer_printf(&lines, "%sok %zu - ", ok ? "" : "not ", ++tap->tests);
    slt_escape_tap(&lines, name);
    if (note)
        slt_buffer_printf(&lines, " # %s", note);
    slt_buffer_byte(&lines, '\n');
    if (yaml)
        slt_buffer_printf(&lines, "  ---\n%s  ...\n", yaml);
    put(tap, &lines);
    const slt_verify_test test = {ok, name, note, yaml};
    if (tap->tell)
        tap->tell(tap->context, &test);
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
