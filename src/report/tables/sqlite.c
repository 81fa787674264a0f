/* A study as an SQLite database: runs, results, checkpoints, estimates, chains, losses,
 * claims, and a view of the draws with the axes of the sweep. */
#include <sltrace/numerics.h>

#include <string.h>

#include "base/buffer.h"
#include "manifest/manifest.h"
#include "report/tables/database.h"
#include "report/tables/tables.h"

static const char tables[] =
    "CREATE TABLE study(name TEXT, numerics INTEGER, runs INTEGER, paper TEXT, "
    "figure TEXT);"
    "CREATE TABLE results(run INTEGER REFERENCES runs, name TEXT, value REAL, "
    "PRIMARY KEY(run, name)) WITHOUT ROWID;"
    "CREATE TABLE checkpoints(run INTEGER REFERENCES runs, step INTEGER, name TEXT, "
    "value REAL, PRIMARY KEY(run, step, name)) WITHOUT ROWID;"
    "CREATE TABLE chains(id INTEGER PRIMARY KEY, run INTEGER REFERENCES runs, "
    "estimate INTEGER, at_step INTEGER, chain INTEGER, status TEXT, nbeta REAL, "
    "init_loss REAL, draws INTEGER, acceptance REAL, adapted_lr REAL, "
    "weights TEXT, "
    "UNIQUE(run, estimate, at_step, chain));"
    "CREATE TABLE losses(id INTEGER REFERENCES chains, draw INTEGER, loss REAL, "
    "PRIMARY KEY(id, draw)) WITHOUT ROWID;"
    "CREATE TABLE claims(id TEXT PRIMARY KEY, says TEXT, kind TEXT, verdict TEXT, "
    "holds INTEGER, value REAL, expect REAL, tolerance REAL, basis TEXT, note TEXT);";

typedef struct sqlite_rows {
    const slt_tables_study *study;
    slt_database *database;
    int64_t chains; /* so far */
} sqlite_rows;

/* ---- The tables -------------------------------------------------------------------- */

static void put_axes(const slt_tables_study *study, const char *before, bool types,
                     slt_buffer *sql)
{
    static const char *const names[] = {" INTEGER", " REAL", " TEXT"};
    for (size_t i = 0; i < study->axis_count; i++)
        slt_buffer_printf(sql, ", %s\"%s\"%s", before, study->axes[i].name,
                          types ? names[study->axes[i].type] : "");
}

static slt_status make_tables(const slt_tables_study *study, slt_database *database,
                              slt_error *err)
{
    slt_buffer sql = {0};
    slt_buffer_printf(&sql, "%sCREATE TABLE runs(run INTEGER PRIMARY KEY", tables);
    put_axes(study, "", true, &sql);
    slt_buffer_printf(&sql, ", status TEXT, step INTEGER, experiment TEXT, sha256 TEXT);"
                            "CREATE TABLE estimates(run INTEGER REFERENCES runs, "
                            "estimate INTEGER, at_step INTEGER, chains INTEGER, "
                            "ended_early INTEGER, draws INTEGER");
    for (size_t i = 0; i < SLT_TABLES_NUMBERS; i++)
        slt_buffer_printf(&sql, ", %s REAL", slt_tables_numbers[i]);
    slt_buffer_printf(&sql, ", settled TEXT, stein REAL, stein_error REAL, "
                            "PRIMARY KEY(run, estimate, at_step)) WITHOUT ROWID;"
                            "CREATE VIEW draws AS SELECT run");
    put_axes(study, "runs.", false, &sql);
    slt_buffer_printf(&sql, ", estimate, at_step, chain, draw, loss FROM losses "
                            "JOIN chains USING(id) JOIN runs USING(run)");
    const char *text = slt_buffer_text(&sql);
    slt_status status = sql.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for the tables")
                            : slt_database_run(database, text, err);
    slt_buffer_free(&sql);
    return status;
}

/* ---- Rows of a run ----------------------------------------------------------------- */

static void put_axis(const sqlite_rows *rows, size_t run, size_t axis)
{
    const slt_tables_study *study = rows->study;
    slt_database *to = rows->database;
    if (study->axes[axis].type == SLT_TABLES_WHOLE)
        slt_database_put_whole(to, slt_tables_whole(study, run, axis));
    else if (study->axes[axis].type == SLT_TABLES_REAL)
        slt_database_put_real(to, slt_tables_real(study, run, axis));
    else
        slt_database_put_text(to, slt_manifest_value(study->manifest, run, axis));
}

