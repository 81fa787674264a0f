#include "report/tables/database.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/library.h"
#include "base/world.h"

/* Of sqlite3.h. */
enum { SQLITE_OK = 0, SQLITE_DONE = 101, SQLITE_OPEN_READWRITE = 2 };
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef void (*sqlite_end)(void *text);
#define SQLITE_TRANSIENT ((sqlite_end)-1)

static struct {
    int (*open)(const char *file, sqlite3 **db, int flags, const char *vfs);
    int (*run)(sqlite3 *db, const char *sql,
               int (*call)(void *context, int count, char **values, char **names),
               void *context, char **message);
    int (*prepare)(sqlite3 *db, const char *sql, int size, sqlite3_stmt **statement,
                   const char **rest);
    int (*bind_null)(sqlite3_stmt *statement, int place);
    int (*bind_whole)(sqlite3_stmt *statement, int place, int64_t value);
    int (*bind_real)(sqlite3_stmt *statement, int place, double value);
    int (*bind_text)(sqlite3_stmt *statement, int place, const char *text, int size,
                     sqlite_end end);
    int (*step)(sqlite3_stmt *statement);
    int (*reset)(sqlite3_stmt *statement);
    int (*finalize)(sqlite3_stmt *statement);
    const char *(*message)(sqlite3 *db);
    int (*close)(sqlite3 *db);
    slt_error wrong; /* if it cannot be used */
} sqlite;
static pthread_once_t sqlite_once = PTHREAD_ONCE_INIT;

static void sqlite_find(void)
{
    static const char *const names[] = {"libsqlite3.so.0", NULL};
    const slt_library_symbol wanted[] = {
        {"sqlite3_open_v2", &sqlite.open},
        {"sqlite3_exec", &sqlite.run},
        {"sqlite3_prepare_v2", &sqlite.prepare},
        {"sqlite3_bind_null", &sqlite.bind_null},
        {"sqlite3_bind_int64", &sqlite.bind_whole},
        {"sqlite3_bind_double", &sqlite.bind_real},
        {"sqlite3_bind_text", &sqlite.bind_text},
        {"sqlite3_step", &sqlite.step},
        {"sqlite3_reset", &sqlite.reset},
        {"sqlite3_finalize", &sqlite.finalize},
        {"sqlite3_errmsg", &sqlite.message},
        {"sqlite3_close", &sqlite.close},
    };
    slt_library_find(names, wanted, sizeof wanted / sizeof *wanted,
                     "no SQLite (libsqlite3.so.0) is installed", &sqlite.wrong);
}

enum { TABLES_MAX = 16 };

struct slt_database {
    sqlite3 *db;
    const char *file;
    /* The statements that add rows, by table. */
    struct {
        const char *table;
        sqlite3_stmt *add;
    } tables[TABLES_MAX];
    size_t table_count;
    sqlite3_stmt *row; /* that is being made */
    int place, failed;
};

static slt_status database_fail(const slt_database *database, slt_error *err)
{
    return slt_fail(err, SLT_FILE, "%s: SQLite: %s", database->file,
                    sqlite.message(database->db));
}

slt_status slt_database_run(slt_database *database, const char *sql, slt_error *err)
{
    int result = sqlite.run(database->db, sql, NULL, NULL, NULL);
    return result ? database_fail(database, err) : SLT_OK;
}

slt_status slt_database_open(const char *file, slt_database **out, slt_error *err)
{
    *out = NULL;
    slt_world.pthread_once(&sqlite_once, sqlite_find);
    if (sqlite.wrong.status)
        return slt_error_copy(err, &sqlite.wrong);
    slt_database *database = slt_world.calloc(1, sizeof *database);
    if (!database)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory for a database", file);
    database->file = file;
    slt_status status = SLT_OK;
    if (sqlite.open(file, &database->db, SQLITE_OPEN_READWRITE, NULL))
        status = database->db
                     ? database_fail(database, err)
                     : slt_fail(err, SLT_RESOURCE, "%s: SQLite has no memory", file);
    /* A file that fails is thrown away, and its writer syncs it. */
    if (!status)
        status = slt_database_run(database,
                                  "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                                  "PRAGMA temp_store = MEMORY; BEGIN",
                                  err);
    if (status)
        slt_database_close(database, NULL);
    else
        *out = database;
    return status;
}

slt_status slt_database_close(slt_database *database, slt_error *err)
{
    if (!database)
        return SLT_OK;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < database->table_count; i++)
        sqlite.finalize(database->tables[i].add);
    if (err)
        status = slt_database_run(database, "COMMIT", err);
    if (sqlite.close(database->db) && !status)
        status = slt_fail(err, SLT_FILE, "%s: SQLite cannot close it", database->file);
    free(database);
    return status;
}

/* ---- Rows -------------------------------------------------------------------------- */

static slt_status prepare(slt_database *database, const char *table, size_t columns,
                          sqlite3_stmt **add, slt_error *err)
{
    slt_buffer sql = {0};
    slt_buffer_printf(&sql, "INSERT INTO %s VALUES (?", table);
    for (size_t i = 1; i < columns; i++)
        slt_buffer_printf(&sql, ",?");
    slt_buffer_printf(&sql, ")");
    slt_status status = SLT_OK;
    const char *text = slt_buffer_text(&sql);
    if (sql.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", database->file);
    else if (sqlite.prepare(database->db, text, -1, add, NULL))
        status = database_fail(database, err);
    slt_buffer_free(&sql);
    return status;
}

slt_status slt_database_begin(slt_database *database, const char *table, size_t columns,
                              slt_error *err)
{
    size_t at = 0;
    slt_status status = SLT_OK;
    while (at < database->table_count && strcmp(database->tables[at].table, table))
        at++;
    if (at == TABLES_MAX)
        return slt_fail(err, SLT_RESOURCE, "%s: too many tables", database->file);
    if (at == database->table_count)
        status = prepare(database, table, columns, &database->tables[at].add, err);
    if (status)
        return status;
    if (at == database->table_count)
        database->tables[database->table_count++].table = table;
    database->row = database->tables[at].add;
    database->place = 0;
    database->failed = SQLITE_OK;
    return SLT_OK;
}

void slt_database_put_whole(slt_database *database, int64_t value)
{
    database->failed |= sqlite.bind_whole(database->row, ++database->place, value);
}

void slt_database_put_real(slt_database *database, slt_real value)
{
    int place = ++database->place;
    database->failed |= slt_real_finite(value) ? sqlite.bind_real(database->row, place,
                                                                  slt_real_double(value))
                                               : sqlite.bind_null(database->row, place);
}

void slt_database_put_text(slt_database *database, const char *text)
{
    int place = ++database->place;
    database->failed |=
        text ? sqlite.bind_text(database->row, place, text, -1, SQLITE_TRANSIENT)
             : sqlite.bind_null(database->row, place);
}

slt_status slt_database_add(slt_database *database, slt_error *err)
{
    if (!database->failed && sqlite.step(database->row) != SQLITE_DONE)
        database->failed = 1;
    slt_status status = database->failed ? database_fail(database, err) : SLT_OK;
    sqlite.reset(database->row);
    return status;
}
