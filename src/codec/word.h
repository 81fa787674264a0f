/* Words of the formats whose lines are words with one space between them. */
#ifndef SLT_CODEC_WORD_H
#define SLT_CODEC_WORD_H

#include <stdbool.h>

#include "base/buffer.h"

/* Whether text is one or more characters from '!' to '~'; false for NULL. */
bool slt_word_is(const char *text);
/* Appends text as such a word: each byte that is none of these characters, and each '%'
 * that two of 0-9 A-F follow, as %XX. */
void slt_word_print(const char *text, slt_buffer *out);
/* Turns a word back into its text, in place; false where that would hold a NUL. */
bool slt_word_read(char *word);

#endif
