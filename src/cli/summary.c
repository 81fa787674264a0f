#include "cli/cli.h"

#include <stdlib.h>

#include <sltrace/summary.h>

static slt_status summary_run(const cli_call *call, slt_error *err)
{
    char *text = NULL;
    slt_status status = slt_summary(call->operands[0], call->json, &text, err);
    if (text)
        fputs(text, stdout);
    free(text);
    return status;
}

const cli_command cli_summary = {
    .name = "summary",
    .operands = "DIR|TRACE|GOLDEN",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".trace .golden",
    .summary = "how far estimates are to be believed: R-hat, ESS, MCSE of each",
    .details =
        "A line an estimate: its mean, the Monte Carlo standard error of that (MCSE), "
        "the "
        "standard deviation over its chains, rank-normalised split R-hat, effective "
        "sample sizes of bulk and tails, the drift from the first half of the draws to "
        "the second in MCSE, the share of draws below the loss that the chains start "
        "from, and whether they have settled: R-hat at most 1.01, both effective sample "
        "sizes at least 100, drift at most 3 MCSE. What cannot be known is \"-\". The "
        "last lines count runs and estimates, name runs that are missing, diverged or "
        "overflowed, and say of the worst estimate what is wrong with it.\n\n"
        "Of a folder: all traces in it, or in DIR/traces as sltrace run writes them; a "
        "study's folder knows which runs are missing. Of a golden: what NAME.runs.csv "
        "beside it says, which sltrace record writes. That table is in no hash; it must "
        "agree with the golden in every run, status and result, and with itself, else "
        "the exit status is 1.\n\n"
        "Chains that have not settled do not change the exit status.",
    .examples = "sltrace summary sltrace-out/smoke/linear\n"
                "sltrace summary golden/lakkapragada2025/fig6.golden --json",
    .names = true,
    .json = true,
    .run = summary_run,
};
