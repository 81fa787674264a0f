#include "report/verified.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"
#include "codec/yaml.h"

slt_status slt_verified_subject(const slt_golden *golden, char sha256[65], slt_error *err)
{
    slt_golden own = *golden; /* writing computes the root */
    char *text = NULL;
    size_t size = 0;
    slt_status status = slt_golden_write(&own, &text, &size, err);
    if (!status)
        slt_sha256_of(text, size, sha256);
    free(text);
    return status;
}

/* ---- Reading ----------------------------------------------------------------------- */

slt_status slt_verified_read(const slt_golden *golden, const slt_public_key *key,
                             slt_verified *verified, slt_error *err)
{
    slt_buffer named = {0}, path = {0}, text = {0};
    const char *slash = strrchr(golden->path, '/');
    slt_error why = {0};
    char sha256[65];
    bool there = false;
    *verified = (slt_verified){0};
    slt_buffer_printf(&named, "%s" SLT_VERIFIED_SUFFIX, slash ? slash + 1 : golden->path);
    slt_status status =
        named.failed
            ? slt_fail(&why, SLT_RESOURCE, "no memory for a path")
            : slt_tree_name_beside(golden->path, slt_buffer_text(&named), &path, &why);
    const char *name = slt_buffer_text(&path);
    if (!status)
        status = slt_files_look(name, &there, &why);
    if (!status && there)
        status = slt_verified_subject(golden, sha256, &why);
    if (!status && there)
        status = slt_io_read(name, SLT_YAML_BYTES_MAX, &text, &why);
    if (!status && there)
        status = slt_verified_parse(slt_buffer_text(&text), text.size, name, sha256, key,
                                    verified, &why);
    if (status) {
        *verified = (slt_verified){.there = true, .trouble = why};
        if (status == SLT_RESOURCE && err)
            *err = why;
    }
    slt_buffer_free(&named);
    slt_buffer_free(&path);
    slt_buffer_free(&text);
    return status == SLT_RESOURCE ? status : SLT_OK;
}

/* ---- Words ------------------------------------------------------------------------- */

void slt_verified_print(const slt_verified *v, slt_buffer *out)
{
    slt_buffer_printf(out, "%.10s: ", v->finished);
    if (v->stretches)
        slt_buffer_printf(out, "%" PRIu64 " of %" PRIu64 " stretches of the traces",
                          v->drawn, v->stretches);
    else if (v->judged == v->runs)
        slt_buffer_printf(out, "all %" PRIu64 " runs", v->runs);
    else
        slt_buffer_printf(out, "%" PRIu64 " of %" PRIu64 " runs", v->judged, v->runs);
    slt_buffer_printf(out, "; %s, %s, %s; sltrace %s", v->machine, v->cpu, v->isa,
                      v->program);
}
