#include "learn/result_list.h"

#include <stdlib.h>

void slt_results_free(slt_results *results)
{
    free(results->list);
    *results = (slt_results){0};
}

void slt_results_add(slt_results *results, slt_quantity quantity, slt_real value)
{
    if (results->failed)
        return;
    if (results->count == results->room) {
        size_t room = results->room ? 2 * results->room : 16;
        slt_result *list = realloc(results->list, room * sizeof *list);
        if (!list) {
            results->failed = true;
            return;
        }
        results->list = list;
        results->room = room;
    }
    results->list[results->count++] = (slt_result){quantity, value};
}

void slt_results_append(slt_results *results, const slt_results *more)
{
    for (size_t i = 0; i < more->count; i++)
        slt_results_add(results, more->list[i].quantity, more->list[i].value);
}
