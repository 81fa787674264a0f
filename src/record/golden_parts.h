/* What reading and writing of goldens share. */
#ifndef SLT_RECORD_GOLDEN_PARTS_H
#define SLT_RECORD_GOLDEN_PARTS_H

#include <sltrace/golden.h>

#include "base/buffer.h"

/* One or more characters from '!' to '~': what stands between two spaces. */
bool slt_golden_is_word(const char *text);
/* Appends text as such a word: each byte that is none of these characters, and a '%' that
 * two of 0-9 A-F follow, as %XX.  And a word back to its text, in place; false where that
 * would hold a NUL. */
void slt_golden_word_print(const char *text, slt_buffer *out);
bool slt_golden_word_read(char *word);
/* NULL where the part may stand in a golden, else what was expected (a few words). */
const char *slt_golden_check_head(const slt_golden *golden);
const char *slt_golden_check_run(const slt_golden *golden, size_t index);
const char *slt_golden_check_claim(const slt_golden_claim *claim);

#endif