static slt_status add_run(const sqlite_rows *rows, const slt_tables_run *run,
                          slt_error *err)
{
    char experiment[SLT_DIGEST_TEXT_MAX], sha256[65];
    slt_database *to = rows->database;
    slt_status status = slt_database_begin(to, "runs", 5 + rows->study->axis_count, err);
    if (status)
        return status;
    slt_digest_text(slt_trace_experiment(run->trace), experiment);
    slt_trace_sha256(run->trace, sha256);
    slt_database_put_whole(to, (int64_t)run->run);
    for (size_t i = 0; i < rows->study->axis_count; i++)
        put_axis(rows, run->run, i);
    slt_database_put_text(to, slt_run_status_name(run->end->status));
    slt_database_put_whole(to, (int64_t)run->end->step);
    slt_database_put_text(to, experiment);
    slt_database_put_text(to, sha256);
    return slt_database_add(to, err);
}

/* Results of a table, or metrics of a checkpoint, which have its step. */
static slt_status add_results(const sqlite_rows *rows, size_t run, const uint64_t *step,
                              const slt_result *results, size_t count, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, name);
        status = slt_database_begin(rows->database, step ? "checkpoints" : "results",
                                    step ? 4 : 3, err);
        if (status)
            break;
        slt_database_put_whole(rows->database, (int64_t)run);
        if (step)
            slt_database_put_whole(rows->database, (int64_t)*step);
        slt_database_put_text(rows->database, name);
        slt_database_put_real(rows->database, results[i].value);
        status = slt_database_add(rows->database, err);
    }
    return status;
}

static slt_status add_losses(const sqlite_rows *rows, const slt_record *chain,
                             slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < chain->loss_count && !status; i++) {
        status = slt_database_begin(rows->database, "losses", 3, err);
        if (status)
            break;
        slt_database_put_whole(rows->database, rows->chains);
        slt_database_put_whole(rows->database, (int64_t)i);
        slt_database_put_real(rows->database, slt_tables_loss(chain, i));
        status = slt_database_add(rows->database, err);
    }
    return status;
}

static slt_status add_chain(sqlite_rows *rows, size_t run, const slt_record *chain,
                            slt_error *err)
{
    char weights[SLT_DIGEST_TEXT_MAX];
    slt_database *to = rows->database;
    slt_status status = slt_database_begin(to, "chains", 12, err);
    if (status)
        return status;
    slt_digest_text(chain->final_weights, weights);
    slt_database_put_whole(to, ++rows->chains);
    slt_database_put_whole(to, (int64_t)run);
    slt_database_put_whole(to, (int64_t)chain->llc + 1);
    slt_database_put_whole(to, (int64_t)chain->at_step);
    slt_database_put_whole(to, chain->chain);
    slt_database_put_text(to, slt_run_status_name(chain->chain_status));
    slt_database_put_real(to, chain->nbeta);
    slt_database_put_real(to, chain->init_loss);
    slt_database_put_whole(to, (int64_t)chain->draws);
    slt_database_put_real(to,
                          chain->has_acceptance ? chain->acceptance : slt_real_absent());
    slt_database_put_real(to,
                          chain->has_adapted_lr ? chain->adapted_lr : slt_real_absent());
    slt_database_put_text(to, chain->chain_status == SLT_RUN_DONE ? weights : NULL);
    status = slt_database_add(to, err);
    return status ? status : add_losses(rows, chain, err);
}

static slt_status add_estimate(const sqlite_rows *rows, size_t run, const slt_estimate *e,
                               slt_error *err)
{
    slt_database *to = rows->database;
    const slt_stein_found *stein = &e->found.stein;
    const bool asked = e->whole && stein->asked;
    slt_real numbers[SLT_TABLES_NUMBERS];
    slt_tables_number(e, numbers);
    slt_status status = slt_database_begin(to, "estimates", 9 + SLT_TABLES_NUMBERS, err);
    if (status)
        return status;
    slt_database_put_whole(to, (int64_t)run);
    slt_database_put_whole(to, (int64_t)e->llc + 1);
    slt_database_put_whole(to, (int64_t)e->at_step);
    slt_database_put_whole(to, (int64_t)e->chains);
    slt_database_put_whole(to, (int64_t)e->ended_early);
    slt_database_put_whole(to, (int64_t)e->chain[0]->draws);
    for (size_t i = 0; i < SLT_TABLES_NUMBERS; i++)
        slt_database_put_real(to, numbers[i]);
    slt_database_put_text(to, slt_tables_settled(e));
    slt_database_put_real(to, asked ? stein->ratio : slt_real_absent());
    slt_database_put_real(to, asked ? stein->error : slt_real_absent());
    return slt_database_add(to, err);
}

