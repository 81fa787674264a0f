/* Blocks of a model, and chains restricted to weights and blocks: what is refused and how
 * it is said, and what a run's settings become. */
#include "manifest/manifest.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>

#include "learn/spec.h"
#include "tap.h"

static const char *const form =
    "sltrace: 1\n"
    "name: test/blocks\n"
    "sweep: {head: [low, high]}\n"
    "run:\n"
    "  arithmetic: f32\n"
    "  seed: 1\n"
    "  data: {kind: linear-teacher, samples: 20, inputs: 4, outputs: 6, rank: 2}\n"
    "  model:\n"
    "    weights:\n"
    "      W_in: {shape: [6, 4], init: {kind: fan-in}}\n"
    "      W_Q: {shape: [6, 2, 3], init: {kind: fan-in}}\n"
    "      shift: {shape: [6], trainable: false}\n"
    "      again: {tied: W_Q}\n"
    "    blocks: {low: {of: [{weight: W_Q, rows: {count: 3}}]}, high: {of: [%s]}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: W_in, out: h}\n"
    "      - {op: linear, in: h, weight: W_Q, bias: shift, out: g}\n"
    "      - {op: linear, in: g, weight: again, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-3, localization: 1, num_draws: 4%s}\n"
    "    - {at: last, lr: 1e-3, localization: 1, num_draws: 4, restrict: {blocks: "
    "[$head]}}"
    "\n";

#define HIGH "{weight: W_Q, rows: {from: 3}}"

static slt_error err;

static slt_status open_with(const char *part, const char *restrict_,
                            slt_manifest **manifest)
{
    char text[4000];
    snprintf(text, sizeof text, form, part, restrict_);
    err.text[0] = 0;
    return slt_manifest_parse(text, strlen(text), "m.yaml", manifest, &err);
}

static void refused(const char *part, const char *restrict_, const char *message)
{
    slt_manifest *manifest = NULL;
    slt_status status = open_with(part, restrict_, &manifest);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "refused: %s",
                message))
        tap_note("status %d, message '%s'", (int)status, err.text);
    slt_manifest_free(manifest);
}

static void accepted(const char *part, const char *restrict_)
{
    slt_manifest *manifest = NULL;
    slt_status status = open_with(part, restrict_, &manifest);
    if (!TAP_OK(status == SLT_OK, "accepted: %s%s", part, restrict_))
        tap_note("%s", err.text);
    slt_manifest_free(manifest);
}

static void test_blocks(void)
{
    accepted(HIGH, "");
    accepted("{weight: W_Q}", "");
    accepted("{weight: W_Q, rows: {from: 5, count: 1}, columns: {from: 5}}", "");
    accepted("{weight: W_Q, rows: {count: 2}}, {weight: W_Q, rows: {from: 2}}", "");
    accepted("{weight: W_Q, columns: {count: 2}}, {weight: W_Q, columns: {from: 2}}", "");
    accepted("{weight: W_Q, rows: {count: 1}}, {weight: W_in, rows: {count: 1}}", "");
    refused("{weight: W_K}", "",
            "run.model.blocks.high: of[0]: there is no weight 'W_K'; did you mean");
    refused("{weight: zebra}", "", "of[0]: there is no weight 'zebra'");
    refused(HIGH ", {weight: shift}", "",
            "of[1]: weight shift does not move: trainable is false");
    refused("{weight: again}", "",
            "weight again is tied: expected W_Q, whose numbers it shares");
    refused("{weight: W_Q, rows: {from: 6}}", "",
            "rows: expected some of the 6 rows of W_Q");
    refused("{weight: W_Q, rows: {from: 2, count: 5}}", "", "some of the 6 rows");
    refused("{weight: W_in, columns: {count: 5}}", "",
            "columns: expected some of the 4 columns of W_in");
    refused("{weight: W_Q, rows: {count: 0}}", "",
            "rows.count: expected a whole number from 1");
    refused(HIGH ", {weight: W_Q, rows: {from: 1, count: 3}}", "",
            "of[1]: it has numbers of W_Q that of[0] has too");
    refused("{weight: W_Q}, " HIGH, "", "that of[0] has too");
    refused("{weight: W_Q, columns: {count: 3}}, "
            "{weight: W_Q, rows: {count: 1}, columns: {from: 2, count: 1}}",
            "", "that of[0] has too");
    refused("", "", "run.model.blocks.high.of: expected a list of 1 to 32");
    refused("{weight: W_Q, colums: {count: 2}}", "", "did you mean 'columns'?");
}

