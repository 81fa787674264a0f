/* base/status.c: of several exit statuses the worst, whatever the order: 2 over 1 over 3
 * over 0. */
#include "tap.h"

#include <sltrace/status.h>

static const slt_status all[] = {
#define STATUS(name, exit_code, words) SLT_##name,
    SLT_STATUS_MAP(STATUS)
#undef STATUS
};
enum { COUNT = sizeof all / sizeof *all };

/* Exit status of two, by their own: row and column 0, 1, 2, 3. */
static const int worse[4][4] = {{0, 1, 2, 3}, {1, 1, 2, 1}, {2, 2, 2, 2}, {3, 1, 2, 3}};

int main(void)
{
    static const int exits[] = {0, 1, 2, 2, 2, 2, 2, 3};
    TAP_OK(COUNT == sizeof exits / sizeof *exits, "each status has its exit here");
    for (size_t i = 0; i < COUNT; i++)
        TAP_OK(slt_status_exit(all[i]) == exits[i], "%s: %d", slt_status_text(all[i]),
               exits[i]);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            slt_status both = slt_status_worse(all[i], all[j]);
            TAP_OK(slt_status_exit(both) == worse[exits[i]][exits[j]] &&
                       (both == all[i] || both == all[j]),
                   "%s and %s: %s", slt_status_text(all[i]), slt_status_text(all[j]),
                   slt_status_text(both));
        }
    TAP_OK(slt_status_worse(SLT_FILE, SLT_FORMAT) == SLT_FILE, "of equals the first");
    return tap_done();
}
