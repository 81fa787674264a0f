#include "shown_sample.h"
#include "golden_sample.h"
#include "json_check.h"
#include "trace_sample.h"

#include "codec/json.h"
#include "report/show.h"

static const char *json_of(const char *bytes, size_t size)
{
    static slt_json out;
    slt_json_clear(&out);
    slt_json_bytes(&out, bytes, size);
    return slt_buffer_text(&out.text);
}

static void test_json(void)
{
    slt_json out = {0};
    TAP_EQ_TEXT(json_of("a\"\\\n", 4), "\"a\\\"\\\\\\n\"", "escapes");
    TAP_EQ_TEXT(json_of("\0\x1b\x7f", 3), "\"\\u0000\\u001b\\u007f\"", "controls");
    TAP_EQ_TEXT(json_of("\xc3\xa4\xc2\x9b", 4), "\"\xc3\xa4\\u009b\"", "UTF-8 and C1");
    TAP_EQ_TEXT(json_of("\xff\xe2\x82", 3), "\"\\ufffd\\ufffd\\ufffd\"", "no UTF-8");
    slt_json_open(&out, '{');
    slt_json_key_text(&out, "a", "[");
    slt_json_key_real(&out, "b", slt_real_of(-0.5));
    slt_json_key_real(&out, "c", (slt_real){0x7ff0000000000000});
    slt_json_key(&out, "d");
    slt_json_open(&out, '[');
    slt_json_uint(&out, UINT64_MAX);
    slt_json_uint(&out, (UINT64_C(1) << 53) - 1);
    slt_json_uint(&out, UINT64_C(1) << 53);
    slt_json_negative(&out, (UINT64_C(1) << 53) - 1);
    slt_json_negative(&out, UINT64_C(1) << 53);
    slt_json_open(&out, '{');
    slt_json_close(&out, '}');
    slt_json_bool(&out, true);
    slt_json_null(&out);
    slt_json_close(&out, ']');
    slt_json_close(&out, '}');
    TAP_EQ_TEXT(slt_buffer_text(&out.text),
                "{\"a\":\"[\",\"b\":-0.5,\"c\":null,\"d\":"
                "[\"18446744073709551615\",9007199254740991,\"9007199254740992\","
                "-9007199254740991,\"-9007199254740992\",{},true,null]}",
                "an object");
    slt_buffer_clear(&out.text);
    out = (slt_json){.text = out.text, .lines = true};
    slt_json_begin(&out, "a/1");
    slt_json_key_open(&out, "b", '[');
    slt_json_int(&out, 5);
    slt_json_int(&out, -1);
    slt_json_int(&out, INT64_MIN);
    slt_json_close(&out, ']');
    slt_json_key_open(&out, "c", '{');
    slt_json_key_text(&out, "d", NULL);
    slt_json_key_null(&out, "e");
    TAP_OK(slt_json_depth(&out) == 2, "two brackets are open");
    slt_json_close(&out, '}');
    slt_json_key_open(&out, "f", '{');
    slt_json_close(&out, '}');
    slt_json_close(&out, '}');
    TAP_EQ_TEXT(slt_buffer_text(&out.text),
                "{\n  \"schema\": \"a/1\",\n  \"b\": [5, -1, \"-9223372036854775808\"],\n"
                "  \"c\": {\"d\": null, \"e\": null},\n  \"f\": {}\n}",
                "a document in lines");
    slt_buffer_free(&out.text);
}

/* A run of the form that manifests have. */
static void make_run(slt_buffer *run)
{
    slt_pack_map(run, 4);
    slt_pack_text(run, "arithmetic");
    slt_pack_text(run, "f32");
    slt_pack_text(run, "note");
    slt_pack_text(run, "a: b\x1b[2J");
    slt_pack_text(run, "data");
    slt_pack_map(run, 2);
    slt_pack_text(run, "x");
    slt_pack_real(run, slt_real_of(0.42));
    slt_pack_text(run, "shape");
    slt_pack_array(run, 2);
    slt_pack_uint(run, 3);
    slt_pack_int(run, -4);
    slt_pack_text(run, "model");
    slt_pack_map(run, 2);
    slt_pack_text(run, "weights");
    slt_pack_map(run, 1);
    slt_pack_text(run, "W1");
    slt_pack_map(run, 1);
    slt_pack_text(run, "init");
    slt_pack_map(run, 0);
    slt_pack_text(run, "ops");
    slt_pack_array(run, 2);
    slt_pack_map(run, 1);
    slt_pack_text(run, "bias");
    slt_pack_bool(run, true);
    slt_pack_nil(run);
}

