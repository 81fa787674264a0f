#!/usr/bin/perl
# Trials: a run repeated with other draws, of which the trace holds what blocks add up to.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();

# One that trains, with so many trials and lines of tallies.
sub trials {
    my ($trials, @others) = @_;
    my $more = join '', map { "  $_\n" } @others;
    return <<"YAML";
sltrace: 1
name: mine/trials
cite: {note: "a test"}
run:
  arithmetic: f64
  seed: 5
  data: {kind: linear-teacher, samples: 4, inputs: 2, outputs: 1, rank: 1, teacher_std: 1,
         noise_std: 0.1}
  model:
    weights: {W: {shape: [1, 2], init: {kind: normal, std: 1}}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: 0.4}
    steps: 8
    checkpoints: {every: 2}
    marks: {low: {metric: loss, below: 0.1}}
    metrics: {size: {kind: norm, weight: W}}
$more$trials
YAML
}

my $counted = <<'YAML';
  trials:
    count: 150
    block: 70
    tally:
      reached: {kind: count, of: mark/low}
      length: {kind: sum, of: metric/size}
      path: {kind: curve, of: loss}
YAML

sub results {
    my ($trace) = @_;
    my $shown = sltrace('show', $trace, '--json');
    my ($results) = $shown->{out} =~ /"results": *\{(.*?)\}/s;
    return { map { /"([^"]+)": *(\S+)/ ? ($1, $2) : () } split /,\s*/, $results // '' };
}

# ---- Running ------------------------------------------------------------------------------

spew('trials.yaml', trials($counted));
my $run = sltrace(qw(run trials.yaml --out alone --jobs 1));
is $run->{status}, 0, 'trials are run' or diag $run->{err};
sltrace(qw(run trials.yaml --out many --jobs 4));
my $trace = slurp('alone/traces/000000.trace');
ok $trace eq slurp('many/traces/000000.trace'), 'on any number of threads';

my $results = results('alone/traces/000000.trace');
is $results->{'trials/done'}, 150, 'all of them done';
ok $results->{'tally/reached/share'} == $results->{'tally/reached/trials'} / 150,
    'a count and its share';

# ---- A trial is a run ---------------------------------------------------------------------

spew('first.yaml', trials($counted =~ s/150/1/r));
spew('plain.yaml', trials(''));
sltrace('run', "$_.yaml", '--out', $_) for qw(first plain);
my $first = results('first/traces/000000.trace');
my $plain = results('plain/traces/000000.trace');
is $first->{'tally/length/mean'}, $plain->{'metric/size'}, 'trial 0 is the plain run';
is $first->{'tally/path/mean@8'}, $plain->{loss}, 'at its checkpoints too';

# Sums by blocks of other sizes differ at most in their last bits, counts in none.
spew('blocks.yaml', trials($counted =~ s/70/9/r));
sltrace(qw(run blocks.yaml --out blocks));
my $blocks = results('blocks/traces/000000.trace');
is $blocks->{'tally/reached/trials'}, $results->{'tally/reached/trials'},
    'a count does not depend on blocks';
ok abs($blocks->{'tally/length/mean'} - $results->{'tally/length/mean'}) < 1e-14,
    'and a mean by rounding alone';

# A flow is another one for each trial's first weights.
my $flow = trials($counted =~ s/150/12/r =~ s/count: 12/count: 12\n    over: init/r =~ s/path:.*//r
    =~ s/mark.low/loss, below: 0.1/r)
    =~ s/kind: sgd, lr: 0.4/kind: flow/r =~ s/steps: 8/times: [0.5]/r
    =~ s/checkpoints: \{every: 2\}/checkpoints: {}/r;
spew('flow.yaml', $flow);
spew('flows.yaml', $flow =~ s/block: 70/block: 1/r);
sltrace('run', "$_.yaml", '--out', $_, '--jobs', 1) for qw(flow flows);
my ($one, $each) = map { results("$_/traces/000000.trace") } qw(flow flows);
ok $one->{'tally/reached/trials'} > 0 && $one->{'tally/reached/trials'} < 12
    && $one->{'tally/reached/trials'} == $each->{'tally/reached/trials'},
    "a flow for each trial: $one->{'tally/reached/trials'} of 12";

# ---- Judging ------------------------------------------------------------------------------

sltrace(qw(record trials.yaml --from alone --golden trials.golden));
my $verified = sltrace(qw(verify trials.golden --jobs 3));
is $verified->{status}, 0, 'verified' or diag $verified->{out} . $verified->{err};
my $replayed = sltrace(qw(replay alone/traces/000000.trace));
is $replayed->{status}, 0, 'replayed' or diag $replayed->{err};

