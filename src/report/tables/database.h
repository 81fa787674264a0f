/* An SQLite database being filled, by the libsqlite3 that is installed. */
#ifndef SLT_REPORT_TABLES_DATABASE_H
#define SLT_REPORT_TABLES_DATABASE_H

#include <sltrace/real.h>
#include <sltrace/status.h>

typedef struct slt_database slt_database;

/* Opens a new database in an empty file, which is complete once it is closed: there is no
 * journal.  SLT_UNFIT without the library. */
slt_status slt_database_open(const char *file, slt_database **database, slt_error *err);
/* Runs SQL that gives no rows. */
slt_status slt_database_run(slt_database *database, const char *sql, slt_error *err);
/* Finishes a database; SLT_FILE where not everything was written.  Does nothing for
 * NULL. */
slt_status slt_database_close(slt_database *database, slt_error *err);

/* A row of a table being made, cell by cell.  The first error latches, and is told by
 * slt_database_add. */
slt_status slt_database_begin(slt_database *database, const char *table, size_t columns,
                              slt_error *err);
void slt_database_put_whole(slt_database *database, int64_t value);
void slt_database_put_real(slt_database *database, slt_real value); /* NULL: not finite */
void slt_database_put_text(slt_database *database, const char *text); /* NULL for NULL */
/* Adds the row, all of whose columns were put. */
slt_status slt_database_add(slt_database *database, slt_error *err);

#endif
