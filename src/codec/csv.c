#include "codec/csv.h"

bool slt_csv_read(const char **at, const char *end, slt_buffer *out)
{
    const char *c = *at;
    bool quoted = c < end && *c == '"';
    slt_buffer_clear(out);
    for (c += quoted; c < end; c++) {
        if (!quoted && (*c == ',' || *c == '\n'))
            break;
        if (!*c)
            return false;
        if (quoted && *c == '"') {
            if (c + 1 == end || c[1] != '"')
                break;
            c++;
        }
        slt_buffer_byte(out, (uint8_t)*c);
    }
    if (c == end)
        return false;
    *at = c + quoted;
    return *at < end;
}

slt_status slt_csv_require_same(const char *csv, size_t size, slt_buffer *again,
                                const char *name, const char *what, slt_error *err)
{
    size_t same = 0, line = 1;
    while (same < size && same < again->size && csv[same] == (char)again->data[same])
        line += csv[same++] == '\n';
    bool failed = again->failed, equal = same == size && same == again->size;
    slt_buffer_free(again);
    if (failed)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to check it", name);
    return equal ? SLT_OK
                 : slt_fail(err, SLT_FORMAT, "%s:%zu: not as sltrace writes %s", name,
                            line, what);
}
