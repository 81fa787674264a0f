/* The flag that ends a long call early: atomic_int in C and in C++.  The caller sets it
 * from any thread or from a signal handler. */
#ifndef SLTRACE_CANCEL_H
#define SLTRACE_CANCEL_H

#ifdef __cplusplus
#include <atomic>
using std::atomic_int;
#else
#include <stdatomic.h>
#endif

#endif
