#include <math.h>

#include "base/endian.h"
#include "learn/diagnostics.h"

slt_real slt_ebfmi(const uint8_t *energies, size_t count)
{
    double mean = 0, steps = 0, spread = 0, before = 0;
    if (count < 3)
        return slt_real_of(NAN);
    for (size_t i = 0; i < count; i++)
        mean +=
            slt_real_double((slt_real){slt_load_le64(energies + 8 * i)}) / (double)count;
    for (size_t i = 0; i < count; i++) {
        const double off =
            slt_real_double((slt_real){slt_load_le64(energies + 8 * i)}) - mean;
        spread += off * off;
        steps += i ? (off - before) * (off - before) : 0;
        before = off;
    }
    return slt_real_of(spread > 0 ? steps / spread : NAN);
}

slt_ebfmi_found slt_diagnose_ebfmi(const slt_real *chains, size_t count)
{
    slt_ebfmi_found found = {.asked = true, .least = chains[0]};
    for (size_t i = 1; i < count && slt_real_finite(found.least); i++)
        if (!(slt_real_double(chains[i]) >= slt_real_double(found.least))) {
            found.least = chains[i];
            found.chain = i;
        }
    return found;
}

void slt_diagnostics_ebfmi_words(const slt_ebfmi_found *ebfmi, slt_buffer *text)
{
    if (!ebfmi->asked)
        return;
    if (!slt_real_finite(ebfmi->least))
        slt_buffer_printf(text,
                          " The E-BFMI of chain %zu is not known: it needs three draws a "
                          "trajectory apart, energies that are finite and differ.",
                          ebfmi->chain);
    else if (slt_real_double(ebfmi->least) < SLT_EBFMI_LOW)
        slt_buffer_printf(text,
                          " The E-BFMI of chain %zu is %.2f, below %.1f: new momenta "
                          "change the energy too little for chains to get into the tails "
                          "of the posterior and out again.",
                          ebfmi->chain, slt_real_double(ebfmi->least), SLT_EBFMI_LOW);
}
