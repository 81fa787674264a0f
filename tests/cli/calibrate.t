#!/usr/bin/perl
# sltrace calibrate: a grid of settings from one training, what it recommends, and what it
# leaves: traces that `run` makes as well, pictures, lines for the manifest.
use strict;
use warnings;
use File::Path qw(remove_tree);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use JSON::PP qw(decode_json);
use Test::More;

workdir();

# A quadratic in 6 dimensions, trained to its minimum: the LLC of long chains at small steps
# is a little below 6 / 2, by the localization.
my $quadratic = <<'YAML';
sltrace: 1
name: quad
run:
  arithmetic: f64
  seed: 3
  data: {kind: linear-teacher, samples: 64, inputs: 6, outputs: 1, rank: 1}
  model:
    weights:
      W: {shape: [1, 6], init: {kind: normal, std: 0.1}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: 0.2}
    steps: 400
    checkpoints: {every: 100, at: [0, 7]}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 4, num_draws: 4000, num_burnin_steps: 1000}
YAML
spew('quad.yaml', $quadratic);
spew('small.yaml', manifest());
my @grid = qw(--lr 2e-3:.2:9 --nbeta 10:40:3);

sub calibrated {
    my ($status, @arguments) = @_;
    my $got = sltrace('calibrate', @arguments, '--quiet', '--json');
    is $got->{status}, $status, "calibrate @arguments" or diag $got->{err};
    return decode_json($got->{out});
}

# The files of a folder below it, but for provenance, which tells times, and locks.
sub content {
    my ($folder) = @_;
    return { map { (s{^\Q$folder\E/}{}r) => slurp($_) } grep { -f && !/\.json$|lock$/ }
            glob "$folder/* $folder/*/* $folder/*/*/*" };
}

# ---- What is asked for -----------------------------------------------------------------
for (
    [ '--lr 1e-3:1e-2', qr/--lr: expected A:B:N, .*found '1e-3:1e-2'$/ ],
    [ '--lr 1e-3:1e-2:1', qr/--lr: expected A:B:N/ ],
    [ '--lr 1e-3:1e-2:65', qr/--lr: expected A:B:N/ ],
    [ '--lr 1e-3:1e-2:3x', qr/--lr: expected A:B:N/ ],
    [ '--lr 1e-3:1e-2:3:4', qr/--lr: expected A:B:N/ ],
    [ '--lr 1e-2:1e-3:3', qr/--lr: expected A:B:N/ ],
    [ '--lr 0:1:3', qr/--lr: expected A:B:N/ ],
    [ '--nbeta x', qr/--nbeta: expected A:B:N/ ],
    [ '--localization :1:3', qr/--localization: expected A:B:N/ ],
    [ '--lr 1:1.001:9', qr/--lr: 1:1\.001:9: the points, .* are not 9 different ones/ ],
    [ '--lr 1e-3', qr/expected an axis of several points/ ],
    [ '', qr/expected an axis of several points/ ],
    [ '--lr 1:2:64 --nbeta 1:2:64 --localization 1:2:2', qr/expected at most 4096 cells, found 8192$/ ],
    [ '--lr 1:2:2 --set num_draws', qr/--set: expected FIELD=VALUE/ ],
    [ '--lr 1:2:2 --set draws=3', qr/draws: unknown key; did you mean 'num_draws'/ ],
    [ '--lr 1:2:2 --set num_draws=0', qr/num_draws: .*found 0/ ],
    [ '--lr 1:2:2 --sampler nuts', qr/sampler: .*found.*nuts/ ],
    [ '--lr 1:2:2 --sampler baoab', qr/friction/ ],
    [ '--lr 1:2:2 --sampler sgld --sampler sgld', qr/--sampler: sgld is there twice/ ],
    [ '--lr 1:2:2 --llc 2', qr/expected an estimate up to 1 in run\.llc, found 2$/ ],
    [ '--lr 1:2:2 --only 7', qr/7/ ],
) {
    my ($words, $why) = @$_;
    expect(sltrace('calibrate', 'quad.yaml', split(' ', $words), qw(--out no)), "calibrate $words",
        status => 2, err => $why);
    ok !-e 'no', '... and makes no folder';
}
expect(sltrace(qw(calibrate quad.yaml --lr 1:2:2)), 'no --out', status => 2, err => qr/--out/);
expect(sltrace(qw(calibrate small.yaml --lr 1:2:2 --only seed=0 --out no)), 'two runs', status => 2,
    err => qr/--only: expected one run, found 2$/);

