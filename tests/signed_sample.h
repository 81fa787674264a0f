/* What minisign 0.11 signed with the key of tests/fault/inject/files: "hello\n", with the
 * comment "a trusted comment"; and as it once did, without a hash, with "legacy". */
#ifndef SLT_TESTS_SIGNED_SAMPLE_H
#define SLT_TESTS_SIGNED_SAMPLE_H

#define SIGNED_KEY "RWQdi2o0PmT1JylBQl9Qb/yoLtyi5xdlqepYzjoLxz2GY1r2/ZWemZOR"
#define SIGNED_SELF                                                                      \
    "RUQdi2o0PmT1JyE3V7lNJcpLGlEUxfFPP98jrD4QWtOaGzSfn+IAalAqg2TgQ926"                   \
    "bqwcqEbGq8mMmeCkdKAnBvjtn545sLJ8Agk="
#define SIGNED_GLOBAL                                                                    \
    "kSPKZHXcQhc/mIOWql0PGWn2TKri25mQPUcXvywTZsdVoiXVgTM9edmXYdn8quE7"                   \
    "OYktWqpOOMEka0uw+LLwCA=="
#define SIGNED_LEGACY                                                                    \
    "RWQdi2o0PmT1J83Knq6ua5WQKKTC4dyqQbiVjp0Fmoh9tdHG9UEnee1+FTYz9k2b"                   \
    "H7fLfhwNStfSg7bhABPEFgGa/HmHjlzZygA="
#define SIGNED_LEGACY_GLOBAL                                                             \
    "jLJWg3bIRSkmOyYuczN+OuHm0ct5xxZVfkMMaaSUxTqNR/7Rx7f5mCi93Km13OVi"                   \
    "3ikispebtnGLx+z0qnCgBQ=="

#endif
