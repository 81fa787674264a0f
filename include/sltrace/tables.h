/* A study's numbers for other programs: spreadsheets, databases, ArviZ and xarray. */
#ifndef SLTRACE_TABLES_H
#define SLTRACE_TABLES_H

#include <stdbool.h>

#include <sltrace/export.h>
#include <sltrace/manifest.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

SLT_C_BEGIN

typedef enum slt_tables_form {
    SLT_TABLES_DRAWS,  /* CSV, one row a draw of a chain: its loss */
    SLT_TABLES_SQLITE, /* an SQLite database, by libsqlite3 */
    SLT_TABLES_NETCDF  /* netCDF-4 with the groups of ArviZ, by libnetcdf */
} slt_tables_form;

/* Writes a study, of which `traces` must have all runs, to the file at path, which
 * appears whole or not at all; an existing one is an error unless `over`.  Each axis of
 * the sweep is a column, or a dimension.  Reals are exact.  The manual's page on export
 * lists columns, tables and variables.  SLT_UNFIT if the library that writes the form is
 * not installed, or if the study has nothing that the form could hold. */
SLT_API slt_status slt_tables_write(slt_manifest *manifest, const slt_traces *traces,
                                    slt_tables_form form, const char *path, bool over,
                                    slt_error *err);

SLT_C_END

#endif
