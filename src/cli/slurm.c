/* The script of a Slurm job: an array of shards, and a job behind it that gathers them.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "cli/manifest.h"
#include "cli/paths.h"
#include "cli/select.h"

enum { SHARDS_DEFAULT = 8, CPUS_MAX = 1024 };

typedef struct job {
    const char *manifest, *name, *time;
    char out[CLI_PATH_MAX], golden[CLI_PATH_MAX];
    size_t shards, cpus;
} job;

/* NAME='TEXT', as a shell reads it whatever is in the text. */
static void print_variable(const char *name, const char *text)
{
    printf("%s='", name);
    for (; *text; text++)
        *text == '\'' ? fputs("'\\''", stdout) : putchar(*text);
    puts("'");
}

/* Minutes, or D-HH:MM:SS and what is left of it: anything else could be an option. */
static slt_status check_time(const char *time, slt_error *err)
{
    if (!time || (*time >= '0' && *time <= '9' &&
                  strspn(time, "0123456789:-") == strlen(time) && strlen(time) < 32))
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "--time: expected minutes, HH:MM:SS or D-HH:MM:SS, found '%s'", time);
}

/* The script is one line a name: a line end in one would end it. */
static slt_status refuse_lines(const char *what, const char *text, slt_error *err)
{
    return strpbrk(text, "\n\r")
               ? slt_fail(err, SLT_USAGE, "slurm: %s: expected no line end in it", what)
               : SLT_OK;
}

static slt_status read_job(const cli_call *call, slt_manifest *manifest, job *all,
                           slt_error *err)
{
    uint64_t shards = SHARDS_DEFAULT, cpus = 1;
    *all = (job){.manifest = call->operands[0],
                 .name = slt_manifest_name(manifest),
                 .time = cli_value(call, "time")};
    slt_status status = cli_number(call, "shards", 1, CLI_SHARDS_MAX, &shards, err);
    if (!status)
        status = cli_number(call, "cpus", 1, CPUS_MAX, &cpus, err);
    if (!status)
        status = check_time(all->time, err);
    if (!status)
        status = cli_study_folder(manifest, cli_value(call, "out"), all->out, err);
    if (!status)
        status = cli_golden_path(all->manifest, all->golden, err);
    if (!status)
        status = refuse_lines("the manifest", all->manifest, err);
    if (!status)
        status = refuse_lines("--out", all->out, err);
    const size_t runs = slt_manifest_runs(manifest);
    all->shards = shards < runs ? (size_t)shards : runs;
    all->cpus = (size_t)cpus;
    return status;
}

static void print_head(const job *all)
{
    puts("#!/bin/sh\n"
         "# Runs a study as an array of Slurm jobs: sh FILE submits it, from the folder "
         "in\n"
         "# which its paths are meant.  What was finished is kept when it is submitted "
         "again.\n"
         "#SBATCH --requeue\n"
         "#SBATCH --open-mode=append\n"
         "#SBATCH --ntasks=1\n"
         "set -eu");
    print_variable("name", all->name);
    print_variable("manifest", all->manifest);
    print_variable("out", all->out);
    print_variable("golden", all->golden);
    printf("shards=%zu\ncpus=%zu\n", all->shards, all->cpus);
    puts("sltrace=${SLTRACE-sltrace}\n");
}

/* USR1 comes a minute before the time is over, to the shell alone; TERM, where the job
 * makes room, to every process: a second one would end sltrace before it has saved. */
