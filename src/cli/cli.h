/* The program's frame: commands as tables.  One table per command drives parsing, --help,
 * the man page and shell completion; a command is in cli_commands once it works. */
#ifndef SLT_CLI_CLI_H
#define SLT_CLI_CLI_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/json.h>
#include <sltrace/real.h>
#include <sltrace/status.h>

typedef struct cli_option {
    const char *name;     /* long, without dashes */
    char letter;          /* short form, 0: none */
    const char *argument; /* what --help calls its argument, NULL: a switch */
    const char *help;     /* one sentence or more; wrapped where it is shown */
    const char *complete; /* "file", "folder", or words separated by spaces; NULL: none */
} cli_option;

typedef struct cli_call cli_call;
typedef struct cli_command cli_command;
struct cli_command {
    const char *name;     /* "run", or "theory rrr" for one below another */
    const char *operands; /* as the usage line shows them, "" if there are none */
    int operands_min, operands_max;
    const char *suffix;  /* what operand files end in, for completion; NULL: any */
    const char *summary; /* one line, no full stop */
    /* Paragraphs separated by empty lines; one that begins with two spaces keeps its
     * lines. */
    const char *details;
    const char *examples; /* lines as typed, NULL: none */
    const cli_option *options;
    size_t option_count;
    const char *repeats; /* options that add up when given again, between blanks; any
                            other that takes an argument is given once */
    bool json;           /* --json gives its results as JSON */
    bool names;  /* it reads files that name others: it has cli_naming's options */
    bool starts; /* it calls slt_start itself */
    bool explains; /* its operands name a command */
    slt_status (*run)(const cli_call *call, slt_error *err); /* NULL: has children */
    const cli_command *const *children;
    size_t child_count;
};

#define CLI_OPTIONS_MAX 32
#define CLI_OPTIONS(table)                                                               \
    .options = (table), .option_count = sizeof(table) / sizeof *(table)

#define CLI_AGAIN_MAX 256

/* A command line, parsed. */
struct cli_call {
    const cli_command *command;
    slt_json *json; /* begun and filled with the results; NULL: they are text */
    char **operands;
    int operand_count;
    const char *value[CLI_OPTIONS_MAX]; /* as cli_option_at has the options */
    struct cli_again {
        size_t option;
        const char *value;
    } again[CLI_AGAIN_MAX]; /* of options that repeat, in their order */
    size_t again_count;
};

extern const cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* Options that every command takes; the last, --json, where the command has it. */
extern const cli_option cli_common[];
size_t cli_common_count(const cli_command *command);
/* Which files a golden, manifest or trace may name, of the commands that read such. */
extern const cli_option cli_naming[];
size_t cli_naming_count(const cli_command *command);
/* Option i of a command, its own before those and the common ones; NULL past the end. */
const cli_option *cli_option_at(const cli_command *command, size_t i);

/* Parses argv[1 ..] against a command's table; argv[0] is not looked at.  With `leading`
 * it stops at the first operand.  SLT_USAGE naming the option and the nearest known. */
slt_status cli_parse(const cli_command *command, int argc, char **argv, bool leading,
                     cli_call *call, slt_error *err);

/* Common options given before the command's name hold for it too, unless given again. */
slt_status cli_inherit(cli_call *call, const cli_call *before, slt_error *err);

/* Values by option name; the name must be in the command's table. */
bool cli_given(const cli_call *call, const char *name);
const char *cli_value(const cli_call *call, const char *name); /* NULL: not given */
/* Of an option that repeats: the value given as number i, NULL past the last. */
const char *cli_value_at(const cli_call *call, const char *name, size_t i);
/* A whole number in [least, most]; *number keeps its value where the option is absent. */
slt_status cli_number(const cli_call *call, const char *name, uint64_t least,
                      uint64_t most, uint64_t *number, slt_error *err);
slt_status cli_required(const cli_call *call, const char *name, slt_error *err);
/* Does what cli_naming's options ask for. */
slt_status cli_apply_naming(const cli_call *call, slt_error *err);
/* --jobs, by default as many as the processors that this process may use. */
slt_status cli_jobs(const cli_call *call, size_t *jobs, slt_error *err);
extern const char cli_jobs_help[], cli_only_help[], cli_sign_help[];

/* The child of parent called name, or the command of the program where parent is NULL;
 * NULL, and a message with the nearest name, where there is none. */
const cli_command *cli_find_command(const cli_command *parent, const char *name,
                                    slt_error *err);

/* The one of `count` names nearest to word, NULL if none is near. */
typedef const char *(*cli_name_at)(const void *table, size_t i);
const char *cli_nearest(const char *word, const void *table, size_t count,
                        cli_name_at name_at);

/* Examples of the program as a whole, lines as typed. */
extern const char cli_first_steps[];

/* Output made from the tables; command NULL: the program as a whole. */
void cli_explain(const cli_command *command, FILE *out); /* --help */
void cli_manual(const cli_command *command, FILE *out);
void cli_complete_bash(FILE *out);
void cli_complete_fish(FILE *out);
void cli_complete_zsh(FILE *out);
/* The name of a command below its parent, as it is typed. */
const char *cli_last_name(const cli_command *command);
/* The first sentence of an option's help, without its full stop. */
int cli_sentence(const char *help);
/* Writes every man page and the completion into folder. */
slt_status cli_generate(const char *folder, slt_error *err);
/* Paragraph text wrapped at 79 columns behind `indent` blanks. */
void cli_wrap(FILE *out, int indent, const char *text);
/* The same where the cursor stands behind `indent` columns already. */
void cli_wrap_on(FILE *out, int indent, const char *text);
/* The paragraph at *text (not ended by NUL but by its length), advancing; false at the
 * end. *verbatim: it begins with two spaces. */
bool cli_paragraph(const char **text, const char **start, size_t *length, bool *verbatim);

/* Messages on stderr: "sltrace: ...", in one line. cli_say is silenced by --quiet. */
void cli_quiet(void);
bool cli_is_quiet(void);
void cli_complain(const char *text);
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Results on standard output: a text from outside, and what follows it. */
void cli_put(const char *text, const char *behind);

/* The program: does what the command line says and returns the exit status. */
int cli_main(int argc, char **argv);

/* Makes sure that descriptors 0 to 2 are open, so that no file takes their place. */
void cli_secure_descriptors(void);
/* What became of a piece of the results; cli_flush_results tells. */
void cli_keep_status(slt_status status);
/* Flushes stdout: SLT_FILE or SLT_RESOURCE where anything that belongs there did not
 * arrive. */
slt_status cli_flush_results(slt_error *err);

/* A signal ends a command at once, and leaves no file half made, until the command polls
 * the flag of one of the two below: then the first signal sets it, a second one ends the
 * process.  A command that cancels is ended within a second in any case; one that saves
 * may take what saving takes. */
void cli_signals_begin(void);
const atomic_int *cli_cancel_on_signals(void);
const atomic_int *cli_save_on_signals(void);
/* Ends the process by the signal that came, where one did and `status` is no trouble of
 * another kind. */
void cli_signals_end(slt_status status);

#endif
