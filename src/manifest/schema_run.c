/* The schema of `run`, which decides the bits.  Order and defaults are frozen within a
 * numerics revision: a new field goes to the end of its map, with a default that has the
 * meaning of manifests without it. */
#include "manifest/schema.h"

#include "learn/metric.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "learn/tally.h"
#include "manifest/schema_rows.h"
#include "net/init.h"
#include "net/net.h"
#include "net/plant.h"

_Static_assert(SLT_F32 == 0 && SLT_F64 == 1 && SLT_FIXED == 2, "words of arithmetic");
_Static_assert(SLT_BATCH_FULL == 0 && SLT_BATCH_FRESH == 1 && SLT_BATCH_EPOCHS == 2 &&
                   SLT_BATCH_REPLACEMENT == 3 && SLT_BATCH_STREAM == 4,
               "words of batch");
_Static_assert(SLT_STATE_NONE == 0 && SLT_STATE_LAST == 1 && SLT_STATE_ALL == 2,
               "words of state");
_Static_assert(SLT_INIT_LOSS_FULL == 0 && SLT_INIT_LOSS_BATCHES == 1,
               "words of init_loss");
_Static_assert(SLT_NBETA_SAMPLES == 1 && SLT_NBETA_BATCH == 2, "words of nbeta");
_Static_assert(SLT_LLC_AT_LAST == 1 && SLT_LLC_AT_CHECKPOINTS == 2, "words of at");
_Static_assert(SLT_STORE_LOSSES_ALL == 0 && SLT_STORE_LOSSES_LAST == 1 &&
                   SLT_STORE_LOSSES_NONE == 2,
               "words of store_losses");
_Static_assert(offsetof(slt_mark_spec, name) == 0, "a mark's key fills its name");
_Static_assert(offsetof(slt_metric_spec, name) == 0, "a metric's key fills its name");
_Static_assert(offsetof(slt_tally_spec, name) == 0, "a tally's key fills its name");
_Static_assert(SLT_TRIALS_BOTH == 0 && SLT_TRIALS_DATA == 1 && SLT_TRIALS_INIT == 2,
               "words of over");
_Static_assert(SAMPLES_MAX == SLT_SAMPLES_MAX, "the data's own limit");
_Static_assert(offsetof(slt_weight_spec, name) == 0, "a weight's key fills its name");
_Static_assert(offsetof(slt_data_spec, name) == 0, "the key of other data, theirs");
_Static_assert(SLT_LOSS_ON_TRAIN == 0 && SLT_LOSS_ON_VALIDATION == 1, "words of loss_on");

/* ---- data ------------------------------------------------------------------------- */

static const slt_schema size_item = {.type = SLT_SCHEMA_INT, ITEM(size_t), .least = 1,
                                     .most = WIDTH_MAX};

static const slt_schema data_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_data_spec, kind),
     .word_of = slt_data_name, .meaning_of = slt_data_meaning, .sample = ""},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_data_fields},
    {.key = "shape", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_data_spec, shape),
     COUNT(slt_data_spec, shape_axes), ONE(size_item), .least = 1,
     .most = SLT_WEIGHT_AXES_MAX, .optional = true, .also = "x_shape|axes|positions",
     .meaning = "axes of x, row-major: [T, C], T positions with C channels each, or "
                "[H, W, C], ...; absent: no positions"},
    {.key = "target_shape", .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_data_spec, target_shape), COUNT(slt_data_spec, target_axes),
     ONE(size_item), .least = 1, .most = SLT_WEIGHT_AXES_MAX, .optional = true,
     .also = "y_shape", .meaning = "the same of the target"},
};

static const slt_schema other_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_data_spec),
                                      FIELDS(data_fields), .told = true};

/* ---- model ------------------------------------------------------------------------ */

static const slt_schema init_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_init_spec, kind),
     .word_of = slt_init_name, .meaning_of = slt_init_meaning},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_init_fields},
};

/* `inputs` fills 0, which rules.c replaces. */
static const slt_schema shape_forms[] = {
    {.type = SLT_SCHEMA_WORD, ITEM(size_t), WORDS("inputs")},
    {.type = SLT_SCHEMA_INT, ITEM(size_t), .least = 1, .most = WIDTH_MAX},
};

static const slt_schema shape_item = {.type = SLT_SCHEMA_EITHER, ITEM(size_t),
                                      FIELDS(shape_forms)};

static const slt_schema weight_fields[] = {
    {.key = "shape", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_weight_spec, axis),
     COUNT(slt_weight_spec, dimensions), ONE(shape_item), .least = 1,
     .most = SLT_WEIGHT_AXES_MAX, .optional = true, .also = "size|dims",
     .meaning = "[n], one row, [rows, cols], or up to four axes, kept as the first by "
                "all others; required unless tied; at most 2^28 elements; for a number "
                "the word inputs: the width of x"},
    {.key = "init", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_weight_spec, init),
     FIELDS(init_fields), .also = "initial|initialization",
     PRESET({.kind = SLT_VALUE_MAP,
             .keys = (char *[]){"kind"},
             .items = (slt_value[]){TEXT_VALUE(slt_init_default)},
             .count = 1}),
     .meaning = "the value that training starts from"},
    {.key = "trainable", .type = SLT_SCHEMA_BOOL, AT(slt_weight_spec, trainable),
     PRESET_YES, .also = "train|requires_grad",
     .meaning = "whether training and sampling change it"},
    {.key = "tied", .type = SLT_SCHEMA_TENSOR_NAME, AT(slt_weight_spec, tied),
     .optional = true,
     .meaning = "name of an earlier weight whose numbers this one shares; no other key "
                "beside it"},
};

