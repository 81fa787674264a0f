/* Functions of libraries that are installed, found when they are first asked for; for
 * advisory numbers and the formats of others alone.  The program is built without them,
 * and runs without them. */
#ifndef SLT_BASE_LIBRARY_H
#define SLT_BASE_LIBRARY_H

#include <stddef.h>

#include <sltrace/status.h>

typedef struct slt_library_symbol {
    const char *name;
    void *function; /* where its address goes: a pointer to a pointer to a function */
} slt_library_symbol;

/* Finds each of the functions in the first of the libraries that has it.  names: ended by
 * NULL.  The libraries stay loaded, and the floating-point environment is what it was.
 * SLT_UNFIT, with the message `absent`, if none has one of them; SLT_RESOURCE if there is
 * no memory for a library. */
slt_status slt_library_find(const char *const *names, const slt_library_symbol *wanted,
                            size_t count, const char *absent, slt_error *err);

#endif
