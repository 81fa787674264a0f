#include "manifest/name.h"

#include <stddef.h>
#include <string.h>

static bool valid_word(const char *at, size_t length)
{
    if (length == 0 || strspn(at, ".") >= length)
        return false;
    return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789._-") >= length;
}

bool slt_manifest_name_valid(const char *name)
{
    if (strlen(name) > 127)
        return false;
    for (;;) {
        size_t length = strcspn(name, "/");
        if (!valid_word(name, length))
            return false;
        if (!name[length])
            return true;
        name += length + 1;
    }
}
