#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

enum { JOBS_MAX = 1024 };

const char cli_jobs_help[] = "Use N threads, over runs and the chains inside them; by "
                             "default as many as the processors that the affinity mask "
                             "and the cgroup leave to this process. The number changes "
                             "no bit.";
const char cli_sign_help[] =
    "With --attest: write the statement in a DSSE envelope, signed with this secret key "
    "of minisign. An encrypted key's password is asked for on the terminal, or is the "
    "first line of standard input.";
const char cli_only_help[] =
    "Only these runs: numbers and ranges (3,57,190-199) or sweep values "
    "(rank=27,seed=7). "
    "Values of one axis are alternatives, different axes must all match.";

const cli_option cli_common[] = {
    {"isa", 0, "NAME",
     "Use kernels of at most this instruction set: scalar, neon, avx2 or avx512; by "
     "default $SLTRACE_ISA, else the best this CPU has. It changes no bit.",
     "scalar neon avx2 avx512"},
    {"quiet", 'q', NULL, "No progress and no remarks; results and errors only.", NULL},
    {"help", 'h', NULL, "Show this help and exit.", NULL},
    {"version", 'V', NULL, "Show the version and exit.", NULL},
    {"json", 0, NULL,
     "Write the results as one JSON object; where the exit status is not 0 its member "
     "error has status, exit and message.",
     NULL},
};
enum { COMMON = sizeof cli_common / sizeof *cli_common };

size_t cli_common_count(const cli_command *command)
{
    return !command || command->json ? COMMON : COMMON - 1;
}

const cli_option cli_naming[] = {
    {"root", 0, "DIR",
     "Goldens, manifests and traces may name files in DIR; by default in the nearest "
     "folder above them with a .git, else in the current one where they lie in it, else "
     "in their own.",
     "folder"},
    {"allow-outside", 0, NULL,
     "They may name any file, by absolute paths too: only for files whose author you "
     "trust.",
     NULL},
    {"data", 0, "DIR",
     "The files of data and of first weights that runs name are in DIR; by default "
     "beside the manifest, and those of a trace in the current folder.",
     "folder"},
};
enum { NAMING = sizeof cli_naming / sizeof *cli_naming };

size_t cli_naming_count(const cli_command *command)
{
    return command && command->names ? NAMING : 0;
}

/* Where the common options begin. */
static size_t count_others(const cli_command *command)
{
    return command ? command->option_count + cli_naming_count(command) : 0;
}

const cli_option *cli_option_at(const cli_command *command, size_t i)
{
    size_t own = command ? command->option_count : 0, others = count_others(command);
    if (i < own)
        return &command->options[i];
    if (i < others)
        return &cli_naming[i - own];
    return i - others < cli_common_count(command) ? &cli_common[i - others] : NULL;
}

static const char *option_name_at(const void *command, size_t i)
{
    return cli_option_at(command, i)->name;
}

static size_t count_options(const cli_command *command)
{
    return count_others(command) + cli_common_count(command);
}

/* The table for getopt_long, made from ours; option i returns i + 256. */
typedef struct getopt_tables {
    struct option longs[CLI_OPTIONS_MAX + 1];
    char letters[2 * CLI_OPTIONS_MAX + 3];
} getopt_tables;

static void fill_tables(const cli_command *command, bool leading, getopt_tables *tables)
{
    size_t used = 0;
    if (leading)
        tables->letters[used++] = '+';
    tables->letters[used++] = ':';
    size_t i = 0;
    for (const cli_option *option; (option = cli_option_at(command, i)); i++) {
        tables->longs[i] = (struct option){
            option->name, option->argument ? required_argument : no_argument, NULL,
            (int)i + 256};
        if (option->letter) {
            tables->letters[used++] = option->letter;
            if (option->argument)
                tables->letters[used++] = ':';
        }
    }
    tables->longs[i] = (struct option){0};
    tables->letters[used] = 0;
}

static size_t index_of_letter(const cli_command *command, int letter)
{
    size_t i = 0;
    while (cli_option_at(command, i)->letter != letter)
        i++;
    return i;
}

static slt_status refuse_option(const cli_command *command, const char *word,
                                slt_error *err)
{
    const char *see = command ? command->name : "";
    const char *gap = command ? " " : "";
    if (strncmp(word, "--", 2) != 0)
        return slt_fail(err, SLT_USAGE, "unknown option '-%c'; see sltrace%s%s --help",
                        optopt, gap, see);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    if (optopt >= 256)
        return slt_fail(err, SLT_USAGE, "option '--%s' takes no argument",
                        cli_option_at(command, (size_t)optopt - 256)->name);
    const char *nearest =
        cli_nearest(name, command, count_options(command), option_name_at);
    if (nearest)
        return slt_fail(err, SLT_USAGE,
                        "unknown option '--%s'; did you mean '--%s'? See sltrace%s%s "
                        "--help",
                        name, nearest, gap, see);
    return slt_fail(err, SLT_USAGE, "unknown option '--%s'; see sltrace%s%s --help", name,
                    gap, see);
}

static slt_status refuse_operands(const cli_command *command, int count, slt_error *err)
{
    if (count < command->operands_min)
        return slt_fail(err, SLT_USAGE, "%s: %s is missing; see sltrace %s --help",
                        command->name, command->operands, command->name);
    if (command->operands_max == 0)
        return slt_fail(err, SLT_USAGE, "%s takes no operands; see sltrace %s --help",
                        command->name, command->name);
    return slt_fail(err, SLT_USAGE,
                    "%s takes %s, found %d operands; see sltrace %s --help",
                    command->name, command->operands, count, command->name);
}

