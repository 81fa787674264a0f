/* What manifests to start from have in common. */
#ifndef SLT_MANIFEST_TEMPLATE_H
#define SLT_MANIFEST_TEMPLATE_H

#include <sltrace/status.h>

/* Their first lines, comments: which commands take them. */
extern const char slt_template_steps[];

/* SLT_USAGE for a name that no manifest can have. */
slt_status slt_template_check_name(const char *name, slt_error *err);

#endif
