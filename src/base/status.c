#include <sltrace/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int exit_code;
    const char *words;
} table[] = {
#define ROW(name, exit_code, words) {exit_code, words},
    SLT_STATUS_MAP(ROW)
#undef ROW
};

slt_status slt_fail(slt_error *err, slt_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        err->status = status;
        vsnprintf(err->text, sizeof err->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

slt_status slt_error_prefix(slt_error *err, const char *prefix)
{
    char text[SLT_ERROR_TEXT_MAX];
    memcpy(text, err->text, sizeof text);
    size_t used = (size_t)snprintf(err->text, sizeof err->text, "%s: ", prefix);
    if (used < sizeof err->text)
        snprintf(err->text + used, sizeof err->text - used, "%s", text);
    return err->status;
}

int slt_status_exit(slt_status status)
{
    return table[status].exit_code;
}

const char *slt_status_text(slt_status status)
{
    return table[status].words;
}

slt_status slt_status_worse(slt_status a, slt_status b)
{
    static const int rank_of_exit[] = {0, 2, 3, 1};
    return rank_of_exit[slt_status_exit(b)] > rank_of_exit[slt_status_exit(a)] ? b : a;
}
