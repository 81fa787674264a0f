/* The fingerprints of numerics revision 1, as tests/kat/fingerprints.txt has them. */
#ifndef SLT_NUM_FINGERPRINTS_1_H
#define SLT_NUM_FINGERPRINTS_1_H

/* X(function, fingerprint) */
#define SLT_FINGERPRINT_MAP(X)                                                           \
    X(erf, "805db34f03e31429")                                                           \
    X(erff, "0f59ca619190df86")                                                          \
    X(exp, "b3ef1b2fc96f2ac7")                                                           \
    X(expf, "f41eee960f15e996")                                                          \
    X(fixed, "33174b5dc8877edc")                                                         \
    X(fixed_erf, "14fa16569b1595f1")                                                     \
    X(fixed_exp, "7d2e1c3c5a6304e3")                                                     \
    X(fixed_log, "f3a0eefd5435f067")                                                     \
    X(fixed_sincospi, "45974314669916e7")                                                \
    X(fixed_tanh, "223f64afe54d89cb")                                                    \
    X(log, "95803d81c2740982")                                                           \
    X(logf, "58e950509940ad83")                                                          \
    X(sincospi, "9df13e2713ce7dca")                                                      \
    X(sincospif, "7ee1f184bdba657a")                                                     \
    X(tanh, "f67dbd57d222db97")                                                          \
    X(tanhf, "ba162302b79d5e06")

#endif
