#include "report/rank_words.h"

const char *slt_rank_subject(const slt_rank_found *found)
{
    return found->form.residual.squares ? "residual" : "outputs";
}

const char *slt_rank_centre(const slt_rank_found *found)
{
    static const char *const words[] = {[SLT_CENTRE_NONE] = "none",
                                        [SLT_CENTRE_SAMPLES] = "samples",
                                        [SLT_CENTRE_OUTPUTS] = "outputs"};
    return words[found->form.residual.centre];
}
