/* audit: estimates_rows.c and estimates_csv.c: sets of rows, no text that is read amiss,
 * an end before all is judged. */
#include "golden_sample.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/page.h>

#include "audit/audit.h"
#include "audit/estimates_rows.h"
#include "base/io.h"

static slt_error err;

/* Rows come back as they were added, sources by their first appearance. */
static void sets(void)
{
    slt_rows rows = {0};
    size_t wrong = 0, source;
    char name[24];
    for (uint64_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "s%u", (unsigned)(i * 7919 % 977));
        wrong += slt_rows_source(&rows, name, &source, &err) != SLT_OK ||
                 strcmp(rows.sources[source], name) != 0;
        const slt_row row = {.line = i + 2, .run = i / 977, .source = source};
        wrong += slt_rows_add(&rows, &row, "x", &err) != SLT_OK;
    }
    TAP_OK(wrong == 0 && rows.count == 5000 && rows.source_count == 977,
           "5000 rows of 977 sources");
    for (size_t i = 0; i < rows.count; i++)
        wrong += rows.rows[i].line != i + 2;
    TAP_EQ_U64(wrong, 0, "in their order");
    for (size_t i = 0; i < rows.count; i += 13) {
        slt_row again = rows.rows[i];
        again.line = 9000;
        wrong += slt_rows_add(&rows, &again, "x", &err) != SLT_FORMAT;
    }
    TAP_OK(wrong == 0 && rows.count == 5000, "none is taken twice");
    TAP_EQ_TEXT(err.text, "x:9000: run 5 of this source stands in line 4994 already",
                "and the first is named");
    slt_rows_free(&rows);
}

static const char sample[] = "run,source,llc,mcse\n"
                             "0,\"a \"\"b\"\"\",1.5,\n"
                             "12, c ,-2e-3,0.25\n";

static void values(void)
{
    slt_rows rows;
    TAP_EQ_U64(slt_rows_parse(sample, strlen(sample), "x", NULL, &rows, &err), SLT_OK,
               "a sample");
    TAP_OK(rows.count == 2 && rows.rows[1].run == 12 && rows.rows[1].line == 3 &&
               slt_real_double(rows.rows[0].llc) == 1.5 &&
               slt_real_double(rows.rows[1].llc) == -2e-3 &&
               slt_real_double(rows.rows[1].mcse) == .25 &&
               !slt_real_finite(rows.rows[0].mcse),
           "its numbers");
    TAP_EQ_TEXT(rows.sources[0], "a \"b\"", "a quoted source");
    TAP_EQ_TEXT(rows.sources[1], "c", "one between blanks");
    slt_rows_free(&rows);
}

/* Cut anywhere or with bytes changed it is refused with a place, or read whole. */
static void mutations(void)
{
    size_t wrong = 0, read = 0;
    uint64_t seed = 1;
    char text[sizeof sample];
    slt_rows rows;
    for (size_t size = 0; size < sizeof sample - 1; size++)
        if (slt_rows_parse(sample, size, "x", NULL, &rows, &err) == SLT_OK) {
            wrong += size < strlen("run,source,llc,mcse\n0,\"a \"\"b\"\"\",1,");
            slt_rows_free(&rows);
        }
    TAP_EQ_U64(wrong, 0, "a part of a row is none");
    for (int i = 0; i < 20000; i++) {
        static const char alphabet[] = "\"\r\n, \t0a-.\xef\xbb\xbf";
        memcpy(text, sample, sizeof sample);
        for (int change = 0; change < 3; change++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            text[(seed >> 33) % (sizeof sample - 1)] =
                alphabet[(seed >> 20) % (sizeof alphabet)];
        }
        slt_status status =
            slt_rows_parse(text, sizeof sample - 1, "x", NULL, &rows, &err);
        wrong += status != SLT_OK && (status != SLT_FORMAT || strncmp(err.text, "x:", 2));
        read += status == SLT_OK;
        if (!status)
            slt_rows_free(&rows);
    }
    TAP_OK(wrong == 0 && read > 100, "of 20000 changed ones %zu are read", read);
}

/* What is not known never passes for agreement, nor hides a difference. */
static void agreements(void)
{
    const slt_real zero = {0}, one = slt_real_of(1), none = slt_real_of(0. / 0.);
    slt_real apart;
    TAP_OK(slt_agreement_of(zero, none, one, one, &apart) == SLT_AGREE_UNKNOWN &&
               slt_agreement_of(zero, one, one, none, &apart) == SLT_AGREE_UNKNOWN &&
               slt_agreement_of(zero, zero, one, zero, &apart) == SLT_AGREE_UNKNOWN &&
               !slt_real_finite(apart),
           "without both errors, or with none, two numbers are not known to agree");
    TAP_OK(slt_agreement_of(zero, none, zero, none, &apart) == SLT_AGREE_IDENTICAL,
           "but equal bits are identical");
    static const slt_agreement order[] = {SLT_AGREE_IDENTICAL, SLT_AGREE_WITHIN,
                                          SLT_AGREE_UNKNOWN, SLT_AGREE_NOT};
    size_t wrong = 0;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            wrong += slt_agreement_worse(order[i], order[j]) != order[i > j ? i : j];
    TAP_EQ_U64(wrong, 0, "identical, within, not known, different: each is worse");
    TAP_OK(slt_agreement_state(SLT_AGREE_UNKNOWN) == SLT_AUDIT_WARNED &&
               slt_agreement_state(SLT_AGREE_NOT) == SLT_AUDIT_FAILED,
           "a statement warns of what is not known");
}

/* Whoever is to stop says nothing of what was not judged. */
static void stopped(void)
{
    char path[] = "/tmp/slt-estimates-XXXXXX", *text = NULL, *said = NULL;
    size_t size;
    int fd = mkstemp(path);
    slt_golden *golden = golden_sample();
    for (int cancel = 0; cancel < 2; cancel++) {
        const atomic_int flag = cancel;
        FILE *out = open_memstream(&said, &size);
        slt_audit_text lines = {.out = out};
        const slt_audit_page page = slt_audit_text_page(&lines);
        slt_audit_options options = {
            .pages = &page, .page_count = 1, .jobs = 1, .cancel = &flag};
        slt_audit_estimates_options more = {0};
        if (fd < 0 || slt_golden_write(golden, &text, &size, &err) ||
            slt_io_replace(path, text, size, &err))
            tap_bail(err.text);
        slt_status status = slt_audit_estimates(path, path, &more, &options, &err);
        fclose(out);
        TAP_OK(cancel ? status == SLT_INTERRUPTED : status != SLT_INTERRUPTED, "%s: %s",
               cancel ? "stopped" : "not stopped", err.text);
        TAP_OK(!cancel == !!strstr(said, " estimates: "), "the sum of all verdicts");
        free(text);
        free(said);
    }
    close(fd);
    unlink(path);
    slt_golden_free(golden);
}

int main(void)
{
    stopped();
    agreements();
    sets();
    values();
    mutations();
    return tap_done();
}
