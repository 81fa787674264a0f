/* sltrace: training and LLC estimates, reproducible to the last bit: every header.
 *
 * After one slt_start, several threads may call any function of any header at once, each
 * with handles, options and pages of its own.  A header says of a handle where threads
 * may share it, of a call back which thread it comes from, and of a call where it is for
 * a process with a single thread: system.h, and slt_audit_against in audit.h. */
#ifndef SLTRACE_SLTRACE_H
#define SLTRACE_SLTRACE_H

#include <sltrace/audit.h>
#include <sltrace/bundle.h>
#include <sltrace/calibrate.h>
#include <sltrace/cancel.h>
#include <sltrace/check.h>
#include <sltrace/claim.h>
#include <sltrace/core.h>
#include <sltrace/golden.h>
#include <sltrace/influence.h>
#include <sltrace/json.h>
#include <sltrace/manifest.h>
#include <sltrace/numerics.h>
#include <sltrace/page.h>
#include <sltrace/quantity.h>
#include <sltrace/rank.h>
#include <sltrace/real.h>
#include <sltrace/report.h>
#include <sltrace/show.h>
#include <sltrace/signature.h>
#include <sltrace/status.h>
#include <sltrace/study.h>
#include <sltrace/summary.h>
#include <sltrace/system.h>
#include <sltrace/tables.h>
#include <sltrace/theory.h>
#include <sltrace/trace.h>
#include <sltrace/version.h>

#endif
