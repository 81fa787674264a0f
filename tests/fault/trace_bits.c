/* Damage to a trace: every flipped bit, every truncation, every byte put in or taken out
 * is found by reading it, without running anything again. */
#include "trace_sample.h"

static size_t accepted, others;

static void judge(const uint8_t *bytes, size_t size)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_parse(bytes, size, "x", &trace, NULL);
    accepted += status == SLT_OK;
    others += status != SLT_OK && status != SLT_FORMAT;
    slt_trace_free(trace);
}

static void report(const char *what)
{
    TAP_OK(accepted == 0 && others == 0, "%s: %zu accepted, %zu other errors", what,
           accepted, others);
    accepted = others = 0;
}

static void flip_bits(const slt_buffer *trace)
{
    for (size_t i = 0; i < 8 * trace->size; i++) {
        trace->data[i / 8] ^= (uint8_t)(1 << i % 8);
        judge(trace->data, trace->size);
        trace->data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    report("every single bit flipped");
}

static void truncate_everywhere(const slt_buffer *trace)
{
    for (size_t size = 0; size < trace->size; size++) {
        /* A copy of that size, so that a sanitizer sees a read beyond it. */
        uint8_t *copy = malloc(size + !size);
        memcpy(copy, trace->data, size);
        judge(copy, size);
        free(copy);
    }
    report("cut at every byte");
}

static void insert_and_remove(const slt_buffer *trace)
{
    uint8_t *copy = malloc(trace->size + 1);
    for (size_t i = 0; i <= trace->size; i++) {
        memcpy(copy, trace->data, i);
        copy[i] = 0;
        memcpy(copy + i + 1, trace->data + i, trace->size - i);
        judge(copy, trace->size + 1);
        if (i < trace->size) {
            memcpy(copy + i, trace->data + i + 1, trace->size - i - 1);
            judge(copy, trace->size - 1);
        }
    }
    free(copy);
    report("a byte put in or taken out everywhere");
}

int main(void)
{
    sample s = {0};
    slt_trace *trace = NULL;
    sample_agree(&s);
    sample_whole(&s);
    slt_error err = {0};
    TAP_OK(slt_trace_parse(s.bytes.data, s.bytes.size, "x", &trace, &err) == SLT_OK,
           "undamaged, %zu bytes are read: %s", s.bytes.size, err.text);
    slt_trace_free(trace);
    flip_bits(&s.bytes);
    truncate_everywhere(&s.bytes);
    insert_and_remove(&s.bytes);
    sample_free(&s);
    return tap_done();
}
