/* Which cells have settled, which of them are a plateau, and which one to take. */
#include "audit/calibrate.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/world.h"

#define CHAINS_LEAST 4

/* ---- One cell ---------------------------------------------------------------------- */

static const char *judge_fault_words(slt_calibrate_fault fault)
{
    static const char *const words[SLT_CALIBRATE_FAULTS] = {
        [SLT_CALIBRATE_ENDED] = "with chains that diverge or overflow",
        [SLT_CALIBRATE_RHAT] = "with R-hat above 1.01",
        [SLT_CALIBRATE_ESS] = "with an ESS below 100",
        [SLT_CALIBRATE_DRIFT] = "with a drift of more than 6 MCSE",
        [SLT_CALIBRATE_NEGATIVE] = "with draws below the loss at w*",
        [SLT_CALIBRATE_SPREAD] = "with a Stein ratio below that of settled chains",
        [SLT_CALIBRATE_STEP] = "with a step that adds more than 10 %"};
    return words[fault];
}

/* Comparisons with a number that is not known fail. */
static bool judge_within(slt_real value, double most)
{
    return slt_real_finite(value) && slt_real_double(value) <= most;
}

static bool judge_at_least(slt_real value, double least)
{
    return slt_real_finite(value) && slt_real_double(value) >= least;
}

/* Losses of mini batches scatter below that of w* by their own noise. */
static bool judge_negative(const slt_calibrate_cell *cell, const slt_llc_spec *spec)
{
    const bool exact = spec->losses_full || spec->batch.order == SLT_BATCH_FULL;
    return !slt_real_finite(cell->mean) || slt_real_double(cell->mean) <= 0 ||
           (exact &&
            !judge_within(cell->found.negative_share, SLT_CALIBRATE_NEGATIVE_MOST));
}

static bool judge_step_known(const slt_stein_found *stein)
{
    return stein->asked && slt_real_finite(stein->step);
}

/* What settled chains have: 1, and where it is known what the step adds. */
static double judge_step(const slt_stein_found *stein)
{
    return judge_step_known(stein) ? slt_real_double(stein->step) : 0;
}

static bool judge_spread_short(const slt_stein_found *stein)
{
    const double settled = 1 + judge_step(stein);
    if (!stein->asked || stein->biased || !slt_real_finite(stein->ratio))
        return false;
    const double ratio = slt_real_double(stein->ratio);
    const double error =
        slt_real_finite(stein->error) ? slt_real_double(stein->error) : 0;
    return ratio < SLT_CALIBRATE_SPREAD_LEAST * settled &&
           ratio + SLT_SETTLED_MCSE * error < settled;
}

static void judge_cell(slt_calibrate_cell *cell, const slt_llc_spec *spec)
{
    const slt_diagnostics *found = &cell->found;
    bool *fault = cell->fault;
    fault[SLT_CALIBRATE_ENDED] = cell->status != SLT_RUN_DONE;
    if (!fault[SLT_CALIBRATE_ENDED]) {
        fault[SLT_CALIBRATE_RHAT] = !judge_within(found->rhat, SLT_SETTLED_RHAT);
        fault[SLT_CALIBRATE_ESS] = !judge_at_least(found->ess_bulk, SLT_SETTLED_ESS) ||
                                   !judge_at_least(found->ess_tail, SLT_SETTLED_ESS);
        fault[SLT_CALIBRATE_DRIFT] =
            !slt_real_finite(found->mcse) || !slt_real_finite(found->mcse_chains) ||
            !judge_within(slt_real_of(fabs(slt_real_double(found->drift))),
                          SLT_CALIBRATE_DRIFT_MOST * slt_real_double(found->mcse_chains));
        fault[SLT_CALIBRATE_NEGATIVE] = judge_negative(cell, spec);
        fault[SLT_CALIBRATE_SPREAD] = judge_spread_short(&found->stein);
        fault[SLT_CALIBRATE_STEP] = judge_step(&found->stein) > SLT_CALIBRATE_STEP_MOST;
    }
    cell->settled = true;
    for (size_t f = 0; f < SLT_CALIBRATE_FAULTS; f++)
        cell->settled = cell->settled && !fault[f];
}

/* ---- The plateau ------------------------------------------------------------------- */

