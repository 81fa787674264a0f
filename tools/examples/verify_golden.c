/* Verifies goldens and tells each verdict as it is reached:
 *
 *     verify_golden GOLDEN... */
#include <stdio.h>

#include <sltrace/sltrace.h>

static void tell_run(void *context, const slt_golden *golden,
                     const slt_run_verdict *verdict)
{
    static const char *const words[] = {"pending", "identical", "differs", "not judged",
                                        "trouble"};
    size_t *identical = context;
    *identical += verdict->verdict == SLT_VERDICT_IDENTICAL;
    printf("%s run %zu (%s): %s\n", golden->name, verdict->run, verdict->label,
           words[verdict->verdict]);
    if (verdict->verdict == SLT_VERDICT_DIFFERS && verdict->other_trace)
        printf("    expected %s, found %s\n", verdict->expected, verdict->found);
}

int main(int argc, char **argv)
{
    slt_error err;
    size_t identical = 0;
    const slt_verify_page page = {.context = &identical, .run = tell_run};
    const slt_verify_options options = {.jobs = slt_processors_here().jobs};
    slt_status status = slt_start(NULL, &err), all = SLT_OK;
    for (int i = 1; i < argc && !status; i++) {
        slt_status one = slt_verify(argv[i], &options, &page, NULL, &err);
        if (one)
            fprintf(stderr, "verify_golden: %s: %s\n", argv[i], err.text);
        all = slt_status_worse(all, one);
    }
    if (status)
        fprintf(stderr, "verify_golden: %s\n", err.text);
    printf("%zu identical\n", identical);
    return slt_status_exit(slt_status_worse(status, all));
}
