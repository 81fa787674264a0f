/* How a process ends that cannot go on.  SLT_ASSERT: a broken invariant stops the
 * program, in release builds too. */
#ifndef SLT_BASE_ASSERT_H
#define SLT_BASE_ASSERT_H

#include <stddef.h>

_Noreturn void slt_assert_failed(const char *file, int line, const char *condition);

/* For code that can neither fail nor go on without `size` bytes for what it names:
 * removes unfinished files, says so on stderr, and exits with status 2.  What was
 * finished stays, and a study goes on from its last snapshot. */
_Noreturn void slt_end_without_memory(const char *what, size_t size);

#define SLT_ASSERT(condition)                                                            \
    ((condition) ? (void)0 : slt_assert_failed(__FILE__, __LINE__, #condition))

#endif