/* The cell at these places. */
static slt_calibrate_cell *judge_at(const slt_calibrate_grid *grid,
                                    const size_t place[SLT_CALIBRATE_AXES])
{
    size_t index = 0;
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++)
        index = index * grid->axis[a].count + place[a];
    return &grid->cells[index];
}

/* The neighbour of a cell that is moves[a] - 1 places further along axis a; NULL beyond
 * an end, and for the cell itself. */
static slt_calibrate_cell *judge_neighbour(const slt_calibrate_grid *grid,
                                           const slt_calibrate_cell *cell,
                                           const size_t moves[SLT_CALIBRATE_AXES])
{
    size_t place[SLT_CALIBRATE_AXES];
    bool same = true;
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++) {
        place[a] = cell->place[a] + moves[a];
        if (place[a] == 0 || place[a] > grid->axis[a].count)
            return NULL;
        place[a]--;
        same = same && moves[a] == 1;
    }
    return same ? NULL : judge_at(grid, place);
}

/* Neighbours stand next to a cell along one axis or several. */
#define NEIGHBOURS 27
static slt_calibrate_cell *judge_neighbour_at(const slt_calibrate_grid *grid,
                                              const slt_calibrate_cell *cell, size_t n)
{
    const size_t moves[SLT_CALIBRATE_AXES] = {n / 9, n / 3 % 3, n % 3};
    return judge_neighbour(grid, cell, moves);
}

/* Whether two LLCs are the same within these errors. */
static bool judge_agree(const slt_calibrate_cell *a, slt_real ours,
                        const slt_calibrate_cell *b, slt_real theirs)
{
    const double e = slt_real_double(ours), f = slt_real_double(theirs);
    return fabs(slt_real_double(a->mean) - slt_real_double(b->mean)) <=
           SLT_CALIBRATE_SAME * sqrt(e * e + f * f);
}

static bool judge_same(const slt_calibrate_cell *a, const slt_calibrate_cell *b)
{
    return judge_agree(a, a->error, b, b->error);
}

/* ---- What the step adds ------------------------------------------------------------ */

static double judge_lr(const slt_calibrate_grid *grid, const slt_calibrate_cell *cell)
{
    slt_real lr;
    slt_real_parse(grid->axis[SLT_CALIBRATE_LR].text[cell->place[SLT_CALIBRATE_LR]], &lr);
    return slt_real_double(lr);
}

/* Of a sampler that does not tell, in proportion to lr, by the settled neighbour at the
 * next smaller lr or else the next larger one; 0 where their LLCs are the same. */
static double judge_slope(const slt_calibrate_grid *grid, const slt_calibrate_cell *cell)
{
    for (size_t move = 0; move < 3; move += 2) {
        size_t moves[SLT_CALIBRATE_AXES] = {1, 1, 1};
        moves[SLT_CALIBRATE_LR] = move;
        const slt_calibrate_cell *other = judge_neighbour(grid, cell, moves);
        if (!other || !other->settled)
            continue;
        if (judge_agree(cell, cell->found.mcse, other, other->found.mcse))
            return 0;
        const double lr = judge_lr(grid, cell);
        return fabs((slt_real_double(cell->mean) - slt_real_double(other->mean)) * lr /
                    (lr - judge_lr(grid, other)));
    }
    return 0;
}

static void judge_bias(const slt_calibrate_grid *grid, slt_calibrate_cell *cell)
{
    const slt_stein_found *stein = &cell->found.stein;
    cell->bias = slt_real_absent();
    if (cell->settled)
        cell->bias = slt_real_of(judge_step_known(stein)
                                     ? slt_real_double(cell->mean) * judge_step(stein)
                                     : judge_slope(grid, cell));
}

/* Once the bias of every cell is known, as it is told by others that have settled. */
static void judge_error(slt_calibrate_cell *cell)
{
    cell->error = slt_real_absent();
    if (!cell->settled)
        return;
    const double bias = slt_real_double(cell->bias);
    if (bias > SLT_CALIBRATE_STEP_MOST * slt_real_double(cell->mean)) {
        cell->fault[SLT_CALIBRATE_STEP] = true;
        cell->settled = false;
        return;
    }
    const double mcse = slt_real_double(cell->found.mcse);
    cell->error = slt_real_of(sqrt(mcse * mcse + bias * bias));
}

