/* The picture of an estimate's influence: correlations of losses, the largest influences
 * and Pareto k, below one another. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <sltrace/influence.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "figure/runs/runs.h"
#include "learn/diagnostics_predictive.h"
#include "report/influence_numbers.h"
#include "report/picture/svg_internal.h"

/* Pixels; cells of a map along a side, and bars, at most. */
enum { WIDTH = 760, MAP = 640, PLOT = 360, HEAD = 50, CELLS_MOST = 100, BARS_MOST = 20 };

typedef struct sheet {
    const slt_influence *found;
    slt_buffer *script;
    int height, top; /* of all, and where the next part begins, in pixels */
} sheet;

static bool of_all(const slt_influence *found)
{
    return found->first == 0 && found->observables > 1;
}

static void place_part(sheet *s, int height)
{
    const double all = s->height;
    s->top += height;
    slt_buffer_printf(s->script, "set origin 0, %.6f\nset size 1, %.6f\n",
                      (all - s->top) / all, height / all);
}

static void put_labels(sheet *s, const char *x, const char *y)
{
    slt_buffer_printf(s->script, "set xlabel '%s'\nset ylabel '%s'\n", x, y);
}

static void put_unknown(sheet *s)
{
    slt_buffer_printf(s->script,
                      "set xrange [0:1]\nset yrange [0:1]\nset label 'not known' at "
                      "graph 0.5, 0.5 center\nplot -1 notitle\nunset label\n");
}

/* ---- The map ----------------------------------------------------------------------- */

static double correlation(const slt_influence *found, size_t a, size_t b)
{
    const size_t n = found->samples;
    const slt_covariance *c = found->covariance;
    return slt_real_double(c[a * n + b].value) /
           sqrt(slt_real_double(c[a * n + a].value) *
                slt_real_double(c[b * n + b].value));
}

/* The mean over a block of part x part pairs, cut at the last sample; those that are not
 * known left out. */
static double block_mean(const slt_influence *found, size_t part, size_t x, size_t y)
{
    double sum = 0, count = 0;
    for (size_t a = x; a < x + part && a < found->samples; a++)
        for (size_t b = y; b < y + part && b < found->samples; b++) {
            const double value = correlation(found, a, b);
            if (isfinite(value)) {
                sum += value;
                count++;
            }
        }
    return sum / count;
}

static void draw_map(sheet *s)
{
    const size_t n = s->found->samples;
    const size_t part = (n + CELLS_MOST - 1) / CELLS_MOST;
    const double half = (double)part / 2;
    char label[64] = "sample";
    if (part > 1)
        snprintf(label, sizeof label, "sample (means of %zu x %zu pairs)", part, part);
    place_part(s, MAP);
    slt_buffer_printf(s->script, "$map << EOD\n");
    for (size_t x = 0; x < n; x += part)
        for (size_t y = 0; y < n; y += part) {
            const double value = block_mean(s->found, part, x, y);
            if (isfinite(value))
                slt_buffer_printf(s->script, "%.10g %.10g %.10g\n", (double)x + half - .5,
                                  (double)y + half - .5, value);
        }
    slt_buffer_printf(s->script,
                      "EOD\n" SLT_PALETTE_OF_DIFFERENCES "set cbrange [-1:1]\n"
                      "set cblabel 'correlation of losses'\nset colorbox\nunset grid\n"
                      "set size ratio 1\nset rmargin 14\nset xrange [-0.5:%.10g]\n"
                      "set yrange [-0.5:%.10g]\n",
                      (double)n - .5, (double)n - .5);
    put_labels(s, label, "sample");
    slt_buffer_printf(s->script,
                      "plot $map using 1:2:(%.10g):(%.10g):3 with boxxyerror fs solid 1 "
                      "noborder fc palette notitle\nunset colorbox\nset grid lc rgb "
                      "'" SLT_COLOUR_GRID
                      "'\nset size noratio\nset rmargin 3\nset autoscale\n",
                      half, half);
}

/* ---- The bars ---------------------------------------------------------------------- */

/* What the bars are chosen from: an observable with each sample, or each two samples. */
typedef struct candidates {
    slt_covariance *value;
    size_t *place; /* in the matrix */
    size_t count;
} candidates;

static void add_candidate(const slt_influence *found, candidates *c, size_t at)
{
    const bool known = slt_real_finite(found->temperature);
    const slt_covariance value = found->susceptibility ? found->susceptibility[at]
                                 : known               ? slt_influence_change(found, at)
                                                       : found->covariance[at];
    if (!slt_real_finite(value.value))
        return;
    c->value[c->count] = value;
    c->place[c->count++] = at;
}