static void test_packed(void)
{
    slt_buffer run = {0}, out = {0};
    make_run(&run);
    slt_show_packed_yaml(run.data, run.size, 2, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out),
                "  arithmetic: f32\n"
                "  note: \"a: b\\u001b[2J\"\n"
                "  data: {x: 0.42, shape: [3, -4]}\n"
                "  model:\n"
                "    weights:\n"
                "      W1: {init: {}}\n"
                "    ops:\n"
                "      - {bias: true}\n"
                "      - null\n",
                "as YAML");
    slt_json shown = {0};
    slt_show_packed_json(run.data, run.size, &shown);
    TAP_EQ_TEXT(
        slt_buffer_text(&shown.text),
        "{\"arithmetic\":\"f32\",\"note\":\"a: b\\u001b[2J\",\"data\":{\"x\":0.42,"
        "\"shape\":[3,-4]},\"model\":{\"weights\":{\"W1\":{\"init\":{}}},"
        "\"ops\":[{\"bias\":true},null]}}",
        "as JSON");
    slt_buffer_free(&shown.text);
    slt_buffer_free(&run);
    slt_buffer_free(&out);
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text != '\n' && (*text < ' ' || *text > '~'))
            return false;
    return true;
}

static void test_trace(void)
{
    sample s = {0};
    slt_trace *trace = NULL;
    slt_error err = {0};
    char *text = NULL, *json = NULL;
    sample_whole(&s);
    slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, &err);
    slt_status status = shown_trace(trace, "a\x1b.trace", &text, &err);
    TAP_OK(status == SLT_OK && is_printable(text), "no control character is shown");
    TAP_OK(strncmp(text, "trace \"a\\u001b.trace\"\nsha256 ", 29) == 0, "its name");
    TAP_OK(strstr(text, "\nfunctions logf:0123456789abcdef sincospif:fedcba9876543210\n"),
           "functions");
    TAP_OK(strstr(text, "\nrun:\n  arithmetic: f32\n  seed: 7\nrecords:\n") != NULL,
           "run");
    TAP_OK(strstr(text, "  checkpoint  step 300  loss 0.25  W1:") != NULL,
           "a checkpoint");
    TAP_OK(strstr(text, "  state of 36 bytes\n") != NULL, "its state");
    TAP_OK(strstr(text,
                  "  chain  llc 0  chain 0  at step 300  done  2 draws  nbeta 10.5  "
                  "init_loss 0.25  mean_loss 0.3125  llc 0.65625  acceptance "
                  "0.875\n") != NULL,
           "a chain");
    TAP_OK(strstr(text, "  table  llc/mean 1.5  llc/std nan\n") != NULL, "the table");
    TAP_OK(strstr(text, "  end  done  step 300\n") != NULL, "the end");
    slt_json *document;
    slt_json_create(&document, &err);
    TAP_OK(slt_show_trace(trace, "a\x1b.trace", document, NULL, &err) == SLT_OK,
           "as JSON");
    json = json_document(document);
    TAP_OK(json_is_valid(json), "it is valid");
    TAP_OK(strstr(json, "\"losses\":[0.25,0.375]") != NULL, "with the losses");
    TAP_OK(strstr(json, "\"llc/std\":null") != NULL, "and nil as null");
    TAP_OK(strstr(json, "\"bytes\":12}") && !strstr(json, "\"data\""), "no state");
    free(text);
    free(json);
    slt_trace_free(trace);
    sample_free(&s);
}

static void test_golden(void)
{
    slt_golden *golden = golden_sample();
    slt_error err = {0};
    char *text = NULL, *json = NULL;
    size_t size;
    slt_golden_write(golden, &text, &size, &err);
    free(text);
    TAP_OK(slt_show_golden(golden, NULL, NULL, &text, &err) == SLT_OK, "a golden");
    TAP_OK(strstr(text, "\n  0  rank=1  optimizer=adam  done  ") != NULL, "a run");
    TAP_OK(strstr(text, "  1000 records  llc/mean ") != NULL, "its length and results");
    TAP_OK(strstr(text,
                  "\n  a2  within its tolerance  value -0.4207  expect -0.429  "
                  "tolerance 0.02\n"),
           "a claim's verdict is computed");
    free(text);
    free(golden->claims[0].value);
    golden->claims[0].value = strdup("-0.4507");
    slt_show_golden(golden, NULL, NULL, &text, &err);
    TAP_OK(strstr(text, "\n  a2  outside its tolerance  value -0.4507") != NULL,
           "and flips");
    slt_json *document;
    slt_json_create(&document, &err);
    slt_status status = slt_show_golden(golden, NULL, document, NULL, &err);
    json = json_document(document);
    TAP_OK(status == SLT_OK && json_is_valid(json), "as JSON");
    TAP_OK(strstr(json, "\"trail\":[[0,\"00000000\"],[1,\"9e3779b9\"]") != NULL, "trail");
    TAP_OK(strstr(json, "\"reproduced\":false") != NULL, "verdict");
    free(text);
    free(json);
    slt_golden_free(golden);
}

int main(void)
{
    test_json();
    test_packed();
    test_trace();
    test_golden();
    return tap_done();
}