static const slt_schema weight_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_weight_spec),
                                       FIELDS(weight_fields)};

static const slt_schema input_item = {.type = SLT_SCHEMA_TENSOR_NAME,
                                      .size = SLT_NAME_MAX};

static const slt_schema op_fields[] = {
    {.key = "op", .type = SLT_SCHEMA_WORD, .word_of = slt_net_op_name,
     .absent = slt_net_ops_absent, AT(slt_op_spec, op), .also = "kind|type|name",
     .meaning = "what it does"},
    {.key = "in", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_op_spec, in),
     COUNT(slt_op_spec, inputs), ONE(input_item), .least = 1, .most = SLT_OP_INPUTS_MAX,
     .lone = true, .also = "input|inputs|x",
     .meaning = "the value or values that it reads: x, or what an earlier op put out"},
    {.key = "out", .type = SLT_SCHEMA_TENSOR_NAME, AT(slt_op_spec, out),
     .also = "output|y",
     .meaning = "name of the value that it makes"},
    {.key = "weight", .type = SLT_SCHEMA_TENSOR_NAME, AT(slt_op_spec, weight),
     .optional = true,
     .also = "weights|w", .meaning = "name of its weight, for ops that take one"},
    {.key = "bias", .type = SLT_SCHEMA_TENSOR_NAME, AT(slt_op_spec, bias),
     .optional = true,
     .also = "b", .meaning = "name of a weight that is added to every row"},
    {.key = "transpose", .type = SLT_SCHEMA_BOOL, AT(slt_op_spec, transpose), PRESET_NO,
     .also = "transposed", .meaning = "use the weight's transpose"},
    {.key = "op", .type = SLT_SCHEMA_OWN, .own_of = slt_net_op_fields},
};

static const slt_schema op_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_op_spec),
                                   FIELDS(op_fields)};

static const slt_schema plant_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_plant_spec, kind),
     .word_of = slt_plant_name, .meaning_of = slt_plant_meaning},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_plant_fields},
};

static const slt_schema range_fields[] = {
    {.key = "from", .type = SLT_SCHEMA_INT, AT(slt_range, from), .least = 0,
     .most = SLT_WEIGHT_ELEMENTS_MAX, PRESET(INT_VALUE(0)), .also = "start|first",
     .meaning = "the first, from 0"},
    {.key = "count", .type = SLT_SCHEMA_INT, AT(slt_range, count), .least = 1,
     .most = SLT_WEIGHT_ELEMENTS_MAX, .optional = true, .also = "n|number|size",
     .meaning = "so many; absent: to the last"},
};

static const slt_schema block_part_fields[] = {
    {.key = "weight", .type = SLT_SCHEMA_TENSOR_NAME, AT(slt_block_part, weight),
     .also = "w|name", .meaning = "the weight's name"},
    {.key = "rows", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_block_part, rows),
     FIELDS(range_fields), .optional = true, .also = "row",
     .meaning = "which rows, of its first axis; absent: all"},
    {.key = "columns", .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_block_part, columns), FIELDS(range_fields), .optional = true,
     .also = "cols|column",
     .meaning = "which columns, of all its other axes together; absent: all"},
};

static const slt_schema block_part = {.type = SLT_SCHEMA_MAP, ITEM(slt_block_part),
                                      FIELDS(block_part_fields)};

static const slt_schema block_fields[] = {
    {.key = "of", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_block_spec, parts),
     COUNT(slt_block_spec, part_count), ONE(block_part), .least = 1,
     .most = SLT_BLOCK_PARTS_MAX, .also = "parts|weights",
     .meaning = "its parts, none of which overlap"},
};

static const slt_schema block_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_block_spec),
                                      FIELDS(block_fields)};

static const slt_schema model_fields[] = {
    {.key = "weights", .type = SLT_SCHEMA_NAMED,
     .offset = offsetof(slt_model_spec, weights), COUNT(slt_model_spec, weight_count),
     ONE(weight_item), .least = 1, .most = SLT_WEIGHTS_MAX, .tensors = true,
     .also = "parameters|params",
     .sample = "\n"
               "  W1: {shape: [3, 5], init: {kind: normal, std: 0.3}}\n"
               "  W2: {shape: [5, 3], init: {kind: normal, std: 0.3}}",
     .meaning = "the weights by name; their order numbers them, so it decides bits"},
    {.key = "ops", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_model_spec, ops),
     COUNT(slt_model_spec, op_count), ONE(op_item), .least = 1, .most = SLT_OPS_MAX,
     .also = "layers",
     .sample = "\n"
               "  - {op: linear, in: x, weight: W1, out: h}\n"
               "  - {op: linear, in: h, weight: W2, out: y}",
     .meaning = "what the network does, in order"},
    {.key = "loss", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_model_spec, loss),
     FIELDS(slt_net_loss_rows),
     .meaning = "what training minimises and sampling measures"},
    {.key = "plant", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_model_spec, plant),
     FIELDS(plant_fields), FLAG(slt_model_spec, plant.given), .optional = true,
     .also = "planted|solve",
     .meaning = "weights that are solved for, once all have their first values"},
    {.key = "blocks", .type = SLT_SCHEMA_NAMED,
     .offset = offsetof(slt_model_spec, blocks), COUNT(slt_model_spec, block_count),
     ONE(block_item), .least = 0, .most = SLT_BLOCKS_MAX, PRESET_MAP, .tensors = true,
     .also = "heads|groups",
     .meaning = "names for parts of weights, such as the columns and rows of an "
                "attention head, which chains can be restricted to"},
};

/* ---- batches ---------------------------------------------------------------------- */

