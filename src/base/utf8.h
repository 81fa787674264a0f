/* UTF-8 as RFC 3629 has it. */
#ifndef SLT_BASE_UTF8_H
#define SLT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length (1 to 4) of the well-formed character at `at`, of which `left` bytes may be
 * read; 0 if there is none.  Overlong forms, surrogates and code points above
 * U+10FFFF are not well-formed. */
size_t slt_utf8_length(const uint8_t *at, size_t left);
/* The code point of the character at `at`, whose length (1 to 4) is known. */
uint32_t slt_utf8_code(const uint8_t *at, size_t length);
bool slt_utf8_valid(const uint8_t *bytes, size_t size);

#endif
