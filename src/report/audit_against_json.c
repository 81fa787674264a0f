/* A run's audit against other back ends, as JSON. */
#include "audit/against_internal.h"

#include "report/audit_json_internal.h"

static void put_openblas(slt_json *json, const slt_openblas *openblas)
{
    if (!*openblas->config)
        return;
    slt_json_key_open(json, "openblas", '{');
    slt_json_key_text(json, "core", openblas->core);
    slt_json_key_text(json, "config", openblas->config);
    slt_json_key_text(json, "library", openblas->path);
    slt_json_close(json, '}');
}

static void put_distance(slt_json *json, const slt_distance *distance)
{
    slt_json_key_real(json, "relative_l2", distance->relative);
    slt_json_key_real(json, "median_ulp", distance->ulp_median);
    slt_json_key_real(json, "largest_ulp", distance->ulp_largest);
}

static void put_step(slt_json *json, const slt_model_spec *model,
                     const slt_step_distance *step)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "step", step->step);
    slt_json_key_real(json, "loss", step->loss_b);
    slt_json_key_real(json, "loss_of_ours", step->loss_a);
    put_distance(json, &step->all);
    slt_json_key_open(json, "weights", '{');
    for (size_t w = 0, tensor = 0; w < model->weight_count; w++) {
        if (*model->weights[w].tied)
            continue;
        slt_json_key_open(json, model->weights[w].name, '{');
        put_distance(json, &step->tensor[tensor++]);
        slt_json_close(json, '}');
    }
    slt_json_close(json, '}');
    slt_json_close(json, '}');
}

static void put_divergence(slt_json *json, const slt_model_spec *model,
                           const slt_divergence *way)
{
    slt_json_key(json, "first_step");
    if (way->differs)
        slt_json_uint(json, way->first);
    else
        slt_json_null(json);
    slt_json_key_open(json, "divergence", '[');
    for (size_t i = 0; i < way->count; i++)
        put_step(json, model, &way->steps[i]);
    slt_json_close(json, ']');
}

static void put_difference(slt_json *json, const slt_estimate_pair *pair)
{
    slt_json_key_real(json, "difference", pair->difference);
    slt_json_key_real(json, "combined_mcse", pair->combined_mcse);
    slt_json_key_real(json, "difference_in_mcse", pair->apart);
    slt_json_key_real(json, "paired_mcse", pair->paired_mcse);
    slt_json_key_real(json, "difference_in_paired_mcse", pair->paired_apart);
    slt_json_key(json, "first_draw");
    if (pair->draw_differs) {
        slt_json_open(json, '{');
        slt_json_key_uint(json, "draw", pair->draw);
        slt_json_key_uint(json, "chain", pair->chain);
        slt_json_close(json, '}');
    } else {
        slt_json_null(json);
    }
    slt_json_key_text(json, "verdict", slt_agreement_text(pair->agreement));
}

static void put_pair(slt_json *json, const slt_estimate_pair *pair, bool ours)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "estimate", pair->llc);
    slt_json_key_uint(json, "step", pair->step_b);
    slt_json_key_bool(json, "whole", pair->whole_b);
    if (pair->whole_b) {
        slt_json_key_real(json, "llc", pair->b.llc);
        slt_json_key_real(json, "mcse", pair->b.mcse);
        slt_json_key_real(json, "rhat", pair->b.rhat);
        slt_json_key_real(json, "ess", pair->b.ess_bulk);
        slt_json_key_real(json, "ess_tail", pair->b.ess_tail);
        slt_json_key_real(json, "drift", pair->b.drift);
        slt_audit_json_settled(json, pair->b.settled);
    }
    if (!ours)
        put_difference(json, pair);
    slt_json_close(json, '}');
}

static void put_done(slt_json *json, const slt_against_run *run,
                     const slt_against_side *side)
{
    bool ours = side == run->sides, known = run->sides[0].trace != NULL;
    slt_json_key_text(json, "sha256", side->sha256);
    slt_json_key_text(json, "ended", slt_run_status_name(side->status));
    slt_json_key_uint(json, "steps", side->end_step);
    slt_json_key_real(json, "loss", side->loss);
    if (!known)
        return;
    if (!ours) {
        slt_json_key_bool(json, "identical", side->alike == 0);
        slt_json_key_text(json, "same_bytes_as",
                          run->sides[side->alike].child->task.backend->name);
        put_divergence(json, &run->spec->model, &side->divergence);
    }
    slt_json_key_open(json, "estimates", '[');
    for (size_t i = 0; i < side->pairs.count; i++)
        put_pair(json, &side->pairs.list[i], ours);
    slt_json_close(json, ']');
    slt_json_key(json, "verdict");
    if (side->pairs.count)
        slt_json_text(json, slt_agreement_text(slt_against_worst(side)));
    else
        slt_json_null(json);
}

static void put_side(slt_json *json, const slt_against_run *run,
                     const slt_against_side *side)
{
    const slt_child *child = side->child;
    slt_json_open(json, '{');
    slt_json_key_text(json, "name", child->task.backend->name);
    slt_json_key_text(json, "arithmetic", slt_arithmetic_name(side->arithmetic));
    put_openblas(json, &child->openblas);
    slt_json_key_bool(json, "done", side->trace != NULL);
    if (side->trace)
        put_done(json, run, side);
    else
        slt_json_key_text(json, "why", child->error.text);
    slt_json_close(json, '}');
}

void slt_audit_json_run(void *context, const slt_against *against,
                        const slt_against_run *run)
{
    slt_json *json = context;
    slt_json_open(json, '{');
    slt_json_key_uint(json, "run", run->run);
    slt_json_key_text(json, "label", run->label);
    slt_json_key(json, "golden");
    if (run->golden)
        slt_json_bool(json, run->golden_same);
    else
        slt_json_null(json);
    slt_json_key_open(json, "backends", '[');
    for (size_t b = 0; b < against->backend_count; b++)
        put_side(json, run, &run->sides[b]);
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}
