/* The picture: a gnuplot script with its data inside, run by gnuplot. */
#include "study/figure.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "study/files.h"

extern char **environ;

/* Distinct for most eyes, also in grey: after Okabe and Ito. */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                      "#e69f00", "#56b4e9", "#000000"};
#define COLOURS (sizeof colours / sizeof *colours)

/* gnuplot's filled circle, square, triangle and diamond: with seven colours, 28 pairs. */
static const int shapes[] = {7, 5, 9, 13};
#define SHAPES (sizeof shapes / sizeof *shapes)

/* More series than this are told beside the picture, joined by lines. */
#define SERIES_BELOW 4

/* Text inside a gnuplot string in single quotes. */
static void print_quoted(slt_buffer *out, const char *text)
{
    slt_buffer_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            slt_buffer_byte(out, '\'');
        if ((unsigned char)*text >= 0x20)
            slt_buffer_byte(out, (uint8_t)*text);
    }
    slt_buffer_byte(out, '\'');
}

static void print_setting(slt_buffer *out, const char *setting, const char *text)
{
    slt_buffer_printf(out, "set %s ", setting);
    print_quoted(out, text);
    slt_buffer_byte(out, '\n');
}

static size_t series_end(const slt_table *table, size_t from)
{
    size_t end = from;
    while (end < table->data_count &&
           !strcmp(table->rows[end].series, table->rows[from].series))
        end++;
    return end;
}

static size_t series_count(const slt_table *table)
{
    size_t count = 0;
    for (size_t from = 0; from < table->data_count; count++)
        from = series_end(table, from);
    return count;
}

static double number(slt_real value)
{
    return slt_real_double(value);
}

static bool is_number(const char *text)
{
    slt_real value;
    return slt_real_parse(text, &value);
}

/* Each series is a data block: x value error theory; x is the row's place where the axis
 * has words. */
static void print_blocks(const slt_figure *figure, bool numeric, slt_buffer *out)
{
    const slt_table *table = &figure->table;
    size_t block = 0;
    for (size_t from = 0; from < table->data_count; block++) {
        size_t end = series_end(table, from);
        slt_buffer_printf(out, "$s%zu << EOD\n", block);
        for (size_t i = from; i < end; i++) {
            const slt_table_row *row = &table->rows[i];
            slt_real theory;
            if (numeric)
                slt_buffer_printf(out, "%s", row->x);
            else
                slt_buffer_printf(out, "%zu", i - from);
            slt_buffer_printf(out, " %.17g %.17g", number(row->value),
                              row->has_error ? number(row->error) : 0.0);
            if (slt_figure_theory(figure, i, &theory))
                slt_buffer_printf(out, " %.17g\n", number(theory));
            else
                slt_buffer_printf(out, " NaN\n");
        }
        slt_buffer_printf(out, "EOD\n");
        from = end;
    }
}

static void print_series(const slt_figure *figure, slt_buffer *out)
{
    const slt_table *table = &figure->table;
    const char *style = series_count(table) > 1 ? "yerrorlines" : "yerrorbars";
    size_t block = 0;
    for (size_t from = 0; from < table->data_count; block++) {
        slt_buffer_printf(out,
                          "%s$s%zu using 1:2:3 with %s pt %d ps 0.6 lc rgb '%s' title ",
                          block ? ", \\\n  " : "plot ", block, style,
                          shapes[block % SHAPES], colours[block % COLOURS]);
        print_quoted(out, table->rows[from].series);
        from = series_end(table, from);
    }
    slt_real theory;
    if (table->data_count && slt_figure_theory(figure, 0, &theory))
        slt_buffer_printf(out, ", \\\n  $s0 using 1:4 with lines dt 2 lw 1.5 lc rgb "
                               "'#666666' title 'closed form'");
}

