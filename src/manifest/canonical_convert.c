/* The same run in another arithmetic. */
#include "manifest/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

/* The `arithmetic` of a run; every canonical run has it. */
static slt_value *find_arithmetic(slt_value *run)
{
    size_t i = 0;
    while (strcmp(run->keys[i], "arithmetic") != 0)
        i++;
    return &run->items[i];
}

/* That a run so described exists: shapes, ops, rules. */
static slt_status check(const slt_buffer *bytes, size_t from, slt_error *err)
{
    slt_run_spec *spec = calloc(1, sizeof *spec);
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status =
        slt_canonical_decode(bytes->data + from, bytes->size - from, spec, err);
    free(spec);
    return status;
}

slt_status slt_canonical_convert(const uint8_t *bytes, size_t size,
                                 slt_arithmetic arithmetic, slt_buffer *out,
                                 slt_error *err)
{
    const slt_schema_walk walk = {.file = "canonical run", .err = err};
    size_t from = out->size;
    slt_value run;
    slt_status status = slt_canonical_read(bytes, size, &run, err);
    if (status)
        return status;
    slt_value *word = find_arithmetic(&run);
    free(word->text);
    word->text = strdup(slt_arithmetic_name(arithmetic));
    if (word->text)
        slt_canonical_encode(&walk, &slt_schema_run, &run, out);
    if (!word->text || out->failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a canonical run");
    slt_value_free(&run);
    return status ? status : check(out, from, err);
}
