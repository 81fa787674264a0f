#include "net/look.h"

#include <string.h>

#include "num/scratch.h"

slt_status slt_look_check(const slt_loss_spec *spec, const slt_shape *value,
                          const slt_shape *target, slt_error *err)
{
    if (spec->last && !value->positions.axes)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): at: expected %s to have positions, found none",
                        spec->op, spec->in);
    if (spec->ignores && spec->ignored >= target->range)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): ignore: expected a class below %zu, found %zu",
                        spec->op, target->range, spec->ignored);
    return SLT_OK;
}

static bool looks_at(const slt_look *look, size_t row)
{
    if (look->spec->last && (row + 1) % look->positions)
        return false;
    return !look->spec->ignores ||
           (size_t)((const int32_t *)look->target->data)[row] != look->spec->ignored;
}

static size_t row_size(const slt_tensor *tensor)
{
    return tensor->cols * slt_arithmetic_size(tensor->arithmetic);
}

/* The rows that are looked at, side by side from `data` on. */
static slt_tensor take_rows(const slt_look *look, const slt_tensor *from, void *data)
{
    const size_t size = row_size(from);
    slt_tensor rows = *from;
    rows.data = data;
    rows.rows = 0;
    for (size_t i = 0; i < from->rows; i++)
        if (looks_at(look, i))
            memcpy((char *)data + rows.rows++ * size, (char *)from->data + i * size,
                   size);
    return rows;
}

/* The other way round: +0 in the other rows. */
static void put_rows(const slt_look *look, const slt_tensor *rows, slt_tensor *to)
{
    const size_t size = row_size(to);
    size_t taken = 0;
    slt_tensor_zero(to);
    for (size_t i = 0; i < to->rows; i++)
        if (looks_at(look, i))
            memcpy((char *)to->data + i * size, (char *)rows->data + taken++ * size,
                   size);
    if (taken)
        to->frac = rows->frac;
    to->overflow |= rows->overflow;
}

/* Room for so many tensors like the value, and the target. */
static char *room_for(const slt_look *look, size_t tensors)
{
    const size_t numbers = tensors * look->value->cols + look->target->cols;
    return slt_patches_scratch(look->value->rows, numbers, sizeof(uint64_t));
}

static char *behind(const slt_tensor *tensor, size_t rows)
{
    return (char *)tensor->data + rows * tensor->cols * sizeof(uint64_t);
}

size_t slt_look_rows(slt_look *look, slt_tensor *value, slt_tensor *target)
{
    if (!slt_look_chooses(look->spec)) {
        *value = *look->value;
        *target = *look->target;
        return value->rows;
    }
    *value = take_rows(look, look->value, room_for(look, 1));
    *target = take_rows(look, look->target, behind(value, look->value->rows));
    return value->rows;
}

slt_real slt_look_loss(const slt_look *look, slt_tensor *dvalue)
{
    if (!slt_look_chooses(look->spec))
        return look->type->loss(look->spec, look->value, look->target, dvalue);
    const size_t rows = look->value->rows;
    slt_tensor value = take_rows(look, look->value, room_for(look, 2));
    slt_tensor target = take_rows(look, look->target, behind(&value, 2 * rows));
    slt_tensor made = value;
    made.data = behind(&value, rows);
    made.overflow = false;
    slt_real loss = {0};
    if (value.rows)
        loss = look->type->loss(look->spec, &value, &target, dvalue ? &made : NULL);
    if (dvalue)
        put_rows(look, &made, dvalue);
    return loss;
}

void slt_look_second(const slt_look *look, const slt_tensor *change, slt_tensor *gradient)
{
    if (!slt_look_chooses(look->spec)) {
        look->type->second(look->spec, look->value, look->target, change, gradient);
        return;
    }
    const size_t rows = look->value->rows;
    slt_tensor value = take_rows(look, look->value, room_for(look, 3));
    slt_tensor moved = take_rows(look, change, behind(&value, rows));
    slt_tensor target = take_rows(look, look->target, behind(&value, 3 * rows));
    slt_tensor made = moved;
    made.data = behind(&value, 2 * rows);
    made.overflow = false;
    if (value.rows)
        look->type->second(look->spec, &value, &target, &moved, &made);
    put_rows(look, &made, gradient);
}