static const char tasks[] =
    "# One shard.  A signal makes sltrace save and end; the task then goes on from "
    "there.\n"
    "task() {\n"
    "    \"$sltrace\" run \"$manifest\" --shard \"$SLURM_ARRAY_TASK_ID/$shards\" \\\n"
    "        --jobs \"$cpus\" --out \"$out.shards/$SLURM_ARRAY_TASK_ID\" &\n"
    "    run=$!\n"
    "    trap 'kill -USR1 $run; wait $run || true\n"
    "        scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"; exit 138' "
    "USR1\n"
    "    trap 'wait $run || true; exit 143' TERM\n"
    "    wait $run\n"
    "}\n"
    "\n"
    "# All shards in one folder, the golden, and the figure.\n"
    "gather() {\n"
    "    set --\n"
    "    shard=1\n"
    "    while [ \"$shard\" -le \"$shards\" ]; do\n"
    "        set -- \"$@\" \"$out.shards/$shard\"\n"
    "        shard=$((shard + 1))\n"
    "    done\n"
    "    \"$sltrace\" merge --manifest \"$manifest\" -- \"$out\" \"$@\"\n"
    "    if [ -e \"$golden\" ]; then\n"
    "        echo \"$golden is there already: sltrace verify compares it\"\n"
    "    else\n"
    "        \"$sltrace\" record \"$manifest\" --from \"$out\"\n"
    "    fi\n"
    "    \"$sltrace\" figure \"$manifest\" --from \"$out\" --out \"$out\"\n"
    "}\n"
    "\n"
    "submit() {\n"
    "    mkdir -p \"$out.shards\"\n"
    "    array=$(sbatch --parsable --job-name=\"$name\" --array=\"1-$shards\" \\\n"
    "        --cpus-per-task=\"$cpus\" --signal=B:USR1@60 \\\n"
    "        --output=\"$out.shards/%a.log\" ";

static const char submits[] =
    "\"$0\" task)\n"
    "    sbatch --job-name=\"$name\" --dependency=\"afterok:${array%%;*}\" \\\n"
    "        --output=\"$out.shards/gather.log\" \"$0\" gather\n"
    "}\n"
    "\n"
    "case ${1-submit} in\n"
    "task | gather | submit) \"${1-submit}\" ;;\n"
    "*) echo \"usage: sh $0\" >&2; exit 2 ;;\n"
    "esac";

static void print_script(const job *all)
{
    print_head(all);
    fputs(tasks, stdout);
    if (all->time)
        printf("--time=%s ", all->time);
    puts(submits);
}

static slt_status slurm_run(const cli_call *call, slt_error *err)
{
    slt_manifest *manifest = NULL;
    job all;
    slt_status status = cli_open_manifest(call->operands[0], &manifest, err);
    if (status == SLT_OK)
        status = read_job(call, manifest, &all, err);
    if (status == SLT_OK)
        print_script(&all);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"shards", 0, "N",
     "Divide the runs over N tasks, as run --shard does; by default 8. There are no more "
     "tasks than runs.",
     NULL},
    {"cpus", 0, "N", "Processors of a task, which its run uses; by default 1.", NULL},
    {"time", 0, "TIME",
     "Limit of a task, as sbatch takes it: minutes, HH:MM:SS or D-HH:MM:SS; by default "
     "the partition's.",
     NULL},
    {"out", 0, "DIR",
     "Folder of the gathered study; by default sltrace-out/NAME. The shards are in "
     "DIR.shards/1, DIR.shards/2 and so on, with their logs.",
     "folder"},
};

const cli_command cli_slurm = {
    .name = "slurm",
    .operands = "MANIFEST",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml",
    .summary = "write the script that runs a study as an array of Slurm jobs",
    .details =
        "Prints a shell script; sh FILE, given in the same folder, submits it. A task of "
        "the array makes one shard, in a folder of its own, so that tasks share no file. "
        "A minute before its time is over, and wherever Slurm sends it USR1, a task "
        "saves "
        "and is put into the queue again; it goes on from there, as does one that Slurm "
        "requeues by itself. When all tasks are done, a job merges the shards, records "
        "the golden, where there is none yet, and draws the figure into DIR.\n\n"
        "sbatch takes what else a cluster wants (account, partition) from its "
        "environment: SBATCH_ACCOUNT, SBATCH_PARTITION. The program on the nodes is "
        "$SLTRACE, else sltrace. Submitting the script again makes what is missing.",
    .examples =
        "sltrace slurm fig1.yaml --shards 100 --time 2:00:00 >fig1.sh && sh fig1.sh",
    CLI_OPTIONS(options),
    .names = true,
    .run = slurm_run,
};