static void test_restrict(void)
{
    accepted(HIGH, ", restrict: none");
    accepted(HIGH, ", restrict: orthogonal");
    accepted(HIGH, ", restrict: {weights: [W_in]}");
    accepted(HIGH,
             ", restrict: {weights: [W_in], blocks: [high, low], orthogonal: true}");
    accepted(HIGH, ", restrict: {blocks: [$head]}");
    accepted(HIGH, ", restrict: {blocks: [low]}, mala_acceptance: true, stein: true");
    refused(HIGH, ", restrict: {blocks: [low], orthogonal: true}, mala_acceptance: true",
            "restrict: orthogonal has no mala_acceptance");
    refused(HIGH, ", restrict: {weights: []}",
            "run.llc[0].restrict.weights: expected a list of 1 to 64");
    refused(HIGH, ", restrict: {}", "run.llc[0]: restrict: expected weights or blocks");
    refused(HIGH, ", restrict: {orthogonal: true}",
            "run.llc[0]: restrict: expected weights or blocks");
    refused(HIGH, ", restrict: {weights: [W_q]}",
            "restrict.weights: there is no weight 'W_q'; did you mean 'W_Q'?");
    refused(HIGH, ", restrict: {weights: [W_in, shift]}",
            "restrict.weights: weight shift does not move");
    refused(HIGH, ", restrict: {weights: [again]}",
            "restrict.weights: weight again is tied: expected W_Q");
    refused(HIGH, ", restrict: {weights: [W_in, W_Q, W_in]}",
            "restrict.weights: W_in is named twice");
    refused(HIGH, ", restrict: {blocks: [hihg]}",
            "restrict.blocks: model.blocks has no block 'hihg'; did you mean 'high'?");
    refused(HIGH, ", restrict: {blocks: [W_in]}", "model.blocks has no block 'W_in'");
    refused(HIGH, ", restrict: {blocks: [low, low]}",
            "restrict.blocks: low is named twice");
    refused(HIGH, ", restrict: {blocks: [$heads]}", "$heads");
    refused(HIGH, ", restrict: [W_in]", "run.llc[0].restrict: expected none or ");
    refused(HIGH, ", restrict: {weight: [W_in]}", "did you mean 'weights'?");
}

static void test_spec(void)
{
    slt_manifest *manifest;
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = open_with(
        HIGH ", {weight: W_in, columns: {from: 1, count: 2}}",
        ", restrict: {weights: [W_in], blocks: [$head], orthogonal: true}", &manifest);
    if (!status)
        status = slt_manifest_run(manifest, 1, spec, &err);
    const slt_llc_spec *llc = &spec->llc[0];
    TAP_OK(!status && llc->orthogonal && llc->restricted.weight_count == 1 &&
               llc->restricted.block_count == 1 &&
               !strcmp(llc->restricted.weights[0], "W_in") &&
               !strcmp(llc->restricted.blocks[0], "high"),
           "an axis names the block%s", err.text);
    const slt_block_spec *block = &spec->model.blocks[1];
    TAP_OK(!status && spec->model.block_count == 2 && !strcmp(block->name, "high") &&
               block->part_count == 2 && block->parts[0].rows.from == 3 &&
               block->parts[0].rows.count == 0 && block->parts[0].columns.count == 0 &&
               block->parts[1].columns.from == 1 && block->parts[1].columns.count == 2,
           "parts of a block");
    slt_manifest_free(manifest);
    free(spec);
}

int main(void)
{
    test_blocks();
    test_restrict();
    test_spec();
    return tap_done();
}