static bool may_repeat(const cli_command *command, const char *name)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", name);
    return command && command->repeats && strstr(command->repeats, word);
}

/* An option that is given again is kept beside the first or refused, never dropped. */
static slt_status take_value(cli_call *call, size_t i, const char *value, slt_error *err)
{
    const cli_option *option = cli_option_at(call->command, i);
    if (!option->argument || !call->value[i]) {
        call->value[i] = option->argument ? value : "";
        return SLT_OK;
    }
    if (!may_repeat(call->command, option->name))
        return slt_fail(err, SLT_USAGE, "option '--%s' is given twice: %s and %s",
                        option->name, call->value[i], value);
    if (call->again_count == CLI_AGAIN_MAX)
        return slt_fail(err, SLT_USAGE, "option '--%s' is given more than %d times",
                        option->name, CLI_AGAIN_MAX);
    call->again[call->again_count++] = (struct cli_again){i, value};
    return SLT_OK;
}

slt_status cli_parse(const cli_command *command, int argc, char **argv, bool leading,
                     cli_call *call, slt_error *err)
{
    getopt_tables tables;
    fill_tables(command, leading, &tables);
    call->command = command;
    opterr = 0;
    optind = 0; /* glibc: begin anew */
    int got;
    while ((got = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const char *word = argv[optind - 1];
        if (got == ':')
            return slt_fail(err, SLT_USAGE, "option '%s' needs an argument", word);
        if (got == '?')
            return refuse_option(command, word, err);
        size_t i = got < 256 ? index_of_letter(command, got) : (size_t)got - 256;
        slt_status status = take_value(call, i, optarg, err);
        if (status)
            return status;
    }
    call->operands = argv + optind;
    call->operand_count = argc - optind;
    bool asks = cli_given(call, "help") || cli_given(call, "version");
    if (!leading && !asks &&
        (call->operand_count < command->operands_min ||
         call->operand_count > command->operands_max))
        return refuse_operands(command, call->operand_count, err);
    return SLT_OK;
}

slt_status cli_inherit(cli_call *call, const cli_call *before, slt_error *err)
{
    for (size_t i = 0; i < COMMON; i++) {
        const char *name = cli_common[i].name, *value = cli_value(before, name);
        if (!value)
            continue;
        if (i >= cli_common_count(call->command))
            return slt_fail(err, SLT_USAGE, "%s has no --%s; see sltrace %s --help",
                            call->command->name, name, call->command->name);
        size_t at = count_others(call->command) + i;
        if (!call->value[at])
            call->value[at] = value;
    }
    return SLT_OK;
}

static size_t index_of_name(const cli_command *command, const char *name)
{
    size_t i = 0;
    for (const cli_option *option; (option = cli_option_at(command, i)); i++)
        if (strcmp(option->name, name) == 0)
            break;
    return i;
}

const char *cli_value(const cli_call *call, const char *name)
{
    size_t i = index_of_name(call->command, name);
    return cli_option_at(call->command, i) ? call->value[i] : NULL;
}

const char *cli_value_at(const cli_call *call, const char *name, size_t i)
{
    size_t option = index_of_name(call->command, name);
    if (i == 0)
        return cli_value(call, name);
    for (size_t at = 0; at < call->again_count; at++)
        if (call->again[at].option == option && --i == 0)
            return call->again[at].value;
    return NULL;
}

bool cli_given(const cli_call *call, const char *name)
{
    return cli_value(call, name) != NULL;
}

slt_status cli_required(const cli_call *call, const char *name, slt_error *err)
{
    if (cli_given(call, name))
        return SLT_OK;
    return slt_fail(err, SLT_USAGE, "%s: --%s is missing; see sltrace %s --help",
                    call->command->name, name, call->command->name);
}

slt_status cli_number(const cli_call *call, const char *name, uint64_t least,
                      uint64_t most, uint64_t *number, slt_error *err)
{
    const char *text = cli_value(call, name);
    if (!text)
        return SLT_OK;
    char *end = NULL;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value < least || value > most)
        return slt_fail(err, SLT_USAGE,
                        "--%s: expected a whole number from %" PRIu64 " to %" PRIu64
                        ", found '%s'",
                        name, least, most, text);
    *number = value;
    return SLT_OK;
}

slt_status cli_apply_naming(const cli_call *call, slt_error *err)
{
    const char *root = cli_value(call, "root");
    if (root && cli_given(call, "allow-outside"))
        return slt_fail(err, SLT_USAGE,
                        "%s: give --root or --allow-outside, not both; see sltrace %s "
                        "--help",
                        call->command->name, call->command->name);
    if (cli_given(call, "allow-outside"))
        slt_files_anywhere();
    const char *data = cli_value(call, "data");
    slt_status status = root ? slt_files_within(root, err) : SLT_OK;
    return data && !status ? slt_files_from(data, err) : status;
}

slt_status cli_jobs(const cli_call *call, size_t *jobs, slt_error *err)
{
    uint64_t number = slt_processors_here().jobs;
    number = number > JOBS_MAX ? JOBS_MAX : number;
    slt_status status = cli_number(call, "jobs", 1, JOBS_MAX, &number, err);
    *jobs = (size_t)number;
    return status;
}
