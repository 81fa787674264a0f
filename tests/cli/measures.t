#!/usr/bin/perl
# Measures, transitions and what is counted of them: run, record, verify, and the figure
# from its published data alone.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $figure = <<'YAML';
figure:
  measures:
    low: {first: loss, below: 0.9}
    start: {metric: loss, at: 10}
    end: {metric: loss, at: last}
    lambda: {result: llc/mean}
    at_low: {result: llc2/mean@, at: low}
    early: {part: 1, of: 4}
    late: {part: 4, of: 4}
    fall: {value: ln(start / end), above: 0}
  transitions:
    - {name: falls, metric: loss, window: 1, drop: 0.05, llc: llc2/mean, n: 20}
  rows:
    - {name: fall, by: rank, value: fall}
    - {name: llc, by: seed, series: rank}
  points:
    - {name: plane, x: fall, y: lambda}
    - {name: falls, x: falls.step, y: falls.df}
  histograms: [{name: ends, of: end, from: 0, to: 40, bins: 4}]
  curves: [{name: first, run: 0, of: [loss, llc2/mean]}]
  statistics: [fall, falls.r, {name: drift, of: late - early}]
  clusters: [{name: when, of: falls.step, gap: 15}]
  fit:
    - {name: line, linear: {points: plane}}
    - {name: slope, linear: {y: fall, x: rank}}
  bootstrap: [{name: line, fit: line, resamples: 50, seed: 1}]
  summary: [lambda, loss]
  claims:
    - {id: all, says: "four runs", value: stat.fall.count, expect: 4, tolerance: 0, basis: "counted"}
    - {id: root, says: "anything", value: sqrt(abs(fit.line.a1)) + exp(0) + bootstrap.line.a1.low, expect: 0, tolerance: 1e9, basis: "any",
       note: "because of this"}
YAML
my $manifest = manifest() =~ s/^figure:\n.*\z/$figure/msr;
$manifest =~ s/^(  llc:\n.*\n)/$1    - {at: checkpoints, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 8, store_losses: none}\n/m;
spew('a.yaml', $manifest);
is sltrace('run', 'a.yaml', '--quiet')->{status}, 0, 'run';
my $first = sltrace('figure', 'a.yaml', '--out', 'one');
is $first->{status}, 0, 'figure' or diag $first->{err};
like $first->{out}, qr/^claim all: reproduced/m, 'a claim over a statistic';
like $first->{out}, qr/^  note     because of this$/m, 'a claim tells its note';
like $first->{out}, qr/^numbers\n  bootstrap\.line\.a0\.low /m, 'the numbers are told';
my $csv = slurp('one/mine_small.csv') // slurp((glob 'one/*.csv')[0]);
my @series = map { s/,.*//r } split /\n/, $csv;
my %seen;
my @parts = grep { !$seen{$_}++ } map { /^(points|hist|curve|fit|bootstrap|stat|cluster|summary|status)\./ ? $1 : 'rows' } @series[ 1 .. $#series ];
is "@parts", 'rows points hist curve fit bootstrap stat cluster summary status',
    'rows stand in their order';
like $csv, qr/^fall,1,[^,]+,[^,]+,2$/m, 'rows have their name as a series';
like $csv, qr/^llc rank=1,0,[^,]+,,1$/m, 'and their axes behind it';
is scalar(grep { $_ eq 'points.plane' } @series), 4, 'a point a run';
is scalar(grep { $_ eq 'curve.first.loss' } @series), 4, 'a curve has a row a checkpoint';
like $csv, qr/^curve\.first\.llc2\/mean,40,/m, 'estimates at checkpoints are a curve';

is sltrace('record', 'a.yaml', '--golden', 'a.golden')->{status}, 0, 'record';
my $golden = slurp('a.golden');
like $golden, qr/^math exp:[0-9a-f]{16} log:[0-9a-f]{16} /m, "the figure's functions are listed";
like $golden, qr/^columns run rank seed status experiment chain sha256 llc\/mean$/m, 'measures are no columns';
is slurp('a.csv'), $csv, 'the data beside the golden';
my $verified = sltrace('verify', 'a.golden');
is $verified->{status}, 0, 'verify' or diag $verified->{out};
like $verified->{out}, qr/^ok 5 - mine\/small figure data$/m, 'its data';
like $verified->{out}, qr/^ok 6 - mine\/small claims$/m, 'its claims';
rename 'sltrace-out', 'elsewhere';
my $again = sltrace('figure', 'a.golden', '--out', 'two');
is $again->{status}, 0, 'figure of the golden, without traces' or diag $again->{err};
is slurp((glob 'two/*.csv')[0]), $csv, 'the same data';
(my $before = $first->{out}) =~ s/\nchains:.*//s;
(my $after = $again->{out}) =~ s/\nchains:.*//s;
is $after, $before, 'the same claims and numbers';

# A wrong name is told where it stands, before anything is computed.
for ([ 'below: 0.9', 'beneath: 0.9', qr!a\.yaml:\d+:\d+: figure\.measures\.low\.beneath: unknown key! ],
     [ 'ln(start / end)', 'ln(strat / end)', qr!a\.yaml:\d+:\d+: figure\.measures\.fall: column 4 of 'ln\(strat / end\)': no measure! ],
     [ 'x: fall, ', 'x: fall.r, ', qr!a\.yaml:\d+:\d+: figure\.points\[0\]\.x: column 1 of 'fall\.r'! ],
     [ 'points: plane', 'points: plain', qr!a\.yaml:\d+:\d+: figure\.fit\[0\]\.linear: no figure\.points are named plain! ]) {
    my ($from, $to, $message) = @$_;
    (my $wrong = $manifest) =~ s/\Q$from\E/$to/;
    spew('a.yaml', $wrong);
    my $got = sltrace('show', 'a.yaml');
    is $got->{status}, 2, "refused: $to";
    like $got->{err}, $message, 'with its place';
}
done_testing;
