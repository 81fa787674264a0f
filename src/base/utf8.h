/* UTF-8 as RFC 3629 has it. */
#ifndef SLT_BASE_UTF8_H
#define SLT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed character at `at` (1 to 4), 0 where there is none: no overlong
 * form, surrogate, or code point above U+10FFFF.  left: bytes that may be looked at. */
size_t slt_utf8_length(const uint8_t *at, size_t left);
/* The code point of the character of `length` bytes (1 to 4) at `at`. */
uint32_t slt_utf8_code(const uint8_t *at, size_t length);
bool slt_utf8_valid(const uint8_t *bytes, size_t size);

#endif
