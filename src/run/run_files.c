/* One run's part, snapshot and final trace. */
#include "run/store.h"

#include <sltrace/system.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"
#include "codec/digest.h"
#include "run/provenance.h"
#include "run/snapshot.h"

#define SYNC_NS 1000000000u

slt_status slt_run_files_name(const slt_store *store, size_t run, slt_run_files *files,
                              slt_error *err)
{
    const char *out = store->out;
    *files = (slt_run_files){.fd = -1};
    slt_status status = slt_store_trace_path(out, run, files->trace, err);
    if (!status)
        status = slt_path_print(files->part, err, "%s/traces/%06zu.trace.part", out, run);
    if (!status)
        status =
            slt_path_print(files->snapshot, err, "%s/resume/%06zu.snapshot", out, run);
    if (!status)
        status = slt_store_provenance_path(out, run, files->provenance, err);
    return status;
}

/* What a snapshot is called until it is whole. */
static slt_status name_draft(const slt_run_files *files, char draft[SLT_FILE_PATH_MAX],
                             slt_error *err)
{
    return slt_path_print(draft, err, "%s%s", files->snapshot, SLT_FILE_DRAFT);
}

/* ---- Going on ---------------------------------------------------------------------- */

/* Fills execution and writer if part and snapshot belong together and to this run;
 * SLT_FORMAT if they do not. */
static slt_status go_on(const slt_buffer *part, const slt_buffer *snapshot,
                        slt_digest experiment, slt_digest head, slt_execution *execution,
                        slt_trace_writer *writer, slt_error *err)
{
    slt_snapshot_place place;
    size_t good;
    slt_status status =
        slt_snapshot_load(snapshot->data, snapshot->size, execution, &place, err);
    if (status)
        return status;
    if (!slt_digest_equal(place.experiment, experiment) || place.written > part->size)
        return slt_fail(err, SLT_FORMAT, "of another trace than what is there");
    slt_trace_writer_free(writer);
    status =
        slt_trace_writer_resume(writer, part->data, (size_t)place.written, &good, err);
    if (status)
        return status;
    if (good != place.written || writer->records != place.records || !place.records ||
        !slt_digest_equal(writer->hashes[0], head) ||
        !slt_digest_equal(writer->hashes[place.records - 1], place.hash))
        return slt_fail(err, SLT_FORMAT, "of another trace than what is there");
    return slt_snapshot_check(execution, writer, err);
}

/* Creates both anew after a snapshot that did not fit. */
static slt_status start_over(slt_execution *execution, slt_trace_writer *writer,
                             slt_error *err)
{
    const slt_run_spec *run = execution->run;
    slt_execution_free(execution);
    slt_trace_writer_free(writer);
    slt_trace_writer_init(writer);
    return slt_execution_create(run, execution, err);
}

static slt_status try_resume(slt_run_files *files, slt_digest experiment, slt_digest head,
                             slt_execution *execution, slt_trace_writer *writer,
                             bool *resumed, slt_error *err)
{
    slt_buffer part = {0}, snapshot = {0};
    bool has_part, has_snapshot = false;
    slt_status status = slt_files_look(files->part, &has_part, err);
    *resumed = false;
    if (!status)
        status = slt_files_look(files->snapshot, &has_snapshot, err);
    if (!status && has_part && has_snapshot) {
        status = slt_io_read(files->part, SLT_TRACE_BYTES_MAX, &part, err);
        if (!status)
            status = slt_io_read(files->snapshot, SLT_TRACE_BYTES_MAX, &snapshot, err);
        if (!status) {
            slt_error wrong = {0};
            status = go_on(&part, &snapshot, experiment, head, execution, writer, &wrong);
            *resumed = !status;
            if (status == SLT_FORMAT) {
                snprintf(files->dropped, sizeof files->dropped,
                         "%.160s: impossible (%.160s): dropped; the run begins anew",
                         files->snapshot, wrong.text);
                status = start_over(execution, writer, err);
            } else {
                status = slt_error_copy(err, &wrong);
            }
        }
    }
    slt_buffer_free(&part);
    slt_buffer_free(&snapshot);
    return status;
}

/* Whether the provenance is complete: it is not synced before its trace, so a crash may
 * leave any part of it. */
static slt_status has_provenance(const slt_run_files *files, bool *whole, slt_error *err)
{
    slt_buffer json = {0};
    bool there;
    slt_status status = slt_files_look(files->provenance, &there, err);
    if (!status && there)
        status = slt_io_read(files->provenance, SLT_PROVENANCE_BYTES_MAX, &json, err);
    *whole = slt_provenance_whole(json.data, json.size);
    slt_buffer_free(&json);
    return status;
}

slt_status slt_run_files_whole(slt_run_files *files, slt_digest head, bool *whole,
                               slt_run_status *ended, slt_error *err)
{
    slt_trace *trace = NULL;
    char draft[SLT_FILE_PATH_MAX];
    *whole = false;
    bool part, snapshot = false, drafted = false, described = false;
    slt_status status = slt_files_look(files->part, &part, err);
    if (!status)
        status = slt_files_look(files->snapshot, &snapshot, err);
    if (!status)
        status = name_draft(files, draft, err);
    if (!status)
        status = slt_files_look(draft, &drafted, err);
    files->leftovers = part || snapshot || drafted;
    if (!status && part)
        status = has_provenance(files, &described, err);
    if (status || !described)
        return status;
    status = slt_trace_open(files->part, &trace, err);
    if (status)
        return status == SLT_FORMAT ? SLT_OK : status;
    *whole = slt_digest_equal(slt_trace_record(trace, 0)->hash, head);
    *ended = slt_trace_record(trace, slt_trace_records(trace) - 1)->status;
    slt_trace_free(trace);
    return SLT_OK;
}

