/* What losses of single samples say, as NumPy arrays. */
#include <sltrace/influence.h>

#include "base/endian.h"
#include "base/fpenv.h"
#include "codec/npy.h"
#include "report/influence_numbers.h"

/* Which number, of a pair or of a sample. */
typedef struct npy_column {
    const slt_influence *found;
    bool of_pair;
    size_t number;
} npy_column;

static slt_status write_column(const npy_column *column, const char *folder,
                               slt_error *err)
{
    const slt_influence *found = column->found;
    const size_t shape[] = {found->observables, found->samples};
    const size_t count = (column->of_pair ? found->observables : 1) * found->samples;
    char name[SLT_INFLUENCE_NAME_MAX];
    size_t stem_size;
    const char *stem = slt_npy_stem(found->trace, &stem_size);
    slt_npy npy = {0};
    slt_status status = slt_influence_name(found, name, err);
    if (status)
        return status;
    slt_buffer_printf(&npy.path, "%s/%.*s.%s.%s.npy", folder, (int)stem_size, stem, name,
                      slt_influence_number_name(column->of_pair, column->number));
    if (column->of_pair)
        slt_npy_begin(&npy, "<f8", shape, 2);
    else
        slt_npy_begin(&npy, "<f8", shape + 1, 1);
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[8];
        slt_store_le64(
            bytes, slt_influence_number(found, column->of_pair, column->number, i).bits);
        slt_npy_bytes(&npy, bytes, sizeof bytes);
    }
    return slt_npy_end(&npy, true, err);
}

slt_status slt_influence_npy(const slt_influence *found, const char *folder,
                             slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = SLT_OK;
    const size_t pairs = found->covariance ? slt_influence_pairs(found) : 0;
    for (size_t i = 0; i < pairs && !status; i++) {
        const npy_column column = {found, true, i};
        status = write_column(&column, folder, err);
    }
    for (size_t i = 0; found->sample && i < SLT_INFLUENCE_SAMPLE && !status; i++) {
        const npy_column column = {found, false, i};
        status = write_column(&column, folder, err);
    }
    return status;
}