# ---- The quadratic ---------------------------------------------------------------------
my $found = calibrated(0, 'quad.yaml', @grid, qw(--out A --jobs 2));
my @cells = $found->{grids}[0]{cells}->@*;
is scalar(@cells), 27, 'a cell a point';
is join(' ', map { $_->{lr} } @cells[ 0 .. 8 ]), '0.002 0.00356 0.00632 0.0112 0.02 0.0356 0.0632 0.112 0.2',
    'step sizes in equal ratios, of three digits';
is join(' ', map { $_->{nbeta} } @cells[ 0, 9, 18 ]), '10 20 40', 'and nbeta';
my $chosen = $cells[ $found->{recommended}{run} ];
my @settled = grep { $_->{settled} } @cells;
my @ended = grep { $_->{status} ne 'done' } @cells;
cmp_ok scalar(@ended), '>=', 3, scalar(@ended) . ' cells diverge';
cmp_ok scalar(@settled), '>=', 3, scalar(@settled) . ' have settled';
ok $chosen->{settled} && $chosen->{plateau}, 'the cell that is recommended is on the plateau';
ok !(grep { $_->{plateau} && !$_->{settled} } @cells), 'which is of settled cells alone';
cmp_ok $chosen->{rhat}, '<=', 1.01, 'its R-hat';
cmp_ok $chosen->{$_}, '>=', 100, "its $_" for qw(ess_bulk ess_tail);
cmp_ok abs($chosen->{mean} - 3), '<', 2 * $chosen->{error_estimate} + .1, "its LLC is 3: $chosen->{mean}";
cmp_ok $chosen->{error_estimate}, '<', .25, "its error is small: $chosen->{error_estimate}";
sub diagnosed { return abs($_[0]{drift}) <= 3 * $_[0]{mcse} }
ok diagnosed($chosen), 'as diagnose calls settled';
ok !(grep { $_->{plateau} && diagnosed($_) && $_->{error_estimate} < $chosen->{error_estimate} } @cells),
    'the least of such on the plateau';
cmp_ok scalar(grep { $_->{plateau} && !diagnosed($_) } @cells), '>', 0, 'where others drift a little more';
my @biased = grep { $_->{status} eq 'done' && $_->{mean} > 3.6 && $_->{rhat} <= 1.01 && $_->{ess_bulk} >= 100 } @cells;
cmp_ok scalar(@biased), '>=', 2, scalar(@biased) . ' cells have chains that mix, and measure their steps';
ok !(grep { $_->{settled} } @biased), '... and are not taken for settled';
my $lines = slurp('A/recommended.yaml');
like $lines, qr/^# Recommended: sgld, lr \Q$chosen->{lr}\E, nbeta $chosen->{nbeta}, .*\n# LLC .*\n# R-hat .*\n  llc:\n/, 'the lines say why';
is $lines =~ s/^#.*\n//mgr, $found->{recommended}{lines}, 'and are what is told';

# Pasted into the manifest, they give that LLC, as the seed and the estimate are the same.
(my $pasted = $quadratic) =~ s/  llc:\n.*\z/$found->{recommended}{lines}/s;
spew('pasted.yaml', $pasted);
is sltrace(qw(run pasted.yaml --out P --quiet))->{status}, 0, 'a manifest with these lines runs';
my ($table) = grep { $_->{kind} eq 'table' } decode_json(sltrace(qw(show P/traces/000000.trace --json))->{out})->{records}->@*;
is $table->{results}{'llc/mean'}, $chosen->{mean}, '... and has that LLC, in every bit';

# ---- Traces that `run` makes -----------------------------------------------------------
is sltrace(qw(run A/sgld.yaml --out R --quiet))->{status}, 0, 'the manifest of the grid runs';
my @traces = map { sprintf 'traces/%06d.trace', $_ } 0 .. $#cells;
is join(' ', grep { slurp("R/$_") ne slurp("A/sgld/$_") } @traces), '',
    'trained anew in each run, the same bytes';
expect(sltrace(qw(run A/sgld.yaml --out A/sgld)), 'its study is whole',
    out => qr/^quad-sgld: 27 runs: 0 computed, 27 kept, \d+ diverged;/, err => qr/diverged/);

