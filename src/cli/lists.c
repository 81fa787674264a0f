#include "cli/lists.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One entry "VALUE" or "VALUE*COUNT" of a list. */
typedef struct entry {
    char text[64];
    size_t repeats;
} entry;

static slt_status list_refuse(const char *name, const char *what, const char *text,
                              slt_error *err)
{
    return slt_fail(err, SLT_USAGE, "--%s: expected %s, found '%s'", name, what, text);
}

/* Reads the next entry at *at and moves past its comma; false if it is malformed. */
static bool next_entry(const char **at, entry *one)
{
    size_t length = strcspn(*at, ",");
    if (length == 0 || length >= sizeof one->text)
        return false;
    memcpy(one->text, *at, length);
    one->text[length] = 0;
    *at += length;
    if (**at == ',' && !*++*at)
        return false;
    one->repeats = 1;
    char *star = strchr(one->text, '*');
    if (!star)
        return true;
    char *end;
    unsigned long repeats = strtoul(star + 1, &end, 10);
    *star = 0;
    one->repeats = repeats;
    return star[1] >= '0' && star[1] <= '9' && !*end && repeats >= 1 &&
           repeats <= CLI_LIST_MAX;
}

static bool read_integer(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    const char *digits = text + (*text == '-');
    return *digits >= '0' && *digits <= '9' && !*end && !errno;
}

static bool read_real(const char *text, double *value)
{
    slt_real real;
    if (!slt_real_parse(text, &real))
        return false;
    *value = slt_real_double(real);
    return true;
}

/* Fills `integers` or `reals`, whichever is not NULL. */
static slt_status read_list(const cli_call *call, const char *name, int64_t *integers,
                            double *reals, size_t *count, slt_error *err)
{
    const char *text = cli_value(call, name), *at = text;
    const char *what = integers ? "whole numbers separated by commas (5,5 or 5*2)"
                                : "numbers separated by commas (1,0.5 or 1*20)";
    *count = 0;
    if (!text)
        return SLT_OK;
    do {
        entry one;
        int64_t integer = 0;
        double real = 0;
        if (!next_entry(&at, &one) ||
            !(integers ? read_integer(one.text, &integer) : read_real(one.text, &real)))
            return list_refuse(name, what, text, err);
        if (one.repeats > CLI_LIST_MAX - *count)
            return slt_fail(err, SLT_USAGE, "--%s: more than %d numbers", name,
                            CLI_LIST_MAX);
        for (size_t i = 0; i < one.repeats; i++, ++*count)
            integers ? (void)(integers[*count] = integer) : (void)(reals[*count] = real);
    } while (*at);
    return SLT_OK;
}

slt_status cli_integers(const cli_call *call, const char *name, int64_t *list,
                        size_t *count, slt_error *err)
{
    return read_list(call, name, list, NULL, count, err);
}

slt_status cli_reals(const cli_call *call, const char *name, double *list, size_t *count,
                     slt_error *err)
{
    return read_list(call, name, NULL, list, count, err);
}

slt_status cli_real(const cli_call *call, const char *name, double *value, slt_error *err)
{
    const char *text = cli_value(call, name);
    if (!text || read_real(text, value))
        return SLT_OK;
    return list_refuse(name, "a number", text, err);
}
