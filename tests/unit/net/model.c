/* Weights of a model: look-up, ties, counts, and everything slt_model_check refuses. */
#include "net/model.h"

#include "tap.h"

static slt_model_spec model; /* large: not on the stack */

static slt_weight_spec *add(const char *name, size_t rows, size_t cols, const char *tied)
{
    slt_weight_spec *weight = &model.weights[model.weight_count++];
    *weight =
        (slt_weight_spec){.rows = rows, .cols = cols, .dimensions = 2, .trainable = true};
    snprintf(weight->name, sizeof weight->name, "%s", name);
    snprintf(weight->tied, sizeof weight->tied, "%s", tied);
    return weight;
}

static void begin(void)
{
    memset(&model, 0, sizeof model);
    add("A", 3, 4, "");
    add("b", 1, 5, "")->trainable = false;
    add("C", 3, 4, "A");
    add("D", 3, 4, "C");
}

static void test_look_up(void)
{
    begin();
    TAP_EQ_U64(slt_model_weight(&model, "b"), 1, "b is weight 1");
    TAP_EQ_U64(slt_model_weight(&model, "E"), 4, "an unknown name gives the count");
    TAP_EQ_U64(slt_model_owner(&model, 0), 0, "A owns itself");
    TAP_EQ_U64(slt_model_owner(&model, 3), 0, "D is tied to C, tied to A");
    TAP_EQ_U64(slt_model_parameters(&model), 12, "tied once, frozen not counted");
    TAP_OK(slt_model_check(&model, NULL) == SLT_OK, "the model is right");
}

static void refused(const char *words)
{
    slt_error err = {0};
    slt_status status = slt_model_check(&model, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

static void test_names(void)
{
    begin();
    add("", 1, 1, "");
    refused("weight 4: expected a name");
    begin();
    add("1W", 1, 1, "");
    refused("weight 4: expected a name");
    begin();
    memset(add("", 1, 1, "")->name, 'w', SLT_NAME_MAX);
    refused("weight 4: expected a name");
    begin();
    add("b", 1, 1, "");
    refused("weight b: the name is taken");
    TAP_OK(slt_name_valid("_W1a"), "_W1a is a name");
    TAP_OK(slt_name_valid("blocks.0.attn.W_Q"), "so is one with dots");
    TAP_OK(!slt_name_valid("W-1") && !slt_name_valid(".W"), "W-1 is none, nor is .W");
}

static void test_shapes(void)
{
    begin();
    add("E", 0, 4, "");
    refused("weight E: expected sizes of at least 1, found [0, 4]");
    begin();
    add("E", SIZE_MAX / 2, 3, "");
    refused("weight E: expected at most");
    begin();
    add("E", 1 << 14, (1 << 14) + 1, "");
    refused("weight E: expected at most");
    begin();
    add("E", 1 << 14, 1 << 14, "");
    TAP_OK(slt_model_check(&model, NULL) == SLT_OK, "exactly the most is allowed");
    model.weight_count = SLT_WEIGHTS_MAX + 1;
    refused("expected at most 1024 weights, found 1025");
}

static void test_ties(void)
{
    begin();
    add("E", 3, 4, "F");
    refused("weight E: tied to F: expected the name of an earlier weight");
    begin();
    add("E", 3, 4, "E");
    refused("weight E: tied to E: expected the name of an earlier weight");
    begin();
    add("E", 4, 3, "D");
    refused("tied to D: expected its shape [3, 4], found [4, 3]");
    begin();
    add("E", 3, 4, "A")->trainable = false;
    refused("weight E: tied to A: expected trainable: true");
}

int main(void)
{
    test_look_up();
    test_names();
    test_shapes();
    test_ties();
    return tap_done();
}
