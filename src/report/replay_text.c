/* Replays as text. */
#include <sltrace/page.h>

#include <inttypes.h>

#include "verify/compare.h"

static void text_begin(void *context, const uint64_t *stored_step)
{
    if (stored_step)
        fprintf(context, "# from the state stored at step %" PRIu64 "\n", *stored_step);
    else
        fprintf(context, "# from the header alone\n");
}

static void text_verdict(void *context, const slt_replay_verdict *v)
{
    slt_buffer words = {0};
    if (v->verdict == SLT_VERDICT_DIFFERS) {
        slt_difference_print_replayed(&v->difference, v->trace, &words);
        fprintf(context, "differs: %s\n", slt_buffer_text(&words));
    } else if (v->whole) {
        fprintf(context, "identical: %zu bytes, %zu records\n", v->bytes, v->records);
    } else {
        fprintf(context, "identical: records %zu to %zu\n", v->first, v->last);
    }
    slt_buffer_free(&words);
}

static void text_state(void *context, size_t files, uint64_t step)
{
    fprintf(context, "%zu %s written: the state after %" PRIu64 " updates\n", files,
            files == 1 ? "file" : "files", step);
}

static void text_trial(void *context, uint64_t number, slt_run_status status,
                       const slt_result *results, size_t count)
{
    fprintf(context, "trial %" PRIu64 ": %s\n", number, slt_run_status_name(status));
    for (size_t i = 0; i < count; i++) {
        char name[SLT_QUANTITY_TEXT_MAX], value[SLT_REAL_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, name);
        slt_real_text(results[i].value, value);
        fprintf(context, "%s %s\n", name, value);
    }
}

slt_replay_page slt_replay_text(FILE *out)
{
    return (slt_replay_page){.context = out,
                             .begin = text_begin,
                             .verdict = text_verdict,
                             .state = text_state,
                             .trial = text_trial};
}
