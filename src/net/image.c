#include "net/image.h"

#include "base/schema_rows.h"

/* ---- Fields ------------------------------------------------------------------------ */

static const slt_schema places_item = {
    .type = SLT_SCHEMA_INT, ITEM(size_t), .least = 1, .most = WIDTH_MAX};
static const slt_schema padding_item = {
    .type = SLT_SCHEMA_INT, ITEM(size_t), .least = 0, .most = WIDTH_MAX};

/* Fills the pair that is called `name`. */
#define PAIR_FORMS(name, item, smallest)                                                 \
    static const slt_schema forms_##name[] = {                                           \
        {.type = SLT_SCHEMA_INT,                                                         \
         AT(slt_op_spec, name.number[0]),                                                \
         .least = (smallest),                                                            \
         .most = WIDTH_MAX},                                                             \
        {.type = SLT_SCHEMA_LIST,                                                        \
         .offset = offsetof(slt_op_spec, name.number),                                   \
         COUNT(slt_op_spec, name.count),                                                 \
         ONE(item),                                                                      \
         .least = 2,                                                                     \
         .most = 2}};

PAIR_FORMS(window, places_item, 1)
PAIR_FORMS(stride, places_item, 1)
PAIR_FORMS(padding, padding_item, 0)
PAIR_FORMS(dilation, places_item, 1)

const slt_schema slt_image_window = {
    .key = "window",
    .type = SLT_SCHEMA_EITHER,
    FIELDS(forms_window),
    .also = "kernel_size|kernel|size|pool_size",
    .sample = "2",
    .meaning = "height and width of what it looks at: one number for both, or [height, "
               "width]"};
const slt_schema slt_image_stride = {
    .key = "stride",
    .type = SLT_SCHEMA_EITHER,
    FIELDS(forms_stride),
    .optional = true,
    .also = "strides|step",
    .meaning = "how far the window goes from one position to the next, down and to the "
               "right: one number or two; absent: 1 for a convolution, the window for "
               "others"};
const slt_schema slt_image_padding = {
    .key = "padding",
    .type = SLT_SCHEMA_EITHER,
    FIELDS(forms_padding),
    PRESET(INT_VALUE(0)),
    .also = "pad",
    .meaning = "how far the window goes beyond each edge: one number or two"};
const slt_schema slt_image_dilation = {
    .key = "dilation",
    .type = SLT_SCHEMA_EITHER,
    FIELDS(forms_dilation),
    PRESET(INT_VALUE(1)),
    .also = "dilations|rate",
    .meaning = "how far apart the places of the window are: one number or two"};

/* ---- Windows ----------------------------------------------------------------------- */

static size_t number_of(const slt_op_pair *pair, int axis)
{
    return pair->number[pair->count == 2 ? axis : 0];
}

slt_window slt_image_window_of(const slt_op_spec *spec, const slt_positions *positions,
                               const size_t size[2])
{
    slt_window window = {.in = {positions->size[0], positions->size[1]}};
    for (int i = 0; i < 2; i++) {
        const size_t stride = number_of(&spec->stride, i);
        const size_t dilation = number_of(&spec->dilation, i);
        window.size[i] = size[i];
        window.stride[i] = stride ? stride : 1;
        window.padding[i] = number_of(&spec->padding, i);
        window.dilation[i] = dilation ? dilation : 1;
    }
    slt_window_fit(&window);
    return window;
}

slt_window slt_image_pool_of(const slt_op_spec *spec, const slt_positions *positions)
{
    const size_t size[] = {number_of(&spec->window, 0), number_of(&spec->window, 1)};
    slt_op_spec own = *spec;
    if (!own.stride.number[0])
        own.stride = own.window;
    return slt_image_window_of(&own, positions, size);
}

slt_status slt_image_check(const slt_op_site *site, slt_error *err)
{
    char found[SLT_POSITIONS_TEXT_MAX];
    return site->in[0].positions.axes == 2
               ? SLT_OK
               : slt_op_fail(site, err,
                             "input %s: expected positions [height, width], found %s",
                             site->spec->in[0],
                             slt_positions_text(&site->in[0].positions, found));
}

/* Numbers of a sample. */
#define NUMBERS_MAX ((size_t)1 << 28)

slt_status slt_image_place(const slt_op_site *site, const slt_window *window,
                           slt_shape *out, slt_error *err)
{
    char positions[SLT_POSITIONS_TEXT_MAX];
    const slt_shape *in = &site->in[0];
    slt_window fitted = *window;
    slt_positions_text(&in->positions, positions);
    if (!slt_window_fit(&fitted))
        return slt_op_fail(
            site, err,
            "a window of [%zu, %zu], its places [%zu, %zu] apart, does not "
            "fit the positions %s of %s with padding [%zu, %zu]",
            window->size[0], window->size[1], window->dilation[0], window->dilation[1],
            positions, site->spec->in[0], window->padding[0], window->padding[1]);
    out->positions = (slt_positions){.axes = 2, .size = {fitted.out[0], fitted.out[1]}};
    const slt_positions padded = {.axes = 2,
                                  .size = {window->in[0] + 2 * window->padding[0],
                                           window->in[1] + 2 * window->padding[1]}};
    const size_t width = in->cols > out->cols ? in->cols : out->cols;
    if (slt_positions_count(&padded) > NUMBERS_MAX / width)
        return slt_op_fail(
            site, err,
            "positions %s with padding, of %zu numbers each, are more than "
            "2^28 numbers",
            slt_positions_text(&padded, positions), width);
    return SLT_OK;
}

slt_status slt_image_pool(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    slt_status status = slt_image_check(site, err);
    if (status)
        return status;
    const slt_window window = slt_image_pool_of(site->spec, &site->in[0].positions);
    for (int i = 0; i < 2; i++)
        if (window.padding[i] > window.size[i] / 2)
            return slt_op_fail(site, err,
                               "expected a padding of at most half of the window, found "
                               "%zu for %zu",
                               window.padding[i], window.size[i]);
    out->cols = site->in[0].cols;
    return slt_image_place(site, &window, out, err);
}