static void print_fit(const slt_figure *figure, const char *fit_name, size_t place,
                      slt_buffer *out)
{
    static const char *const names[] = {"a0", "a1", "a2"};
    char name[64];
    slt_buffer_printf(out, ", \\\n  0");
    for (size_t j = 0; j < 3; j++) {
        snprintf(name, sizeof name, "fit.%s.%s", fit_name, names[j]);
        const slt_table_row *row = slt_table_named(&figure->table, name);
        if (row)
            slt_buffer_printf(out, " + %.17g * x**%zu", number(row->value), j);
    }
    snprintf(name, sizeof name, "fit, %s", fit_name);
    slt_buffer_printf(out, " with lines lw 1.5 lc rgb '%s' title ",
                      colours[(place + 1) % COLOURS]);
    print_quoted(out, name);
}

static void print_ticks(const slt_table *table, slt_buffer *out)
{
    size_t end = series_end(table, 0);
    slt_buffer_printf(out, "set xtics (");
    for (size_t i = 0; i < end; i++) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        print_quoted(out, table->rows[i].x);
        slt_buffer_printf(out, " %zu", i);
    }
    slt_buffer_printf(out, ")\n");
}

static void print_script(const slt_figure *figure, const char *path, slt_buffer *out)
{
    const slt_table *table = &figure->table;
    const slt_value *rows = slt_value_get(figure->part, "rows");
    slt_fit_spec fit;
    bool numeric = true;
    for (size_t i = 0; i < table->data_count; i++)
        numeric &= is_number(table->rows[i].x);
    slt_buffer_printf(out, "set terminal svg size 800,560 font 'sans-serif,13' "
                           "background '#ffffff' noenhanced\n");
    print_setting(out, "output", path);
    print_setting(
        out, "title",
        slt_figure_text(figure->part, "title", slt_manifest_name(figure->manifest)));
    print_setting(
        out, "xlabel",
        slt_figure_text(figure->part, "x_label", slt_figure_text(rows, "by", "")));
    print_setting(out, "ylabel",
                  slt_figure_text(figure->part, "y_label", slt_figure_result(rows)));
    slt_buffer_printf(out,
                      "set key outside %s noenhanced\nset autoscale noextend\n"
                      "set grid lc rgb '#dddddd'\nset bars small\n"
                      "set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.03\n",
                      series_count(table) > SERIES_BELOW ? "right center vertical"
                                                         : "top center horizontal");
    print_blocks(figure, numeric, out);
    if (!numeric)
        print_ticks(table, out);
    print_series(figure, out);
    for (size_t i = 0; numeric && slt_fit_at(figure->part, i, &fit); i++)
        print_fit(figure, fit.name, i, out);
    slt_buffer_printf(out, "\n");
}

/* ---- Running it -------------------------------------------------------------------- */

static slt_status run_gnuplot(const char *script, slt_error *err)
{
    char *arguments[] = {(char *)(uintptr_t) "gnuplot", (char *)(uintptr_t)script, NULL};
    pid_t child;
    int ended;
    int reason = posix_spawnp(&child, "gnuplot", NULL, NULL, arguments, environ);
    if (reason)
        return slt_fail(
            err, SLT_RESOURCE,
            "no picture: gnuplot cannot be started (%s); the CSV holds all its "
            "data",
            strerror(reason));
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return slt_fail(err, SLT_RESOURCE, "no picture: lost gnuplot: %s",
                            strerror(errno));
    if (!WIFEXITED(ended) || WEXITSTATUS(ended))
        return slt_fail(
            err, SLT_RESOURCE,
            WIFEXITED(ended) && WEXITSTATUS(ended) == 127
                ? "no picture: gnuplot is not installed; the CSV holds all its "
                  "data"
                : "no picture: gnuplot failed; the CSV holds all its data");
    return SLT_OK;
}

slt_status slt_figure_svg(const slt_figure *figure, const char *path, slt_error *err)
{
    char script[SLT_FILE_PATH_MAX];
    slt_buffer text = {0};
    if (!figure->part || !figure->table.data_count)
        return slt_fail(err, SLT_RESOURCE, "no picture: the figure has no rows");
    slt_status status = slt_path_print(script, err, "%s.gnuplot", path);
    print_script(figure, path, &text);
    if (!status && text.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    if (!status)
        status = slt_io_replace(script, text.data, text.size, err);
    if (!status) {
        status = run_gnuplot(script, err);
        unlink(script);
    }
    slt_buffer_free(&text);
    return status;
}
