#!/usr/bin/perl
# Tallies of trials in a figure: histograms, curves with their bands, shares, and exponents
# with intervals from blocks.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();

sub tallies {
    my ($block) = @_;
    return <<"YAML";
sltrace: 1
name: mine/tallies
cite: {note: "a test"}
sweep:
  rate: [0.1, 0.2]
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
    optimizer: {kind: sgd, lr: \$rate}
    steps: 8
    checkpoints: {every: 1, at: [0]}
    marks: {low: {metric: loss, below: 0.1}}
  trials:
    count: 150
    block: $block
    tally:
      reached: {kind: count, of: mark/low}
      path: {kind: curve, of: loss}
      when: {kind: histogram, of: mark/low, from: 0, to: 4, bins: 2}
figure:
  rows: [{name: share, by: rate, value: tally/reached/share, error: se}]
  histograms: [{name: when, tally: when}]
  curves: [{name: path, of: tally/path/mean, series: rate, error: se, x: step + 1}]
  fit: [{name: nu, exponent: {curve: path, from: 2}}]
  bootstrap: [{name: nu, fit: nu, over: blocks, resamples: 100, seed: 1}]
  tables:
    - title: "Exponents of <each> rate"
      head: rate
      rows: [0.1, 0.2]
      columns:
        - {head: nu, value: "fit.nu[rate=\$row].a1", low: "bootstrap.nu[rate=\$row].a1.low",
           high: "bootstrap.nu[rate=\$row].a1.high", printed: "-3"}
  panels: [{histogram: when}, {curves: path, fits: nu, log: [x, y]}, {rows: share}]
  claims:
    - {id: all, says: "each is counted", value: hist.when.count, expect: 300, tolerance: 300, basis: any}
YAML
}

my %number;
for my $block (150, 20) {
    spew("b$block.yaml", tallies($block));
    is sltrace('run', "b$block.yaml", '--out', "o$block", '--quiet')->{status}, 0,
        "blocks of $block";
    my $made = sltrace('figure', "b$block.yaml", '--from', "o$block", '--out', "f$block");
    is $made->{status}, 0, 'a figure of them' or diag $made->{err};
    is $made->{err}, '', 'without a remark' if -x '/usr/bin/gnuplot';
    $number{$block} =
        { map { /^([^,]+,[^,]*),([^,]+),([^,]*),(\d*)$/ ? ($1, [$2, $3, $4]) : () }
            split /\n/, slurp("f$block/tallies.csv") };
}
my ($one, $many) = @number{150, 20};
is_deeply [ @$one{grep { !/^(?:bootstrap|fit|slope|curve)/ } sort keys %$one} ],
    [ @$many{grep { !/^(?:bootstrap|fit|slope|curve)/ } sort keys %$many} ],
    'counts do not depend on blocks';
is $one->{'share,0.1'}[2], 150, 'a share is of its trials';
ok $one->{'share,0.1'}[1] > 0, 'and has an error';
is $one->{'curve.path.tally/path/mean rate=0.1,1'}[2], 150, 'so is a mean';
is $one->{'hist.when.count,'}[0],
    $one->{'hist.when,0'}[0] + $one->{'hist.when,2'}[0] + $one->{'hist.when.above,'}[0],
    'bins, and what lies above them';
for my $rate (0.1, 0.2) {
    my ($of, $front) = ("fit.nu[rate=$rate].a1,", "bootstrap.nu[rate=$rate].a1");
    is $one->{"$front.low,"}[0], $one->{$of}[0], "rate $rate: one block, redrawn, is itself";
    ok $many->{"$front.low,"}[0] < $many->{$of}[0]
        && $many->{$of}[0] < $many->{"$front.high,"}[0], 'several give an interval';
}

is sltrace(qw(record b20.yaml --from o20 --golden b20.golden))->{status}, 0, 'a golden';
my $verified = sltrace(qw(verify b20.golden));
is $verified->{status}, 0, 'which is given again' or diag $verified->{out};
my $again = sltrace(qw(figure b20.golden --out again));
is $again->{status}, 0, 'a figure of the golden alone' or diag $again->{err};
is slurp((glob 'again/*.csv')[0]), slurp('f20/tallies.csv'), 'the same data';

# The page of a folder of goldens.
mkdir 'goldens';
rename $_, "goldens/$_" for glob 'b20*';
is sltrace(qw(figure goldens --out page))->{status}, 0, 'a page';
my $page = slurp('page/goldens.html');
like $page, qr/Exponents of &lt;each&gt; rate/, 'has the table';
my $cell = qr/-\d\.\d+ \[-\d\.\d+, -\d\.\d+\] <span class="soft">printed -3<\/span>/;
like $page, qr/<th scope="row">0\.2<\/th>\s*<td class="number">$cell<\/td>/, 'and its cells';
done_testing;