# In pieces: stretches of blocks, each made alone.
my $pieces = sltrace(qw(verify trials.golden --traces alone/traces --segments --jobs 2));
is $pieces->{status}, 0, 'in pieces' or diag $pieces->{out} . $pieces->{err};
like $pieces->{out}, qr/^# .*\[0\]: 3 stretches of trials$/m, 'one for each block';
my $block = sltrace(qw(replay alone/traces/000000.trace --from 70 --to 140));
is $block->{out}, "# from the state stored at step 70\nidentical: records 1 to 2\n",
    'one block alone';

# ---- One trial ----------------------------------------------------------------------------

my $replay = sltrace(qw(replay first/traces/000000.trace --trial 0));
is $replay->{status}, 0, 'a trial is replayed' or diag $replay->{err};
my %told = map { split ' ' } grep { !/^trial/ } split /\n/, $replay->{out};
is_deeply \%told, $plain, 'trial 0 has the results of the plain run';
my @lengths = map { sltrace(qw(replay alone/traces/000000.trace --trial), $_)->{out}
    =~ /^metric.size (\S+)/m } 0 .. 149;
my $sum = 0;
$sum += $_ for @lengths;
ok abs($sum / 150 - $results->{'tally/length/mean'}) < 1e-13, 'the trials give the mean';
is sltrace(qw(replay alone/traces/000000.trace --trial 150))->{status}, 2, 'no such trial';
is sltrace(qw(replay plain/traces/000000.trace --trial 0))->{status}, 2, 'no trials';
is sltrace(qw(replay alone/traces/000000.trace --steps -))->{status}, 2, 'no steps';
is sltrace(qw(replay alone/traces/000000.trace --state 1 --npy arrays))->{status}, 2,
    'no states';

# What a trial leaves behind, an overflow among others, does not reach the next.
for my $over (qw(init data)) {
    spew('ends.yaml', trials($counted =~ s/150/60/r =~ s/tally:/over: $over\n    tally:/r)
        =~ s/f64/fixed/r =~ s/lr: 0.4/lr: 1/r =~ s/kind: normal, std: 1/kind: normal, std: 40/r);
    sltrace(qw(run ends.yaml --out), "ends-$over");
    my $ends = results("ends-$over/traces/000000.trace");
    my %ended = map { $_ => 0 } qw(done overflow);
    $ended{ sltrace('replay', "ends-$over/traces/000000.trace", '--trial', $_)->{out}
        =~ /: (\w+)/ ? $1 : '?' }++ for 0 .. 59;
    ok $ended{done} && $ended{overflow}, "over $over some trials overflow";
    is_deeply { map { $_ => $ends->{"trials/$_"} } sort keys %ended }, \%ended,
        'as they do alone';
}

# ---- Refusals -----------------------------------------------------------------------------

sub refused {
    my ($manifest, $words, $name) = @_;
    spew('wrong.yaml', $manifest);
    my $shown = sltrace(qw(show wrong.yaml));
    ok $shown->{status} == 2 && $shown->{err} =~ /^sltrace: wrong\.yaml:\d+:\d+: .*$words/m, $name
        or diag "$shown->{status}: $shown->{err}";
}

refused(trials($counted, 'llc: [{at: last, lr: 1e-3, localization: 1, num_draws: 9}]'),
    'a run with trials makes no estimates', 'no estimates');
refused(trials($counted) =~ s/every: 2/every: 2, state: all/r, 'holds no states', 'no states');
refused(trials($counted =~ s/mark.low/mark\/high/r), "no mark 'high'", 'an unknown mark');
refused(trials($counted =~ s/mark.low/mark\/low, since: high/r),
    "since: train.marks has no mark 'high'", 'since an unknown mark');
refused(trials($counted =~ s/of: loss/of: loss, since: low/r), 'only with kind=count',
    'a curve since a mark');
refused(trials($counted =~ s/of: loss/of: val\/loss/r), 'have no val/loss', 'an unknown metric');
refused(trials($counted =~ s/of: loss/of: step/r), 'expected a metric', 'a curve of a result');
refused(trials($counted =~ s/: 150/: 4000000000/r =~ s/70/1/r), 'blocks, found 4000000000',
    'too many blocks');
refused(trials($counted =~ s/: 150/: 4294967296/r), 'from 1 to 4294967295', 'too many trials');
refused(trials($counted) =~ s/steps: 8/steps: 999999/r =~ s/every: 2/every: 1/r,
    'at most 262144 numbers', 'a curve that would not fit');
refused(trials($counted) =~ s/kind: normal, std: 1/kind: polygon, corners: 2, length: 1/r
    =~ s/shape: \[1, 2\]/shape: [2, 2]/r =~ s/outputs: 1/outputs: 2/r,
    'two streams', 'initial values that draw twice');

done_testing();
