/* Text from outside (labels, titles, paths, words of another's file) in the formats that
 * sltrace writes.  Whatever the bytes are, the format's reader sees one text where one
 * was meant: no markup, no directive, no further line, cell or column.
 *
 * Not shown as they are, in any format but CSV: control characters (C0, DEL, C1), the
 * marks that turn the direction of text, line and paragraph separators, the byte order
 * mark, code points that are no characters, and bytes that are not UTF-8. */
#ifndef SLT_BASE_ESCAPE_H
#define SLT_BASE_ESCAPE_H

#include "base/buffer.h"

/* A description or a comment of TAP: \ is \\, # is \#, and each byte of what is not shown
 * is \xNN (lower case).  Reading these three back gives the bytes. */
void slt_escape_tap(slt_buffer *out, const char *text);

/* A YAML scalar on one line: a text as it is where every reader takes that for a text (a
 * word, a path, a hash), else in double quotes with YAML's own escapes.  A byte that is
 * not UTF-8 is \xNN, which YAML reads as the character of that number. */
void slt_escape_yaml(slt_buffer *out, const char *text);
void slt_escape_yaml_quoted(slt_buffer *out, const char *text);

/* One line for a terminal: each byte of what is not shown is \xNN.  A backslash stays
 * one, so that escaping twice is escaping once: this is for eyes, not for reading back.
 */
void slt_escape_line(slt_buffer *out, const void *bytes, size_t size);
/* The same where the text may have lines, which stay. */
void slt_escape_lines(slt_buffer *out, const void *bytes, size_t size);

/* A JSON string in its quotes: always UTF-8; a byte that is not becomes U+FFFD. */
void slt_escape_json(slt_buffer *out, const void *bytes, size_t size);

/* A word for a line on a terminal: as it is where it is plain, else as a JSON string. */
void slt_escape_word(slt_buffer *out, const void *bytes, size_t size);

/* A cell of CSV (RFC 4180).  A text that a spreadsheet would compute, as it begins with
 * = + - @ (after any number of apostrophes) and is no number, gets an apostrophe before
 * it; slt_escape_csv_restore says where the text begins in a cell that was read. */
void slt_escape_csv(slt_buffer *out, const char *text);
const char *slt_escape_csv_restore(const char *cell);

/* Text or an attribute's value (in double quotes) of HTML and XML; what is not shown
 * becomes U+FFFD, but a line end and a tab stay. */
void slt_escape_html(slt_buffer *out, const void *bytes, size_t size);

/* A string of a gnuplot script; what is not shown is left out, since gnuplot's output is
 * XML.  It stands in single quotes, within which nothing but the quote means anything; a
 * quote is a string of its own, as gnuplot reads no doubled one at a string's start. */
void slt_escape_gnuplot(slt_buffer *out, const void *bytes, size_t size);
/* The same where gnuplot takes the string for a format, as words along an axis. */
void slt_escape_gnuplot_format(slt_buffer *out, const void *bytes, size_t size);

/* A word for a POSIX shell, never taken for an option. */
void slt_escape_shell(slt_buffer *out, const char *text);

#endif
