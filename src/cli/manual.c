/* Man pages in roff (man macros), made from the command tables. */
#include "cli/cli.h"

#include <ctype.h>
#include <string.h>

#include <sltrace/numerics.h>

/* Writes text so that roff takes nothing in it for an escape or a request, and shows
 * dashes as typed. */
static void put_text(FILE *out, const char *text, size_t length)
{
    bool line_start = true;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (line_start && (c == '.' || c == '\''))
            fputs("\\&", out);
        if (c == '\\')
            fputs("\\e", out);
        else if (c == '-')
            fputs("\\-", out);
        else if (c == '^')
            fputs("\\(ha", out);
        else if (c == '~')
            fputs("\\(ti", out);
        else
            fputc(c, out);
        line_start = c == '\n';
    }
    fputc('\n', out);
}

static void put_line(FILE *out, const char *text)
{
    put_text(out, text, strlen(text));
}

static void put_heading(FILE *out, const char *heading)
{
    fprintf(out, ".SH %s\n", heading);
}

static void put_title(FILE *out, const char *page)
{
    char upper[64];
    size_t length = 0;
    for (; page[length] && length + 1 < sizeof upper; length++)
        upper[length] = (char)toupper((unsigned char)page[length]);
    upper[length] = 0;
    fprintf(out, ".TH \"%s\" 1 \"\" \"sltrace %s\" \"sltrace manual\"\n", upper,
            slt_version());
}

static void put_details(FILE *out, const char *text)
{
    const char *start;
    size_t length;
    bool verbatim, first = true;
    while (cli_paragraph(&text, &start, &length, &verbatim)) {
        if (verbatim)
            fputs(first ? ".nf\n" : ".PP\n.nf\n", out);
        else if (!first)
            fputs(".PP\n", out);
        put_text(out, start, length);
        if (verbatim)
            fputs(".fi\n", out);
        first = false;
    }
}

static void put_option(FILE *out, const cli_option *option)
{
    fputs(".TP\n\\fB", out);
    if (option->letter)
        fprintf(out, "\\-%c\\fR, \\fB", option->letter);
    fprintf(out, "\\-\\-");
    for (const char *c = option->name; *c; c++)
        fputs(*c == '-' ? "\\-" : (char[]){*c, 0}, out);
    fputs("\\fR", out);
    if (option->argument)
        fprintf(out, " \\fI%s\\fR", option->argument);
    fputc('\n', out);
    put_line(out, option->help);
}

static void put_options(FILE *out, const cli_command *command)
{
    size_t i = 0;
    for (const cli_option *option; (option = cli_option_at(command, i)); i++)
        put_option(out, option);
}

static void put_names(FILE *out, const char *page, const char *summary)
{
    put_heading(out, "NAME");
    fputs(page, out);
    fputs(" \\- ", out);
    put_line(out, summary);
}

static void put_synopsis(FILE *out, const cli_command *command)
{
    fprintf(out, ".B sltrace %s\n", command->name);
    if (command->option_count)
        fputs("[\\fIOPTION\\fR]...\n", out);
    if (*command->operands)
        put_line(out, command->operands);
}

static void put_end(FILE *out)
{
    put_heading(out, "EXIT STATUS");
    static const char *const rows[][2] = {
        {"0", "identical, or done"},
        {"1", "something differs"},
        {"2", "trouble: usage, a file, a resource"},
        {"3", "this machine cannot judge (see sltrace doctor)"},
    };
    for (size_t i = 0; i < 4; i++)
        fprintf(out, ".TP\n%s\n%s\n", rows[i][0], rows[i][1]);
    fputs(".PP\nOf several, 2 wins over 1, 1 over 3, 3 over 0.\n", out);
    put_heading(out, "SIGNALS");
    fputs("INT, TERM, HUP, and USR1 and XCPU, by which job systems warn, end a command "
          "within a second: what it has is saved, and the process ends by the signal "
          "itself, which a shell shows as 128 and its number. A command that saves a run "
          "may take as long as its present step and the saving; a second signal ends it "
          "at once. What was ignored at the start, as HUP by nohup, stays ignored.\n",
          out);
    put_heading(out, "ENVIRONMENT");
    fputs(".TP\n.B SLTRACE_ISA\nCaps the kernels as \\fB\\-\\-isa\\fR does.\n", out);
    fputs(".TP\n.B SLTRACE_SHARE\nFolder of verify.wasm and verify.js, for "
          "\\fB\\-\\-verify\\-in\\-page\\fR; by default share/sltrace where the program "
          "is installed.\n",
          out);
    fputs(".TP\n.B NO_COLOR\nNo colours in messages, where set to anything.\n", out);
}

static void put_see_also(FILE *out, const cli_command *command)
{
    put_heading(out, "SEE ALSO");
    if (command)
        fputs(".BR sltrace (1),\n", out);
    for (size_t i = 0; i < cli_command_count; i++)
        if (cli_commands[i] != command)
            fprintf(out, ".BR sltrace\\-%s (1),\n", cli_commands[i]->name);
    fputs(".BR sltrace\\-manifest (5)\n", out);
}

static void put_examples(FILE *out, const char *examples)
{
    put_heading(out, "EXAMPLES");
    fputs(".nf\n", out);
    put_line(out, examples);
    fputs(".fi\n", out);
}

static void put_children(FILE *out, const cli_command *command)
{
    for (size_t i = 0; i < command->child_count; i++) {
        const cli_command *child = command->children[i];
        fprintf(out, ".SS %s\n", child->name);
        put_synopsis(out, child);
        fputs(".PP\n", out);
        put_details(out, child->details);
        for (size_t j = 0; j < child->option_count; j++)
            put_option(out, &child->options[j]);
        if (child->examples) {
            fputs(".PP\nExample:\n.PP\n.nf\n", out);
            put_line(out, child->examples);
            fputs(".fi\n", out);
        }
    }
}

static void manual_of_command(const cli_command *command, FILE *out)
{
    char page[64];
    snprintf(page, sizeof page, "sltrace-%s", command->name);
    put_title(out, page);
    snprintf(page, sizeof page, "sltrace\\-%s", command->name);
    put_names(out, page, command->summary);
    put_heading(out, "SYNOPSIS");
    put_synopsis(out, command);
    put_heading(out, "DESCRIPTION");
    put_details(out, command->details);
    put_children(out, command);
    put_heading(out, "OPTIONS");
    put_options(out, command);
    if (command->examples)
        put_examples(out, command->examples);
    put_end(out);
    put_see_also(out, command);
}

static void manual_of_program(FILE *out)
{
    put_title(out, "sltrace");
    put_names(out, "sltrace", "runs, verifies and replays experiments to the last bit");
    put_heading(out, "SYNOPSIS");
    fputs(".B sltrace\n[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n", out);
    put_heading(out, "DESCRIPTION");
    put_line(out,
             "Trains small networks and estimates local learning coefficients so that "
             "every bit of a run is a function of its manifest. Two machines that run "
             "one manifest write the same bytes; a golden holds their hashes.");
    put_heading(out, "COMMANDS");
    for (size_t i = 0; i < cli_command_count; i++) {
        fprintf(out, ".TP\n.BR sltrace\\-%s (1)\n", cli_commands[i]->name);
        put_line(out, cli_commands[i]->summary);
    }
    put_heading(out, "OPTIONS");
    put_options(out, NULL);
    put_examples(out, cli_first_steps);
    put_end(out);
    put_see_also(out, NULL);
}

void cli_manual(const cli_command *command, FILE *out)
{
    if (command)
        manual_of_command(command, out);
    else
        manual_of_program(out);
}
