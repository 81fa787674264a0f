/* Texts made of the schema: the manifest of sltrace new and the manual page. */
#include "manifest_sample.h"
#include "tap.h"

#include <unistd.h>

#include "base/endian.h"
#include "base/io.h"

static slt_error err;

static void test_texts(void)
{
    char *text = NULL;
    slt_manifest *m = NULL;
    TAP_OK(slt_manifest_template("my/figure", &text, &err) == SLT_OK, "a new manifest");
    if (text &&
        !TAP_OK(slt_manifest_parse(text, strlen(text), "new.yaml", &m, &err) == SLT_OK,
                "parses"))
        tap_note("%s", err.text);
    if (m) {
        TAP_EQ_TEXT(slt_manifest_name(m), "my/figure", "under its name");
        TAP_EQ_U64(slt_manifest_runs(m), 2, "and has runs");
    }
    TAP_OK(text && strstr(text, "#momentum: 0\n") && strstr(text, "#nbeta: n/ln(n)\n"),
           "defaults are shown");
    TAP_OK(text && strstr(text, "|exponential|\n    # ball|file|"),
           "a word longer than a line is broken at its bars");
    size_t longest = 0;
    for (const char *line = text; line && *line; line += strspn(line, "\n")) {
        const size_t columns = strcspn(line, "\n");
        if (!strncmp(line + strspn(line, " "), "# ", 2) && columns > longest)
            longest = columns;
        line += columns;
    }
    TAP_OK(longest > 70 && longest <= 88, "comments are lines of at most 88: %zu",
           longest);
    slt_manifest_free(m);
    free(text);
    TAP_OK(slt_manifest_template("Bad Name", &text, &err) == SLT_USAGE, "a bad name");
    TAP_OK(slt_manifest_manual(&text, &err) == SLT_OK && strncmp(text, ".TH ", 4) == 0,
           "the manual page");
    TAP_OK(strstr(text, "run.train.optimizer.momentum: a number from 0 to below 1; with "
                        "kind=sgd; default 0\n"),
           "it tells a field");
    free(text);
}

#define KIND(kind, meaning) #kind,

/* Each kind, and the short one, is a manifest under its name. */
static void test_starts(void)
{
    const char *const kinds[] = {SLT_MANIFEST_KINDS(KIND) NULL};
    char *text = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *kind = kinds[i] ? kinds[i] : "the short one";
        slt_manifest *m = NULL;
        if (!TAP_OK(!slt_manifest_start(kinds[i], "my/figure", &text, &err) &&
                        !slt_manifest_parse(text, strlen(text), "new.yaml", &m, &err),
                    "%s parses", kind))
            tap_note("%s", err.text);
        TAP_EQ_TEXT(m ? slt_manifest_name(m) : "", "my/figure", "under its name");
        slt_manifest_free(m);
        free(text);
    }
    TAP_OK(slt_manifest_start("rnn", "my/figure", &text, &err) == SLT_USAGE && !text,
           "no such kind");
    TAP_OK(slt_manifest_start("mlp", "Bad Name", &text, &err) == SLT_USAGE && !text,
           "a bad name");
}

/* The file at `path` becomes one of that header. */
static void put_file(const char *path, const char *header, size_t behind)
{
    static uint8_t bytes[1024];
    memset(bytes, 0, sizeof bytes);
    slt_store_le64(bytes, strlen(header));
    memcpy(bytes + 8, header, strlen(header));
    if (slt_io_replace(path, bytes, 8 + strlen(header) + behind, &err))
        tap_bail(err.text);
}

/* One less than a name has room for. */
#define LETTERS "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij"

static void test_weights(void)
{
    char path[] = "/tmp/sltrace-template-XXXXXX";
    char *text = NULL;
    close(mkstemp(path));
    put_file(path,
             "{\"a.b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
             "\"a-b\":{\"dtype\":\"BF16\",\"shape\":[2,2,3],\"data_offsets\":[8,32]},"
             "\"0: a name that is so long that even the last"
             " part of it is too long for a weight\":{\"dtype\":\"F64\","
             "\"shape\":[1,1],\"data_offsets\":[32,40]},"
             "\"steps\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[40,48]},"
             "\"none\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[48,48]},"
             "\"one\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[48,56]}}",
             56);
    TAP_OK(!slt_manifest_weights(path, "m.safetensors", &text, &err),
           "weights of a file");
    TAP_OK(text &&
               strstr(text, "# The weights of a safetensors file, 3 with 15 numbers."),
           "how many");
    TAP_OK(text &&
               strstr(text, "      a.b:\n        shape: [2]\n        init: {kind: file, "
                            "file: m.safetensors, sha256: "),
           "one of one axis");
    TAP_OK(text && strstr(text, ", tensor: a.b}\n      a_b:\n        shape: [2, 2, 3]\n"),
           "one of three, with another name");
    TAP_OK(text && strstr(text, "      _so_long_that_even_the_last_part_of_it_"
                                "is_too_long_for_a_weight:\n"),
           "the end of a long name");
    TAP_OK(text && strstr(text, "      # not a weight, of type I64: steps\n") &&
               strstr(text, "      # not a weight, of type F64: none\n") &&
               strstr(text, "      # not a weight, of type F64: one\n"),
           "what is no weight");
    free(text);
    put_file(path,
             "{\"a_b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
             "\"a-b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
             "\".c\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]},"
             "\"9\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]},"
             "\"-d\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[32,40]},"
             "\"e\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[40,48]},"
             "\"----------7" LETTERS "\":{\"dtype\":\"F32\",\"shape\":[2],"
             "\"data_offsets\":[48,56]}}",
             56);
    TAP_OK(!slt_manifest_weights(path, "m.safetensors", &text, &err) &&
               strstr(text, "      a_b:\n") && strstr(text, ", tensor: a_b}\n") &&
               strstr(text, "tensor: a_b}\n      a_b_1:\n"),
           "of two that would be one the second has its number");
    TAP_OK(text && strstr(text, "      _.c:\n") && strstr(text, "      _9:\n") &&
               strstr(text, "      _d:\n"),
           "what no name begins with has _ before it or in its place");
    TAP_OK(text && strstr(text, "      _" LETTERS ":\n"),
           "in its place too where the rest has no room for more");
    TAP_OK(text && strstr(text, "      # not a weight, of type F8_E4M3: e\n"),
           "numbers of a type that is not read");
    free(text);
    put_file(path, "{", 0);
    TAP_OK(slt_manifest_weights(path, "m", &text, &err) == SLT_FORMAT && !text, "%s",
           err.text);
    unlink(path);
    TAP_OK(slt_manifest_weights(path, "m", &text, &err) == SLT_FILE && !text, "%s",
           err.text);
}

int main(void)
{
    test_texts();
    test_starts();
    test_weights();
    return tap_done();
}
