/* Symbols: the library is built with hidden ones; SLT_API marks those that are public.
 * All of them are C's, for C++ too. */
#ifndef SLTRACE_EXPORT_H
#define SLTRACE_EXPORT_H

#define SLT_API __attribute__((visibility("default")))

/* A struct of options begins as zeros, which are its defaults, and ends in room for those
 * that later versions add. */
#define SLT_OPTIONS_LATER 8

#ifdef __cplusplus
#define SLT_C_BEGIN extern "C" {
#define SLT_C_END }
#else
#define SLT_C_BEGIN
#define SLT_C_END
#endif

#endif
