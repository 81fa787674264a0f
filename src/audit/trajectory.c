#include "audit/trajectory.h"

#include <errno.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "run/files.h"

bool slt_trajectory_is_round(uint64_t step)
{
    while (step && step % 10 == 0)
        step /= 10;
    return step == 0 || step == 1 || step == 2 || step == 5;
}

static uint64_t trajectory_owned_numbers(const slt_params *params)
{
    uint64_t count = 0;
    for (size_t i = 0; i < params->count; i++)
        if (params->owned[i])
            count += slt_tensor_count(&params->tensor[i]);
    return count;
}

/* How many checkpoints are kept at most of weights of this size. */
static uint64_t trajectory_checkpoints_max(const slt_params *params)
{
    uint64_t most =
        SLT_TRAJECTORY_BYTES_MAX / (8 * (1 + trajectory_owned_numbers(params)));
    return most < 2                                ? 2
           : most > SLT_TRAJECTORY_CHECKPOINTS_MAX ? SLT_TRAJECTORY_CHECKPOINTS_MAX
                                                   : most;
}

/* If there are more checkpoints than can be kept, training is cut into as many equal
 * stretches as can, and the first checkpoint of each is kept. */
static bool trajectory_is_kept_checkpoint(slt_trajectory_writer *writer,
                                          const slt_state *state)
{
    const slt_train_spec *train = &writer->run->train;
    uint64_t most = trajectory_checkpoints_max(&state->weights);
    if (!slt_checkpoint_due(train, state->step))
        return false;
    if (slt_train_checkpoints(train, 0) <= most)
        return true;
    uint64_t stretch = state->step / (train->steps / most + 1) + 1;
    bool first = stretch != writer->stretch;
    writer->stretch = stretch;
    return first;
}

/* ---- Files ------------------------------------------------------------------------- */

static slt_status trajectory_make_file(const char *folder, const char *name,
                                       const char *suffix, FILE **file, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/%s.%s", folder, name, suffix);
    if (status)
        return status;
    *file = slt_world.fopen(path, "wbx");
    return *file ? SLT_OK
                 : slt_fail(err, SLT_FILE, "%s: cannot be written: %s", path,
                            strerror(errno));
}

slt_status slt_trajectory_create(slt_trajectory_writer *writer, const slt_run_spec *run,
                                 const char *folder, const char *name, slt_error *err)
{
    *writer = (slt_trajectory_writer){.run = run};
    slt_status status =
        trajectory_make_file(folder, name, "steps", &writer->digests, err);
    return status ? status
                  : trajectory_make_file(folder, name, "weights", &writer->weights, err);
}

static slt_status trajectory_check_written(const slt_trajectory_writer *writer,
                                           slt_error *err)
{
    if (writer->wide.failed || writer->narrow.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for the weights of a step");
    if (ferror(writer->digests) || ferror(writer->weights))
        return slt_fail(err, SLT_FILE, "the weights of a step cannot be written: %s",
                        strerror(errno));
    return SLT_OK;
}

slt_status slt_trajectory_close(slt_trajectory_writer *writer, slt_error *err)
{
    bool lost = false;
    FILE *const files[] = {writer->digests, writer->weights};
    for (size_t i = 0; i < 2; i++)
        if (files[i] && slt_world.fclose(files[i]))
            lost = true;
    slt_buffer_free(&writer->wide);
    slt_buffer_free(&writer->narrow);
    return lost ? slt_fail(err, SLT_FILE, "the weights of a run cannot be written: %s",
                           strerror(errno))
                : SLT_OK;
}

/* ---- Writing ----------------------------------------------------------------------- */

/* Collects all owned weights as binary64, and rounded to binary32. */
static void trajectory_gather(slt_trajectory_writer *writer, const slt_params *params)
{
    slt_buffer_clear(&writer->wide);
    slt_buffer_clear(&writer->narrow);
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        size_t count = params->owned[i] ? slt_tensor_count(tensor) : 0;
        uint8_t *wide = slt_buffer_extend(&writer->wide, 8 * count);
        uint8_t *narrow = slt_buffer_extend(&writer->narrow, 4 * count);
        for (size_t e = 0; wide && narrow && e < count; e++) {
            double value = slt_real_double(slt_tensor_get(tensor, e));
            float rounded = (float)value;
            memcpy(wide + 8 * e, &value, 8);
            memcpy(narrow + 4 * e, &rounded, 4);
        }
    }
}

static uint64_t trajectory_short_digest(const slt_buffer *bytes)
{
    slt_digest digest = slt_digest_of(bytes->data, bytes->size);
    uint64_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return word;
}

static void trajectory_keep_weights(slt_trajectory_writer *writer)
{
    slt_world.fwrite(&writer->step, sizeof writer->step, 1, writer->weights);
    slt_world.fwrite(writer->wide.data, 1, writer->wide.size, writer->weights);
    writer->kept = true;
}

slt_status slt_trajectory_add(slt_trajectory_writer *writer, const slt_state *state,
                              slt_real loss, slt_error *err)
{
    trajectory_gather(writer, &state->weights);
    slt_trajectory_step digest = {.narrow = trajectory_short_digest(&writer->narrow),
                                  .wide = trajectory_short_digest(&writer->wide),
                                  .loss = loss};
    slt_world.fwrite(&digest, sizeof digest, 1, writer->digests);
    writer->step = state->step;
    writer->kept = false;
    bool checkpoint = trajectory_is_kept_checkpoint(writer, state);
    if (checkpoint || slt_trajectory_is_round(state->step))
        trajectory_keep_weights(writer);
    return trajectory_check_written(writer, err);
}

slt_status slt_trajectory_end(slt_trajectory_writer *writer, slt_error *err)
{
    if (!writer->kept)
        trajectory_keep_weights(writer);
    return trajectory_check_written(writer, err);
}
