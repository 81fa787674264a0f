#!/usr/bin/perl
# Runs that diverged are counted beside every number that leaves them out.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $manifest = <<'YAML';
sltrace: 1
name: mine/early
sweep:
  rank: [1, 2]
  lr: [0.01, 1e30]
  seed: {from: 0, count: 2}
run:
  arithmetic: f32
  seed: $seed
  data: {kind: linear-teacher, samples: 20, inputs: 4, outputs: 3, rank: $rank}
  model:
    weights:
      W1: {shape: [$rank, 4], init: {kind: normal, std: 0.1}}
      W2: {shape: [3, $rank], init: {kind: normal, std: 0.1}}
    ops:
      - {op: linear, in: x, weight: W1, out: h}
      - {op: linear, in: h, weight: W2, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: $lr}
    steps: 40
    checkpoints: {every: 10, state: all}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 20}
figure:
  rows:
    - {name: all, by: rank, value: llc/mean, error: sd}
    - {name: by_lr, by: lr, value: llc/mean, error: sd}
  fit:
    - {name: line, linear: {y: llc/mean, x: rank}}
  statistics:
    - {name: small, of: "ll", where: {lr: 0.01}}
    - {name: any, of: "ll"}
  measures:
    ll: {result: llc/mean}
  histograms:
    - {name: h, of: ll, from: -10, to: 10, bins: 2}
  points:
    - {name: p, x: rank, y: ll}
  summary: llc/mean
  claims:
    - {id: a, says: "s", value: fit.line.a1, expect: 0, tolerance: 1e9, basis: "b"}
YAML
mkdir 'g';
spew('g/early.yaml', $manifest);
is sltrace('run', 'g/early.yaml', '--quiet', '--out', 'study')->{status}, 0, 'half of the runs diverge';
is sltrace('record', 'g/early.yaml', '--from', 'study')->{status}, 0, 'record';
my $half = qr/4 of 8 runs, 4 diverged/;

# From traces, and from the published data, whose golden knows how runs ended.
for my $source ([ 'g/early.yaml', '--from', 'study' ], [ 'g/early.golden' ]) {
    subtest "figure @$source" => sub {
        my $text = sltrace('figure', @$source, '--out', 'out')->{out};
        like $text, qr/^runs: 4 done 4 diverged$/m, 'how runs ended';
        like $text, qr/in none of these numbers: run 2 \(rank=1 lr=1e\+30 seed=0\) diverged, run 3 .*, run 6 .*, run 7 /, 'which';
        like $text, qr/^  all at 1: 2 of 4 runs, 2 diverged$/m, 'a row';
        like $text, qr/ended early: by_lr at 1e\+30$/m, 'a row that is not there';
        unlike $text, qr/^  by_lr at/m, 'a row that leaves nothing out';
        like $text, qr/^  line\.$_ .* from $half$/m, "fit: $_" for qw(a0 a1 r2 rss);
        like $text, qr/^  stat\.any\.mean .* from $half$/m, 'a statistic';
        like $text, qr/^  hist\.h\.mode .* from $half$/m, 'a histogram';
        like $text, qr/^  stat\.small\.mean +\S+$/m, 'a statistic of runs that all went well';
    };
}
like sltrace('figure', 'g/early.golden', '--json', '--out', 'out')->{out},
    qr/,"runs":\{"count":8,"diverged":\[2,3,6,7\],"overflow":\[\]\},"chains":\{"estimates":4,"settled":0,/, 'JSON';
my $folder = sltrace('figure', 'g', '--out', 'out');
like $folder->{out}, qr/^g\/early\.golden: .*\n  4 of 8 runs ended early and are in no number$/m, 'a folder';
like sltrace('figure', 'g', '--json', '--out', 'out')->{out}, qr/"runs":\{"count":8,"diverged":\[2,3,6,7\]/, 'and its JSON';
my $page = slurp('out/g.html');
like $page, qr/4 runs of 1 figure ended early/, 'the summary of the page';
like $page, qr/run 2 \(rank=1 lr=1e\+30 seed=0\) diverged/, 'its section';
like $page, qr/Without a row, all their runs ended early: by_lr at 1e\+30\./, 'rows that are not there';
like $page, qr/<code>$_<\/code>.*?<td>$half<\/td>/s, "beside $_"
    for qw(fit.line.a1 stat.any.mean summary.llc/mean.max all hist.h points.p);
like $page, qr/<figcaption>.* 4 of 8 runs ended early and are in none of these numbers\./, 'the caption';

# Where all went well nothing is said.
spew('g/well.yaml', $manifest =~ s/1e30/0.02/r =~ s/early/well/r);
is sltrace('run', 'g/well.yaml', '--quiet', '--out', 'well')->{status}, 0, 'all go well';
is sltrace('record', 'g/well.yaml', '--from', 'well')->{status}, 0, 'record';
unlike sltrace('figure', 'g/well.golden', '--out', 'out')->{out}, qr/ended early|diverged/, 'and nothing is said';

# A golden, its manifest and its data that do not go together are no figure.
my $csv = slurp('g/well.csv');
spew('g/well.csv', $csv =~ s/,8,/,9,/r);
expect(sltrace('figure', 'g/well.golden', '--out', 'out'), 'other data', status => 1, err => qr/well\.csv/);
spew('g/well.csv', $csv);
my $golden = slurp('g/well.golden');
spew('g/well.golden', $golden =~ s/^(claim a .* tolerance )\S+/${1}7/mr);
expect(sltrace('figure', 'g/well.golden', '--out', 'out'), 'other claims', status => 1, err => qr/claims are not those/);
spew('g/well.golden', $golden);
spew('g/well.yaml', slurp('g/well.yaml') =~ s/steps: 40/steps: 41/r);
expect(sltrace('figure', 'g/well.golden', '--out', 'out'), 'another manifest', status => 1, err => qr/steps/);
done_testing;
