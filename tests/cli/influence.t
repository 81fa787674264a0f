#!/usr/bin/perl
# sltrace influence: covariances of the losses of samples along chains, WAIC and LOO, as
# text, CSV and JSON, with the same numbers in each, which are those of the trace's losses.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP;
use Parse;
use Test::More;

workdir();
my $text = manifest() =~ s/^sweep:\n(?:  .*\n)+//mr =~ s/\$rank/2/gr =~ s/\$seed/3/gr =~ s/^figure:.*//msr;
$text =~ s/num_draws: \d+/num_draws: 60/ or die;
$text =~ s/^(    - \{at: last, .*)\}$/$1, observables: {losses: {every: 2}}}\n$1, nbeta: 3, observables: {losses: {first: 3}}}\n$1}/m or die;
spew('seen.yaml', $text);
is sltrace(qw(run seen.yaml --quiet --out seen))->{status}, 0, 'run';
my $trace = 'seen/traces/000000.trace';
my ($n) = $text =~ /samples: (\d+)/;

sub mean { my $sum = 0; $sum += $_ for @_; return $sum / @_ }

# By the trace's own losses: draws of all chains, one list a sample; the mean of all last.
sub losses {
    my ($llc) = @_;
    my @draws = map { @{$_->{observed}} } grep { defined $_->{llc} && $_->{llc} == $llc }
        @{decode_json(sltrace('show', '--json', $trace)->{out})->{records}};
    my @by = map { my $i = $_; [map { $_->[$i] } @draws] } 0 .. $#{$draws[0]};
    return (@by, [map { mean(@$_) } @draws]);
}

