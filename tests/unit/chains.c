/* study/figure: chains.c: diagnostics of the chains that a trace says it holds. */
#include "tap.h"

#include "record/trace_writer.h"
#include "study/figure/figure.h"

static slt_error err;

static slt_real losses[6]; /* rising and falling */

static void write_chain(slt_trace_writer *writer, uint32_t chain, uint64_t draws)
{
    const slt_llc_setup setup = {.nbeta = slt_real_of(2), .init_loss = slt_real_of(1)};
    const slt_llc_spec spec = {.num_draws = draws};
    const slt_model_spec model = {0};
    const slt_chain result = {.draws = draws, .losses = losses};
    slt_trace_write_chain(writer, &model, &spec, 0, chain, 0, &setup, &result, true);
}

/* A trace of one estimate with two chains of so many draws. */
static slt_trace *trace_of(uint64_t first, uint64_t second)
{
    static const uint8_t canonical[] = {0x80};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, canonical, sizeof canonical, 0, SLT_F32);
    write_chain(&writer, 0, first);
    write_chain(&writer, 1, second);
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, 0);
    if (slt_trace_parse(writer.bytes.data, writer.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    slt_trace_writer_free(&writer);
    return trace;
}

static slt_status sum_up(uint64_t first, uint64_t second, slt_chain_summary *summary)
{
    slt_trace *trace = trace_of(first, second);
    *summary = (slt_chain_summary){0};
    slt_status status = slt_chain_summary_add(summary, 7, trace, &err);
    slt_trace_free(trace);
    slt_buffer_free(&summary->words);
    return status;
}

int main(void)
{
    slt_chain_summary summary;
    for (size_t i = 0; i < 6; i++)
        losses[i] = slt_real_of(1 + (double)(i * i % 5));
    TAP_OK(sum_up(6, 6, &summary) == SLT_OK && summary.estimates == 1,
           "two chains of six draws make one estimate");
    TAP_OK(sum_up(6, 3, &summary) == SLT_FORMAT &&
               strstr(err.text, "run 7: estimate 0: expected 6 draws in each chain, "
                                "found 3 in chain 1"),
           "%s", err.text);
    TAP_OK(sum_up(3, 6, &summary) == SLT_FORMAT, "%s", err.text);
    TAP_OK(sum_up(0, 0, &summary) == SLT_FORMAT &&
               strstr(err.text, "run 7: estimate 0: expected draws in its chains"),
           "%s", err.text);
    return tap_done();
}
