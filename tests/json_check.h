/* Whether a text is JSON (RFC 8259), printable ASCII or UTF-8 without control characters.
 */
#ifndef SLT_TESTS_JSON_CHECK_H
#define SLT_TESTS_JSON_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/json.h>

static inline const char *json_value(const char *at);

static inline const char *json_string(const char *at)
{
    if (!at || *at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return NULL;
        if (*at != '\\')
            continue;
        at++;
        if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") >= 4)
            at += 4;
        else if (!*at || !strchr("\"\\/bfnrt", *at))
            return NULL;
    }
    return at + 1;
}

static inline const char *json_digits(const char *at)
{
    size_t count = strspn(at, "0123456789");
    return count ? at + count : NULL;
}

static inline const char *json_number(const char *at)
{
    at += *at == '-';
    if (at[0] == '0' && at[1] >= '0' && at[1] <= '9')
        return NULL;
    at = json_digits(at);
    if (at && *at == '.')
        at = json_digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) {
        at++;
        at += *at == '-' || *at == '+';
        at = json_digits(at);
    }
    return at;
}

static inline const char *json_container(const char *at, bool object)
{
    char closing = object ? '}' : ']';
    if (*++at == closing)
        return at + 1;
    for (;;) {
        if (object) {
            at = json_string(at);
            if (!at || *at++ != ':')
                return NULL;
        }
        at = json_value(at);
        if (!at || (*at != ',' && *at != closing))
            return NULL;
        if (*at++ == closing)
            return at;
    }
}

static inline const char *json_value(const char *at)
{
    static const char *const words[] = {"true", "false", "null"};
    if (*at == '{' || *at == '[')
        return json_container(at, *at == '{');
    if (*at == '"')
        return json_string(at);
    for (size_t i = 0; i < 3; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    return json_number(at);
}

/* One value, then one line end. */
static inline bool json_is_valid(const char *text)
{
    const char *end = json_value(text);
    return end && strcmp(end, "\n") == 0;
}

/* The document that a writer holds, malloc'ed, "" where none was begun; the writer is
 * freed. */
static inline char *json_document(slt_json *json)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out) {
        if (slt_json_depth(json))
            slt_json_write(json, out, NULL);
        fclose(out);
    }
    slt_json_free(json);
    return text;
}

/* Whether what has been written is valid once it is closed; frees it. */
static inline bool json_closes_valid(slt_json *json)
{
    char *document = json_document(json);
    const bool valid = json_is_valid(document);
    free(document);
    return valid;
}

#endif
