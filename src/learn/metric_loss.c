/* loss: another loss of the same values, which nothing trains. */
#include "base/schema_rows.h"
#include "learn/metric.h"
#include "net/net.h"

static const slt_schema field_loss = {.key = "loss",
                                      .type = SLT_SCHEMA_MAP,
                                      .offset = offsetof(slt_metric_spec, loss),
                                      FIELDS(slt_net_loss_rows),
                                      .meaning = "which, as run.model.loss has it"};

const slt_metric_type slt_metric_kind_loss = {
    .name = "loss",
    .meaning = "another loss of the network's values, also of the validation samples",
    .fields = FIELD_LIST(&field_loss),
};
