#include <sltrace/numerics.h>

const char *slt_version(void)
{
    return SLT_VERSION;
}