static void find_candidates(const slt_influence *found, candidates *c)
{
    const size_t n = found->samples;
    for (size_t row = 0; row < found->observables; row++)
        for (size_t i = of_all(found) ? row + 1 : 0; i < n; i++)
            add_candidate(found, c, row * n + i);
}

static void put_bar_name(const sheet *s, size_t place)
{
    const size_t n = s->found->samples;
    if (s->found->metrics) /* names of letters, digits and underscores */
        slt_buffer_printf(s->script, "'%s, %zu'", s->found->metrics[place / n],
                          place % n);
    else if (of_all(s->found))
        slt_buffer_printf(s->script, "'%zu, %zu'", place / n, place % n);
    else
        slt_buffer_printf(s->script, "'%zu'", place % n);
}

/* Data, and the names along the axis; returns how many. */
static size_t put_bars(const sheet *s, const candidates *c)
{
    size_t bars = 0, chosen[BARS_MOST];
    for (size_t at = slt_influence_next(c->value, c->count, c->count);
         at < c->count && bars < BARS_MOST;
         at = slt_influence_next(c->value, c->count, at))
        chosen[bars++] = at;
    slt_buffer_printf(s->script, "$bars << EOD\n");
    for (size_t i = 0; i < bars; i++) {
        const slt_covariance *v = &c->value[chosen[i]];
        slt_buffer_printf(s->script, "%zu %.10g %.10g\n", i, slt_real_double(v->value),
                          slt_real_finite(v->error) ? slt_real_double(v->error) : 0);
    }
    slt_buffer_printf(s->script, "EOD\nset xtics (");
    for (size_t i = 0; i < bars; i++) {
        slt_buffer_printf(s->script, i ? ", " : "");
        put_bar_name(s, c->place[chosen[i]]);
        slt_buffer_printf(s->script, " %zu", i);
    }
    slt_buffer_printf(s->script, ") rotate by -45\n");
    return bars;
}

static void draw_bars(sheet *s, const candidates *c)
{
    const slt_influence *found = s->found;
    char label[64] = "sample";
    if (of_all(found))
        snprintf(label, sizeof label, "two samples");
    else if (found->metrics)
        snprintf(label, sizeof label, "metric, sample");
    else if (found->first != SLT_OBSERVABLE_MEAN)
        snprintf(label, sizeof label, "sample, with sample %" PRIu64, found->first);
    place_part(s, PLOT);
    put_labels(s, label,
               found->susceptibility                 ? "susceptibility"
               : slt_real_finite(found->temperature) ? "influence"
                                                     : "covariance");
    if (!c->count) {
        put_unknown(s);
        return;
    }
    const size_t bars = put_bars(s, c);
    slt_buffer_printf(
        s->script,
        "set autoscale\nset xrange [-1:%zu]\nset boxwidth 0.7\n"
        "plot $bars using 1:2 with boxes fs solid 0.6 noborder lc rgb "
        "'" SLT_COLOUR_BLUE "' notitle, $bars using 1:2:3 with yerrorbars pt 7 "
        "ps 0.3 lc rgb "
        "'" SLT_COLOUR_BLACK "' notitle, 0 with lines lw 1 lc rgb '" SLT_COLOUR_GREY
        "' notitle\nset xtics autofreq norotate\n",
        bars);
}

/* ---- Pareto k ---------------------------------------------------------------------- */

/* A block of the samples on one side of the line; returns how many. */
static size_t put_k(const sheet *s, bool above)
{
    size_t count = 0;
    slt_buffer_printf(s->script, "$k%d << EOD\n", above);
    for (size_t i = 0; i < s->found->samples; i++) {
        const slt_real k = s->found->sample[i].pareto_k;
        if (!slt_real_finite(k) || (slt_real_double(k) > SLT_PARETO_K_MOST) != above)
            continue;
        slt_buffer_printf(s->script, "%zu %.10g\n", i, slt_real_double(k));
        count++;
    }
    slt_buffer_printf(s->script, "EOD\n");
    return count;
}

