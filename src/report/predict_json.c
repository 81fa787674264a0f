/* Predictions as JSON. */
#include <sltrace/page.h>

#include "audit/predict.h"
#include "codec/json.h"

static void json_begin(void *context, const char *path)
{
    slt_json_begin(context, "sltrace.predict/1");
    slt_json_key_text(context, "trace", path);
    slt_json_key_open(context, "estimates", '[');
}

static void put_measured(slt_json *json, const slt_estimate *e)
{
    slt_json_key_uint(json, "estimate", (uint64_t)e->llc + 1);
    slt_json_key_uint(json, "at_step", e->at_step);
    slt_json_key_uint(json, "ended_early", e->ended_early);
    if (!e->whole)
        return;
    slt_json_key_real(json, "mean", e->found.llc);
    slt_json_key_real(json, "mcse", e->found.mcse);
    slt_json_key(json, "settled");
    if (e->found.settled == SLT_SETTLED_UNKNOWN)
        slt_json_null(json);
    else
        slt_json_bool(json, e->found.settled == SLT_SETTLED_YES);
}

static void put_spectrum(slt_json *json, const slt_predicted *p)
{
    const slt_spectrum *s = p->spectrum;
    const slt_prediction *q = &p->prediction;
    slt_json_key_open(json, "spectrum", '{');
    slt_json_key_uint(json, "directions", s->size);
    slt_json_key_uint(json, "probes", s->probes);
    slt_json_key_uint(json, "steps", s->steps);
    slt_json_key_uint(json, "products", s->products);
    slt_json_key_real(json, "trace", q->trace);
    slt_json_key_real(json, "least", q->least);
    slt_json_key_real(json, "largest", q->largest);
    slt_json_key_real(json, "slope", s->slope);
    slt_json_key_real(json, "growing", q->growing);
    slt_json_key_real(json, "unstable", q->unstable);
    slt_json_close(json, '}');
}

static void put_prediction(slt_json *json, const slt_prediction *q)
{
    static const char *const noises[] = {[SLT_BATCH_NOISE_NONE] = "none",
                                         [SLT_BATCH_NOISE_ADDED] = "added",
                                         [SLT_BATCH_NOISE_BOUND] = "bound"};
    slt_json_key_real(json, "predicted", q->llc);
    slt_json_key_real(json, "curved", q->curved);
    slt_json_key_real(json, "sloped", q->sloped);
    slt_json_key_real(json, "error", q->error);
    slt_json_key_real(json, "half_steps", q->coarse);
    slt_json_key_real(json, "stationary", q->stationary);
    slt_json_key_open(json, "stein", '{');
    slt_json_key_real(json, "drift", q->stein_drift);
    slt_json_key_real(json, "pull", q->stein_pull);
    slt_json_close(json, '}');
    slt_json_key_text(json, "noise", noises[q->noise]);
    slt_json_key_real(json, "noisy", q->noisy);
}

static void put_departure(slt_json *json, const slt_departure *d)
{
    slt_json_key_real(json, "apart", d->apart);
    slt_json_key_open(json, "departure", '{');
    slt_json_key(json, "left");
    if (d->known)
        slt_json_bool(json, d->left);
    else
        slt_json_null(json);
    if (d->known && d->left) {
        slt_json_key_uint(json, "draw", d->draw);
        slt_json_key_real(json, "found", d->found);
        slt_json_key_real(json, "expected", d->expected);
    }
    if (d->known) {
        slt_json_key_real(json, "last_found", d->last_found);
        slt_json_key_real(json, "last_expected", d->last_expected);
    }
    slt_json_close(json, '}');
}

static void json_estimate(void *context, const slt_predicted *p)
{
    slt_json *json = context;
    slt_json_open(json, '{');
    put_measured(json, p->estimate);
    if (p->status) {
        slt_json_key_text(json, "no_law", p->error.text);
    } else {
        put_prediction(json, &p->prediction);
        put_spectrum(json, p);
        put_departure(json, &p->departure);
    }
    slt_json_close(json, '}');
}

static void json_end(void *context)
{
    slt_json_close(context, ']');
}

slt_predict_page slt_predict_json(slt_json *json)
{
    return (slt_predict_page){
        .context = json, .begin = json_begin, .estimate = json_estimate, .end = json_end};
}