slt_status slt_run_files_open(slt_run_files *files, slt_digest experiment,
                              slt_digest head, slt_execution *execution,
                              slt_trace_writer *writer, bool *resumed, slt_error *err)
{
    *resumed = false;
    slt_status status = SLT_OK;
    if (files->leftovers)
        status = try_resume(files, experiment, head, execution, writer, resumed, err);
    if (!status && files->leftovers && !*resumed)
        status = slt_file_remove(files->snapshot, err);
    if (status)
        return status;
    files->fd = slt_world.open(
        files->part, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (files->fd < 0 ||
        slt_world.ftruncate(files->fd, *resumed ? (off_t)writer->written : 0))
        return slt_fail(err, SLT_FILE, "%s: cannot open for writing: %s", files->part,
                        strerror(errno));
    files->synced_ns = slt_clock_ns();
    return SLT_OK;
}

slt_status slt_run_files_restart(slt_run_files *files, slt_execution *execution,
                                 slt_trace_writer *writer, slt_error *err)
{
    slt_status status = slt_file_remove(files->snapshot, err);
    if (status)
        return status;
    if (slt_world.ftruncate(files->fd, 0))
        return slt_fail(err, SLT_FILE, "%s: cannot empty it: %s", files->part,
                        strerror(errno));
    return start_over(execution, writer, err);
}

/* ---- Writing ----------------------------------------------------------------------- */

static slt_status sync_part(slt_run_files *files, slt_error *err)
{
    if (!files->unsynced)
        return SLT_OK;
    files->unsynced = false;
    files->synced_ns = slt_clock_ns();
    return slt_io_sync_open(files->fd, files->part, err);
}

slt_status slt_run_files_append(slt_run_files *files, slt_trace_writer *writer,
                                slt_error *err)
{
    slt_status status = slt_io_write_open(files->fd, files->part, writer->bytes.data,
                                          writer->bytes.size, err);
    slt_buffer_clear(&writer->bytes);
    files->unsynced = true;
    if (!status && slt_clock_ns() - files->synced_ns >= SYNC_NS)
        status = sync_part(files, err);
    return status;
}

slt_status slt_run_files_snapshot(slt_run_files *files, slt_digest experiment,
                                  const slt_execution *execution,
                                  const slt_trace_writer *writer, slt_error *err)
{
    if (!writer->records)
        return SLT_OK;
    slt_snapshot_place place = {.experiment = experiment,
                                .records = writer->records,
                                .written = writer->written,
                                .hash = writer->hashes[writer->records - 1]};
    slt_buffer bytes = {0};
    slt_snapshot_store(execution, &place, &bytes);
    slt_status status = SLT_OK;
    if (bytes.failed)
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", files->snapshot);
    if (!status)
        status = sync_part(files, err);
    files->leftovers = true;
    if (!status)
        status = slt_io_replace_by(files->snapshot, SLT_FILE_DRAFT, bytes.data,
                                   bytes.size, err);
    slt_buffer_free(&bytes);
    return status;
}

/* ---- The end ----------------------------------------------------------------------- */

slt_status slt_run_files_tidy(const slt_run_files *files, slt_error *err)
{
    char draft[SLT_FILE_PATH_MAX];
    slt_status status = name_draft(files, draft, err);
    const char *const left[] = {files->part, files->snapshot, draft};
    for (size_t i = 0; i < 3 && !status; i++)
        status = slt_file_remove(left[i], err);
    return status;
}

static slt_status write_provenance(const slt_run_files *files, const slt_buffer *json,
                                   slt_error *err)
{
    const char *path = files->provenance;
    int fd =
        slt_world.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot create: %s", path, strerror(errno));
    slt_status status = slt_io_write_open(fd, path, json->data, json->size, err);
    if (slt_world.close(fd) && !status)
        status = slt_fail(err, SLT_FILE, "%s: cannot close: %s", path, strerror(errno));
    return status;
}

slt_status slt_run_files_finish(slt_run_files *files, const slt_buffer *provenance,
                                slt_error *err)
{
    slt_status status = write_provenance(files, provenance, err);
    int fd = files->fd;
    files->fd = -1;
    if (slt_world.close(fd) && !status)
        status =
            slt_fail(err, SLT_FILE, "%s: cannot close: %s", files->part, strerror(errno));
    return status;
}

slt_status slt_run_files_rename(const slt_run_files *files, slt_error *err)
{
    if (slt_world.rename(files->part, files->trace))
        return slt_fail(err, SLT_FILE, "%s: cannot rename into place: %s", files->trace,
                        strerror(errno));
    return files->leftovers ? slt_run_files_tidy(files, err) : SLT_OK;
}

void slt_run_files_close(slt_run_files *files)
{
    if (files->fd >= 0)
        slt_world.close(files->fd);
    files->fd = -1;
}
