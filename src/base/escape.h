/* Text from outside (labels, titles, paths, words of someone else's file) in the formats
 * that sltrace writes.  Whatever bytes it has, a reader of the format sees one text
 * where one was meant: no markup, no directive, no further line, cell or column.
 *
 * In every format but CSV these are never written as they are: control characters (C0,
 * DEL, C1), marks that change the direction of text, line and paragraph separators, the
 * byte order mark, code points that are not characters, and bytes that are not UTF-8.
 * Below they are called "hidden". */
#ifndef SLT_BASE_ESCAPE_H
#define SLT_BASE_ESCAPE_H

#include "base/buffer.h"

/* A description or a comment of TAP: \ becomes \\, # becomes \#, each byte of what is
 * hidden becomes \xNN in lower case.  Undoing these three gives the original bytes. */
void slt_escape_tap(slt_buffer *out, const char *text);

/* A YAML scalar on one line.  A text that every reader takes for a text (a word, a path,
 * a hash) stays as it is; any other stands in double quotes with YAML's own escapes.  A
 * byte that is not UTF-8 becomes \xNN, which YAML reads as the character of that
 * number. */
void slt_escape_yaml(slt_buffer *out, const char *text);
void slt_escape_yaml_quoted(slt_buffer *out, const char *text);

/* One line for a terminal: each byte of what is hidden becomes \xNN.  A backslash stays
 * as it is, so that escaping twice changes nothing more; this is for people and not
 * meant to be read back. */
void slt_escape_line(slt_buffer *out, const void *bytes, size_t size);
/* The same, but line ends of the text are kept. */
void slt_escape_lines(slt_buffer *out, const void *bytes, size_t size);

/* A JSON string with its quotes.  The result is always UTF-8: a byte that is not becomes
 * U+FFFD. */
void slt_escape_json(slt_buffer *out, const void *bytes, size_t size);

/* A word for a line on a terminal: as it is where it is plain, else as a JSON string. */
void slt_escape_word(slt_buffer *out, const void *bytes, size_t size);

/* A cell of CSV (RFC 4180).  A text that a spreadsheet would take for a formula, as it
 * begins with = + - or @ (behind any number of apostrophes) and is not a number, gets an
 * apostrophe in front; slt_escape_csv_restore returns where the text begins in a cell
 * that was read. */
void slt_escape_csv(slt_buffer *out, const char *text);
const char *slt_escape_csv_restore(const char *cell);

/* Text, or the value of an attribute in double quotes, of HTML and XML.  What is hidden
 * becomes U+FFFD, except line ends and tabs, which stay. */
void slt_escape_html(slt_buffer *out, const void *bytes, size_t size);

/* A string of a gnuplot script in single quotes, where only the quote has a meaning.
 * What is hidden is left out, as gnuplot's output is XML.  A quote becomes a string of
 * its own, because gnuplot does not accept a doubled one at the start of a string. */
void slt_escape_gnuplot(slt_buffer *out, const void *bytes, size_t size);
/* The same where gnuplot takes the string as a format, for words along an axis. */
void slt_escape_gnuplot_format(slt_buffer *out, const void *bytes, size_t size);

/* A word for a POSIX shell, which no command takes for an option. */
void slt_escape_shell(slt_buffer *out, const char *text);

#endif
