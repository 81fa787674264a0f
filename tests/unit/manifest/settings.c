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

/* The row of that path; NULL where there is none. */
static const slt_setting *row_of(const slt_settings *settings, const char *path)
{
    for (size_t i = 0; i < settings->count; i++)
        if (!strcmp(settings->rows[i].path, path))
            return &settings->rows[i];
    return NULL;
}

/* A reason is that of its own row alone, where others begin as it does; of a hundred rows
 * each is there; a list of nothing is a row. */
static void test_many(void)
{
    slt_manifest *manifest;
    slt_settings settings;
    slt_buffer text = {0};
    const char *const list =
        "    - {at: last, lr: 1e-3, localization: 1, num_draws: 40}\n";
    slt_buffer_printf(&text, "    []\npins:\n  run.model.weights.V1.shape: one\n"
                             "  run.model.weights.V10.shape: ten\nfigure:\n"
                             "  rows: {by: rank, value: loss}\n");
    char *all = sample_with(list, slt_buffer_text(&text));
    *(strstr(all, "run.train: why") - strlen("pins:\n  ")) = 0;
    char *at = strstr(all, "    ops:");
    slt_buffer_clear(&text);
    slt_buffer_append(&text, all, (size_t)(at - all));
    for (int i = 0; i < 100; i++)
        slt_buffer_printf(&text, "      V%d: {shape: [%d]}\n", i, i + 1);
    slt_buffer_printf(&text, "%s", at);
    if (slt_manifest_parse(slt_buffer_text(&text), text.size, "m.yaml", &manifest,
                           &err) ||
        slt_settings_make(manifest, &settings, &err))
        tap_bail(err.text);
    const slt_setting *one = row_of(&settings, "run.model.weights.V1");
    const slt_setting *ten = row_of(&settings, "run.model.weights.V10");
    TAP_OK(one && one->reason_count == 1 && !strcmp(one->reasons[0].text, "one") &&
               !strcmp(one->reasons[0].below, "shape"),
           "a reason of V1");
    TAP_OK(ten && ten->reason_count == 1 && !strcmp(ten->reasons[0].text, "ten"),
           "and another of V10");
    size_t weights = 0;
    for (size_t i = 0; i < settings.count; i++)
        weights += !strncmp(settings.rows[i].path, "run.model.weights.V", 19);
    TAP_EQ_U64(weights, 100, "a row for each weight");
    const slt_setting *last = row_of(&settings, "run.llc");
    TAP_OK(last && !strcmp(last->value, "[]") && !last->group, "and for no estimates");
    slt_settings_free(&settings);
    slt_manifest_free(manifest);
    slt_buffer_free(&text);
    free(all);
}

/* Without a sweep the run's rows are the first. */
static void test_one_run(void)
{
    static const char text[] =
        "sltrace: 1\nname: t\nrun:\n  arithmetic: f32\n  seed: 5\n"
        "  data: {kind: constant, samples: 2, inputs: 1, outputs: 1}\n"
        "  model: {weights: {W: {shape: [1, 1]}}, ops: [{op: linear, in: x, weight: W, "
        "out: y}], loss: {op: mse, in: y}}\n";
    slt_manifest *manifest;
    slt_settings settings;
    if (slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, &err) ||
        slt_settings_make(manifest, &settings, &err))
        tap_bail(err.text);
    TAP_EQ_TEXT(settings.rows[0].path, "run.arithmetic", "the first row of one run");
    slt_settings_free(&settings);
    slt_manifest_free(manifest);
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
    test_many();
    test_one_run();
    return tap_done();
}
