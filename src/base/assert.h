/* SLT_ASSERT: a broken invariant stops the program, in release builds too. */
#ifndef SLT_BASE_ASSERT_H
#define SLT_BASE_ASSERT_H

_Noreturn void slt_assert_failed(const char *file, int line, const char *condition);

#define SLT_ASSERT(condition)                                                            \
    ((condition) ? (void)0 : slt_assert_failed(__FILE__, __LINE__, #condition))

#endif