/* ---- Stability --------------------------------------------------------------------- */

/* Where a smaller step gives another LLC, the larger one is at fault. */
static bool judge_stable(const slt_calibrate_grid *grid, const slt_calibrate_cell *cell)
{
    static const size_t smaller[SLT_CALIBRATE_AXES] = {[SLT_CALIBRATE_LOCALIZATION] = 1,
                                                       [SLT_CALIBRATE_NBETA] = 1,
                                                       [SLT_CALIBRATE_LR] = 0};
    const slt_calibrate_cell *below = judge_neighbour(grid, cell, smaller);
    bool any = false;
    if (!cell->settled || (below && below->settled && !judge_same(cell, below)))
        return false;
    for (size_t n = 0; n < NEIGHBOURS; n++) {
        const slt_calibrate_cell *other = judge_neighbour_at(grid, cell, n);
        any = any || (other && other->settled && judge_same(cell, other));
    }
    return any;
}

/* What diagnose calls settled goes before the least error. */
static bool judge_better(const slt_calibrate_cell *a, const slt_calibrate_cell *b)
{
    const bool ours = a->found.settled == SLT_SETTLED_YES;
    const bool theirs = b && b->found.settled == SLT_SETTLED_YES;
    if (!b || ours != theirs)
        return !b || ours;
    return slt_real_double(a->error) < slt_real_double(b->error);
}

/* Marks what is connected with a stable cell by neighbours of the same LLC, and counts
 * it.  todo has room for all cells. */
static size_t judge_mark(slt_calibrate_grid *grid, slt_calibrate_cell *first,
                         slt_calibrate_cell **todo)
{
    size_t left = 0, count = 0;
    first->plateau = true;
    todo[left++] = first;
    while (left) {
        const slt_calibrate_cell *cell = todo[--left];
        count++;
        for (size_t n = 0; n < NEIGHBOURS; n++) {
            slt_calibrate_cell *other = judge_neighbour_at(grid, cell, n);
            if (!other || !other->stable || other->plateau || !judge_same(cell, other))
                continue;
            other->plateau = true;
            todo[left++] = other;
        }
    }
    return count;
}

/* The plateau of a grid is the one that its best stable cell is on: *best, NULL before,
 * and how many cells are on it. */
static slt_status judge_plateau(slt_calibrate_grid *grid, slt_calibrate_cell **best,
                                size_t *count, slt_error *err)
{
    slt_calibrate_cell **todo =
        slt_world.calloc(grid->count, sizeof(slt_calibrate_cell *));
    if (!todo)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu cells", grid->count);
    for (size_t i = 0; i < grid->count; i++)
        if (grid->cells[i].stable && judge_better(&grid->cells[i], *best))
            *best = &grid->cells[i];
    *count = *best ? judge_mark(grid, *best, todo) : 0;
    free(todo);
    return SLT_OK;
}

/* ---- Words ------------------------------------------------------------------------- */

/* "lr 0.001, nbeta 50, localization 1". */
static void judge_name(const slt_calibrate_grid *grid, const slt_calibrate_cell *cell,
                       slt_buffer *out)
{
    const char *gap = "";
    for (size_t a = SLT_CALIBRATE_AXES; a-- > 0;) {
        slt_buffer_printf(out, "%s%s %s", gap, slt_calibrate_fields[a],
                          grid->axis[a].text[cell->place[a]]);
        gap = ", ";
    }
}

static size_t judge_count(const slt_calibration *found,
                          bool (*is)(const slt_calibrate_cell *))
{
    size_t count = 0;
    for (size_t g = 0; g < found->grid_count; g++)
        for (size_t i = 0; i < found->grids[g].count; i++)
            count += !is || is(&found->grids[g].cells[i]);
    return count;
}

static bool judge_is_settled(const slt_calibrate_cell *cell)
{
    return cell->settled;
}

