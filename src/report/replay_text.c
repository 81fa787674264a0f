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

slt_replay_page slt_replay_text(FILE *out)
{
    return (slt_replay_page){.context = out,
                             .begin = text_begin,
                             .verdict = text_verdict,
                             .state = text_state};
}
