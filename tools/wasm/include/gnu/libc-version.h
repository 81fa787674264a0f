/* What src/run/provenance.c asks glibc for; the C library is emscripten's. */
static inline const char *gnu_get_libc_version(void)
{
    return "none: emscripten's";
}
