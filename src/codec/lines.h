/* A cursor over a text whose lines are words separated by one space.  The first error
 * latches, as "path:line: ..."; after one, words are empty and numbers zero. */
#ifndef SLT_CODEC_LINES_H
#define SLT_CODEC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

typedef struct slt_lines {
    const char *path, *text;
    size_t size, next;    /* of the text; where the next line begins */
    size_t line;          /* number of this one, from 1 */
    const char *at, *end; /* what is left of it */
    bool failed, short_of_memory;
    slt_error error;
} slt_lines;

/* text and path must live as long as the cursor. */
void slt_lines_init(slt_lines *r, const char *text, size_t size, const char *path);
void slt_lines_fail(slt_lines *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Moves to the next line, which must be printable ASCII and end in LF; false, without an
 * error, at the end of the text. */
bool slt_lines_next(slt_lines *r);
/* The same, but it is an error if there is no further line; `what` says what it should
 * hold. */
void slt_lines_need(slt_lines *r, const char *what);
/* Whether the end of the line is reached, or an error happened. */
bool slt_lines_at_end(const slt_lines *r);
void slt_lines_end(slt_lines *r);

/* Reads the next word into an array; `what` says what was expected. */
void slt_lines_short(slt_lines *r, const char *what, char *text, size_t text_max);
/* Reads the next word, malloc'ed; NULL after an error. */
char *slt_lines_long(slt_lines *r, const char *what);
/* Steps over the next word, which must be this one. */
void slt_lines_key(slt_lines *r, const char *key);
/* Whether the next word is this one; steps over it if so. */
bool slt_lines_begin(slt_lines *r, const char *key);
/* Reads the next word as a decimal without sign and leading zeros, at most `most`. */
uint64_t slt_lines_number(slt_lines *r, const char *what, uint64_t most);
uint64_t slt_lines_number_of(slt_lines *r, const char *text, const char *what,
                             uint64_t most);

#endif
