#include "run/run_list.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"

#define BYTES_MAX 200

void slt_run_print(uint64_t number, const char *label, slt_buffer *out)
{
    slt_buffer_printf(out, "run %" PRIu64, number);
    if (!*label)
        return;
    slt_buffer_printf(out, " (");
    slt_escape_line(out, label, strlen(label));
    slt_buffer_byte(out, ')');
}

static void write_range(slt_run_list *list)
{
    if (!list->end || list->cut)
        return;
    const char *comma = list->text.size ? "," : "";
    list->cut = list->text.size > BYTES_MAX;
    if (list->cut)
        slt_buffer_printf(&list->text, ",...");
    else if (list->end == list->first + 1)
        slt_buffer_printf(&list->text, "%s%zu", comma, list->first);
    else
        slt_buffer_printf(&list->text, "%s%zu-%zu", comma, list->first, list->end - 1);
}

void slt_run_list_add(slt_run_list *list, size_t run)
{
    if (!list->end || run != list->end) {
        write_range(list);
        list->first = run;
    }
    list->end = run + 1;
}

const char *slt_run_list_text(slt_run_list *list)
{
    write_range(list);
    list->end = 0;
    return slt_buffer_text(&list->text);
}

void slt_run_list_free(slt_run_list *list)
{
    slt_buffer_free(&list->text);
    *list = (slt_run_list){0};
}
