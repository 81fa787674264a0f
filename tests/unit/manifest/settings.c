/* manifest: settings.c: sweep and run as they are written, beside the pins' reasons. */
#include "manifest_sample.h"
#include "tap.h"

#include "base/buffer.h"
#include "manifest/settings.h"

static slt_error err;

/* "GROUP PATH VALUE [BELOW: REASON]..." of each row. */
static void print(const slt_settings *settings, slt_buffer *out)
{
    static const char *const kinds[SLT_SETTING_KINDS] = {[SLT_SETTING_FIELDS] = "fields",
                                                         [SLT_SETTING_ITEMS] = "items",
                                                         [SLT_SETTING_DEFAULT] =
                                                             "default"};
    for (size_t i = 0; i < settings->count; i++) {
        const slt_setting *row = &settings->rows[i];
        const char *kind = kinds[row->kind];
        slt_buffer_printf(out, "%s|%s|%s", row->group ? row->group : "", row->path,
                          kind ? kind : row->value);
        for (size_t j = 0; j < row->reason_count; j++)
            slt_buffer_printf(out, "|%s: %s", row->reasons[j].below,
                              row->reasons[j].text);
        slt_buffer_byte(out, '\n');
    }
}

int main(void)
{
    static const char want[] =
        "|sweep.rank|[1, 3]\n"
        "|sweep.seed|{from: 5, count: 4}\n"
        "|run.arithmetic|f32\n"
        "|run.seed|$seed|: drawn\n"
        "data|run.data.kind|linear-teacher\n"
        "data|run.data.samples|24\n"
        "data|run.data.inputs|6\n"
        "data|run.data.outputs|5\n"
        "data|run.data.rank|$rank\n"
        "model|run.model.weights.W1|{shape: [$rank, 6], init: {kind: normal, std: "
        "0.1}}|init.std: small\n"
        "model|run.model.weights.W2|{shape: [5, $rank], init: {kind: normal, std: 0.1}}\n"
        "model|run.model.ops[0].op|linear\n";
    static const char train[] = "train|run.train|fields|: why\n"
                                "train|run.train.optimizer.kind|adam\n"
                                "train|run.train.optimizer.lr|0.01\n"
                                "train|run.train.batch|full\n"
                                "train|run.train.steps|100\n"
                                "train|run.train.checkpoints.every|20\n"
                                "train|run.train.checkpoints.at|[0, 50]\n"
                                "llc|run.llc|items|: both\n"
                                "llc|run.llc[0].at|last\n"
                                "llc|run.llc[0].lr|0.001|: step\n"
                                "llc|run.llc[0].localization|1\n"
                                "llc|run.llc[0].num_draws|40\n"
                                "|run.llc[0].num_chains|default|: four\n";
    slt_manifest *manifest;
    slt_settings settings;
    slt_buffer out = {0};
    if (open_with("pins:\n  run.train: why\n",
                  "pins:\n  run.train: why\n  run.llc: both\n  run.llc[0].lr: step\n"
                  "  run.llc[0].num_chains: four\n  run.seed: drawn\n"
                  "  run.model.weights.W1.init.std: small\n",
                  &manifest, &err) ||
        slt_settings_make(manifest, &settings, &err))
        tap_bail(err.text);
    print(&settings, &out);
    const char *text = slt_buffer_text(&out);
    if (!TAP_OK(!strncmp(text, want, sizeof want - 1), "sweep, scalars, data and model"))
        tap_note("%s", text);
    const char *at = strstr(text, "train|");
    if (!TAP_OK(at && !strcmp(at, train), "training, estimates, pinned defaults"))
        tap_note("%s", text);
    slt_buffer_free(&out);
    slt_settings_free(&settings);
    TAP_OK(!settings.rows && !settings.count, "all is given back");
    slt_manifest_free(manifest);
    if (open_with("pins:\n  run.train: why\n", "", &manifest, &err) ||
        slt_settings_make(manifest, &settings, &err))
        tap_bail(err.text);
    bool none = settings.count > 0;
    for (size_t i = 0; i < settings.count; i++)
        none &= settings.rows[i].reason_count == 0;
    TAP_OK(none, "no reasons without pins");
    slt_settings_free(&settings);
    slt_manifest_free(manifest);
    return tap_done();
}
