/* verify/step_lines.c: lines of replay --steps, read and compared. */
#include "tap.h"

#include "verify/step_lines.h"

#define H1 "00112233445566778899aabbccddeeff"
#define H2 "00112233445566778899aabbccddee00"

static slt_error err;

static slt_step_lines steps_of(const char *text, const char *path)
{
    FILE *file = tmpfile();
    if (!file || fputs(text, file) == EOF)
        tap_bail("no temporary file");
    rewind(file);
    return (slt_step_lines){.file = file, .path = path};
}

static void compare(const char *a, const char *b, slt_status *status, bool *found,
                    uint64_t *common, slt_step_difference *d)
{
    slt_step_lines x = steps_of(a, "a.steps"), y = steps_of(b, "b.steps");
    *status = slt_step_lines_compare(&x, &y, found, common, d, &err);
    slt_step_lines_free(&x);
    slt_step_lines_free(&y);
}

static void alike(const char *name, const char *a, const char *b, uint64_t steps)
{
    slt_status status;
    slt_step_difference d;
    bool found;
    uint64_t common;
    compare(a, b, &status, &found, &common, &d);
    TAP_OK(status == SLT_OK && !found && common == steps, "%s", name);
}

static void part(const char *name, const char *a, const char *b, uint64_t step, bool loss,
                 const char *first, const char *tensors)
{
    slt_status status;
    slt_step_difference d;
    bool found;
    uint64_t common;
    compare(a, b, &status, &found, &common, &d);
    bool fine = status == SLT_OK && found;
    TAP_OK(fine && d.step == step && d.loss == loss && !strcmp(d.first, first), "%s",
           name);
    if (!fine)
        return;
    TAP_OK(!strcmp(slt_buffer_text(&d.tensors), tensors), "%s: all tensors", name);
    slt_buffer_free(&d.tensors);
}

static void refuse(const char *text)
{
    slt_status status;
    slt_step_difference d;
    bool found;
    uint64_t common;
    compare(text, "9 0.5 W=" H1 "\n", &status, &found, &common, &d);
    TAP_OK(status == SLT_FORMAT && strstr(err.text, "a.steps:"), "%s", err.text);
}

int main(void)
{
    alike("the same lines", "# head\n1 0.5 W=" H1 "\n2 0.25 W=" H2 "\n",
          "1 0.5 W=" H1 "\n# more\n2 0.25 W=" H2 "\n", 2);
    alike("other ranges", "5 1 W=" H1 "\n7 1 W=" H1 "\n",
          "1 3 W=" H2 "\n6 4 W=" H2 "\n7 1 W=" H1 "\n8 9 W=" H1 "\n", 1);
    alike("nothing in common", "1 0.5 W=" H1 "\n", "", 0);
    part("a tensor", "1 1 W=" H1 " m/W=" H1 "\n2 1 W=" H1 " m/W=" H1 " v/W=" H1 "\n",
         "1 1 W=" H1 " m/W=" H1 "\n2 1 W=" H1 " m/W=" H2 " v/W=" H2 "\n", 2, false, "m/W",
         "m/W, v/W");
    part("the loss alone", "3 0.5 W=" H1 "\n", "3 0.50000001 W=" H1 "\n", 3, true, "",
         "");
    part("fewer tensors", "3 0.5 W=" H1 " Z=" H1 "\n", "3 0.5 W=" H1 "\n", 3, false, "Z",
         "Z");
    alike("steps 0 and 9", "0 0.5 W=" H1 "\n9 1 W=" H1 "\n",
          "0 0.5 W=" H1 "\n9 1 W=" H1 "\n", 2);
    refuse("x 0.5 W=" H1 "\n");
    refuse("/ 0.5 W=" H1 "\n");
    refuse(": 0.5 W=" H1 "\n");
    refuse("1\t0.5 W=" H1 "\n");
    refuse("1 0.5\n");
    refuse("1 0.5 W=" H1 "0\n");
    refuse("1 0.5 W=0011\n");
    refuse("1 0.5 =" H1 "\n");
    refuse("1  W=" H1 "\n");
    refuse("2 0.5 W=" H1 "\n2 0.5 W=" H1 "\n");
    refuse("99999999999999999999 0.5 W=" H1 "\n");
    refuse("1 0.5 W=" H1);
    refuse("\n");
    return tap_done();
}