static void judge_say_chosen(slt_calibration *found, size_t plateau)
{
    const slt_calibrate_cell *cell = found->chosen;
    const slt_calibrate_grid *grid = found->chosen_grid;
    slt_buffer *out = &found->words;
    char ess[SLT_ESS_TEXT_MAX];
    slt_buffer_printf(out, "Recommended: %s, ", grid->sampler);
    judge_name(grid, cell, out);
    slt_buffer_printf(out, "\nLLC %.5g, MCSE %.2g", slt_real_double(cell->mean),
                      slt_real_double(cell->found.mcse));
    if (slt_real_double(cell->bias) > 0)
        slt_buffer_printf(out, ", by the size of its step %.2g",
                          slt_real_double(cell->bias));
    slt_buffer_printf(out,
                      ": an error of %.2g\nR-hat %.4f, ESS %s; on a plateau of %zu cells",
                      slt_real_double(cell->error), slt_real_double(cell->found.rhat),
                      slt_ess_text(cell->found.ess_bulk, ess), plateau);
}

/* Where the plateau reaches an end of an axis it may go on. */
static void judge_say_ends(slt_calibration *found)
{
    const slt_calibrate_grid *grid = found->chosen_grid;
    for (size_t a = SLT_CALIBRATE_AXES; a-- > 0;)
        for (size_t end = 0; end < 2 && grid->axis[a].count > 1; end++) {
            const size_t last = end ? grid->axis[a].count - 1 : 0;
            if (found->chosen->place[a] == last)
                slt_buffer_printf(
                    &found->advice,
                    "%sThe settings stand at the end of the %s axis: a grid "
                    "of %s ones may have better.",
                    found->advice.size ? " " : "", slt_calibrate_fields[a],
                    end ? "larger" : "smaller");
        }
}

/* A plateau in lr alone tells nothing of nbeta and localization: where the next one gives
 * another LLC, the question decides which it is. */
static void judge_say_others(slt_calibration *found)
{
    const slt_calibrate_grid *grid = found->chosen_grid;
    for (size_t a = 0; a < SLT_CALIBRATE_LR; a++)
        for (size_t move = 0; move < 3; move += 2) {
            size_t moves[SLT_CALIBRATE_AXES] = {1, 1, 1};
            moves[a] = move;
            const slt_calibrate_cell *other = judge_neighbour(grid, found->chosen, moves);
            if (!other || !other->settled || judge_same(found->chosen, other))
                continue;
            slt_buffer_printf(
                &found->advice,
                "%sAt %s %s the LLC is another, %.5g: the plateau does not "
                "go along this axis, and what is asked decides where on it.",
                found->advice.size ? " " : "", slt_calibrate_fields[a],
                grid->axis[a].text[other->place[a]], slt_real_double(other->mean));
        }
}

/* What diagnose will say of the recommended cell all the same. */
static void judge_say_drift(slt_calibration *found)
{
    if (found->chosen->found.settled != SLT_SETTLED_YES)
        slt_buffer_printf(
            &found->advice,
            "%sIts drift is above the %d MCSE that diagnose allows, as one in "
            "eight estimates that have settled: more draws tell.",
            found->advice.size ? " " : "", SLT_SETTLED_MCSE);
}

/* The spread of two or three chains hardly tells their error. */
static void judge_say_chains(slt_calibration *found)
{
    if (found->grids->spec.num_chains < CHAINS_LEAST)
        slt_buffer_printf(&found->advice,
                          "%sOf %zu chains the MCSE is hardly known, and all that is "
                          "judged by it: make %d or more.",
                          found->advice.size ? " " : "", found->grids->spec.num_chains,
                          CHAINS_LEAST);
}

static size_t judge_fault_count(const slt_calibrate_cell *cell)
{
    size_t count = 0;
    for (size_t f = 0; f < SLT_CALIBRATE_FAULTS; f++)
        count += cell->fault[f];
    return count;
}

/* Whether a cell that is done is nearer to settled than another. */
static bool judge_nearer(const slt_calibrate_cell *a, const slt_calibrate_cell *b)
{
    const size_t ours = judge_fault_count(a), theirs = b ? judge_fault_count(b) : 0;
    return !b || ours < theirs ||
           (ours == theirs &&
            slt_real_double(a->found.rhat) < slt_real_double(b->found.rhat));
}

/* The one that is nearest; NULL if no cell has an R-hat. */
static const slt_calibrate_cell *judge_nearest(const slt_calibration *found,
                                               const slt_calibrate_grid **grid)
{
    const slt_calibrate_cell *nearest = NULL;
    for (size_t g = 0; g < found->grid_count; g++)
        for (size_t i = 0; i < found->grids[g].count; i++) {
            const slt_calibrate_cell *cell = &found->grids[g].cells[i];
            if (cell->status != SLT_RUN_DONE || !slt_real_finite(cell->found.rhat) ||
                !judge_nearer(cell, nearest))
                continue;
            nearest = cell;
            *grid = &found->grids[g];
        }
    return nearest;
}

