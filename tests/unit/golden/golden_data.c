/* Figure data beside a golden: read with their hash checked. */
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/golden.h>

static char folder[] = "/tmp/sltrace-golden-data-XXXXXX";

static void write_data(const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/data.csv", folder);
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        tap_bail("cannot write the data");
}

int main(void)
{
    char path[256], *csv = NULL;
    size_t size = 0;
    slt_error err = {.status = SLT_OK};
    if (!mkdtemp(folder))
        tap_bail("mkdtemp");
    snprintf(path, sizeof path, "%s/some.golden", folder);
    /* SHA-256 of "abc" (FIPS 180-2, appendix B.1). */
    slt_golden golden = {
        .path = path,
        .data = "data.csv",
        .data_sha256 =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_FILE &&
               strstr(err.text, "data.csv"),
           "missing data are named: %s", err.text);
    write_data("abc");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_OK && size == 3, "read");
    TAP_EQ_TEXT(csv, "abc", "the bytes, with a NUL");
    free(csv);
    write_data("abd");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_DIFFERS &&
               strstr(err.text, "expected SHA-256 ba7816bf"),
           "other data: %s", err.text);
    golden.data = NULL;
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_FORMAT, "no data named");
    snprintf(path, sizeof path, "%s/data.csv", folder);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
