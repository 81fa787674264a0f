#!/usr/bin/perl
# sltrace export of a study: draws as CSV, SQLite and netCDF hold the numbers of the
# traces, exactly, with the axes of the sweep.  tables.py compares them with what export
# says of each trace; netCDF is read by ncdump.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP;
use Test::More;

my $compare = "$FindBin::Bin/tables.py";
workdir();

# Axes called as columns are, one that goes along with another; an estimate at several
# checkpoints, one without its losses, one that diverges in some runs.
my $text = manifest();
$text =~ s/^sweep:\n(?:  .*\n)+/sweep:\n  Loss: [2, 3]\n  Draw: {with: Loss, values: [0.5, 1e-3]}\n  kind: [adam, sgd]\n  seed: {from: 5, count: 2}\n/m
    or die;
$text =~ s/\$rank/\$Loss/g;
$text =~ s/kind: adam, lr: 1e-2/kind: \$kind, lr: 1e-2/ or die;
$text =~ s/^(    - \{at: last.*)$/$1
    - {at: checkpoints, lr: \$Draw, localization: 1, num_chains: 3, num_draws: 7}
    - {at: last, lr: 1e-3, localization: 1, num_draws: 5, store_losses: none}/m or die;
$text =~ s/^figure:.*//ms;
spew('many.yaml', $text . "figure:\n  rows: {by: kind, value: llc/mean, error: sd}\n  claims:\n"
    . "    - {id: small, says: \"a small one\", value: rows.max, expect: 1, tolerance: 1e9, basis: ours}\n");
spew('one.yaml', manifest() =~ s/^sweep:\n(?:  .*\n)+//mr =~ s/\$rank/2/gr =~ s/\$seed/3/gr =~ s/^figure:.*//msr);

for my $name (qw(many one)) {
    my $ran = sltrace('run', "$name.yaml", '--quiet', '--out', $name);
    is $ran->{status}, 0, "run $name" or diag $ran->{err};
    my @from = ("$name.yaml", '--from', $name);
    for (['draws', 'csv'], ['sqlite', 'db'], ['netcdf', 'nc']) {
        my ($form, $ending) = @$_;
        my $got = sltrace('export', @from, "--$form", "$name.$ending");
        is $got->{status}, 0, "$form of $name" or diag $got->{err};
        like $got->{out}, qr/^1 file written$/, 'told';
        expect(sltrace('export', @from, "--$form", "$name.$ending"), 'again', status => 2,
            err => qr/\Q$name.$ending\E/);
        is sltrace('export', @from, "--$form", "$name.$ending", '--force')->{status}, 0, 'unless asked';
    }
    is sltrace('export', @from, '--draws', '-')->{out}, slurp("$name.csv"), 'draws on standard output';
    is sltrace('export', glob("$name/traces/*.trace"), '--csv', "$name.all")->{status}, 0, 'the traces\' numbers';
    my $said = qx(/usr/bin/python3 $compare $name 2>&1);
    is $?, 0, "every number of $name" or diag $said;
    like $said, qr/^[1-9]\d* losses, [1-9]\d* metrics, [1-9]\d* results: the same in all$/m, 'counted';
}
like slurp('many.csv'), qr/\Arun,sweep_Loss,sweep_Draw,kind,seed,estimate,at_step,chain,draw,loss\n0,2,0\.5,adam,5,1,/, 'columns';

# What is not there, and what cannot be.
unlink 'many/traces/000003.trace';
expect(sltrace(qw(export many.yaml --from many --sqlite), 'x.db'), 'a run is missing', status => 2, err => qr/1 of 8 runs are missing: 3/);
ok !-e 'x.db', 'and nothing is written';
expect(sltrace(qw(export one.yaml --from one --csv x --sqlite y)), 'two forms', status => 2, err => qr/give either --csv/);
expect(sltrace(qw(export one.yaml many.yaml --sqlite y)), 'two manifests', status => 2, err => qr/takes one manifest, found 2/);
expect(sltrace(qw(export one/traces/000000.trace --from one --csv y)), 'a folder for traces', status => 2, err => qr/--from goes with/);
expect(sltrace(qw(export one/traces/000000.trace --netcdf y)), "a trace", status => 2, err => qr{000000\.trace: is a trace, but export --netcdf takes a manifest});
expect(sltrace(qw(export one.yaml --csv y)), "a manifest", status => 2, err => qr{one\.yaml: is a manifest, but export --csv takes traces});
expect(sltrace(qw(export one.yaml --from one --sqlite /dev/null)), 'a device', status => 2, err => qr{/dev/null: not an ordinary file});
expect(sltrace(qw(export one.yaml --from one --sqlite -)), 'no file', status => 2, err => qr/--sqlite: expected a file, found standard output/);
expect(sltrace(qw(export one.yaml --from one --netcdf), 'no/where'), 'no folder', status => 2, err => qr{no/where});
spew('mute.yaml', slurp('one.yaml') =~ s/name: \S+/name: test\/mute/r =~ s/num_draws: \d+/$&, store_losses: none/r);
is sltrace(qw(run mute.yaml --quiet --out mute))->{status}, 0, 'losses are not stored';
expect(sltrace(qw(export mute.yaml --from mute --draws x.csv)), 'no draws', status => 3, err => qr/no chain has stored its losses/);
is sltrace(qw(export mute.yaml --from mute --netcdf mute.nc))->{status}, 0, 'the rest is there';
my $head = qx(ncdump -h mute.nc);
unlike $head, qr/group: posterior/, 'without draws';
like $head, qr/double nbeta\(chain\)/, 'with chains';

# Losses of single samples: each is what it adds to -nbeta times the loss of its estimate.
my @of = ('{every: 3}', '{first: 2, every: 7}');
spew('seen.yaml', slurp('one.yaml') =~ s/name: \S+/name: test\/seen/r
    =~ s/^(    - \{at: last, .*)\}$/join "\n", map { "$1, observables: {losses: $_}}" } @of/mer);
is sltrace(qw(run seen.yaml --quiet --out seen))->{status}, 0, 'run seen';
is sltrace(qw(export seen.yaml --from seen --netcdf seen.nc))->{status}, 0, 'its data set';
my $seen = decode_json(sltrace(qw(show --json seen/traces/000000.trace))->{out});
my ($samples) = slurp('seen.yaml') =~ /samples: (\d+)/;
for my $llc (0, 1) {
    my $group = 'log_likelihood' . ($llc ? 2 : '');
    my $dump = qx(ncdump -p 9,17 -g $group seen.nc);
    my @draws = split /, /, ($dump =~ /^\s*data:.*?^\s*draw = ([^;]+) ;/ms)[0];
    is "@draws", $llc ? '0 7 14' : '0 3 6 9 12 15 18', "$group: the draws that are observed";
    (my $values) = $dump =~ /^\s*target =\s+([^;]+) ;/m;
    my @got = split /,\s*/, $values;
    my @want = map { my $c = $_; map { map { -$c->{nbeta} / $samples * $_ } @$_ } @{$c->{observed}} }
        grep { defined $_->{llc} && $_->{llc} == $llc } @{$seen->{records}};
    is scalar @got, scalar @want, "$group: all of them";
    is scalar(grep { abs($got[$_] / $want[$_] - 1) > 1e-14 } 0 .. $#want), 0, 'each of the traces\'';
}
# Metrics at the same draws.
spew('size.yaml', slurp('one.yaml') =~ s/name: \S+/name: test\/size/r =~ s/^  train:\n/$&    metrics: {size: {kind: norm, weight: W1}, also: {kind: norm, weight: W2}}\n/mr
    =~ s/^(    - \{at: last, .*)\}$/$1, observables: {losses: {first: 1, every: 5}, metrics: [also, size]}}/mr);
is sltrace(qw(run size.yaml --quiet --out size))->{status}, 0, 'run size';
is sltrace(qw(export size.yaml --from size --netcdf size.nc))->{status}, 0, 'its data set';
my @chains = grep { $_->{measured} } @{decode_json(sltrace(qw(show --json size/traces/000000.trace))->{out})->{records}};
my $metrics = qx(ncdump -p 9,17 -g observables size.nc);
like $metrics, qr/^\s*draw = 0, 5, 10, 15 ;$/m, 'the draws that are observed';
for my $m (0, 1) {
    my $name = (qw(also size))[$m];
    my ($values) = $metrics =~ /^\s*metric_$name =\s+([^;]+) ;/m;
    is_deeply [map { 0 + $_ } split /,\s*/, $values], [map { map { 0 + $_->[$m] } @{$_->{measured}} } @chains], "$name in netCDF";
}
# Energies of trajectories.
spew('flown.yaml', slurp('one.yaml') =~ s/name: \S+/name: test\/flown/r
    =~ s/^(    - \{at: last, .*)\}$/$1, sampler: hmc, leapfrog_steps: 2, num_burnin_steps: 2, observables: {energy: true}}/mr);
is sltrace(qw(run flown.yaml --quiet --out flown))->{status}, 0, 'run flown';
my @energies = map { ($_->{energies} // [])->@* } decode_json(sltrace(qw(show --json flown/traces/000000.trace))->{out})->{records}->@*;
cmp_ok scalar @energies, '>', 20, 'each draw has an energy';
is sltrace(qw(export flown.yaml --from flown --netcdf flown.nc))->{status}, 0, 'their data set';
my ($flown) = qx(ncdump -p 9,17 -g sample_stats flown.nc) =~ /^\s*energy =\s+([^;]+) ;/m;
is_deeply [map { 0 + $_ } split /,\s*/, $flown], [map { 0 + $_ } @energies], 'in netCDF';
my $rows = sltrace(qw(export flown/traces/000000.trace --csv -))->{out};
is_deeply [map { 0 + $_ } $rows =~ /,energy,(\S+)$/mg], [map { 0 + $_ } @energies], 'as CSV';
like sltrace(qw(show flown/traces/000000.trace))->{out}, qr/  chain  llc 0  chain 1 .*  energies \d+$/m, 'told by show';

# An lr that chains adapt.
spew('own.yaml', slurp('one.yaml') =~ s/name: \S+/name: test\/own/r
    =~ s/^(    - \{at: last, .*)\}$/$1, sampler: hmc, leapfrog_steps: 2, adapt: {}, num_burnin_steps: 20}/mr);
is sltrace(qw(run own.yaml --quiet --out own))->{status}, 0, 'run own';
my @lr = map { $_->{adapted_lr} // () } decode_json(sltrace(qw(show --json own/traces/000000.trace))->{out})->{records}->@*;
cmp_ok scalar @lr, '>', 1, 'each chain has one';
is sltrace(qw(export own.yaml --from own --netcdf own.nc --force))->{status}, 0, 'its data set';
is sltrace(qw(export own.yaml --from own --sqlite own.db --force))->{status}, 0, 'its database';
my ($stats) = qx(ncdump -p 9,17 -g sample_stats own.nc) =~ /^\s*adapted_lr =\s+([^;]+) ;/m;
is_deeply [map { 0 + $_ } split /,\s*/, $stats], [map { 0 + $_ } @lr], 'in netCDF';
unlike qx(ncdump -h seen.nc), qr/adapted_lr/, '... where chains have one';
my $read = 'import sqlite3, sys; print(*(repr(x) for x, in sqlite3.connect(sys.argv[1]).execute("SELECT adapted_lr FROM chains ORDER BY id")))';
is_deeply [map { 0 + $_ } split ' ', qx(/usr/bin/python3 -c '$read' own.db)], [map { 0 + $_ } @lr], 'in SQLite';
is sltrace(qw(export seen.yaml --from seen --sqlite seen.db))->{status}, 0, 'and of others';
like qx(/usr/bin/python3 -c '$read' seen.db), qr/^(?:None\s+)+$/, '... where it is NULL';
ok !glob('*.tmp*') && !glob('.*.tmp*'), 'nothing is left over';
done_testing;
