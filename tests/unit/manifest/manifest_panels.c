/* manifest/manifest_panels.c: what figure.panels may name. */
#include "manifest_sample.h"
#include "tap.h"

#include "base/buffer.h"

static slt_error err;

#define ROWS "  rows: {by: rank, value: llc/mean, error: sd}\n"

static slt_status open_figure(const char *rest)
{
    slt_buffer text = {0};
    slt_manifest *manifest = NULL;
    slt_buffer_printf(&text,
                      ROWS "  fit: [{name: line, linear: {y: llc/mean, x: rank}}]\n"
                           "%s",
                      rest);
    slt_status status = open_with(ROWS, slt_buffer_text(&text), &manifest, &err);
    slt_buffer_free(&text);
    slt_manifest_free(manifest);
    return status;
}

static void accepts(const char *rest)
{
    err.text[0] = 0;
    if (!TAP_OK(!open_figure(rest), "taken"))
        tap_note("%s: %s", rest, err.text);
}

static void refuses(const char *rest, const char *message)
{
    err.text[0] = 0;
    slt_status status = open_figure(rest);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message) &&
                    !strncmp(err.text, "m.yaml:", 7),
                "refused: %s", message))
        tap_note("%s", err.text);
}

int main(void)
{
    accepts("  panels: [{rows: llc/mean, fits: line, log: [x], title: T}]\n");
    accepts("  panels: [{rows: llc/mean, fits: [line]}, {rows: llc/mean}]\n"
            "  columns: 2\n");
    accepts("  chains: [{name: c, run: 0}, {name: d, run: 1, llc: 2, at: 3, of: loss, "
            "show: [ranks], lags: 7}]\n"
            "  panels: [{trace: c}, {ranks: d}, {autocorrelation: c}]\n");
    accepts("  chains: [{name: c, run: 0, at: last, of: llc}]\n");
    refuses("  chains: [{name: c, run: 99}]\n", "figure.chains[0]: expected one of the ");
    refuses("  chains: [{name: c}]\n", "figure.chains[0]: missing key 'run'");
    refuses("  chains: [{name: c, run: 0, at: first}]\n", "figure.chains[0].at");
    refuses("  chains: [{name: c, run: 0, llc: 0}]\n", "figure.chains[0].llc");
    refuses("  chains: [{name: c, run: 0, lags: 0}]\n", "figure.chains[0].lags");
    refuses("  chains: [{name: c, run: 0, show: []}]\n",
            "figure.chains[0]: expected something to show");
    refuses("  chains: [{name: c, run: 0, show: [rank]}]\n", "figure.chains[0].show");
    refuses("  chains: [{name: c, run: 0}, {name: c, run: 1}]\n",
            "two chains have the name c");
    refuses("  chains: [{name: c, run: 0}]\n  panels: [{ranks: d}]\n",
            "figure.panels[0].ranks: nothing of figure.chains has this name");
    refuses("  chains: [{name: c, run: 0, show: [ranks]}]\n  panels: [{trace: c}]\n",
            "figure.panels[0].trace: these chains do not show trace");
    refuses("  chains: [{name: c, run: 0}]\n  panels: [{trace: c, ranks: c}]\n",
            "expected one of rows, points, histogram, curves, heatmap, slopes, trace, "
            "ranks, autocorrelation");
    accepts("  theory: {levels: [{value: 1, label: one}, {value: -2.5, label: two}]}\n");
    accepts("  theory: {planted-quadratic: {}}\n");
    accepts("  theory: {quadratic-at-point: {runs: 3}}\n");
    accepts(
        "  theory: {quadratic-network: {p: 53, width: $rank, fraction: 0.4, formulas: "
        "[printed, generic-rank]}}\n");
    accepts(
        "  theory: {quadratic-network: {p: $seed, width: 3, samples: $rank, formulas: "
        "lazy}}\n");
    refuses("  theory: {quadratic-network: {p: 53, width: 9, formulas: saturation}}\n",
            "saturation is no formula of lambda or a rank");
    refuses("  theory: {quadratic-network: {p: 53, width: 9, formulas: [a, b]}}\n",
            "a is no formula");
    refuses("  theory: {quadratic-network: {p: 5, width: 9, samples: 9, fraction: 0.5, "
            "formulas: lazy}}\n",
            "expected samples or fraction, found both");
    refuses("  theory: {quadratic-network: {p: 5, width: 9}}\n", "formulas");
    accepts("  theory: {grokking: {model: exp1d, formulas: [P, F], samples: 20, gap: "
            "$rank, l1: 0}}\n");
    accepts("  theory: {grokking: {model: ball, formulas: P-printed, samples: $rank, "
            "inputs: 5, gap: 1.01, l2: $seed}}\n");
    refuses("  theory: {grokking: {model: exp1d, formulas: P, samples: 4, gap: 1, rows: "
            "others}}\n",
            "no rows are called others");
    refuses("  theory: {grokking: {model: balls, formulas: P, gap: 1}}\n",
            "P is no formula with a value; see sltrace theory grokking");
    refuses("  theory: {grokking: {model: exp1d, formulas: P-printed, gap: 1}}\n",
            "P-printed is no formula with a value");
    refuses("  theory: {grokking: {model: ball, formulas: P, samples: 20, gap: 1}}\n",
            "P reads more of samples, inputs and gap");
    refuses("  theory: {grokking: {model: ball, formulas: E, inputs: 5}}\n",
            "E is of one data set, or of one time");
    refuses("  theory: {grokking: {model: exp1d, formulas: f, samples: 4, gap: 1}}\n",
            "f is of one data set, or of one time");
    refuses("  theory: {grokking: {model: exp1d, formulas: F, samples: 4}}\n",
            "F reads more of samples, inputs and gap");
    refuses("  theory: {grokking: {model: exp1d, formulas: P, samples: 4, gap: 0}}\n",
            "gap");
    refuses("  panels: []\n", "figure.panels");
    refuses("  panels: [{title: T}]\n",
            "figure.panels[0]: expected one of rows, points, histogram, curves");
    refuses("  panels: [{rows: llc/mean}, {rows: llc/mean, points: a}]\n",
            "figure.panels[1]: expected one of rows, points, histogram, curves");
    refuses("  panels: [{rows: loss}]\n",
            "figure.panels[0].rows: figure.rows shows llc/mean");
    refuses("  panels: [{heatmap: llc/mean}]\n", "expected rows with one axis in series");
    refuses("  panels: [{heatmap: a}]\n", "figure.rows shows llc/mean");
    refuses("  panels: [{points: a}]\n",
            "figure.panels[0].points: nothing of figure.points has this name");
    refuses("  panels: [{histogram: a}]\n", "nothing of figure.histograms has this name");
    refuses("  panels: [{curves: a}]\n", "nothing of figure.curves has this name");
    refuses("  panels: [{rows: llc/mean, fits: [line, curve]}]\n",
            "figure.panels[0].fits: no fit is called curve");
    refuses("  panels: [{rows: llc/mean, right: loss}]\n",
            "only curves have an axis to the right");
    refuses("  panels: [{rows: llc/mean, log: [z]}]\n", "figure.panels[0].log");
    refuses("  theory: {levels: []}\n", "theory.levels: expected");
    refuses("  panels: [{rows: llc/mean, y_label: 3}]\n", "y_label: expected");
    refuses("  measures:\n    m: {value: 1 + 1}\n    k: {value: zz}\n",
            "figure.measures.k");
    refuses("  points: [{name: p, x: rank, y: seed, where: 3}]\n", "where: expected");
    refuses("  panels: [{rows: llc/mean, levels: [{value: x, label: a}]}]\n",
            "levels[0].value");
    refuses("  theory: {planted-quadratic: {a: 1}}\n", "figure.theory.planted-quadratic");
    refuses("  theory: {rrr: {in: 6, hidden: 1, out: 5, rank: 1}, "
            "planted-quadratic: {}}\n",
            "expected one of rrr, planted-quadratic, quadratic-at-point, "
            "quadratic-network and grokking, found several");
    refuses("  theory: {planted-quadratic: {}, quadratic-at-point: {}}\n",
            "found several");
    refuses("  theory: {quadratic-at-point: {runs: 0}}\n", "quadratic-at-point.runs");
    refuses("  columns: 0\n", "figure.columns");
    return tap_done();
}
