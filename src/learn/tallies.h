/* The kinds of tallies.  To add one: a file tally_NAME.c that defines `const
 * slt_tally_type slt_tally_kind_NAME`, and its row here, which makes SLT_TALLY_... too.
 * Messages list the words in this order. */
#ifndef SLT_LEARN_TALLIES_H
#define SLT_LEARN_TALLIES_H

#define SLT_TALLIES(ROW)                                                                 \
    ROW(COUNT, count)                                                                    \
    ROW(SUM, sum)                                                                        \
    ROW(HISTOGRAM, histogram)                                                            \
    ROW(CURVE, curve)

#endif
