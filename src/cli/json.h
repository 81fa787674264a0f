/* The JSON document that a command prints under --json. */
#ifndef SLT_CLI_JSON_H
#define SLT_CLI_JSON_H

#include <stdbool.h>

#include <sltrace/json.h>

/* Whether a command line asks for JSON, even where it cannot be parsed. */
bool cli_json_asked(int argc, char *const *argv);
/* From here on there is a document, ... */
slt_status cli_json_begin(slt_error *err);
/* ... which a command begins with its schema and fills, ... */
slt_json *cli_json(void);
/* ... and which is written here: what the command said where that is whole and, where the
 * status is not SLT_OK, "error": {status, exit, message}.  Nothing where the command was
 * asked for something else, such as --help. */
void cli_json_end(slt_status status, const slt_error *err);

#endif
