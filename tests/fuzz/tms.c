/* Weights of a toy model of superposition: what is taken, written with all its digits and
 * read again, is the same numbers; and their potential is a number. */
#include "fuzz.h"

#include <math.h>

#include <sltrace/theory.h>

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "1.0, 0, -0.5\n0 , 1,0.5\n# bias\n-0.1 -0.1 -0.1\n",
        "1e30\t-1e-30\r\n\r\n2 3\r\n0 0",
        "  # W\n1\n0\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static void check_again(const slt_tms *net)
{
    slt_tms again;
    slt_buffer text = {0};
    slt_error err = {0};
    const size_t count = net->features * (net->hidden + 1);
    for (size_t i = 0; i < count; i++)
        slt_buffer_printf(&text, "%.17g%c", net->values[i],
                          (i + 1) % net->features ? ',' : '\n');
    slt_status status =
        slt_theory_tms_read(fuzz_file(text.data, text.size), &again, &err);
    FUZZ_REQUIRE(!status && again.features == net->features &&
                     again.hidden == net->hidden &&
                     !memcmp(again.values, net->values, count * sizeof *net->values),
                 "written again: %s", status ? err.text : "other numbers");
    if (!status)
        slt_theory_tms_free(&again);
    slt_buffer_free(&text);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_tms net = {0};
    slt_error err = {0};
    const char *path = fuzz_file(bytes, size);
    slt_status status = slt_theory_tms_read(path, &net, &err);
    if (status) {
        FUZZ_REFUSED(status, err, path);
        return false;
    }
    FUZZ_REQUIRE(net.features >= 1 && net.hidden >= 1, "a net without a weight");
    if (net.features < 64)
        FUZZ_REQUIRE(slt_theory_tms_potential(&net) >= 0 &&
                         isfinite(slt_theory_tms_potential(&net)),
                     "the potential is %g", slt_theory_tms_potential(&net));
    check_again(&net);
    slt_theory_tms_free(&net);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_tms net = {0};
    slt_status status = slt_theory_tms_read(fuzz_file(bytes, size), &net, NULL);
    slt_buffer_append(said, net.values,
                      net.features * (net.hidden + 1) * sizeof *net.values);
    slt_theory_tms_free(&net);
    return status;
}

static const fuzz_target fuzz_this = {.name = "tms",
                                      .mutants = 20000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