sub covariance {
    my ($x, $y) = @_;
    my ($of_x, $of_y) = (mean(@$x), mean(@$y));
    return mean(map { ($x->[$_] - $of_x) * ($y->[$_] - $of_y) } 0 .. $#$x) * @$x / (@$x - 1);
}

sub near { my ($x, $y) = @_; return abs($x - $y) <= 1e-9 * (abs($x) + abs($y)) }

my $told = decode_json(sltrace('influence', '--json', $trace)->{out})->{estimates};
is scalar @$told, 2, 'the estimates that have losses of samples';
for my $llc (0, 1) {
    my ($e, @by) = ($told->[$llc], losses($llc));
    my $mean = pop @by;
    is $e->{estimate}, $llc + 1, 'its number';
    is_deeply [$e->{draws}, $e->{every}, scalar @{$e->{samples}}], $llc ? [60, 1, 3] : [30, 2, $n], 'draws and samples';
    ok near($e->{temperature}, $e->{nbeta} / $n), 'nbeta / n';
    my @with = @{$e->{observables}[0]{with}};
    my @got = map { $_->{covariance} } @with;
    is scalar(grep { !near($got[$_], covariance($mean, $by[$_])) } 0 .. $#by), 0, 'the covariances of the trace\'s losses';
    is scalar(grep { !($_->{error} > 0) } @with), 0, 'each with an error';
    my $waic = 0;
    for my $x (@by) {
        my @logs = map { -$e->{temperature} * $_ } @$x;
        $waic += log(mean(map { exp } @logs)) - covariance(\@logs, \@logs);
    }
    ok near($e->{elpd_waic}{sum}, $waic), 'WAIC';
    is $e->{doubtful}, scalar(grep { ($_->{pareto_k} // 9) > .7 } @{$e->{samples}}), 'doubtful samples are counted';
}

# An observable of one's choice; all.
my @by = losses(1);
my $one = decode_json(sltrace('influence', '--json', qw(--estimate 2 --of 1), $trace)->{out})->{estimates};
is scalar @$one, 1, 'one estimate';
is $one->[0]{observables}[0]{sample}, 1, 'of one sample';
ok near($one->[0]{observables}[0]{with}[2]{covariance}, covariance($by[1], $by[2])), 'with another';
my $all = decode_json(sltrace('influence', '--json', qw(--estimate 2 --of all), $trace)->{out})->{estimates}[0]{observables};
is join(' ', map { $_->{sample} } @$all), '0 1 2', 'of all';
is $all->[1]{with}[2]{covariance}, $one->[0]{observables}[0]{with}[2]{covariance}, 'the same number';
ok near($all->[0]{with}[2]{covariance}, $all->[2]{with}[0]{covariance}), 'either way round';

# On any number of threads.
my @jobs = map { sltrace('influence', '--csv', qw(--of all --jobs), $_, $trace)->{out} } 1, 3;
is $jobs[1], $jobs[0], 'the same on three threads';
my (%of, %error);
for (map { [split /,/] } split /\n/, $jobs[0]) {
    next if $_->[1] ne 1;
    ($of{$_->[3]}{$_->[4]}, $error{$_->[3]}{$_->[4]}) = @$_[5, 6];
}
is_deeply [map { my $i = $_; map { "$of{$_}{$i} $error{$_}{$i}" } 0 .. $n - 1 } 0 .. $n - 1],
    [map { my $i = $_; map { "$of{$i}{$_} $error{$i}{$_}" } 0 .. $n - 1 } 0 .. $n - 1], 'either way round in every bit';
my @all = losses(0);
is scalar(grep { my $i = $_; grep { !near($of{$i}{$_}, covariance($all[$i], $all[$_])) } 0 .. $n - 1 } 0 .. $n - 1), 0,
    'each with each, of the trace\'s losses';

# CSV has the same numbers, and the influence.
my ($head, @rows) = split /\n/, sltrace('influence', '--csv', qw(--of all --estimate 2), $trace)->{out};
my @columns = split /,/, $head;
is scalar @rows, 9, 'a row for each pair';
my %row;
@row{@columns} = split /,/, $rows[5];
is_deeply [@row{qw(trace estimate at_step observable sample)}], [$trace, 2, $told->[1]{at_step}, 1, 2], 'whose';
is $row{covariance} + 0, $all->[1]{with}[2]{covariance}, 'covariance';
is $row{covariance_error} + 0, $all->[1]{with}[2]{error}, 'error';
ok near($row{influence}, -$told->[1]{temperature} * $row{covariance}), 'influence';
ok near($row{influence_error}, $told->[1]{temperature} * $row{covariance_error}), 'its error';
is $row{elpd_loo} + 0, $told->[1]{samples}[2]{elpd_loo}, 'of the sample';

# Text: the largest first.
my $said = sltrace('influence', $trace)->{out};
like $said, qr/^\Q$trace\E: estimate 1 at step \d+: 2 chains, 30 draws of the losses of $n samples of train$/m, 'the first';
like $said, qr/^  WAIC: elpd -[\d.]+ \(se [\d.]+\), p [\d.]+ \(se [\d.e-]+\)$/m, 'WAIC';
my @sizes = map { abs } $said =~ /^ +\d+ +(-?[\d.e-]+) +[\d.e-]+ +-?[\d.e-]+/mg;
is "@sizes[0 .. 9]", join(' ', sort { $b <=> $a } @sizes[0 .. 9]), 'by size';
is scalar @sizes, ($n < 10 ? $n : 10) + 3, 'ten at most';

# Files of the same numbers: arrays, netCDF.
sub rows { return map { my %r; @r{@columns} = split /,/; \%r } grep { /^\Q$trace\E/ } split /\n/, sltrace('influence', '--csv', @_, $trace)->{out} }

sub array {
    my $bytes = slurp($_[0]);
    my ($size, $head) = unpack 'x8 v/a a*', $bytes =~ s/\A\x93NUMPY\x01\x00/\0\0\0\0\0\0\0\0/r;
    $size =~ /'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]+)\)/ or die $size;
    return [[grep { length } split /, */, $1], [unpack 'd<*', $head]];
}

my $files = sltrace('influence', qw(--of all --npy arrays), $trace);
is $files->{out}, sltrace('influence', qw(--of all), $trace)->{out}, 'with arrays it says what it says without';
my @of_pair = @columns[5 .. 8]; # not the susceptibilities, which metrics alone have
my @of_sample = @columns[11 .. 15];
is scalar(my @have = glob 'arrays/*'), 2 * (@of_pair + @of_sample), 'an array for each number and estimate';
for my $llc (1, 2) {
    my ($count, @rows) = ($llc == 1 ? $n : 3, rows('--of', 'all', '--estimate', $llc));
    my $step = $told->[$llc - 1]{at_step};
    for my $column (@of_pair, @of_sample) {
        my $pair = grep { $_ eq $column } @of_pair;
        my $got = array('arrays/000000.llc' . ($llc == 1 ? '' : $llc) . ".$step.$column.npy");
        is_deeply $got->[0], $pair ? [$count, $count] : [$count], "$column of $llc: its shape";
        my @want = map { $_->{$column} } @rows[0 .. ($pair ? $count * $count : $count) - 1];
        is scalar(grep { $want[$_] eq '' ? abs($got->[1][$_]) < 9e99 : $got->[1][$_] != $want[$_] } 0 .. $#want), 0,
            '... and numbers';
    }
}
SKIP: {
    my $got = sltrace('influence', qw(--netcdf of.nc), $trace);
    skip 'no libnetcdf', 1 if $got->{status} == 3;
    is $got->{status}, 0, 'a data set' or diag $got->{err};
    (grep { -x "$_/ncdump" } split /:/, $ENV{PATH}) or skip 'no ncdump', 1;
    my $dump = qx(ncdump -p 9,17 of.nc);
    my @rows = rows(qw(--of mean --estimate 2));
    my ($group) = $dump =~ /^group: llc2\.40 \{(.*?)^  \} \/\/ group/ms or diag $dump;
    like $group, qr/dimensions:\s+of = 1 ;\s+sample = 3 ;/, 'its dimensions';
    like $group, qr/^ +of = -1 ;$/m, 'of the mean';
    like $group, qr/^ +sample = 0, 1, 2 ;$/m, 'with samples';
    like $group, qr/^ +nbeta = 3 ;$/m, 'nbeta';
    for my $column (@of_pair, @of_sample) {
        my ($values) = $group =~ /^ +$column =\s+([^;]*) ;$/m;
        my @got = split /,\s*/, $values;
        is scalar(grep { abs($got[$_] - $rows[$_]{$column}) > 1e-15 * abs($got[$_]) } 0 .. 2), 0, "$column in netCDF";
    }
}
expect(sltrace('influence', qw(--netcdf of.nc), $trace, $trace), 'a data set of two', status => 2, err => qr/--netcdf takes one trace/);
expect(sltrace('influence', qw(--npy arrays), $trace, $trace), 'arrays of one name', status => 2, err => qr/^sltrace: --npy: the arrays of .* have the same names$/);
expect(sltrace('influence', qw(--netcdf no/where), $trace), 'no folder', status => 2, err => qr{no/where});

# Metrics along the chains, in another order than the run has them.
my $measured = $text =~ s/name: \S+/name: test\/measured/r =~ s/^  train:\n/$&    metrics: {size: {kind: norm, weight: W1}, also: {kind: norm, weight: W2}}\n/mr
    =~ s/\{losses: \{first: 3\}\}/{losses: {every: 3}, metrics: [also, size]}/r;
spew('measured.yaml', $measured);
is sltrace(qw(run measured.yaml --quiet --out measured))->{status}, 0, 'run with metrics';
my $of = 'measured/traces/000000.trace';
my $metrics = sltrace('influence', qw(--of metrics --json), $of);
is $metrics->{status}, 0, 'of metrics' or diag $metrics->{err};
my @estimates = @{decode_json($metrics->{out})->{estimates}};
is_deeply [map { $_->{estimate} } @estimates], [2], 'the estimate that has them';
my @records = grep { $_->{measured} } @{decode_json(sltrace('show', '--json', $of)->{out})->{records}};
my @seen = map { my $i = $_; [map { map { $_->[$i] } @{$_->{observed}} } @records] } 0 .. $n - 1;
my @mean = map { my $t = $_; mean(map { $_->[$t] } @seen) } 0 .. $#{$seen[0]};
for my $m (0, 1) {
    my $told = $estimates[0]{observables}[$m];
    is $told->{observable}, ('metric/also', 'metric/size')[$m], 'its name';
    my @values = map { map { $_->[$m] } @{$_->{measured}} } @records;
    my @with = @{$told->{with}};
    is scalar(grep { !near($with[$_]{covariance}, covariance(\@values, $seen[$_])) } 0 .. $n - 1), 0, '... its covariances';
    my @less = map { my $i = $_; [map { $seen[$i][$_] - $mean[$_] } 0 .. $#mean] } 0 .. $n - 1;
    is scalar(grep { abs($with[$_]{susceptibility} + 3 * covariance(\@values, $less[$_])) > 1e-9 * abs($with[$_]{susceptibility}) } 0 .. $n - 1), 0,
        '... its susceptibilities, -nbeta times those with what a loss has above the mean';
    is scalar(grep { !($_->{susceptibility_error} > 0) } @with), 0, '... with errors';
}
my $shown = sltrace('influence', qw(--of metrics --jobs 3), $of)->{out};
like $shown, qr/^  of metric\/also with the losses of samples, .*\n.* susceptibility +MCSE$/m, 'as text';
my ($also) = grep { /,metric\/also,1,/ } split /\n/, sltrace('influence', qw(--of metrics --csv), $of)->{out};
is((split /,/, $also)[9] + 0, $estimates[0]{observables}[0]{with}[1]{susceptibility}, 'as CSV');
is sltrace('influence', qw(--of metrics --npy measures --netcdf measures.nc), $of)->{status} & ~3, 0, 'as files';
is_deeply array('measures/000000.llc2.40.susceptibility.npy')->[1],
    [map { map { $_->{susceptibility} } @{$_->{with}} } @{$estimates[0]{observables}}], '... an array';
like qx(ncdump measures.nc), qr/metric = "also", "size" ;/, '... and a data set' if -s 'measures.nc';
expect(sltrace('influence', qw(--of metrics), $trace), 'no metrics', status => 2, err => qr/no estimate recorded metrics: expected observables/);

# Pictures.
SKIP: {
    (grep { -x "$_/gnuplot" } split /:/, $ENV{PATH}) or skip 'gnuplot is missing', 1;
    my $drawn = sltrace('influence', qw(--of all --out drawn), $trace);
    is $drawn->{status}, 0, 'with pictures' or diag $drawn->{err};
    is $drawn->{err}, '', '... and no complaint';
    is $drawn->{out}, $files->{out}, '... it says what it says without';
    is join(' ', map { s{.*/}{}r } sort glob 'drawn/*'), '000000.llc.40.influence.svg 000000.llc2.40.influence.svg', '... an estimate each';
    my $svg = slurp('drawn/000000.llc2.40.influence.svg');
    like $svg, qr/llc2 at step 40: 3 samples of train, 120 draws.*correlation of losses.*two samples.*Pareto k.*<\/svg>\s*\z/s, '... a whole one';
    # Two samples by the size of their influence.
    my %size = map { ("$_->{observable}, $_->{sample}" => abs $_->{influence}) } grep { $_->{observable} < $_->{sample} } rows(qw(--of all --estimate 2));
    is join(' ', $svg =~ />(\d, \d)</g), join(' ', sort { $size{$b} <=> $size{$a} } keys %size), '... the largest influence first';
    my @cells = $svg =~ /<polygon fill *= *'rgb\(([^)]*)\)'/g;
    is scalar(grep { s/ //gr eq '11,37,69' } @cells), 3, '... each sample with itself of correlation 1';
    Parse::able() and parsed('xml', $svg, 'a picture');
    sltrace('influence', qw(--of all --jobs 1 --out again), $trace);
    is slurp('again/000000.llc2.40.influence.svg'), $svg, '... the same again';
    is sltrace('influence', qw(--out mean), $trace)->{status}, 0, 'of the mean';
    unlike slurp('mean/000000.llc2.40.influence.svg'), qr/correlation of losses/, '... has no map';
    sltrace('influence', qw(--of metrics --out of-metrics), $of);
    like slurp('of-metrics/000000.llc2.40.influence.svg'), qr/>susceptibility<.*>(?:also|size), \d+</s, 'of metrics';
    local $ENV{PATH} = '/nonexistent';
    my $none = sltrace('influence', qw(--of all --out again), $trace);
    is $none->{status}, 0, 'without gnuplot';
    like $none->{err}, qr/no picture: gnuplot /, '... it says so';
    is join(' ', glob 'again/*'), '', '... and no older picture is left';
}
expect(sltrace('influence', qw(--out drawn), $trace, $trace), 'pictures of one name', status => 2,
    err => qr/^sltrace: --out: the pictures of .* have the same names$/);

# What there is not.
expect(sltrace('influence', $trace, '--estimate', 3), 'none recorded', status => 2,
    err => qr/\Q$trace\E: no estimate of that number recorded losses of samples: expected observables/);
expect(sltrace('influence', $trace, qw(--estimate 2 --of 3)), 'no such sample', status => 2,
    err => qr/estimate 2 has samples 0 to 2, found 3/);
expect(sltrace('influence', $trace, qw(--of most)), 'no number', status => 2, err => qr/--of/);
like sltrace('influence', $trace, qw(--csv --json))->{out}, qr/--csv does not go with --json/, 'both';
expect(sltrace('influence', 'seen.yaml'), 'no trace', status => 2, err => qr/seen\.yaml/);

# Chains that ended early have none; where a class is ignored samples count differently.
spew('wild.yaml', $text =~ s/name: \S+/name: test\/wild/r =~ s/lr: 1e-3/lr: 1e9/gr);
sltrace(qw(run wild.yaml --quiet --out wild));
like sltrace('influence', 'wild/traces/000000.trace')->{out}, qr/a chain ended early, or a loss is not finite: nothing is known/, 'a wild chain';
my $wild = sltrace(qw(influence --out wild-files --npy wild-files wild/traces/000000.trace));
is $wild->{status}, 0, 'no files of it';
like $wild->{err}, qr/llc\.40\.influence\.svg: no picture: a chain ended early, or a loss is not finite/, 'it says so';
is join(' ', glob 'wild-files/*'), '', 'none';
is decode_json(sltrace('influence', '--json', 'wild/traces/000000.trace')->{out})->{estimates}[0]{whole}, JSON::PP::false, 'told';
done_testing;