static const slt_schema piece_fields[] = {
    {.key = "size", .type = SLT_SCHEMA_INT, AT(slt_batch_spec, size), .least = 1,
     .most = SAMPLES_MAX, .also = "batch_size", .meaning = "samples in a batch"},
    {.key = "order", .type = SLT_SCHEMA_WORD, AT(slt_batch_spec, order), .first = 1,
     WORDS("fresh", "epochs", "replacement", "stream"), PRESET(TEXT_VALUE("fresh")),
     .also = "shuffle",
     .meaning = "fresh: the first of a fresh shuffle each step; epochs: consecutive "
                "pieces of one shuffle an epoch; replacement: independent samples each "
                "step; stream: new samples each step, drawn as the data's kind draws "
                "its own and none of these, which metrics and estimates then look at"},
    {.key = "short", .type = SLT_SCHEMA_WORD, AT(slt_batch_spec, keep_short),
     WORDS("drop", "keep"), PRESET(TEXT_VALUE("keep")), .when = "order", .is = "epochs",
     .also = "drop_last|last", .meaning = "the short last batch of an epoch"},
};

static const slt_schema batch_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_batch_spec, order), WORDS("full")},
    {.type = SLT_SCHEMA_MAP, FIELDS(piece_fields)},
};

/* ---- training --------------------------------------------------------------------- */

static const slt_schema optimizer_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_optimizer_spec, kind),
     .word_of = slt_optimizer_name, .meaning_of = slt_optimizer_meaning,
     .also = "type|name", .sample = slt_optimizer_sample},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_optimizer_fields},
};

/* What every run may record. */
#define METRICS                                                                          \
    WORDS("loss", "accuracy", "error", "val/loss", "val/accuracy", "val/error")

static const slt_schema stop_fields[] = {
    {.key = "loss_below", .type = SLT_SCHEMA_REAL, AT(slt_stop_spec, loss_below),
     FLAG(slt_stop_spec, has_loss_below), .optional = true, .also = "loss|threshold",
     .meaning = "stop before an update where the batch's loss is below"},
    {.key = "after", .type = SLT_SCHEMA_INT, AT(slt_stop_spec, after), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .meaning = "not before this step"},
    {.key = "metric", .type = SLT_SCHEMA_METRIC, AT(slt_stop_spec, bound.metric),
     FLAG(slt_stop_spec, has_metric), METRICS, .optional = true, .also = "of|measure",
     .meaning = "in place of loss_below: stop at a checkpoint, by this metric of the "
                "last ones"},
    {.key = "at_least", .type = SLT_SCHEMA_REAL, AT(slt_stop_spec, bound.at_least),
     FLAG(slt_stop_spec, bound.has_at_least), .optional = true, .also = "min",
     .meaning = "with metric: it is met where the metric is this or more"},
    {.key = "above", .type = SLT_SCHEMA_REAL, AT(slt_stop_spec, bound.above),
     FLAG(slt_stop_spec, bound.has_above), .optional = true, .also = "more",
     .meaning = "with metric: it is met where the metric is more"},
    {.key = "below", .type = SLT_SCHEMA_REAL, AT(slt_stop_spec, bound.below),
     FLAG(slt_stop_spec, bound.has_below), .optional = true, .also = "less|max",
     .meaning = "with metric: it is met where the metric is less; one of at_least, above "
                "and below"},
    {.key = "checkpoints", .type = SLT_SCHEMA_INT, AT(slt_stop_spec, checkpoints),
     .least = 1, .most = WORD32_MAX, PRESET(INT_VALUE(1)), .also = "patience|in_a_row",
     .meaning = "with metric: stop once so many checkpoints in a row meet it"},
    {.key = "mark", .type = SLT_SCHEMA_NAME, AT(slt_stop_spec, mark), .optional = true,
     .meaning = "in place of loss_below: stop after this mark of training"},
    {.key = "steps", .type = SLT_SCHEMA_INT, AT(slt_stop_spec, steps), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .also = "later|grace",
     .meaning = "with mark: stop so many updates after its checkpoint"},
};

static const slt_schema state_every_fields[] = {
    {.key = "every", .type = SLT_SCHEMA_INT, AT(slt_train_spec, state_every), .least = 1,
     .most = WORD32_MAX, .meaning = "those at multiples of this step, and the last"},
};

static const slt_schema state_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_train_spec, state), WORDS("none", "last", "all")},
    {.type = SLT_SCHEMA_MAP, FIELDS(state_every_fields)},
};

static const slt_schema at_item = {.type = SLT_SCHEMA_INT, ITEM(uint64_t), .least = 0,
                                   .most = WORD32_MAX};

static const slt_schema checkpoint_fields[] = {
    {.key = "every", .type = SLT_SCHEMA_INT, AT(slt_train_spec, every), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .also = "interval", .sample = "100",
     .meaning = "a checkpoint at its multiples; 0: none but `at` and the last step"},
    {.key = "at", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_train_spec, at),
     COUNT(slt_train_spec, at_count), ONE(at_item), .least = 0, .most = SLT_STEPS_AT_MAX,
     PRESET_NONE, .also = "steps",
     .meaning = "further checkpoints, ascending; 0 is the initial state"},
    {.key = "state", .type = SLT_SCHEMA_EITHER, FIELDS(state_forms),
     PRESET(TEXT_VALUE("none")), .also = "store_state|save",
     .meaning = "which checkpoints hold the whole state, so that replay can start there: "
                "none, last, all, or {every: N} for those at multiples of step N and the "
                "last"},
    {.key = "hashes", .type = SLT_SCHEMA_WORD, AT(slt_train_spec, joint_hashes),
     WORDS("all", "joint"), PRESET(TEXT_VALUE("all")), .also = "hash",
     .meaning = "all: a hash for each tensor; joint: one for all tensors together, at "
                "checkpoints that do not hold the state"},
};

