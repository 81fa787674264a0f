/* Audits as text: what the writers of each form share. */
#ifndef SLT_REPORT_AUDIT_TEXT_INTERNAL_H
#define SLT_REPORT_AUDIT_TEXT_INTERNAL_H

#include <sltrace/page.h>

#include "base/buffer.h"

/* Prints text and flushes it. Names from files must be escaped with slt_escape_word
 * first. */
void slt_audit_print(slt_audit_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A number in few characters; "-" if it is not finite. An LLC below a million takes at
 * most 8. */
const char *slt_audit_number(slt_real value, const char *format, char text[32])
    __attribute__((format_arg(2)));
const char *slt_audit_llc_text(slt_real value, char text[32]);

/* Functions of slt_audit_page. */
void slt_audit_text_traces(void *context, const slt_audit_side *sides, size_t count);
void slt_audit_text_pair(void *context, slt_audit_stage stage,
                         const slt_audit_pair *pair);
void slt_audit_text_run(void *context, const slt_against *against,
                        const slt_against_run *run);
void slt_audit_text_estimates(void *context, const slt_estimates_audit *audit);

#endif
