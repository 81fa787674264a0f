#include "cli/cli.h"

#include <fenv.h>
#include <string.h>

#include <sltrace/numerics.h>
#include <sltrace/system.h>

#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/manifest.h"

static const char *command_name_at(const void *parent, size_t i)
{
    const cli_command *command = parent;
    const cli_command *one = command ? command->children[i] : cli_commands[i];
    return command ? one->name + strlen(command->name) + 1 : one->name;
}

const cli_command *cli_find_command(const cli_command *parent, const char *name,
                                    slt_error *err)
{
    size_t count = parent ? parent->child_count : cli_command_count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(command_name_at(parent, i), name) == 0)
            return parent ? parent->children[i] : cli_commands[i];
    const char *nearest = cli_nearest(name, parent, count, command_name_at);
    const char *gap = parent ? " " : "", *see = parent ? parent->name : "";
    const char *what = parent ? parent->name : "command";
    if (nearest)
        slt_fail(err, SLT_USAGE,
                 "unknown %s '%s'; did you mean '%s'? See sltrace%s%s --help", what, name,
                 nearest, gap, see);
    else
        slt_fail(err, SLT_USAGE, "unknown %s '%s'; see sltrace%s%s --help", what, name,
                 gap, see);
    return NULL;
}

static slt_status show_version(void)
{
    printf("sltrace %s, numerics revision %d\n", slt_version(), SLT_NUMERICS_REVISION);
    return SLT_OK;
}

static slt_status call_child(const cli_command *command, const cli_call *call,
                             slt_error *err);

static slt_status perform(const cli_command *command, const cli_call *call,
                          slt_error *err)
{
    if (cli_given(call, "quiet"))
        cli_quiet();
    if (cli_given(call, "help")) {
        cli_explain(command, stdout);
        return SLT_OK;
    }
    if (cli_given(call, "version"))
        return show_version();
    if (!command || command->children)
        return call_child(command, call, err);
    slt_status status = cli_apply_naming(call, err);
    if (status == SLT_OK)
        status = cli_check_kinds(call, err);
    if (status == SLT_OK && !command->starts) {
        status = slt_start(cli_value(call, "isa"), err);
        fesetenv(FE_DFL_ENV); /* whatever was loaded before: the program computes too */
    }
    return status ? status : command->run(call, err);
}

/* Goes on with the command that the first operand names. */
static slt_status call_child(const cli_command *command, const cli_call *call,
                             slt_error *err)
{
    if (call->operand_count == 0)
        return command
                   ? slt_fail(err, SLT_USAGE, "%s: %s is missing; see sltrace %s --help",
                              command->name, command->operands, command->name)
                   : slt_fail(err, SLT_USAGE, "a command is missing; see sltrace --help");
    const cli_command *child = cli_find_command(command, call->operands[0], err);
    if (!child)
        return SLT_USAGE;
    cli_call own = {0};
    slt_status status = cli_parse(child, call->operand_count, call->operands,
                                  child->children != NULL, &own, err);
    if (status == SLT_OK)
        status = cli_inherit(&own, call, err);
    if (status == SLT_OK && child->json && cli_given(&own, "json"))
        own.json = cli_json();
    return status ? status : perform(child, &own, err);
}

static slt_status dispatch(int argc, char **argv, slt_error *err)
{
    if (argc == 3 && strcmp(argv[1], "--generate") == 0) /* what the build calls */
        return cli_generate(argv[2], err);
    cli_call call = {0};
    slt_status status = cli_parse(NULL, argc, argv, true, &call, err);
    return status ? status : perform(NULL, &call, err);
}

static void complain(const slt_error *err)
{
    const char *texts[SLT_MANIFEST_ERRORS_MAX];
    size_t others, count = cli_findings(err, texts, &others);
    for (size_t i = 0; i < count; i++)
        cli_complain(texts[i]);
    if (others)
        cli_say("and %zu%s more", others,
                count + others < SLT_MANIFEST_ERRORS_SOUGHT ? "" : " or");
}

int cli_main(int argc, char **argv)
{
    cli_secure_descriptors();
    cli_signals_begin();
    slt_error err = {.status = SLT_OK};
    slt_status status = cli_json_asked(argc, argv) ? cli_json_begin(&err) : SLT_OK;
    if (status == SLT_OK)
        status = slt_stack_begin(&err);
    if (status == SLT_OK)
        status = dispatch(argc, argv, &err);
    if (status && err.text[0])
        complain(&err);
    cli_json_end(status, &err);
    slt_error late = {.status = SLT_OK};
    slt_status flushed = cli_flush_results(&late);
    if (flushed)
        cli_complain(late.text);
    status = slt_status_worse(status, flushed);
    cli_signals_end(status);
    return slt_status_exit(status);
}
