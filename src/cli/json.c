#include "cli/json.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/manifest.h"

static slt_json *document;

bool cli_json_asked(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strlen(argv[i]) > 3 && strncmp(argv[i], "--json", strlen(argv[i])) == 0)
            return true;
    return false;
}

slt_status cli_json_begin(slt_error *err)
{
    return slt_json_create(&document, err);
}

slt_json *cli_json(void)
{
    return document;
}

/* All errors of a manifest, where there are several, and how many more there are. */
static void put_messages(const slt_error *err)
{
    const char *texts[SLT_MANIFEST_ERRORS_MAX];
    size_t others, count = cli_findings(err, texts, &others);
    if (count < 2)
        return;
    slt_json_key_open(document, "messages", '[');
    for (size_t i = 0; i < count; i++)
        slt_json_text(document, texts[i]);
    slt_json_close(document, ']');
    slt_json_key_uint(document, "more", others);
}

/* The error is a member of the document where the document is complete; else it is the
 * whole document. */
static void put_error(slt_status status, const slt_error *err)
{
    if (slt_json_depth(document) != 1) {
        slt_json_clear(document);
        slt_json_begin(document, "sltrace.error/1");
    }
    slt_json_key_open(document, "error", '{');
    slt_json_key_text(document, "status", slt_status_text(status));
    slt_json_key_uint(document, "exit", (uint64_t)slt_status_exit(status));
    slt_json_key_text(document, "message",
                      err->text[0] ? err->text : slt_status_text(status));
    put_messages(err);
    slt_json_close(document, '}');
}

void cli_json_end(slt_status status, const slt_error *err)
{
    slt_error late = {.status = SLT_OK};
    if (!document || (status == SLT_OK && !slt_json_depth(document)))
        return;
    if (status)
        put_error(status, err);
    slt_status written = slt_json_write(document, stdout, &late);
    if (written) {
        cli_keep_status(written);
        slt_json_clear(document);
        put_error(written, &late);
        slt_json_write(document, stdout, NULL);
    }
    slt_json_free(document);
    document = NULL;
}