static void draw_k(sheet *s)
{
    const size_t n = s->found->samples;
    size_t count[2] = {0, 0};
    char label[64] = "sample";
    place_part(s, PLOT);
    for (int above = 0; above < 2 && s->found->sample; above++)
        count[above] = put_k(s, above);
    const size_t known = count[0] + count[1];
    if (known && known < n)
        snprintf(label, sizeof label, "sample (not known of %zu)", n - known);
    put_labels(s, label, "Pareto k");
    if (!known) {
        put_unknown(s);
        return;
    }
    slt_buffer_printf(s->script,
                      "set autoscale\nset xrange [-0.5:%.10g]\nset yrange "
                      "[*:*]\nplot %.2g with lines dt 4 lw 1 lc rgb '" SLT_COLOUR_GREY
                      "' notitle",
                      (double)n - .5, SLT_PARETO_K_MOST);
    for (int above = 0; above < 2; above++)
        if (count[above])
            slt_buffer_printf(s->script,
                              ", $k%d with points pt 7 ps 0.6 lc rgb '%s' notitle", above,
                              above ? SLT_COLOUR_ORANGE : SLT_COLOUR_BLUE);
    slt_buffer_printf(s->script, "\n");
}

/* ---- The picture ------------------------------------------------------------------- */

static void print_script(const slt_influence *found, const candidates *c,
                         const char *title, slt_buffer *script)
{
    sheet s = {.found = found,
               .script = script,
               .height = HEAD + (of_all(found) ? MAP : 0) + 2 * PLOT,
               .top = HEAD};
    slt_buffer_printf(script,
                      "set terminal svg size %d,%d font 'sans-serif,14' background "
                      "'" SLT_COLOUR_PAPER
                      "' noenhanced\nset encoding utf8\nunset colorbox\n"
                      "unset key\nset grid lc rgb '" SLT_COLOUR_GRID "'\nset lmargin 12\n"
                      "set rmargin 3\nset multiplot\nset label ",
                      WIDTH, s.height);
    slt_svg_quote(script, title, 70);
    slt_buffer_printf(script,
                      " at screen 0.5, screen %.6f center font ',16'\n"
                      "set tics front\nset pointintervalbox 0\n",
                      1 - HEAD / 2. / s.height);
    if (of_all(found)) {
        draw_map(&s);
        slt_buffer_printf(script, "unset label\n");
    }
    draw_bars(&s, c);
    slt_buffer_printf(script, "unset label\n");
    draw_k(&s);
    slt_buffer_printf(script, "unset multiplot\n");
}

slt_status slt_influence_name(const slt_influence *found,
                              char name[SLT_INFLUENCE_NAME_MAX], slt_error *err)
{
    slt_buffer text = {0};
    slt_runs_name_llc(found->llc, &text);
    slt_buffer_printf(&text, ".%" PRIu64, found->at_step);
    snprintf(name, SLT_INFLUENCE_NAME_MAX, "%s", slt_buffer_text(&text));
    const slt_status status =
        text.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a name") : SLT_OK;
    slt_buffer_free(&text);
    return status;
}

static void print_title(const slt_influence *found, slt_buffer *title)
{
    const slt_runs_estimate named = {.llc = found->llc, .at_step = found->at_step};
    slt_runs_name_estimate(&named, title);
    slt_buffer_printf(title, ": %zu samples of %s, %zu draws", found->samples,
                      found->of_validation ? "validation" : "train",
                      found->chains * found->draws);
}

static slt_status draw_all(const slt_influence *found, candidates *c, slt_buffer *svg,
                           slt_error *err)
{
    const size_t most = found->observables * found->samples;
    slt_buffer title = {0}, script = {0};
    c->value = slt_world.calloc(most, sizeof *c->value);
    c->place = slt_world.calloc(most, sizeof *c->place);
    if (!c->value || !c->place)
        return slt_fail(err, SLT_RESOURCE, "no memory for a picture");
    find_candidates(found, c);
    print_title(found, &title);
    print_script(found, c, slt_buffer_text(&title), &script);
    const slt_status status = title.failed || script.failed
                                  ? slt_fail(err, SLT_RESOURCE, "no memory for a picture")
                                  : slt_gnuplot(&script, svg, err);
    slt_buffer_free(&title);
    slt_buffer_free(&script);
    return status;
}

slt_status slt_influence_draw(const slt_influence *found, char **svg, size_t *size,
                              slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer drawn = {0};
    candidates c = {0};
    *svg = NULL;
    if (!found->covariance)
        return slt_fail(err, SLT_UNFIT,
                        "no picture: a chain ended early, or a loss is not finite");
    slt_status status = draw_all(found, &c, &drawn, err);
    *size = drawn.size;
    *svg = status ? NULL : slt_buffer_take(&drawn);
    if (!status && !*svg)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a picture");
    slt_buffer_free(&drawn);
    free(c.value);
    free(c.place);
    return status;
}
