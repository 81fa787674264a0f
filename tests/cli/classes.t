#!/usr/bin/perl
# A network over indices, from manifest to trace: it learns modular addition by heart, its
# checkpoints tell accuracies, and scalar kernels and a replay give the same bytes.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $manifest = slurp("$root/tests/data/modular-addition.yaml");
spew('m.yaml', $manifest);
my $done = qr/^tests\/modular-addition: 1 run: 1 computed/;
expect(sltrace(qw(run m.yaml --out A --quiet)), 'run', out => $done);
expect(sltrace(qw(run m.yaml --out B --quiet --isa scalar)), 'scalar kernels', out => $done);
my $trace = 'A/traces/000000.trace';
is slurp($trace), slurp('B/traces/000000.trace'), 'the same bytes';
expect(sltrace('replay', $trace), 'replay', out => qr/identical/, err => qr/.*/s);

my $shown = sltrace('show', $trace)->{out};
my @metrics = $shown =~ /checkpoint  step \d+  (loss \S+  accuracy \S+  val\/loss \S+  val\/accuracy \S+)  E:/g;
is scalar @metrics, 11, 'loss and accuracy of both sets at every checkpoint';
like $metrics[0], qr/^loss 2\.\d+  accuracy 0\.0\d+ /, 'near chance at first';
like $metrics[-1], qr/^loss 0\.00\d+  accuracy 1 /, 'all training pairs known at last';

# All pairs train: there is nothing to validate on.
spew('all.yaml', $manifest =~ s/train_fraction: 0.8/train_fraction: 1/r =~ s/steps: 1000/steps: 100/r);
sltrace(qw(run all.yaml --out C --quiet));
unlike sltrace(qw(show C/traces/000000.trace))->{out}, qr/val\//, 'no validation set, no val/';

sub refused {
    my ($name, $like, $from, $to) = @_;
    spew('bad.yaml', $manifest =~ s/\Q$from\E/$to/r);
    expect(sltrace(qw(show bad.yaml)), "refused: $name", status => 2, err => $like);
}
refused('too wide a table', qr/expected 11 rows for the indices of a/, 'E: {shape: [11,', 'E: {shape: [12,');
refused('too few classes', qr/expected width 11 for the target's classes, found 10/, 'C: {shape: [11,', 'C: {shape: [10,');
refused('mse of classes', qr/expected numbers and a target of numbers/, 'op: cross-entropy', 'op: mse');
refused('mean_over of cross-entropy', qr/mean_over/, 'in: y}', 'in: y, mean_over: [samples]}');
refused('centre of cross-entropy', qr/centre/, 'in: y}', 'in: y, centre: samples}');
refused('a factor of 0', qr/factor: expected .*found 0/, '{op: cross-entropy, in: y', '{op: mse-classes, in: y, factor: 0');
refused('samples', qr/samples/, 'p: 11,', 'p: 11, samples: 5,');
refused('a share above 1', qr/train_fraction: expected at most 1/, '0.8', '1.8');
refused('a batch above the training set', qr/1 to 96 \(samples\), found 97/, 'size: 64', 'size: 97');
done_testing();