static const slt_schema mark_fields[] = {
    {.key = "metric", .type = SLT_SCHEMA_METRIC, AT(slt_mark_spec, bound.metric),
     METRICS, .also = "of|measure",
     .meaning = "what it looks at; accuracies need a target of classes, errors one of "
                "signs, val/... validation samples"},
    {.key = "at_least", .type = SLT_SCHEMA_REAL, AT(slt_mark_spec, bound.at_least),
     FLAG(slt_mark_spec, bound.has_at_least), .optional = true, .also = "min",
     .meaning = "it is met where the metric is this or more"},
    {.key = "above", .type = SLT_SCHEMA_REAL, AT(slt_mark_spec, bound.above),
     FLAG(slt_mark_spec, bound.has_above), .optional = true, .also = "more",
     .meaning = "it is met where the metric is more"},
    {.key = "below", .type = SLT_SCHEMA_REAL, AT(slt_mark_spec, bound.below),
     FLAG(slt_mark_spec, bound.has_below), .optional = true, .also = "less|max",
     .meaning = "it is met where the metric is less; one of at_least, above and "
                "below"},
    {.key = "every", .type = SLT_SCHEMA_INT, AT(slt_mark_spec, every), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .also = "interval",
     .meaning = "only checkpoints at its multiples are looked at, 0 among them; 0: all"},
    {.key = "which", .type = SLT_SCHEMA_WORD, AT(slt_mark_spec, last),
     WORDS("first", "last"), PRESET(TEXT_VALUE("first")), .also = "of|checkpoint",
     .meaning = "of the checkpoints that meet it the mark is the first or the last, "
                "which is known when training has ended"},
    {.key = "width", .type = SLT_SCHEMA_REAL, AT(slt_mark_spec, width),
     .range = SLT_RANGE_POSITIVE, PRESET(REAL_VALUE(0x3d719799812dea11)),
     .also = "tolerance|precision",
     .meaning = "where checkpoints stand at times: the crossing is enclosed as closely "
                "as this, relative to its time; of two crossings between neighbouring "
                "times neither is seen"},
};

static const slt_schema mark_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_mark_spec),
                                     FIELDS(mark_fields)};

static const slt_schema metric_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_metric_spec, kind),
     .word_of = slt_metric_kind_name, .meaning_of = slt_metric_kind_meaning,
     .also = "type|name"},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_metric_kind_fields},
};

static const slt_schema metric_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_metric_spec),
                                       FIELDS(metric_fields)};

static const slt_schema time_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_time, end), .first = 1, WORDS("inf")},
    {.type = SLT_SCHEMA_REAL, AT(slt_time, at), .range = SLT_RANGE_NOT_NEGATIVE},
};

static const slt_schema time_item = {.type = SLT_SCHEMA_EITHER, ITEM(slt_time),
                                     FIELDS(time_forms)};

static const slt_schema spread_fields[] = {
    {.key = "from", .type = SLT_SCHEMA_REAL, AT(slt_times, spread.from),
     .range = SLT_RANGE_NOT_NEGATIVE, .also = "start", .meaning = "the first time"},
    {.key = "to", .type = SLT_SCHEMA_REAL, AT(slt_times, spread.to),
     .range = SLT_RANGE_POSITIVE, .also = "stop|until", .meaning = "the last"},
    {.key = "count", .type = SLT_SCHEMA_INT, AT(slt_times, spread.count), .least = 2,
     .most = SLT_TIMES_MAX - 1, .also = "n|number", .meaning = "so many"},
    {.key = "spacing", .type = SLT_SCHEMA_WORD, AT(slt_times, spread.log),
     WORDS("linear", "log"), PRESET(TEXT_VALUE("linear")), .also = "scale",
     .meaning = "in equal differences, or in equal ratios"},
    {.key = "end", .type = SLT_SCHEMA_BOOL, AT(slt_times, spread.end), PRESET_NO,
     .also = "inf|limit", .meaning = "after them the end point, time inf"},
};

static const slt_schema times_forms[] = {
    {.type = SLT_SCHEMA_LIST, .offset = offsetof(slt_times, list),
     COUNT(slt_times, count), ONE(time_item), .least = 1, .most = SLT_TIMES_MAX},
    {.type = SLT_SCHEMA_MAP, FIELDS(spread_fields)},
};

