/* Sets of tensors: storage shared by tied weights, copies, views after a write. */
#include "nets.h"

static slt_model_spec model;

static void begin(void)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "A", 3, 4);
    nets_weight(&model, "b", 1, 5)->trainable = false;
    nets_tied(&model, "C", "A");
    nets_tied(&model, "D", "C");
    nets_tied(&model, "e", "b");
}

static void test_create(void)
{
    slt_params params;
    TAP_OK(slt_params_create(&model, SLT_F32, &params, NULL) == SLT_OK, "created");
    TAP_EQ_U64(params.count, 5, "a tensor for each weight");
    TAP_OK(params.owned[0] && params.owned[1] && !params.owned[2] && !params.owned[3] &&
               !params.owned[4],
           "tied ones own nothing");
    TAP_OK(params.tensor[2].data == params.tensor[0].data &&
               params.tensor[3].data == params.tensor[0].data,
           "ties end at the first owner's storage");
    TAP_OK(params.owner[3] == 0 && params.owner[4] == 1 && params.owner[1] == 1,
           "the owners are told");
    TAP_OK(params.trainable[3] && !params.trainable[1] && !params.trainable[4],
           "trainable like the owner");
    double sum = 0;
    for (size_t i = 0; i < 12; i++)
        sum += slt_real_double(slt_tensor_get(&params.tensor[0], i)) != 0;
    TAP_OK(sum == 0, "all zero");
    slt_params_free(&params);
    TAP_OK(params.count == 0, "nothing left after free");
}

static void test_copy(void)
{
    slt_params from = nets_params(&model, SLT_F64), to;
    slt_params_create(&model, SLT_F64, &to, NULL);
    slt_params_copy(&to, &from);
    TAP_OK(nets_same_params(&to, &from), "a copy has the same numbers");
    TAP_OK(to.tensor[0].data != from.tensor[0].data, "in storage of its own");
    TAP_OK(to.tensor[2].data == to.tensor[0].data, "and keeps its own ties");
    slt_params_free(&from);
    slt_params_free(&to);
}

static void test_share(void)
{
    slt_params params;
    slt_params_create(&model, SLT_F64, &params, NULL);
    params.tensor[0].frac = 7;
    params.tensor[0].overflow = true;
    slt_params_share(&params);
    TAP_OK(params.tensor[3].frac == 7 && params.tensor[3].overflow,
           "views follow their owner's format");
    slt_params_free(&params);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    begin();
    test_create();
    test_copy();
    test_share();
    return tap_done();
}
