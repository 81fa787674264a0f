/* Finding values, and reporting errors, for the rules of a run. */
#ifndef SLT_MANIFEST_RULES_WALK_H
#define SLT_MANIFEST_RULES_WALK_H

#include "learn/spec.h"
#include "manifest/schema.h"

typedef struct slt_rules {
    const slt_schema_walk *walk;
    const slt_value *run;
    const slt_run_spec *spec;
} slt_rules;

/* The value at a path such as "train.batch" as the run has it, or the nearest one that
 * contains it. */
const slt_value *slt_rules_find(const slt_rules *rules, const char *path);

/* SLT_FORMAT with the line and column of a field, of a map's entry, of a list's item. */
slt_status slt_rules_fail(const slt_rules *rules, const char *path, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));
slt_status slt_rules_fail_in(const slt_rules *rules, const char *path, const char *key,
                             const char *format, ...)
    __attribute__((format(printf, 4, 5)));
slt_status slt_rules_fail_item(const slt_rules *rules, const char *path, size_t index,
                               const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
