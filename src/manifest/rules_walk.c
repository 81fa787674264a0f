#include "manifest/rules_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const slt_value *slt_rules_find(const slt_rules *rules, const char *path)
{
    const slt_value *at = rules->run;
    while (*path) {
        char key[64];
        size_t length = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        const slt_value *inside = slt_value_get(at, key);
        if (!inside)
            break;
        at = inside;
        path += length + (path[length] == '.');
    }
    return at;
}

static slt_status rules_fail_at(const slt_rules *rules, const slt_schema_path *path,
                                const slt_value *at, const char *format,
                                va_list arguments)
{
    char text[SLT_ERROR_TEXT_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    return slt_schema_fail(rules->walk, path, at, "%s", text);
}

slt_status slt_rules_fail(const slt_rules *rules, const char *path, const char *format,
                          ...)
{
    const slt_schema_path root = {NULL, "run", 0}, here = {&root, path, 0};
    va_list arguments;
    va_start(arguments, format);
    slt_status status =
        rules_fail_at(rules, &here, slt_rules_find(rules, path), format, arguments);
    va_end(arguments);
    return status;
}

slt_status slt_rules_fail_in(const slt_rules *rules, const char *path, const char *key,
                             const char *format, ...)
{
    const slt_schema_path root = {NULL, "run", 0}, map = {&root, path, 0},
                          here = {&map, key, 0};
    const slt_value *at = slt_value_get(slt_rules_find(rules, path), key);
    va_list arguments;
    va_start(arguments, format);
    slt_status status = rules_fail_at(rules, &here, at, format, arguments);
    va_end(arguments);
    return status;
}

slt_status slt_rules_fail_item(const slt_rules *rules, const char *path, size_t index,
                               const char *format, ...)
{
    const slt_schema_path root = {NULL, "run", 0}, list = {&root, path, 0},
                          here = {&list, NULL, index};
    const slt_value *at = &slt_rules_find(rules, path)->items[index];
    va_list arguments;
    va_start(arguments, format);
    slt_status status = rules_fail_at(rules, &here, at, format, arguments);
    va_end(arguments);
    return status;
}
