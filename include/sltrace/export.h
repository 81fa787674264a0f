/* Symbol visibility: the library is built with hidden symbols; SLT_API marks the public
 * ones. */
#ifndef SLTRACE_EXPORT_H
#define SLTRACE_EXPORT_H

#define SLT_API __attribute__((visibility("default")))

#endif
