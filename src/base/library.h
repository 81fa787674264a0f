/* Functions of libraries that are installed, found when they are first asked for; for
 * advisory numbers and the formats of others alone.  The program is built without them,
 * and runs without them. */
#ifndef SLT_BASE_LIBRARY_H
#define SLT_BASE_LIBRARY_H

#include <stdbool.h>

/* Writes the address of the function `symbol` of the first of the libraries that has it
 * into *function, a pointer to a function; false if none has.  names: ended by NULL.  The
 * library stays loaded, and the floating-point environment is what it was. */
bool slt_library_find(const char *const *names, const char *symbol, void *function);

#endif
