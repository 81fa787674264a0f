/* Words of file formats whose lines are words separated by one space. */
#ifndef SLT_CODEC_WORD_H
#define SLT_CODEC_WORD_H

#include <stdbool.h>

#include "base/buffer.h"

/* Whether text is one or more characters from '!' to '~', without the escape of a NUL;
 * false for NULL. */
bool slt_word_is(const char *text);
/* Appends text as such a word.  Bytes that are not such characters become %XX, and so
 * does a '%' that two of 0-9 A-F follow. */
void slt_word_print(const char *text, slt_buffer *out);
/* Turns a word back into its text, in place; false if the text would contain a NUL. */
bool slt_word_read(char *word);

#endif
