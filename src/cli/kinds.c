#include "cli/kinds.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sltrace/system.h>

#include "base/world.h"

/* A kind of file is recognised by its first bytes or, where they tell nothing, by its
 * name. */
typedef struct kind {
    const char *words, *suffix, *start;
} kind;

static const kind kinds[] = {
    {"a trace", ".trace", "\x8bSLT"},
    {"a golden", ".golden", "sltrace-golden"},
    {"figure data", ".csv", "series,x,value,"},
    {"a table of runs", ".csv", "run,"},
    {"a manifest", ".yaml", NULL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

slt_status cli_read_head(const char *path, char head[CLI_HEAD], slt_error *err)
{
    struct stat info;
    if (slt_world.stat(path, &info) != 0)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return slt_fail(err, SLT_FILE, "%s: not an ordinary file", path);
    FILE *file = slt_world.fopen(path, "rb");
    if (!file)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    memset(head, 0, CLI_HEAD);
    bool read = slt_world.fread(head, 1, CLI_HEAD, file) > 0 || !ferror(file);
    slt_world.fclose(file);
    return read ? SLT_OK : slt_fail(err, SLT_FILE, "%s: cannot be read", path);
}

static bool is_kind(const kind *one, const char *path, const char *head)
{
    if (one->start)
        return strncmp(head, one->start, strlen(one->start)) == 0;
    return slt_files_end_in(path, one->suffix);
}

static const kind *find_kind(const char *path)
{
    char head[CLI_HEAD];
    if (cli_read_head(path, head, NULL))
        return NULL;
    for (size_t i = 0; i < KINDS; i++)
        if (is_kind(&kinds[i], path, head))
            return &kinds[i];
    return NULL;
}

/* A command without required operands writes files and reads none. */
static bool reads(const cli_command *command, const kind *one)
{
    return command->operands_min > 0 && command->suffix &&
           strstr(command->suffix, one->suffix);
}

static slt_status kind_refuse(const cli_command *command, const char *path,
                              const kind *found, slt_error *err)
{
    char readers[128] = "";
    for (size_t i = 0; i < cli_command_count; i++) {
        size_t used = strlen(readers);
        if (reads(cli_commands[i], found))
            snprintf(readers + used, sizeof readers - used, "%s%s", used ? ", " : "",
                     cli_commands[i]->name);
    }
    if (!*readers)
        return slt_fail(err, SLT_USAGE,
                        "%s: is %s, but sltrace %s takes %s; give its golden or manifest",
                        path, found->words, command->name, command->operands);
    return slt_fail(
        err, SLT_USAGE, "%s: is %s, but sltrace %s takes %s; what takes %s: sltrace %s",
        path, found->words, command->name, command->operands, found->words, readers);
}

slt_status cli_check_kinds(const cli_call *call, slt_error *err)
{
    const cli_command *command = call->command;
    if (command->operands_min == 0 || !command->suffix)
        return SLT_OK;
    for (int i = 0; i < call->operand_count; i++) {
        const kind *found = find_kind(call->operands[i]);
        if (found && !reads(command, found))
            return kind_refuse(command, call->operands[i], found, err);
    }
    return SLT_OK;
}
