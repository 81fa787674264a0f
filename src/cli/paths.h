/* Paths of a study's files, and small helpers for files. */
#ifndef SLT_CLI_PATHS_H
#define SLT_CLI_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>

#include "cli/cli.h"

#define CLI_PATH_MAX 4096

/* Prints a path; SLT_USAGE if it is too long. */
slt_status cli_path(char path[CLI_PATH_MAX], slt_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where a manifest's golden lies by default: that of X/manifests/A/B.yaml is
 * X/golden/A/B.golden, that of any other C/B.yaml is C/B.golden. */
slt_status cli_golden_path(const char *manifest, char path[CLI_PATH_MAX], slt_error *err);
/* The path of the file called `name` in the folder of `path`. */
slt_status cli_beside(const char *path, const char *name, char beside[CLI_PATH_MAX],
                      slt_error *err);
/* The part of a path after its last slash, without a suffix. */
void cli_stem(const char *path, char stem[256]);

/* SLT_USAGE if two operands have one stem: `files`, "--out: the pictures" say, of both
 * would have the same names. */
slt_status cli_check_stems(const cli_call *call, const char *files, slt_error *err);

/* Makes a folder and those above it that are missing. */
slt_status cli_make_folder(const char *folder, slt_error *err);
/* Writes the picture at `path` that drawing it returned, and frees it: `drawn` is its
 * status and `why` its error.  Where this machine cannot draw (SLT_UNFIT) it says so, and
 * removes a picture of before, which would show something else. */
slt_status cli_put_picture(const char *path, char *svg, size_t size, slt_status drawn,
                           const slt_error *why, slt_error *err);
/* Makes the folders above path and writes the file, whole or not at all. */
slt_status cli_write_file(const char *path, const void *bytes, size_t size,
                          slt_error *err);

/* The folder of what is installed beside the program: $SLTRACE_SHARE, else share/sltrace
 * where the program is installed or built.  SLT_FILE if verify.wasm is in neither. */
slt_status cli_share(char folder[CLI_PATH_MAX], slt_error *err);

#endif
