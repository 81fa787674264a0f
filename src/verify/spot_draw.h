/* Which stretches a spot check draws, and how likely it meets those that were changed. */
#ifndef SLT_VERIFY_SPOT_DRAW_H
#define SLT_VERIFY_SPOT_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

/* The key of Philox: the first 8 bytes, little-endian, of the SHA-256 of the verifier's
 * text, a line feed, and the 64 hex digits of the golden's slt_golden_digest_runs. */
uint64_t slt_spot_key(const char *text, const char *runs_sha256);

/* The first `count` <= `stretches` items of the shuffle of all stretches, malloc'ed,
 * ascending.  SLT_RESOURCE without memory, or where there are 2^32 stretches or more. */
slt_status slt_spot_draw(uint64_t key, size_t stretches, size_t count, uint32_t **drawn,
                         slt_error *err);

/* The chance that `count` of the stretches have one of `changed` among them, 1 - C(M - k,
 * N) / C(M, N), rounded down to 4 decimals. */
slt_real slt_spot_caught(size_t stretches, size_t changed, size_t count);

/* The least number of changed stretches that is met with a chance of at least 0.95. */
size_t slt_spot_least(size_t stretches, size_t count);

#endif
