/* Bundles: a golden and all that it takes to verify it, as one archive.
 *
 * A bundle is a tar file of one form for each set of files (docs/manual/publish.md): who
 * bundles the same files gets the same bytes. */
#ifndef SLTRACE_BUNDLE_H
#define SLTRACE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_bundle {
    size_t files, bytes; /* in it; of the archive */
    char sha256[65];     /* of the archive */
} slt_bundle;

/* Writes the bundle of a golden to `out`: the golden, its signature, figure data and
 * table of runs where they are beside it, its manifest, and the files that this names in
 * its tree.  `more`: `count` further files of that tree.  SLT_FILE if `out` exists, or a
 * file cannot be read. */
SLT_API slt_status slt_bundle_write(const char *golden, const char *const *more,
                                    size_t count, const char *out, slt_bundle *made,
                                    slt_error *err);

/* Unpacks a bundle into a private folder, which is a tree of its own; *golden is the path
 * of its golden there until slt_bundle_close.  One bundle is open at a time.  SLT_FORMAT
 * for anything but a bundle; nothing is then left. */
SLT_API slt_status slt_bundle_open(const char *path, char **golden, slt_error *err);
SLT_API void slt_bundle_close(char *golden);

SLT_C_END

#endif
