#include "cli/json.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/show.h>

#include "cli/cli.h"
#include "cli/manifest.h"

void cli_json_text(FILE *out, const char *text)
{
    if (text)
        cli_keep_status(slt_show_text(SLT_TEXT_JSON, text, out));
    else
        fputs("null", out);
}

void cli_json_real(FILE *out, slt_real value)
{
    cli_keep_status(slt_show_json_real(value, out));
}

void cli_json_uint(FILE *out, uint64_t value)
{
    cli_keep_status(slt_show_json_uint(value, out));
}

void cli_json_key(FILE *out, bool comma, const char *name)
{
    fputs(comma ? "," : "", out);
    cli_json_text(out, name);
    fputc(':', out);
}

/* ---- The answer -------------------------------------------------------------------- */

static FILE *standard_output;
static char *answer;
static size_t answer_size;

bool cli_json_asked(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strlen(argv[i]) > 3 && strncmp(argv[i], "--json", strlen(argv[i])) == 0)
            return true;
    return false;
}

slt_status cli_json_begin(slt_error *err)
{
    FILE *kept = open_memstream(&answer, &answer_size);
    if (!kept)
        return slt_fail(err, SLT_RESOURCE, "no memory for the answer");
    standard_output = stdout;
    stdout = kept;
    return SLT_OK;
}

/* All that is wrong with a manifest, where that is more than one message, and how many
 * more there are. */
static void put_messages(const slt_error *err)
{
    const char *texts[SLT_MANIFEST_ERRORS_MAX];
    size_t others, count = cli_findings(err, texts, &others);
    if (count < 2)
        return;
    cli_json_key(stdout, true, "messages");
    for (size_t i = 0; i < count; i++) {
        fputc(i ? ',' : '[', stdout);
        cli_json_text(stdout, texts[i]);
    }
    printf("],\"more\":%zu", others);
}

static void put_error(slt_status status, const slt_error *err)
{
    fputs("\"error\":{\"status\":", stdout);
    cli_json_text(stdout, slt_status_text(status));
    printf(",\"exit\":%d,\"message\":", slt_status_exit(status));
    cli_json_text(stdout, err->text[0] ? err->text : slt_status_text(status));
    put_messages(err);
    fputs("}}\n", stdout);
}

/* A command ends its object with a line end; what has none was cut short. */
void cli_json_end(slt_status status, const slt_error *err)
{
    if (!standard_output)
        return;
    bool lost = ferror(stdout) || fclose(stdout) != 0;
    stdout = standard_output;
    standard_output = NULL;
    if (lost)
        cli_keep_status(SLT_RESOURCE);
    bool whole = !lost && answer_size > 2 && *answer == '{' &&
                 strcmp(answer + answer_size - 2, "}\n") == 0;
    if (status == SLT_OK && !lost)
        fwrite(answer, 1, answer_size, stdout);
    else {
        fwrite(whole ? answer : "{", 1, whole ? answer_size - 2 : 1, stdout);
        fputs(whole ? "," : "", stdout);
        put_error(status, err);
    }
    free(answer);
    answer = NULL;
}