# ---- The picture -----------------------------------------------------------------------
my $svg = slurp('A/sgld.svg');
my $maps = () = $svg =~ /class="title">(?:LLC|R-hat|Stein ratio|share of negative draws)</g;
is $maps, 4, 'four maps';
is scalar(() = $svg =~ /class="ended" fill="url\(#ended\)"/g), 4 * @ended + 1, 'cells that diverged are hatched';
is scalar(() = $svg =~ /class="cell"/g), 4 * (@cells - @ended), 'all others have a colour';
is scalar(() = $svg =~ /class="chosen"/g), 5, 'one is recommended';
is scalar(() = $svg =~ /class="plateau"/g), 4 * (grep { $_->{plateau} } @cells) + 1, 'the plateau is outlined';
my $tree = parsed('xml', $svg, 'A/sgld.svg');
ok $tree, 'the picture is XML';

# ---- One training, resumed -------------------------------------------------------------
calibrated(0, 'quad.yaml', @grid, qw(--out B --jobs 1));
is_deeply content('B'), content('A'), 'the same bytes with one job';
my $killed = spawn([ $sltrace, 'calibrate', 'quad.yaml', @grid, qw(--out C --jobs 1 --set num_draws=9000) ], sub {
    my ($pid) = @_;
    for (1 .. 2000) {
        last if -e 'C/sgld/traces/000003.trace' || -e 'C/sgld/traces/000003.trace.part';
        select undef, undef, undef, .005;
    }
    kill 'KILL', $pid;
});
is $killed->{status}, 137, 'killed with some cells done';
ok !-e 'C/sgld.svg', '... before it had anything to draw';
my $trained = (stat 'C/training/traces/000000.trace')[1];
my $again = calibrated(0, 'quad.yaml', @grid, qw(--out C --set num_draws=9000));
cmp_ok $again->{computed} + $again->{kept}, '==', 27, 'the same command does the rest';
is((stat 'C/training/traces/000000.trace')[1], $trained, 'the training is kept');
calibrated(0, 'quad.yaml', @grid, qw(--out D --set num_draws=9000));
is_deeply [ map { slurp("C/sgld/$_") eq slurp("D/sgld/$_") } @traces ], [ (1) x 27 ], 'and the bytes are those of one go';
is slurp('C/sgld.svg'), slurp('D/sgld.svg'), 'the picture too';
my $more = calibrated(0, 'quad.yaml', qw(--lr 2e-3:.2:9 --nbeta 10:80:4 --set num_draws=9000 --out D));
is "$more->{kept} $more->{computed}", '27 9', 'a larger grid adds to it';

# Training takes most of the time, and is done once: in CPU time, which a busy machine does
# not change.
spew('long.yaml', $quadratic =~ s/steps: 400/steps: 100000/r =~ s/num_draws: 4000, num_burnin_steps: 1000/num_draws: 9/r);
sub cpu {
    my @before = times;
    sltrace(@_, '--quiet');
    my @after = times;
    return $after[2] + $after[3] - $before[2] - $before[3];
}
my $one = cpu(qw(run long.yaml --out L --jobs 1));
my $many = cpu(qw(calibrate long.yaml --out M --jobs 1), @grid);
ok -e 'M/sgld/traces/000026.trace', 'a grid of short chains behind a long training';
cmp_ok $many, '<', 6 * $one, sprintf '27 cells take %.2f s, one run with its training %.2f s', $many, $one;

# ---- None ------------------------------------------------------------------------------
ok -e 'B/recommended.yaml', 'lines of an earlier grid';
expect(sltrace(qw(calibrate small.yaml --only), 'rank=2,seed=1', qw(--lr 1e-3:1e-2:2 --out N)), 'no cell settles', status => 1,
    out => qr/^mine\/small: run 3 \(rank=2 seed=1\), estimate 1, w\* of step 40\n.*^Nearest is sgld, .*make 4 or more\.\n\z/ms,
    err => qr/^sltrace: no settings to recommend: no cell of 2 has settled: 2 with R-hat above 1\.01, 2 with/);
ok -e 'N/sgld.svg' && !-e 'N/recommended.yaml', '... has its picture, and no lines';
spew('N/recommended.yaml', 'old');
my $none = calibrated(1, qw(small.yaml --only), 'rank=2,seed=1', qw(--lr 1e-3:1e-2:2 --out N));
ok !defined $none->{recommended} && length $none->{to_change} && $none->{error}{exit} == 1, 'JSON says so';
ok !-e 'N/recommended.yaml', 'lines of an earlier grid are taken away';
my $alone = calibrated(1, 'quad.yaml', qw(--lr 2e-3:.2:2 --nbeta 40 --out O));
ok !defined $alone->{recommended}, 'a cell without a neighbour that has settled is no plateau';