static const slt_schema train_fields[] = {
    {.key = "optimizer", .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_train_spec, optimizer), FIELDS(optimizer_fields),
     .also = "optimiser|optim", .meaning = "how a step changes the weights"},
    {.key = "batch", .type = SLT_SCHEMA_EITHER, .offset = offsetof(slt_train_spec, batch),
     FIELDS(batch_forms), PRESET(TEXT_VALUE("full")), .also = "batch_size|batches",
     .meaning = "the samples of a step: full, all of them; or {size, order, short}"},
    {.key = "steps", .type = SLT_SCHEMA_INT, AT(slt_train_spec, steps), .least = 0,
     .most = WORD32_MAX, .optional = true, .also = "epochs|iterations|num_steps",
     .sample = "300",
     .meaning = "number of updates; required unless the optimizer goes by times"},
    {.key = "stop", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_train_spec, stop),
     FIELDS(stop_fields), FLAG(slt_train_spec, stop.given), .optional = true,
     .also = "early_stopping|until",
     .meaning = "an earlier end; absent: none"},
    {.key = "checkpoints", .type = SLT_SCHEMA_MAP, FIELDS(checkpoint_fields), PRESET_MAP,
     .also = "checkpoint|save",
     .meaning = "steps at which metrics and hashes are recorded; the last step always "
                "is"},
    {.key = "marks", .type = SLT_SCHEMA_NAMED, .offset = offsetof(slt_train_spec, marks),
     COUNT(slt_train_spec, mark_count), ONE(mark_item), .least = 0,
     .most = SLT_MARKS_MAX, PRESET_MAP, .also = "mark|milestones|events",
     .meaning = "names for the first checkpoint whose metric meets a bound, or the last; "
                "its step is the result mark/NAME"},
    {.key = "metrics", .type = SLT_SCHEMA_NAMED,
     .offset = offsetof(slt_train_spec, metrics), COUNT(slt_train_spec, metric_count),
     ONE(metric_item), .least = 0, .most = SLT_METRIC_SPECS_MAX, PRESET_MAP,
     .also = "metric|record|log",
     .meaning = "numbers that checkpoints record beside loss and accuracy: metric/NAME, "
                "and val/metric/NAME where it is a loss and there are validation "
                "samples"},
    {.key = "times", .type = SLT_SCHEMA_EITHER, .offset = offsetof(slt_train_spec, times),
     FIELDS(times_forms), .optional = true, .also = "time|t",
     .meaning = "in place of steps, for an optimizer that goes by times: a checkpoint at "
                "each of them, whose step is its index; a list, which may end in inf, "
                "the end point, or {from, to, count, spacing, end}"},
};

/* ---- LLC estimates ---------------------------------------------------------------- */

static const slt_schema at_map_fields[] = {
    {.key = "mark", .type = SLT_SCHEMA_NAME, AT(slt_llc_spec, at_mark), .optional = true,
     .meaning = "the checkpoint that this mark of training names"},
    {.key = "from", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, spread.from), .least = 1,
     .most = WORD32_MAX, .optional = true, .also = "start",
     .meaning = "in place of mark: steps in equal ratios, the first about this"},
    {.key = "to", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, spread.to), .least = 1,
     .most = WORD32_MAX, .optional = true, .also = "end|until",
     .meaning = "and the last about this"},
    {.key = "count", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, spread.count), .least = 2,
     .most = SLT_STEPS_AT_MAX, .optional = true, .also = "n|number",
     .meaning = "so many, rounded to multiples of checkpoints.every, doubles left out"},
};

static const slt_schema at_step_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_llc_step, last), .first = 1, WORDS("last")},
    {.type = SLT_SCHEMA_INT, AT(slt_llc_step, step), .least = 0, .most = WORD32_MAX},
};

static const slt_schema at_step = {.type = SLT_SCHEMA_EITHER, ITEM(slt_llc_step),
                                   FIELDS(at_step_forms)};

static const slt_schema at_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_llc_spec, made_at), .first = 1,
     WORDS("last", "checkpoints")},
    {.type = SLT_SCHEMA_INT, AT(slt_llc_spec, at), .least = 0, .most = WORD32_MAX},
    {.type = SLT_SCHEMA_MAP, FIELDS(at_map_fields)},
    {.type = SLT_SCHEMA_LIST, .offset = offsetof(slt_llc_spec, steps),
     COUNT(slt_llc_spec, step_count), ONE(at_step), .least = 1,
     .most = SLT_STEPS_AT_MAX},
};

static const slt_schema when_fields[] = {
    {.key = "mark", .type = SLT_SCHEMA_NAME, AT(slt_llc_when, mark), .also = "first",
     .meaning = "only where training reached this mark"},
    {.key = "then", .type = SLT_SCHEMA_NAME, AT(slt_llc_when, then), .optional = true,
     .also = "second|and", .meaning = "and this one, at a later step"},
    {.key = "apart", .type = SLT_SCHEMA_INT, AT(slt_llc_when, apart), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .also = "more_than|gap",
     .meaning = "by more than this many steps"},
};

static const slt_schema nbeta_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_llc_spec, nbeta_of), .first = 1,
     WORDS("n/ln(n)", "batch/ln(batch)")},
    {.type = SLT_SCHEMA_REAL, AT(slt_llc_spec, nbeta), .range = SLT_RANGE_POSITIVE},
};

static const slt_schema loss_on_fields[] = {
    {.key = "data", .type = SLT_SCHEMA_NAME, AT(slt_llc_spec, other),
     TAG(slt_llc_spec, loss_on, SLT_LOSS_ON_OTHER), .also = "other|other_data|name|set",
     .meaning = "one of run.other_data, by its name"},
};

static const slt_schema loss_on_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_llc_spec, loss_on), WORDS("train", "validation")},
    {.type = SLT_SCHEMA_MAP, FIELDS(loss_on_fields)},
};

static const slt_schema restrict_name = {.type = SLT_SCHEMA_TENSOR_NAME,
                                         .size = SLT_NAME_MAX};

static const slt_schema restrict_fields[] = {
    {.key = "weights", .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_llc_spec, restricted.weights),
     COUNT(slt_llc_spec, restricted.weight_count), ONE(restrict_name), .least = 1,
     .most = SLT_RESTRICT_NAMES_MAX, .optional = true, .also = "weight|to",
     .meaning = "chains move these weights"},
    {.key = "blocks", .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_llc_spec, restricted.blocks),
     COUNT(slt_llc_spec, restricted.block_count), ONE(restrict_name), .least = 1,
     .most = SLT_RESTRICT_NAMES_MAX, .optional = true, .also = "block|heads",
     .meaning = "and these blocks of the model, and no other number"},
    {.key = "orthogonal", .type = SLT_SCHEMA_BOOL, AT(slt_llc_spec, orthogonal),
     PRESET_NO, .also = "projection|plane",
     .meaning = "among these, as `orthogonal` by itself does among all"},
};

