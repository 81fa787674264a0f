/* Status codes and error messages: how every sltrace function reports trouble.
 *
 * A function that can fail returns slt_status and takes an slt_error as its last
 * argument.  On SLT_OK the error is untouched; otherwise it holds the status and one
 * message that says where (path, line:column or byte offset), what was expected and what
 * was found.  The error argument may be NULL. */
#ifndef SLTRACE_STATUS_H
#define SLTRACE_STATUS_H

#include <sltrace/export.h>

SLT_C_BEGIN

/* X(name, exit code, words).  Exit codes: 0 identical or done, 1 differs, 2 trouble,
 * 3 cannot judge here. */
#define SLT_STATUS_MAP(X)                                                                \
    X(OK, 0, "ok")                                                                       \
    X(DIFFERS, 1, "differs")                                                             \
    X(USAGE, 2, "usage error")                                                           \
    X(FORMAT, 2, "malformed input")                                                      \
    X(FILE, 2, "file error")                                                             \
    X(RESOURCE, 2, "out of a resource")                                                  \
    X(INTERRUPTED, 2, "interrupted")                                                     \
    X(UNFIT, 3, "cannot judge here")

typedef enum slt_status {
#define SLT_STATUS_ENUM(name, exit_code, words) SLT_##name,
    SLT_STATUS_MAP(SLT_STATUS_ENUM)
#undef SLT_STATUS_ENUM
} slt_status;

#define SLT_ERROR_TEXT_MAX 1024

typedef struct slt_error {
    slt_status status;
    char text[SLT_ERROR_TEXT_MAX]; /* no trailing newline, always terminated */
} slt_error;

/* Writes status and the printf-formatted message into err (when not NULL) and returns
 * status, so that a failing function ends with `return slt_fail(err, ...)`.  The message
 * is always one line: control characters and line ends that a name in it contains, and
 * bytes that are not UTF-8, are written \xNN. */
SLT_API slt_status slt_fail(slt_error *err, slt_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the message in err, which must not be NULL, and returns its
 * status. */
SLT_API slt_status slt_error_prefix(slt_error *err, const char *prefix);

/* Copies the error `from`, unless it is SLT_OK, into err (when not NULL), and returns its
 * status. */
SLT_API slt_status slt_error_copy(slt_error *err, const slt_error *from);

/* The process exit code of a status: 0, 1, 2 or 3. */
SLT_API int slt_status_exit(slt_status status);

/* A few words naming the status, never NULL. */
SLT_API const char *slt_status_text(slt_status status);

/* The one of two statuses whose exit code wins: 2 over 1 over 3 over 0. */
SLT_API slt_status slt_status_worse(slt_status a, slt_status b);

SLT_C_END

#endif