# Each way in which chains do not settle, by the first of them.
sub judged {
    my ($manifest, @more) = @_;
    my $got = sltrace('calibrate', "$root/manifests/smoke/$manifest.yaml", @more, '--quiet', '--set', 'num_chains=4');
    return join ' ', $got->{out} =~ /^\d+ .* (\S+)$/mg;
}
is judged('deep', qw(--lr 3e-4:3e-3:3 --nbeta 10:90:3 --set num_draws=2000 --set num_burnin_steps=1000
    --set num_steps_bw_draws=2 --out J1)), 'R-hat R-hat plateau R-hat recommended step Stein settled step',
    'the step and the Stein ratio are told';
is judged('linear', qw(--only 2 --lr 1e-3:1e-1:3 --nbeta 5:22:2 --set num_draws=1000 --set num_burnin_steps=500
    --set num_steps_bw_draws=5 --out J2)), 'R-hat negative negative negative negative diverged', 'draws below w* too';
is judged('deep', qw(--lr 1e-3:1e-2:3 --nbeta 5:40:4 --set num_draws=3000 --set num_steps_bw_draws=2 --out J3)),
    'R-hat drift diverged R-hat recommended diverged R-hat plateau diverged drift step diverged', 'and drift';
is judged('deep', qw(--sampler rmsprop-sgld --lr 5e-4:1e-3:2 --nbeta 30 --set num_draws=14000 --set num_burnin_steps=0
    --set num_steps_bw_draws=2 --set eps=2 --out J4)), 'settled step', 'no Stein ratio where that of settled chains is not known';

# What the step adds, of samplers that do not tell: by the next cell along lr.
is judged('deep', qw(--sampler adam-sgld --lr 1e-4:4e-4:3 --nbeta 30 --set num_draws=4000 --set num_burnin_steps=2000
    --set num_steps_bw_draws=2 --out J5)), 'step step step', 'an LLC that grows with lr';
like sltrace('calibrate', "$root/manifests/smoke/deep.yaml", qw(--sampler adam-sgld --lr 1e-4:4e-4:3 --nbeta 30 --quiet
    --set num_chains=4 --set num_draws=4000 --set num_burnin_steps=2000 --set num_steps_bw_draws=2 --out J5))->{out},
    qr/^Nearest is .* make lr smaller\.$/m, '... what to change';
my $slope = calibrated(0, 'quad.yaml', qw(--sampler sghmc --lr 6e-3:1.2e-2:2 --nbeta 20 --set num_draws=30000 --out J6));
my ($low, $high) = $slope->{grids}[0]{cells}->@*;
my $bias = sqrt($low->{error_estimate}**2 - $low->{mcse}**2);
cmp_ok abs($bias - ($high->{mean} - $low->{mean})), '<', 1e-9, "half of the lr: the difference, $bias";
cmp_ok abs(sqrt($high->{error_estimate}**2 - $high->{mcse}**2) - 2 * $bias), '<', 1e-9, '... and twice that';
is $slope->{recommended}{lr}, $low->{lr}, 'the smaller step is recommended, though its MCSE is the larger one';
like $slope->{words}, qr/, by the size of its step 0\.0\d+: /, '... and its bias is told';

# ---- Samplers, and other estimates -----------------------------------------------------
my $samplers = calibrated(0, 'quad.yaml', qw(--lr 5e-3:2e-2:3 --nbeta 20 --sampler baoab --sampler mala
    --set friction=5 --localization 1:2:2 --out S));
is join(' ', map { $_->{sampler} } $samplers->{grids}->@*), 'baoab mala', 'a grid each';
is scalar($samplers->{grids}[1]{cells}->@*), 6, 'localization is an axis';
like slurp('S/mala.svg'), qr/acceptance, localization 2</, 'acceptance where it is recorded';
unlike slurp('S/baoab.svg'), qr/acceptance/, 'and no other';
ok defined $samplers->{grids}[1]{cells}[0]{acceptance}, 'in JSON too';
like slurp('S/baoab.yaml'), qr/friction: 5/, 'a field of one sampler';
unlike slurp('S/mala.yaml'), qr/friction/, '... goes to that one';
spew('steps.yaml', $quadratic =~ s/  llc:\n/  llc:\n    - {at: last, lr: 1e-3, localization: 1, num_draws: 5}\n/r
    =~ s/at: last, lr: 1e-3, localization: 1, num_chains/at: 100, sampler: mala, lr: 1e-3, localization: 1, num_chains/r);