static const slt_schema restrict_forms[] = {
    {.type = SLT_SCHEMA_WORD, AT(slt_llc_spec, orthogonal), WORDS("none", "orthogonal")},
    {.type = SLT_SCHEMA_MAP, FIELDS(restrict_fields)},
};

static const slt_schema prior_fields[] = {
    {.key = "gaussian", .type = SLT_SCHEMA_REAL, AT(slt_prior_spec, gaussian),
     FLAG(slt_prior_spec, has_gaussian), .range = SLT_RANGE_POSITIVE, .optional = true,
     .also = "std|sigma|scale", .meaning = "a normal law of this standard deviation"},
    {.key = "precision", .type = SLT_SCHEMA_REAL, AT(slt_prior_spec, precision),
     FLAG(slt_prior_spec, has_precision), .range = SLT_RANGE_POSITIVE, .optional = true,
     .also = "weight_decay|lambda",
     .meaning = "in place of it: of this precision, 1 over the variance"},
};

static const slt_schema sample_losses_fields[] = {
    {.key = "of", .type = SLT_SCHEMA_WORD, AT(slt_observables_spec, of_validation),
     WORDS("train", "validation"), PRESET(TEXT_VALUE("train")),
     .also = "on|loss_on|data", .meaning = "whose: the training samples, or those for "
                                           "validation"},
    {.key = "first", .type = SLT_SCHEMA_INT, AT(slt_observables_spec, first), .least = 1,
     .most = WORD32_MAX, .optional = true, .also = "samples|count|n",
     .meaning = "of so many of them, in their own order; absent: of all"},
    {.key = "every", .type = SLT_SCHEMA_INT, AT(slt_observables_spec, every), .least = 1,
     .most = WORD32_MAX, PRESET(INT_VALUE(1)), .also = "thinning|thin|steps",
     .meaning = "at draws that are multiples of it, from draw 0"},
};

static const slt_schema observed_metric = {.type = SLT_SCHEMA_NAME,
                                           .size = SLT_NAME_MAX};

static const slt_schema observables_fields[] = {
    {.key = "losses", .type = SLT_SCHEMA_MAP, FIELDS(sample_losses_fields),
     FLAG(slt_observables_spec, given), .optional = true, .also = "sample_losses|loss",
     .meaning = "the losses of single samples"},
    {.key = "metrics", .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_observables_spec, metrics),
     COUNT(slt_observables_spec, metric_count), ONE(observed_metric), .least = 1,
     .most = SLT_METRIC_SPECS_MAX, .optional = true, .also = "weights|metric|numbers",
     .meaning = "names of train.metrics that are numbers of weights: these, at the same "
                "draws"},
    {.key = "energy", .type = SLT_SCHEMA_BOOL, AT(slt_observables_spec, energies),
     PRESET_NO, .also = "energies|hamiltonian",
     .meaning = "the energy of the trajectory of hmc that leads to each draw, for "
                "E-BFMI"},
};

static const slt_schema tempering_number = {.type = SLT_SCHEMA_REAL,
                                            .size = sizeof(slt_real),
                                            .range = SLT_RANGE_POSITIVE};

static const slt_schema tempering_fields[] = {
    {.key = "nbeta", .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_tempering_spec, nbeta), COUNT(slt_tempering_spec, rungs),
     ONE(tempering_number), .least = 1, .most = SLT_TEMPERING_MAX,
     .also = "nbetas|ladder|temperatures",
     .meaning = "of the further replicas: each below the one before, the first below "
                "that of the estimate"},
    {.key = "lr", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_tempering_spec, lr),
     COUNT(slt_tempering_spec, lrs), ONE(tempering_number), .least = 1,
     .most = SLT_TEMPERING_MAX, .also = "lrs|learning_rate|step_size",
     .meaning = "their step sizes, as many"},
    {.key = "every", .type = SLT_SCHEMA_INT, AT(slt_tempering_spec, every), .least = 1,
     .most = WORD32_MAX, PRESET(INT_VALUE(1)), .also = "swap_every|steps|interval",
     .meaning = "neighbours are offered an exchange after updates that are multiples of "
                "it"},
};