static void judge_say_faults(slt_calibration *found)
{
    slt_buffer *out = &found->words;
    const char *gap = ": ";
    slt_buffer_printf(out, "no cell of %zu has settled", judge_count(found, NULL));
    for (size_t f = 0; f < SLT_CALIBRATE_FAULTS; f++) {
        size_t count = 0;
        for (size_t g = 0; g < found->grid_count; g++)
            for (size_t i = 0; i < found->grids[g].count; i++)
                count += found->grids[g].cells[i].fault[f];
        if (!count)
            continue;
        slt_buffer_printf(out, "%s%zu %s", gap, count,
                          judge_fault_words((slt_calibrate_fault)f));
        gap = ", ";
    }
}

/* In the words that diagnose has for one estimate. */
static void judge_advise(slt_calibration *found)
{
    const slt_calibrate_grid *grid = NULL;
    const slt_calibrate_cell *cell = judge_nearest(found, &grid);
    if (!cell) {
        slt_buffer_printf(
            &found->advice,
            "Every chain left the finite numbers: begin the lr axis at less "
            "than a hundredth of these.");
        return;
    }
    slt_llc_spec spec = grid->spec;
    /* Where the text is no number, a prior, the estimate's own stays. */
    slt_real_parse(grid->axis[SLT_CALIBRATE_LR].text[cell->place[SLT_CALIBRATE_LR]],
                   &spec.lr);
    slt_real_parse(grid->axis[SLT_CALIBRATE_LOCALIZATION]
                       .text[cell->place[SLT_CALIBRATE_LOCALIZATION]],
                   &spec.localization);
    slt_buffer_printf(&found->advice, "Nearest is %s, ", grid->sampler);
    judge_name(grid, cell, &found->advice);
    slt_buffer_printf(&found->advice, ", R-hat %.4f.", slt_real_double(cell->found.rhat));
    slt_diagnostics_advice(&cell->found, &spec, &found->advice);
    if (cell->fault[SLT_CALIBRATE_STEP])
        slt_buffer_printf(&found->advice, " Its step adds too much: make lr smaller.");
}

static void judge_say_none(slt_calibration *found)
{
    const size_t settled = judge_count(found, judge_is_settled);
    if (!settled) {
        judge_say_faults(found);
        judge_advise(found);
        return;
    }
    slt_buffer_printf(&found->words,
                      "%zu of %zu cells have settled, but none with neighbours of the "
                      "same LLC: the grid has no plateau",
                      settled, judge_count(found, NULL));
    slt_buffer_printf(&found->advice,
                      "Make the grid finer around the cells that have settled, or chains "
                      "longer where their neighbours have not.");
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_calibrate_judge(slt_calibration *found, slt_error *err)
{
    size_t plateau = 0;
    for (size_t g = 0; g < found->grid_count; g++) {
        slt_calibrate_grid *grid = &found->grids[g];
        slt_calibrate_cell *best = NULL;
        size_t count = 0;
        for (size_t i = 0; i < grid->count; i++)
            judge_cell(&grid->cells[i], &grid->spec);
        for (size_t i = 0; i < grid->count; i++)
            judge_bias(grid, &grid->cells[i]);
        for (size_t i = 0; i < grid->count; i++)
            judge_error(&grid->cells[i]);
        for (size_t i = 0; i < grid->count; i++)
            grid->cells[i].stable = judge_stable(grid, &grid->cells[i]);
        slt_status status = judge_plateau(grid, &best, &count, err);
        if (status)
            return status;
        if (!best || !judge_better(best, found->chosen))
            continue;
        found->chosen_grid = grid;
        found->chosen = best;
        plateau = count;
    }
    if (found->chosen) {
        judge_say_chosen(found, plateau);
        judge_say_ends(found);
        judge_say_others(found);
        judge_say_drift(found);
    } else {
        judge_say_none(found);
    }
    judge_say_chains(found);
    return found->words.failed || found->advice.failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for a recommendation")
               : SLT_OK;
}
