/* Cellular automata: all sites of all strings, against rules written out by hand. */
#include <stdio.h>

#include "data/data.h"
#include "manifest/manifest.h"
#include "nets.h"

/* The data of a manifest with these fields. */
static slt_status make(const char *fields, slt_arithmetic arithmetic, slt_data *data,
                       slt_error *err)
{
    char text[1024];
    slt_manifest *manifest = NULL;
    slt_run_spec run;
    int size = snprintf(text, sizeof text,
                        "sltrace: 1\nname: test/automaton\nrun:\n  arithmetic: f64\n"
                        "  seed: 1\n  data: {kind: automaton, %s}\n  model:\n"
                        "    weights:\n      W: {shape: [1, inputs]}\n    ops:\n"
                        "      - {op: linear, in: x, weight: W, out: y}\n"
                        "    loss: {op: mse, in: y}\n",
                        fields);
    slt_status status = slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, err);
    if (!status)
        status = slt_manifest_run(manifest, 0, &run, err);
    if (!status)
        status =
            slt_data_make(&run.data, "", arithmetic, (slt_seed){.key = 1}, data, err);
    slt_manifest_free(manifest);
    return status;
}

static int value(const slt_tensor *tensor, size_t row, size_t col)
{
    return (int)slt_real_double(slt_tensor_get(tensor, row * tensor->cols + col));
}

/* The strings and what becomes of them stand as + and -, sites of a string side by side.
 */
static void expect_rows(const slt_batch *batch, size_t row, const char *string,
                        const char *made)
{
    size_t wrong = 0, length = strlen(string);
    for (size_t site = 0; site < length; site++, row++) {
        for (size_t j = 0; j < batch->input[0].cols; j++)
            wrong += value(&batch->input[0], row, j) != (j >= length        ? 0
                                                         : string[j] == '+' ? 1
                                                                            : -1);
        wrong += ((const int32_t *)batch->input[1].data)[row] != (int32_t)site;
        wrong += value(&batch->target, row, 0) != (made[site] == '+' ? 1 : -1);
    }
    TAP_OK(wrong == 0, "%s becomes %s", string, made);
}

static void test_open(slt_arithmetic arithmetic)
{
    slt_data data;
    slt_error err = {0};
    TAP_OK(!make("rule: 30, length: 3", arithmetic, &data, &err), "rule 30 in %s %s",
           slt_arithmetic_name(arithmetic), err.text);
    TAP_OK(data.train.rows == 24 && data.train.inputs == 2 &&
               !strcmp(data.train.input_name[0], "x") &&
               !strcmp(data.train.input_name[1], "site") &&
               data.train.input_range[1] == 3 && data.train.target.cols == 1 &&
               !data.validation.rows,
           "24 samples, x and site, nothing for validation");
    static const char *const strings[8] = {"---", "--+", "-+-", "-++",
                                           "+--", "+-+", "++-", "+++"};
    static const char *const made[8] = {"---", "-++", "+++", "++-",
                                        "++-", "+-+", "+-+", "+--"};
    for (size_t i = 0; i < 8; i++)
        expect_rows(&data.train, 3 * i, strings[i], made[i]);
    slt_data_free(&data);
}

static void test_closed(void)
{
    slt_data data;
    slt_error err = {0};
    TAP_OK(
        !make("rule: 30, applications: 2, length: 4, ends: closed", SLT_F64, &data, &err),
        "rings %s", err.text);
    expect_rows(&data.train, 4, "---+", "--+-"); /* by way of +-++ */
    expect_rows(&data.train, 4 * 15, "++++", "----");
    slt_data_free(&data);
    TAP_OK(!make("rule: 30, applications: 2, length: 4", SLT_F64, &data, &err),
           "the same, open %s", err.text);
    expect_rows(&data.train, 4, "---+", "-++-"); /* by way of --++ */
    slt_data_free(&data);
    TAP_OK(!make("rule: 170, length: 1, ends: closed", SLT_F64, &data, &err),
           "a ring of one site is its own neighbour %s", err.text);
    expect_rows(&data.train, 0, "-", "-");
    expect_rows(&data.train, 1, "+", "+");
    slt_data_free(&data);
}

static void test_lengths(void)
{
    slt_data data;
    slt_error err = {0};
    TAP_OK(!make("rule: 30, length: [2, 3], weights: [2, 1]", SLT_F64, &data, &err),
           "strings of two lengths %s", err.text);
    TAP_OK(data.train.rows == 2 * 8 + 24 && data.train.input[0].cols == 3 &&
               data.train.input_range[1] == 3,
           "as often as their weights say");
    static const char *const strings[4] = {"--", "-+", "+-", "++"};
    static const char *const made[4] = {"--", "++", "++", "+-"};
    for (size_t i = 0; i < 8; i++)
        expect_rows(&data.train, 2 * i, strings[i % 4], made[i % 4]);
    expect_rows(&data.train, 16 + 3, "--+", "-++");
    slt_data_free(&data);
    TAP_OK(!make("rule: 30, length: [4]", SLT_F64, &data, &err) && data.train.rows == 64,
           "a list of one is that one");
    slt_data_free(&data);
}

static void test_validation(void)
{
    slt_data data;
    slt_error err = {0};
    TAP_OK(!make("rule: 30, length: 2, test: {lengths: [3, 1], weights: [1, 2]}", SLT_F32,
                 &data, &err),
           "with validation %s", err.text);
    TAP_OK(data.train.rows == 8 && data.validation.rows == 24 + 2 * 2 &&
               data.train.input[0].cols == 3 && data.validation.input[0].cols == 3,
           "x has the longest string's width");
    expect_rows(&data.train, 2, "-+", "++");
    expect_rows(&data.validation, 3, "--+", "-++");
    expect_rows(&data.validation, 25, "+", "+");
    expect_rows(&data.validation, 27, "+", "+");
    slt_data_free(&data);
}

static void refused(const char *fields, const char *words)
{
    slt_data data;
    slt_error err = {0};
    slt_status status = make(fields, SLT_F64, &data, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        test_open(a);
    test_closed();
    test_lengths();
    test_validation();
    refused("rule: 256, length: 3", "m.yaml:6:33: run.data.rule");
    refused("rule: 30, length: 20",
            "run.data.length: expected a whole number from 1 to 19");
    refused("rule: 30, length: 3, test: {lengths: [4, 5], weights: [1]}",
            "run.data.test: one of weights for each of lengths, 2; found 1");
    refused("rule: 30, length: [3, 4], weights: [1]",
            "run.data.weights: one of weights for each of lengths, 2; found 1");
    refused("rule: 30, length: [3, 20]", "expected a whole number from 1 to 19");
    refused("rule: 30, length: [19, 19]",
            "data: expected at most 16777216 samples, found 19922944");
    refused("rule: 30, length: 3, test: {lengths: [19, 19]}",
            "data.test: expected at most 16777216 samples, found 19922944");
    refused("rule: 30, length: 16, test: {lengths: [19, 18]}",
            "data: test samples x length: expected at most 268435456 numbers");
    return tap_done();
}