static const slt_schema llc_fields[] = {
    {.key = "at", .type = SLT_SCHEMA_EITHER, FIELDS(at_forms), .also = "checkpoint|step",
     .meaning = "the checkpoint w* that it is taken at: last, a checkpoint's step, "
                "{mark: NAME}, or several, one estimate at each: checkpoints (all), a "
                "list of steps, which may end in last, or {from, to, count}"},
    {.key = "sampler", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, sampler),
     .word_of = slt_sampler_name, .meaning_of = slt_sampler_meaning,
     PRESET(TEXT_VALUE(slt_sampler_default)), .also = "kind|method"},
    {.key = "lr", .type = SLT_SCHEMA_REAL, AT(slt_llc_spec, lr),
     .range = SLT_RANGE_POSITIVE, .also = "learning_rate|step_size|epsilon",
     .meaning = "step size"},
    {.key = "localization", .type = SLT_SCHEMA_REAL, AT(slt_llc_spec, localization),
     .range = SLT_RANGE_NOT_NEGATIVE, .optional = true,
     .also = "localisation|gamma|elasticity",
     .meaning = "strength of the pull towards w*, gamma; required unless prior is given"},
    {.key = "nbeta", .type = SLT_SCHEMA_EITHER, FIELDS(nbeta_forms),
     PRESET(TEXT_VALUE("n/ln(n)")), .also = "beta|n_beta|temperature",
     .meaning = "samples times inverse temperature; n/ln(n) of the training samples, "
                "batch/ln(batch) of those in a batch of the estimate, or a number; or a "
                "list of these, one estimate at each, whose lr may be a list of as many"},
    {.key = "num_chains", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, num_chains),
     .least = 1, .most = 4096, PRESET(INT_VALUE(1)), .also = "chains|n_chains",
     .meaning = "independent chains"},
    {.key = "num_draws", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, num_draws), .least = 1,
     .most = WORD32_MAX, .also = "draws|n_draws|samples|num_samples",
     .meaning = "losses recorded in a chain"},
    {.key = "num_burnin_steps", .type = SLT_SCHEMA_INT,
     AT(slt_llc_spec, num_burnin_steps), .least = 0, .most = WORD32_MAX,
     PRESET(INT_VALUE(0)), .also = "burnin|burn_in|num_burnin|warmup",
     .meaning = "updates before the first draw"},
    {.key = "num_steps_bw_draws", .type = SLT_SCHEMA_INT,
     AT(slt_llc_spec, num_steps_bw_draws), .least = 1, .most = WORD32_MAX,
     PRESET(INT_VALUE(1)), .also = "thinning|thin|steps_bw_draws",
     .meaning = "updates from one draw to the next"},
    {.key = "loss_on", .type = SLT_SCHEMA_EITHER, FIELDS(loss_on_forms),
     PRESET(TEXT_VALUE("train")), .also = "data|dataset|samples_of",
     .meaning = "whose loss it is, and what n and `full` count (data-refined LLC): "
                "train, the training samples; validation, those for validation; or "
                "{data: NAME}, those of other data"},
    {.key = "batch", .type = SLT_SCHEMA_EITHER, .offset = offsetof(slt_llc_spec, batch),
     FIELDS(batch_forms), PRESET(TEXT_VALUE("full")), .also = "batch_size|batches",
     .meaning = "the samples of an update's gradient: full, or {size, order, short}"},
    {.key = "loss", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, losses_full),
     WORDS("batch", "full"), PRESET(TEXT_VALUE("batch")), .also = "losses",
     .meaning = "recorded losses: on the gradient's batch, or on all samples"},
    {.key = "init_loss", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, init_loss),
     WORDS("full", "batches"), PRESET(TEXT_VALUE("full")), .also = "initial_loss",
     .meaning = "the loss at w* that is taken off: on all samples, or the mean over the "
                "chains' first batches"},
    {.key = "sampler", .type = SLT_SCHEMA_OWN, .own_of = slt_sampler_fields},
    {.key = "restrict", .type = SLT_SCHEMA_EITHER, FIELDS(restrict_forms),
     PRESET(TEXT_VALUE("none")), .also = "restrict_to|projection|orthogonal",
     .meaning = "orthogonal: updates, noise included, stay orthogonal to the gradient of "
                "the full loss at w*; or {weights, blocks, orthogonal}: chains move "
                "these numbers alone"},
    {.key = "hessian_probes", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, hessian.probes),
     .least = 0, .most = SLT_HESSIAN_PROBES_MAX, PRESET(INT_VALUE(0)),
     .also = "hessian|hutchinson|num_probes",
     .meaning = "random probes of the trace of the loss's Hessian at w*, result "
                "hessian/trace; 0: none"},
    {.key = "hessian_method", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, hessian.method),
     WORDS("difference", "exact"), PRESET(TEXT_VALUE("difference")),
     .also = "hvp|hessian_product",
     .meaning = "what a probe is made of: a difference of two gradients, or an exact "
                "product with the Hessian"},
    {.key = "hessian_batch", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, hessian.last),
     WORDS("full", "last"), PRESET(TEXT_VALUE("full")), .also = "hessian_samples",
     .meaning = "whose loss it is: all samples', or that of the batch of training's last "
                "update before w*"},
    {.key = "stein", .type = SLT_SCHEMA_BOOL, AT(slt_llc_spec, stein), PRESET_NO,
     .also = "stein_ratio|virial",
     .meaning = "record the Stein ratio E[(w-w*).(nbeta grad L + gamma (w-w*))]/d and "
                "its two terms, results stein/mean, stein/drift, stein/pull, stein/step: "
                "how far the chains have spread"},
    {.key = "from", .type = SLT_SCHEMA_INT, AT(slt_llc_spec, from), .least = 0,
     .most = WORD32_MAX, PRESET(INT_VALUE(0)), .when = "at", .is = "checkpoints",
     .also = "start", .meaning = "the first step whose checkpoint counts"},
    {.key = "when", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_llc_spec, when),
     FIELDS(when_fields), FLAG(slt_llc_spec, when.given), .optional = true,
     .also = "if|only_if",
     .meaning = "the estimate is made only where these marks were reached"},
    {.key = "store_losses", .type = SLT_SCHEMA_WORD, AT(slt_llc_spec, store_losses),
     WORDS("all", "last", "none"), PRESET(TEXT_VALUE("all")), .also = "losses_stored",
     .meaning = "which chains' losses the trace holds: all, those at the last checkpoint "
                "of the estimate, or none; of the others it has their number, their hash "
                "and the means of four quarters"},
    {.key = "prior", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_llc_spec, prior),
     FIELDS(prior_fields), FLAG(slt_llc_spec, prior.given), .optional = true,
     .also = "weight_decay",
     .meaning = "in place of localization: the law of weights before the data, around 0"},
    {.key = "noise_level", .type = SLT_SCHEMA_REAL, AT(slt_llc_spec, noise_level),
     .range = SLT_RANGE_POSITIVE, PRESET(REAL_VALUE(0x3ff0000000000000)),
     .also = "noise|noise_scale",
     .meaning = "what the noise of an update is multiplied by; with another than 1 "
                "chains have no posterior at nbeta"},
    {.key = "bounding_box", .type = SLT_SCHEMA_REAL, AT(slt_llc_spec, box),
     FLAG(slt_llc_spec, has_box), .range = SLT_RANGE_POSITIVE, .optional = true,
     .also = "bounding_box_size|box|clip",
     .meaning = "no number gets further than this from w*: after an update those beyond "
                "are put there; mala does not take such proposals"},
    {.key = "observables", .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_llc_spec, observables), FIELDS(observables_fields),
     FLAG(slt_llc_spec, observables.any), .optional = true, .also = "observe|record",
     .meaning = "what chains record beside their losses"},
    {.key = "tempering", .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_llc_spec, tempering), FIELDS(tempering_fields),
     FLAG(slt_llc_spec, tempering.given), .optional = true,
     .also = "parallel_tempering|replicas|replica_exchange",
     .meaning = "a chain has replicas at smaller nbeta, which exchange their weights "
                "with their neighbours; with sampler mala or hmc; results swap-pair/0, "
                "..."},
};