my $at = calibrated(0, qw(steps.yaml --llc 2 --lr 5e-3:2e-2:3 --nbeta 20 --out T));
is "$at->{at_step} $at->{grids}[0]{sampler}", '100 mala', 'the second estimate, at its step';
like slurp('T/training.yaml'), qr/steps: 100\n/, 'training ends there';
like $at->{recommended}{lines}, qr/at: 100\b/, 'the lines are for where it stood';
my $pulled = calibrated(0, 'quad.yaml', qw(--lr 5e-3:2e-2:3 --nbeta 20 --sampler mala --localization 1:30:2 --out X));
like $pulled->{to_change}, qr/At localization (?:1|30) the LLC is another, \d\.\d+: /, 'where a localization gives another LLC';
unlike $found->{to_change}, qr/another/, '... and only there';
spew('adapts.yaml', $quadratic =~ s/at: last, lr: 1e-3/at: last, sampler: mala, adapt: {}, lr: 1e-3/r);
my $adapts = sltrace('calibrate', 'adapts.yaml', '--quiet', qw(--lr 5e-3:2e-2:3 --nbeta 20 --out Y));
is $adapts->{status}, 2, 'an lr that chains adapt is no axis';
like $adapts->{err}, qr/--lr: the chains of mala adapt lr, which is what a calibration would find/, '... in words';
calibrated(0, 'adapts.yaml', qw(--nbeta 10:20:2 --out Z));
spew('ladder.yaml', $quadratic =~ s/at: last, lr: 1e-3/at: last, sampler: mala, nbeta: 20, tempering: {nbeta: [5], lr: [1e-3]}, lr: 1e-3/r);
my $ladder = sltrace('calibrate', 'ladder.yaml', '--quiet', qw(--lr 5e-3:2e-2:3 --out L));
is $ladder->{status}, 2, 'a ladder of nbeta is for one';
like $ladder->{err}, qr/llc\[0\]: tempering: its ladder is for one nbeta and lr/, '... in words';
my $prior = sltrace('calibrate', 'quad.yaml', '--quiet', '--nbeta', 20, qw(--lr 5e-3:2e-2:3 --out W --set), 'prior={precision: 1}');
is $prior->{status}, 2, 'localization and a prior do not go together';
spew('prior.yaml', $quadratic =~ s/localization: 1/prior: {precision: 1}/r);
$prior = sltrace(qw(calibrate prior.yaml --quiet --lr 5e-3:2e-2:3 --nbeta 20 --out W));
like $prior->{out}, qr/^0 +0\.005 +20 +prior /m, 'a prior stands in the place of localization';
spew('bare.yaml', $quadratic =~ s/  train:.*?(?=  llc)//sr);
my $bare = calibrated(1, 'bare.yaml', @grid, qw(--out U));
is $bare->{at_step}, 0, 'a run without training';
ok !-e 'U/training', '... has none here';

# ---- Files -----------------------------------------------------------------------------
expect(sltrace('calibrate', 'quad.yaml', @grid, qw(--out P)), 'the folder of a study', status => 2,
    err => qr/^sltrace: P: the folder of a study; choose another --out$/);
spew('other.yaml', $quadratic =~ s/seed: 3/seed: 4/r);
expect(sltrace('calibrate', 'other.yaml', @grid, qw(--out A)), 'the folder of another training', status => 2,
    err => qr/training.*seed/);
expect(sltrace('calibrate', 'quad.yaml', @grid, qw(--out A --set num_draws=5000)), 'of other estimates', status => 2,
    err => qr/num_draws/);
my $disk = shell('ulimit -f 1; trap "" XFSZ; "$SLTRACE" calibrate quad.yaml --lr 2e-3:.2:9 --nbeta 10:40:3 --out V');
is $disk->{status}, 2, 'a full disk';
like $disk->{err}, qr/V\/.*(?:File too large|cannot)/, '... is told';
calibrated(0, 'quad.yaml', @grid, qw(--out V));
is slurp('V/sgld.svg'), $svg, '... and the same command goes on behind it';
done_testing;
