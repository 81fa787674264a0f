/* What decides the bits of a manifest's runs, as written: a row for each field, with the
 * reasons that the pins give for it. */
#ifndef SLT_MANIFEST_SETTINGS_H
#define SLT_MANIFEST_SETTINGS_H

#include "base/arena.h"
#include "manifest/manifest.h"

typedef enum slt_setting_kind {
    SLT_SETTING_VALUE,   /* the field's whole value */
    SLT_SETTING_FIELDS,  /* its fields follow; there are reasons for the whole */
    SLT_SETTING_ITEMS,   /* its items follow; there are reasons for the whole */
    SLT_SETTING_DEFAULT, /* pinned but not written */
    SLT_SETTING_KINDS
} slt_setting_kind;

typedef struct slt_setting_reason {
    const char *below; /* "lr" of "run.train.optimizer.lr"; "" for the row itself */
    const char *text;
} slt_setting_reason;

typedef struct slt_setting {
    const char
        *group;       /* the part of `run` that the row is in; NULL: sweep, and scalars */
    const char *path; /* "run.model.weights.W1" */
    slt_setting_kind kind;
    const char *value; /* in canonical words */
    slt_setting_reason *reasons;
    size_t reason_count;
} slt_setting;

typedef struct slt_settings {
    slt_setting *rows;
    size_t count;
    slt_arena memory;
} slt_settings;

/* In the order of the file; defaults last.  SLT_RESOURCE if memory is short. */
slt_status slt_settings_make(const slt_manifest *manifest, slt_settings *settings,
                             slt_error *err);
void slt_settings_free(slt_settings *settings);

#endif
