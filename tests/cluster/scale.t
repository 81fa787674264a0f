#!/usr/bin/perl
# Ten thousand runs, or SLT_RUNS, over a hundredth as many shards are planned, merged and
# recorded within 10 kB of memory a run, and 50 MB beside. Only with SLT_LONG=1, since it takes
# half a minute of a processor; it says what each step took.
#
#     SLT_LONG=1 SLT_RUNS=100000 tests/cluster/scale.t
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../cli";
use Cli;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time);

plan skip_all => 'SLT_LONG=1 does it' if !$ENV{SLT_LONG};
my $runs = $ENV{SLT_RUNS} // 10_000;
my ($shards, $bytes) = ($runs / 100, 1e4 * $runs + 5e7);
my $half = $runs / 2;
plan skip_all => 'GNU time is not installed' if !-x '/usr/bin/time';
workdir();
spew('study.yaml', <<"YAML");
sltrace: 1
name: scale
cite: {note: "a test"}
sweep:
  std: [0.1, 0.2]
  seed: {from: 0, count: $half}
run:
  arithmetic: f32
  seed: \$seed
  data: {kind: constant, samples: 4, inputs: 1, outputs: 1}
  model:
    weights:
      W: {shape: [1, 1], init: {kind: normal, std: \$std}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  train: {optimizer: {kind: sgd, lr: 0.1}, steps: 2}
figure:
  rows: {by: std, value: loss, error: sd}
YAML

# Runs it under time(1): what it prints, seconds, and bytes at most.
sub measured {
    my ($name, @arguments) = @_;
    my $begin = time;
    my $got = spawn([ '/usr/bin/time', '-f', '%M', '-o', 'memory', $sltrace, @arguments ]);
    my $seconds = time - $begin;
    is $got->{status}, 0, $name or diag $got->{err};
    my $most = 1024 * (slurp('memory') =~ /^(\d+)$/m)[0];
    note sprintf '%s: %.1f s, %.0f MB', $name, $seconds, $most / 1e6;
    cmp_ok $most, '<', $bytes, "$name: memory";
    return $got->{out};
}

my $plan = decode_json(measured('plan', qw(show study.yaml --json --shards), $shards));
is scalar @{ $plan->{shards} }, $shards, 'so many shards';
is join(' ', grep { $_->{runs} != $runs / $shards } @{ $plan->{shards} }), '', 'all of one size';
my $one = measured('a shard', qw(run study.yaml --out first --shard), "$shards/$shards");
is +($one =~ /: (\d+) runs?: /)[0], $runs / $shards, 'has its runs';
is spawn([ $sltrace, qw(run study.yaml --out all --quiet) ])->{status}, 0, 'all runs';
for my $shard (0 .. $shards - 1) {
    mkdir "part$shard";
    mkdir "part$shard/$_" for qw(traces provenance);
    link 'all/experiment', "part$shard/experiment";
    for (my $run = $shard; $run < $runs; $run += $shards) {
        my $number = sprintf '%06d', $run;
        link "all/$_", "part$shard/$_" or die "$_: $!"
            for "traces/$number.trace", "provenance/$number.json";
    }
}
is measured('merge', qw(merge merged first), map { "part$_" } 0 .. $shards - 1),
    "scale: $runs runs: $runs linked, 0 kept; traces in merged/traces\n", 'all are gathered';
like measured('status', qw(status merged)), qr/^done +$runs: 0-@{[$runs - 1]}$/m, 'all are done';
measured('record', qw(record study.yaml --from merged));
is scalar(() = slurp('study.golden') =~ /^\d+ \S+ \d+ done /mg), $runs, 'all are in the golden';
done_testing;
