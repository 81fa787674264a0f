#include <sltrace/version.h>

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define VERSION                                                                          \
    TEXT(SLT_VERSION_MAJOR) "." TEXT(SLT_VERSION_MINOR) "." TEXT(SLT_VERSION_PATCH)

const char *slt_version(void)
{
    return VERSION;
}

int slt_version_number(void)
{
    return SLT_VERSION_NUMBER;
}
