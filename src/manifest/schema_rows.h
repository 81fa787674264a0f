/* What the files with tables of the schema share. */
#ifndef SLT_MANIFEST_SCHEMA_ROWS_H
#define SLT_MANIFEST_SCHEMA_ROWS_H

#include "base/schema_rows.h"
#include "manifest/schema.h"

/* Maps that are used in several tables, or defined in files of their own. */
extern const slt_schema slt_schema_level, slt_schema_panel, slt_schema_grid;

#endif
