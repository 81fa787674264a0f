/* Traces, of each kind of run: what is taken has the hashes that a walk over its items
 * finds, records of the strict profile, and can be shown and exported; the readers of
 * whole traces, of headers and of beginnings agree; and only a trace that is taken by its
 * form can agree with itself. */
#include "shown_sample.h"
#include "fuzz.h"
#include "json_check.h"
#include "kinds_sample.h"
#include "pack_skip.h"

#include <sltrace/show.h>

#include "codec/digest.h"
#include "trace/trace_agree.h"
#include "trace/trace_peek.h"
#include "trace/trace_writer.h"

#define START 12

static slt_buffer seeds[SAMPLE_KINDS];

static void begin(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < SAMPLE_KINDS; i++)
        seeds[i] = sample_bytes(sample_kinds[i].manifest, 0, NULL);
}

static void seed(size_t n, slt_buffer *bytes)
{
    slt_buffer_append(bytes, seeds[n].data, seeds[n].size);
}

/* Walks the records as far as they can be skipped over and puts right hashes in. */
static void repair(slt_buffer *bytes)
{
    slt_pack_reader reader;
    slt_digest chain = {{0}};
    slt_pack_reader_init(&reader, bytes->data, bytes->size, "x");
    reader.at = bytes->size < START ? bytes->size : START;
    while (!reader.failed && reader.at < bytes->size) {
        if (slt_pack_read_array(&reader) != 3)
            return;
        size_t begin = reader.at;
        pack_skip(&reader);
        pack_skip(&reader);
        size_t end = reader.at;
        slt_pack_span hash = slt_pack_read_bin(&reader);
        if (reader.failed || hash.size != 16)
            return;
        chain = slt_digest_chain(chain, bytes->data + begin, end - begin);
        memcpy(bytes->data + (hash.bytes - bytes->data), chain.bytes, 16);
    }
}

static void check_hashes(const uint8_t *bytes, size_t size)
{
    slt_buffer copy = {0};
    slt_buffer_append(&copy, bytes, size);
    repair(&copy);
    FUZZ_REQUIRE(fuzz_same(&copy, bytes, size), "its hashes are wrong");
    slt_buffer_free(&copy);
}

static void check_records(const slt_trace *trace, const uint8_t *bytes, size_t size)
{
    size_t at = START, run_size;
    slt_error err = {0};
    const uint8_t *run = slt_trace_run(trace, &run_size);
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        FUZZ_REQUIRE(record->offset == at, "record %zu is not behind the last", i);
        FUZZ_REQUIRE(!slt_pack_validate(bytes + at, record->size, "record", &err), "%s",
                     err.text);
        at += record->size;
    }
    FUZZ_REQUIRE(at == size, "its records end at %zu of %zu", at, size);
    FUZZ_REQUIRE(!slt_pack_validate(run, run_size, "run", &err), "%s", err.text);
}

/* The reader of a header, and that of a beginning, which a killed run leaves. */
static void check_readers(const slt_trace *trace, const uint8_t *bytes, size_t size)
{
    slt_digest experiment = {{0}};
    slt_trace_writer writer;
    slt_error err = {0};
    size_t good = 0;
    const slt_digest own = slt_trace_experiment(trace);
    slt_status status = slt_trace_peek(fuzz_file(bytes, size), &experiment, &err);
    FUZZ_REQUIRE(!status && slt_digest_equal(experiment, own), "its header: %s",
                 status ? err.text : "another experiment");
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 1);
    const size_t cut = size > 12 ? 12 + (size - 12) / 2 : size;
    status = slt_trace_writer_resume(&writer, bytes, size, &good, &err);
    FUZZ_REQUIRE(!status && good == size && writer.records == slt_trace_records(trace) &&
                     slt_digest_equal(writer.hashes[writer.records - 1], last->hash),
                 "it is not continued whole: %s", err.text);
    slt_trace_writer_free(&writer);
    status = slt_trace_writer_resume(&writer, bytes, cut, &good, &err);
    size_t whole = 0;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        whole += record->offset + record->size <= cut;
    }
    FUZZ_REQUIRE(!status && good <= cut && writer.records == whole,
                 "cut at %zu: %zu records, %zu whole ones", cut, writer.records, whole);
    slt_trace_writer_free(&writer);
}

static void check_shown(const slt_trace *trace)
{
    char *text = NULL;
    slt_json *json = NULL;
    FUZZ_REQUIRE(!shown_trace(trace, "x", &text, NULL) && *text,
                 "it is not shown");
    free(text);
    FUZZ_REQUIRE(!slt_json_create(&json, NULL) &&
                     !slt_show_trace(trace, "x", json, NULL, NULL),
                 "it is not shown as JSON");
    FUZZ_REQUIRE(json_closes_valid(json), "shown as JSON it is none");
}

/* Of a trace read without being held to its run: of what form it is. */
static bool check_form(const uint8_t *bytes, size_t size, bool agrees)
{
    slt_trace *trace = NULL;
    slt_error err = {0};
    slt_status status = slt_trace_parse_form(bytes, size, "x", &trace, &err);
    FUZZ_REQUIRE(!agrees || !status, "it agrees with itself and has no form");
    if (status) {
        FUZZ_REFUSED(status, err, "x: ");
        return false;
    }
    check_hashes(bytes, size);
    check_records(trace, bytes, size);
    check_readers(trace, bytes, size);
    check_shown(trace);
    slt_trace_free(trace);
    return true;
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_trace *agreeing = NULL;
    slt_error err = {0};
    slt_status status = slt_trace_parse(bytes, size, "x", &agreeing, &err);
    if (status != SLT_OK && status != SLT_UNFIT) /* numerics revision */
        FUZZ_REFUSED(status, err, "x: ");
    const bool agrees = status == SLT_OK;
    slt_trace_free(agreeing);
    return fuzz_looks_closer() ? check_form(bytes, size, agrees) : agrees;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_trace *trace = NULL;
    char *text = NULL;
    slt_status status = slt_trace_parse(bytes, size, "x", &trace, NULL);
    if (status && status != SLT_RESOURCE)
        status = slt_trace_parse_form(bytes, size, "x", &trace, NULL);
    if (!status)
        status = shown_trace(trace, "x", &text, NULL);
    if (!status)
        slt_buffer_append(said, text, strlen(text));
    free(text);
    slt_trace_free(trace);
    return status;
}

static const fuzz_target fuzz_this = {.name = "trace",
                                      .mutants = 40000,
                                      .seeds = SAMPLE_KINDS,
                                      .begin = begin,
                                      .seed = seed,
                                      .repair = repair,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
