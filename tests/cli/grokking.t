#!/usr/bin/perl
# A solvable model of grokking from end to end: flows of drawn data sets, tallies of their
# end points and of the times from one mark to another, and closed forms beside them.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
plan skip_all => 'no GSL is installed'
    if sltrace(qw(theory grokking --model ball --quantity time))->{status} == 3;

my $trials = 2000;
spew('line.yaml', <<"YAML");
sltrace: 1
name: mine/line
cite: {note: "a test"}
sweep:
  gap: [0.4, 0.1]
run:
  arithmetic: f64
  seed: 1
  data: {kind: exponential, samples: 4, gap: \$gap}
  model:
    weights:
      one: {shape: [1, 1], trainable: false, init: {kind: constant, value: 1}}
      c: {shape: [1], init: {kind: constant, value: -60}}
    ops:
      - {op: linear, in: x, weight: one, bias: c, out: y}
    loss: {op: mse, in: y, factor: 0.5}
  train:
    optimizer: {kind: flow, l2: 0.5}
    times: {from: 0.001, to: 30, count: 40, spacing: log, end: true}
    metrics:
      E: {kind: population-error, weight: one, bias: c}
    marks:
      fitted: {metric: error, above: 0, which: last}
      grokked: {metric: metric/E, above: 0, which: last}
  trials:
    count: $trials
    over: data
    tally:
      wins: {kind: count, of: metric/E, equals: 0}
      time: {kind: histogram, of: mark/grokked, since: fitted, from: 0, to: 2, bins: 10}
      mean: {kind: sum, of: mark/grokked, since: fitted}
figure:
  measures: {share: {result: tally/wins/share}, time: {result: tally/mean/mean}}
  rows:
    - {name: p, by: gap, value: share, error: none}
    - {name: t, by: gap, value: time, error: none}
  histograms:
    - {name: times, tally: time, where: {gap: 0.4}}
  theory: {grokking: {model: exp1d, formulas: [P, F], samples: 4, gap: \$gap, l2: 0.5, rows: p}}
YAML
my $run = sltrace(qw(run line.yaml --out line --quiet));
is $run->{status}, 0, 'it runs' or diag $run->{err};
sltrace(qw(figure line.yaml --from line --out figure));
my $report = slurp('figure/line.txt');

# Lines of a closed form: [x, what it says, ours].
sub lines {
    my ($series) = @_;
    return map { [ (split)[ 1 .. 3 ] ] } grep { /^  \Q$series\E +\S/ } split /\n/, $report;
}
my @p = lines('p');
is @p, 2, 'P beside its rows';
for (@p) {
    my ($gap, $theory, $ours) = @$_;
    my $e = 1.5 * $gap;
    cmp_ok abs($theory - (1 - (1 + 2 * $e) * exp(-4 * $e))), '<', 1e-5, "P of gap $gap";
    cmp_ok abs($ours - $theory), '<', 4 * sqrt($theory * (1 - $theory) / $trials), 'and of the runs';
}
is lines('t'), 0, 'and beside no other rows';
my @bins = lines('hist.times');
is @bins, 10, 'F over the histogram';
my $chi2 = 0;
$chi2 += ($_->[2] - $_->[1])**2 / $_->[1] for @bins;
cmp_ok $chi2, '<', 30, 'times from one mark to the other, by chi2 of 10 bins';
done_testing;