static slt_status add_record(sqlite_rows *rows, size_t run, const slt_record *record,
                             slt_error *err)
{
    if (record->kind == SLT_RECORD_CHECKPOINT)
        return add_results(rows, run, &record->step, record->metrics,
                           record->metric_count, err);
    if (record->kind == SLT_RECORD_CHAIN)
        return add_chain(rows, run, record, err);
    if (record->kind == SLT_RECORD_TABLE)
        return add_results(rows, run, NULL, record->results, record->result_count, err);
    return SLT_OK;
}

static slt_status add_all(void *context, const slt_tables_run *run, slt_error *err)
{
    sqlite_rows *rows = context;
    slt_status status = add_run(rows, run, err);
    for (size_t i = 0; i < slt_trace_records(run->trace) && !status; i++)
        status = add_record(rows, run->run, slt_trace_record(run->trace, i), err);
    slt_estimates all = {0};
    if (!status)
        status = slt_tables_estimates(run, &all, err);
    for (size_t i = 0; i < all.count && !status; i++)
        status = add_estimate(rows, run->run, &all.list[i], err);
    slt_estimates_free(&all);
    return status;
}

/* ---- The study --------------------------------------------------------------------- */

static slt_status add_study(const sqlite_rows *rows, slt_error *err)
{
    slt_manifest *manifest = rows->study->manifest;
    const slt_cite_spec *cite = slt_manifest_cite(manifest);
    slt_status status = slt_database_begin(rows->database, "study", 5, err);
    if (status)
        return status;
    slt_database_put_text(rows->database, slt_manifest_name(manifest));
    slt_database_put_whole(rows->database, SLT_NUMERICS_REVISION);
    slt_database_put_whole(rows->database, (int64_t)slt_manifest_runs(manifest));
    slt_database_put_text(rows->database, cite->paper);
    slt_database_put_text(rows->database, cite->figure);
    return slt_database_add(rows->database, err);
}

static slt_status add_claim(const sqlite_rows *rows, const slt_claim *claim,
                            slt_error *err)
{
    slt_database *to = rows->database;
    slt_status status = slt_database_begin(to, "claims", 10, err);
    if (status)
        return status;
    slt_database_put_text(to, claim->id);
    slt_database_put_text(to, claim->says);
    slt_database_put_text(to, slt_claim_kind_name(claim->kind));
    slt_database_put_text(to, slt_claim_verdict(claim));
    slt_database_put_whole(to, slt_claim_holds(claim));
    slt_database_put_real(to, claim->value);
    slt_database_put_real(to, claim->expect);
    slt_database_put_real(to, claim->tolerance);
    slt_database_put_text(to, claim->basis);
    slt_database_put_text(to, *claim->note ? claim->note : NULL);
    return slt_database_add(to, err);
}

static slt_status add_claims(const sqlite_rows *rows, slt_error *err)
{
    slt_figure *figure = NULL;
    if (!slt_manifest_figure(rows->study->manifest))
        return SLT_OK;
    slt_status status =
        slt_figure_make(rows->study->manifest, rows->study->traces, &figure, err);
    for (size_t i = 0; !status && i < slt_figure_claims(figure); i++)
        status = add_claim(rows, slt_figure_claim(figure, i), err);
    slt_figure_free(figure);
    return status;
}

slt_status slt_tables_sqlite(slt_manifest *manifest, const slt_traces *traces,
                             const char *file, slt_error *err)
{
    static const char *const columns[] = {"run",    "status",   "step", "experiment",
                                          "sha256", "estimate", "draw", "at_step",
                                          "chain",  "loss",     NULL};
    slt_tables_study study;
    slt_error own;
    sqlite_rows rows = {.study = &study};
    slt_status status = slt_tables_study_of(manifest, traces, &study, err);
    if (!status)
        status = slt_tables_name_axes(&study, columns, err);
    if (!status)
        status = slt_database_open(file, &rows.database, err);
    if (!status)
        status = make_tables(&study, rows.database, err);
    if (!status)
        status = add_study(&rows, err);
    if (!status)
        status = slt_tables_walk(&study, add_all, &rows, err);
    if (!status)
        status = add_claims(&rows, err);
    slt_status ended = slt_database_close(rows.database, status ? NULL : &own);
    return status || !ended ? status : slt_fail(err, ended, "%s", own.text);
}
