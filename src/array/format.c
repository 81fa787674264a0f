#include "array/format.h"

#include "array/idx.h"
#include "array/npy_read.h"
#include "array/npz.h"
#include "array/safetensors.h"

static slt_status find_packed(const uint8_t *bytes, size_t size, const char *member,
                              size_t size_max, slt_buffer *unpacked, slt_array *array,
                              slt_error *err)
{
    slt_status status = slt_npz_read(bytes, size, member, size_max, unpacked, err);
    return status ? status : slt_npy_read(unpacked->data, unpacked->size, array, err);
}

static slt_status find_tensor(const uint8_t *bytes, size_t size, const char *name,
                              slt_array *array, slt_error *err)
{
    slt_safetensors file;
    slt_status status = slt_safetensors_read(bytes, size, &file, err);
    if (status)
        return status;
    status = slt_safetensors_find(&file, name, array, err);
    slt_safetensors_free(&file);
    return status;
}

slt_status slt_array_find(const uint8_t *bytes, size_t size, const char *member,
                          size_t size_max, slt_buffer *unpacked, slt_array *array,
                          const char **format, slt_error *err)
{
    const bool packed = slt_npz_is(bytes, size), named = member && *member;
    if (named && packed) {
        *format = ".npz";
        return find_packed(bytes, size, member, size_max, unpacked, array, err);
    }
    if (named && !slt_npy_is(bytes, size) && !slt_idx_is(bytes, size)) {
        *format = "safetensors";
        return find_tensor(bytes, size, member, array, err);
    }
    if (named)
        return slt_fail(err, SLT_FORMAT, "it has one array, which has no name");
    if (packed)
        return slt_fail(err, SLT_FORMAT, "a .npz file: expected the name of a member");
    *format = slt_idx_is(bytes, size) ? "IDX" : ".npy";
    return slt_idx_is(bytes, size) ? slt_idx_read(bytes, size, array, err)
                                   : slt_npy_read(bytes, size, array, err);
}
