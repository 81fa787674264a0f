/* The kinds of data.  To add one: a file NAME.c that defines `const slt_data_type
 * slt_data_NAME`, and its row here, which makes SLT_DATA_... too.  Messages list the
 * words in this order. */
#ifndef SLT_DATA_KINDS_H
#define SLT_DATA_KINDS_H

#define SLT_DATA_KINDS(ROW)                                                              \
    ROW(LINEAR_TEACHER, linear_teacher)                                                  \
    ROW(CONSTANT, constant)                                                              \
    ROW(MODULAR_ADDITION, modular_addition)                                              \
    ROW(ONE_HOT, one_hot)                                                                \
    ROW(POLYNOMIAL, polynomial)                                                          \
    ROW(SUBSPACE, subspace)                                                              \
    ROW(SINUSOID, sinusoid)                                                              \
    ROW(AUTOMATON, automaton)                                                            \
    ROW(EXPONENTIAL, exponential)                                                        \
    ROW(BALL, ball)                                                                      \
    ROW(FILE, file)                                                                      \
    ROW(IN_CONTEXT_REGRESSION, in_context_regression)

#endif
