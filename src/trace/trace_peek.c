#include "trace/trace_peek.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/world.h"
#include "codec/digest.h"
#include "trace/trace_scan.h"

/* Most headers fit into PEEK_BYTES; for a longer one twice as much is read each time. */
#define PEEK_BYTES 4096u
#define HEADER_BYTES_MAX (16u << 20) /* a manifest has at most 1 MiB */

/* Reads the first `size` bytes of the file, or all of a shorter one. */
static slt_status read_start(int fd, const char *path, uint8_t *bytes, size_t size,
                             size_t *got, slt_error *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t more = slt_world.pread(fd, bytes + *got, size - *got, (off_t)*got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return slt_fail(err, SLT_FILE, "%s: cannot read: %s", path, strerror(errno));
        if (more == 0)
            break;
        *got += (size_t)more;
    }
    return SLT_OK;
}

static slt_status scan_header(const uint8_t *bytes, size_t size, const char *path,
                              slt_digest *experiment, slt_error *err)
{
    slt_trace_scan scan;
    slt_record record;
    slt_status status = SLT_OK;
    slt_trace_scan_init(&scan, bytes, size);
    if (slt_trace_scan_next(&scan, &record)) {
        *experiment = slt_digest_of(scan.head.run.bytes, scan.head.run.size);
        slt_record_free(&record);
    } else if (scan.short_of_memory) {
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", path);
    } else {
        status = slt_fail(err, SLT_FORMAT, "%s: no trace: its header is not whole", path);
    }
    slt_trace_scan_free(&scan);
    return status;
}

static slt_status peek_header(int fd, const char *path, slt_digest *experiment,
                              slt_error *err)
{
    size_t size = PEEK_BYTES, got = 0;
    uint8_t *bytes = NULL;
    slt_status status;
    do {
        uint8_t *more = slt_world.realloc(bytes, size);
        if (!more) {
            status = slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", path);
            break;
        }
        bytes = more;
        status = read_start(fd, path, bytes, size, &got, err);
        if (!status)
            status = scan_header(bytes, got, path, experiment, err);
        size *= 2;
    } while (status == SLT_FORMAT && got == size / 2 && size <= HEADER_BYTES_MAX);
    free(bytes);
    return status;
}

slt_status slt_trace_peek(const char *path, slt_digest *experiment, slt_error *err)
{
    int fd;
    uint64_t size;
    slt_status status = slt_io_open(path, &fd, &size, err);
    if (!status) {
        status = peek_header(fd, path, experiment, err);
        slt_world.close(fd);
    }
    return status;
}