static const slt_schema llc_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_llc_spec),
                                    FIELDS(llc_fields)};

/* ---- trials ----------------------------------------------------------------------- */

static const slt_schema tally_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(slt_tally_spec, kind),
     .word_of = slt_tally_kind_name, .meaning_of = slt_tally_kind_meaning,
     .also = "type|name"},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = slt_tally_kind_fields},
};

static const slt_schema tally_item = {.type = SLT_SCHEMA_MAP, ITEM(slt_tally_spec),
                                      FIELDS(tally_fields)};

static const slt_schema trials_fields[] = {
    {.key = "count", .type = SLT_SCHEMA_INT, AT(slt_trials_spec, count), .least = 1,
     .most = WORD32_MAX, .also = "n|number|trials|repeat", .meaning = "how many"},
    {.key = "block", .type = SLT_SCHEMA_INT, AT(slt_trials_spec, block), .least = 1,
     .most = WORD32_MAX, PRESET(INT_VALUE(1000)), .also = "batch|size",
     .meaning = "trials that a checkpoint adds up; blocks are independent of each other"},
    {.key = "over", .type = SLT_SCHEMA_WORD, AT(slt_trials_spec, over),
     WORDS("both", "data", "init"), PRESET(TEXT_VALUE("both")), .also = "of|vary",
     .meaning = "what each trial draws anew: the data, the initial weights, or both"},
    {.key = "tally", .type = SLT_SCHEMA_NAMED, .offset = offsetof(slt_trials_spec, tally),
     COUNT(slt_trials_spec, tally_count), ONE(tally_item), .least = 1,
     .most = SLT_TALLIES_MAX, .also = "tallies|count|record",
     .meaning = "what is added up of the trials that finish, by name: results "
                "tally/NAME"},
};

/* ---- run -------------------------------------------------------------------------- */

static const slt_schema run_fields[] = {
    {.key = "arithmetic", .type = SLT_SCHEMA_WORD, AT(slt_run_spec, arithmetic),
     WORDS("f32", "f64", "fixed"), .also = "dtype|precision", .sample = "f32",
     .meaning = "binary32, binary64, or integers only"},
    {.key = "seed", .type = SLT_SCHEMA_INT, AT(slt_run_spec, seed), .least = 0,
     .most = UINT64_MAX, .sample = "$seed",
     .meaning = "the key of all random numbers of the run"},
    {.key = "data", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_run_spec, data),
     FIELDS(data_fields), .also = "dataset", .meaning = "the training set"},
    {.key = "model", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_run_spec, model),
     FIELDS(model_fields), .also = "net|network", .meaning = "the network"},
    {.key = "train", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_run_spec, train),
     FIELDS(train_fields), .optional = true, .also = "training",
     .meaning = "training; absent: no step, the initial state is the last"},
    {.key = "llc", .type = SLT_SCHEMA_LIST, .offset = offsetof(slt_run_spec, llc),
     COUNT(slt_run_spec, llc_count), ONE(llc_item), .least = 0, .most = SLT_LLC_MAX,
     PRESET_NONE, .also = "llcs|sgld|estimates",
     .sample = "\n"
               "  - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 200}",
     .meaning = "estimates of the local learning coefficient"},
    {.key = "trials", .type = SLT_SCHEMA_MAP, .offset = offsetof(slt_run_spec, trials),
     FIELDS(trials_fields), .optional = true, .also = "repeats|repetitions|montecarlo",
     .meaning = "the run repeated with other draws, of which the trace has what the "
                "trials add up to; trial 0 is the run without `trials`"},
    {.key = "other_data", .type = SLT_SCHEMA_NAMED,
     .offset = offsetof(slt_run_spec, other), COUNT(slt_run_spec, other_count),
     ONE(other_item), .least = 0, .most = SLT_OTHER_DATA_MAX, PRESET_MAP,
     .also = "datasets|data_sets|others",
     .meaning = "further data, by name, each with the fields of `run.data` and samples "
                "of the same shapes, drawn or read as `data` would be: for estimates "
                "with loss_on: {data: NAME}"},
};

const slt_schema slt_schema_run = {
    .key = "run", .type = SLT_SCHEMA_MAP, FIELDS(run_fields),
    .meaning = "the only part that decides bits; `$axis` stands for the axis' value"};
