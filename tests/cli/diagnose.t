#!/usr/bin/perl
# sltrace diagnose: the estimates of a trace in words, and Stein ratios that the trace holds
# or that are computed again.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use File::Copy qw(copy);
use JSON::PP qw(decode_json);
use Test::More;

workdir();

# A study of one run; `change` edits the manifest.
sub made {
    my ($name, $change) = @_;
    my $text = manifest() =~ s/rank: \[1, 2\]/rank: [2]/r =~ s/seed: \{from: 0, count: 2\}/seed: [0]/r;
    spew("$name.yaml", $change->($text));
    is sltrace('run', "$name.yaml", '--out', $name, '--quiet')->{status}, 0, "$name: run";
    return "$name/traces/000000.trace";
}

sub diagnosed {
    my ($status, @arguments) = @_;
    my $got = sltrace('diagnose', @arguments, '--json');
    is $got->{status}, $status, "diagnose @arguments" or diag $got->{err};
    return decode_json($got->{out})->{traces};
}

# The same estimates with and without the ratio in their records: what a run records is
# what is computed again, from a stored state and from the start.
my $more = '    - {at: checkpoints, from: 30, lr: 1e-3, localization: 1, num_chains: 3, num_draws: 20}';
sub both { return $_[0] =~ s/^(    - \{at: last.*)$/$1\n$more/mr }
my $plain = made('plain', \&both);
my $hashed = made('hashed', sub { both($_[0]) =~ s/state: all/state: none/r });
my $asked = made('asked', sub { both($_[0]) =~ s/(num_draws: \d+)/$1, stein: true/gr });
my $again = diagnosed(0, '--stein', $plain)->[0]{estimates};
is join(' ', map { "$_->{estimate}\@$_->{at_step}" } @$again), '1@40 2@30 2@40', 'in the order of the trace';
is_deeply [ map { scalar @{ $_->{stein_chains} } } @$again ], [ 2, 3, 3 ], 'a ratio a chain';
is_deeply diagnosed(0, '--stein', $hashed)->[0]{estimates}, $again, 'where no state is stored, from the start';
is_deeply diagnosed(0, $asked)->[0]{estimates}, $again, 'what a run records is what is computed again';
is_deeply diagnosed(0, '--stein', '--jobs', 2, $asked)->[0]{estimates}, $again, 'and then it is not computed again';
is_deeply [ map { $_->{settled} } @{ diagnosed(0, $plain)->[0]{estimates} } ], [ map { $_->{settled} } @$again ],
    'it changes no verdict';
ok !exists diagnosed(0, $plain)->[0]{estimates}[0]{stein}, 'without being asked for it is not there';
for my $e (@$again) {
    my ($ratio, $terms) = ($e->{stein}{ratio}, $e->{stein}{drift} + $e->{stein}{pull});
    cmp_ok abs($ratio - $terms), '<', 1e-12, 'two terms make the ratio';
}

# The result of the run is the mean over the chains.
my %result = decode_json(sltrace('show', $asked, '--json')->{out})->{records}[-2]{results}->%*;
cmp_ok abs($result{'stein/mean'} - $again->[0]{stein}{ratio}), '<', 1e-14, 'as the results have it';
cmp_ok abs($result{'stein2/step@30'} - $again->[1]{stein}{step}), '<', 1e-14, 'of each checkpoint';
is $result{'stein2-chain/2'}, $again->[2]{stein_chains}[2]{ratio}, 'and each chain';

# In the table of runs beside a golden, and on the page of a folder of them.
is sltrace('record', 'asked.yaml', '--from', 'asked')->{status}, 0, 'record';
like slurp('asked.runs.csv'), qr/,settled,stein,stein_error,stein_drift,stein_pull,stein_step\n/, 'its table of runs';
my $row = decode_json(sltrace('summary', 'asked.golden', '--json')->{out})->{runs}[0]{estimates}[0]{stein};
cmp_ok abs($row->{$_} - $again->[0]{stein}{$_}), '<=', 1e-4 * abs($row->{$_}), "$_, rounded" for qw(ratio error drift pull step);
like sltrace('summary', 'asked.golden')->{out}, qr/ negative    Stein  settled\n(?:.*%  +-?\d\.\d{4}  \S.*\n)+/, 'its summary';
mkdir 'page';
is sltrace('figure', '.', '--out', 'page')->{status}, 0, 'a page';
like slurp(glob 'page/*.html'), qr/>Least Stein ratio</, 'which has the ratio';

# In words.
my $text = sltrace('diagnose', '--stein', $plain);
is $text->{status}, 0, 'as text';
like $text->{out}, qr/^\Q$plain\E\nllc at step 40: \S+, MCSE \S+; 2 chains of \d+ draws$/m, 'its estimates';
like $text->{out}, qr/^  The sampler has not settled: .* Stein ratio \S+ \+- \S+, of settled chains 1\.\S+: /m, 'in words';
like $text->{out}, qr/^      Stein     ratio    error    drift     pull     step\n    chain 0 /m, 'a table of chains';
like $text->{out}, qr/^  To change: In directions without curvature chains take 3 \/ \(lr localization\) = 3000 updates to spread, and these made \d+: /m,
    'and what to change';
unlike sltrace('diagnose', $plain)->{out}, qr/Stein/, 'without being asked no ratio';
my $two = sltrace('diagnose', $plain, $asked);
like $two->{out}, qr/^\Q$plain\E\n(?:.*\n)*\Q$asked\E\n/m, 'several traces';

# By nbeta: a linear regression of four weights, where lambda is 2, without the loss at w*.
my $line = 'at: last, sampler: mala, localization: 0, num_chains: 8, num_burnin_steps: 300, num_draws: 2000';
my $regression = manifest() =~ s/^sweep:.*?^run/run/msr =~ s/^figure:.*//msr =~ s/\$seed/3/r =~ s/f32/f64/r
    =~ s/samples: 20, inputs: 4, outputs: 3, rank: \$rank/samples: 200, inputs: 4, outputs: 1, rank: 1/r
    =~ s/^ +W2:.*\n|^.*weight: W2.*\n//gmr =~ s/\[\$rank, 4\]/[1, 4]/r =~ s/out: h/out: y/r
    =~ s/^    - \{at: last.*/    - {$line, lr: 6e-2, nbeta: 10}\n    - {$line, lr: 6e-3, nbeta: 100}\n    - {$line, lr: 1.6e-2}/mr;
spew('regression.yaml', $regression);
is sltrace('run', 'regression.yaml', '--out', 'regression', '--quiet')->{status}, 0, 'three nbeta: run';
my $found = diagnosed(0, 'regression/traces/000000.trace')->[0];
is_deeply [ map { $_->{estimate} } $found->{temperatures}[0]{of}->@* ], [ 1, 2, 3 ], '... one group';
is $found->{temperatures}[0]{of}[1]{nbeta}, 100, '... with its nbeta';
my $law = $found->{temperatures}[0]{line};
cmp_ok $law->{lambda_error}, '<', .03, '... its error';
cmp_ok abs($law->{lambda} - 2), '<', 3 * $law->{lambda_error}, "... lambda $law->{lambda}";
cmp_ok $found->{temperatures}[0]{line}{misfit}, '<', 10, '... on a line';
my @of_each = map { exists $_->{wbic} } $found->{estimates}->@*;
is_deeply \@of_each, [ '', '', 1 ], 'WBIC at n / ln n alone';
# The loss at w* here is that of 40 steps, far from the least, and the estimates are off by it.
cmp_ok abs($found->{estimates}[2]{mean} - 2), '>', 30 * $found->{estimates}[2]{mcse}, '... by the loss at w* it is none';
my $loss = $found->{estimates}[2]{wbic} / 200;
cmp_ok abs($loss - $law->{loss} - 2 * log(200) / 200), '<', .002, '... of the loss';
my $words = sltrace('diagnose', 'regression/traces/000000.trace')->{out};
like $words, qr/^by nbeta at step 40: llc \(10\), llc2 \(100\), llc3 \(37\.748\)$/m, '... in words';
like $words, qr/^  slope of the loss  lambda 2\.0\d+ \+- |^  slope of the loss  lambda 1\.9\d+ \+- /m, '... its line';
like $words, qr/^  and multiplicity   lambda \S+ \+- \S+, m \S+ \+- \S+, loss .*; misfit -$/m, '... and its bend';
like $words, qr/^  WBIC \d+\.\d+$/m, '... and WBIC';
is_deeply diagnosed(0, $plain)->[0]{temperatures}, [], 'estimates of one nbeta make none';

# E-BFMI: of chains that have settled; of such as still fall, whose energies differ more than
# momenta change them; and of draws that are two trajectories apart.
my $flights = 'at: last, sampler: hmc, localization: 0, num_chains: 3, observables: {energy: true}';
spew('energies.yaml', $regression =~ s/^    - \{at: last.*\n(?:    - .*\n)+/    - {$flights, leapfrog_steps: 4, lr: 6e-3, nbeta: 100, num_burnin_steps: 200, num_draws: 600}
    - {$flights, lr: 1e-11, leapfrog_steps: 2, nbeta: 100000, num_burnin_steps: 1, num_draws: 300}
    - {$flights, lr: 6e-3, nbeta: 100, num_burnin_steps: 20, num_draws: 9, num_steps_bw_draws: 2}\n/mr);
is sltrace('run', 'energies.yaml', '--out', 'energies', '--quiet')->{status}, 0, 'energies: run';
my $flown = 'energies/traces/000000.trace';
my @chains = grep { exists $_->{energies} } decode_json(sltrace('show', '--json', $flown)->{out})->{records}->@*;
my @own = map {
    my @e = $_->{energies}->@*;
    my ($mean, $up, $down) = (0, 0, 0);
    $mean += $_ / @e for @e;
    $down += ($_ - $mean) ** 2 for @e;
    $up += ($e[$_] - $e[$_ - 1]) ** 2 for 1 .. $#e;
    $up / $down;
} @chains;
my $told = diagnosed(0, $flown)->[0]{estimates};
for my $i (0 .. 5) {
    my $ebfmi = $told->[$i / 3]{ebfmi_chains}[$i % 3];
    cmp_ok abs($ebfmi / $own[$i] - 1), '<', 1e-12, "E-BFMI of chain $i, $ebfmi, is that of its energies";
}
my ($least) = sort { $a <=> $b } @own[0 .. 2];
cmp_ok abs($told->[0]{ebfmi} / $least - 1), '<', 1e-12, 'the least of the chains';
cmp_ok $least, '>', .7, '... is about 1';
unlike $told->[0]{words}, qr/E-BFMI/, '... which needs no words';
like $told->[1]{words}, qr/ The E-BFMI of chain \d is 0\.[012]\d, below 0\.3: new momenta change the energy too little/, 'low, in words';
like $told->[1]{to_change}, qr/Where energies change little/, '... and what to change';
is $told->[2]{ebfmi}, undef, 'two trajectories apart: not known';
like $told->[2]{words}, qr/ The E-BFMI of chain 0 is not known: it needs three draws a trajectory apart/, '... in words';
like sltrace('diagnose', $flown)->{out}, qr/^     E-BFMI\n    chain 0    \d\.\d{4}\n    chain 1 /m, 'a table of chains';
my $sum = decode_json(sltrace('summary', 'energies', '--json')->{out});
is $sum->{least_ebfmi}, $told->[1]{ebfmi}, 'the least of all in the summary';
is $sum->{runs}[0]{estimates}[0]{ebfmi}, $told->[0]{ebfmi}, '... and of each estimate';
like sltrace('summary', 'energies')->{out}, qr/, least E-BFMI 0\.[012]\d*$/m, '... in words';

# Pictures, one an estimate.
SKIP: {
    skip 'gnuplot is missing', 9 unless grep { -x "$_/gnuplot" } split /:/, $ENV{PATH};
    my $drawn = sltrace('diagnose', $plain, '--out', 'drawn');
    is $drawn->{status}, 0, 'with pictures' or diag $drawn->{err};
    is $drawn->{out}, sltrace('diagnose', $plain)->{out}, '... it says what it says without';
    is join(' ', map { s{.*/}{}r } sort glob 'drawn/*'),
        '000000.llc.40.svg 000000.llc2.30.svg 000000.llc2.40.svg', '... an estimate each';
    like slurp('drawn/000000.llc2.40.svg'), qr/^<\?xml.*llc2 at step 40: .*, R-hat .*, ESS .*autocorrelation.*<\/svg>\s*\z/s,
        '... a whole one';
    sltrace('diagnose', $plain, '--out', 'twice', '--json');
    is slurp('twice/000000.llc.40.svg'), slurp('drawn/000000.llc.40.svg'), '... the same again';
    my $hidden = made('hidden', sub { both($_[0]) =~ s/(num_draws: \d+\})$/$1/mr =~ s/(num_draws: \d+)/$1, store_losses: none/r });
    my $some = sltrace('diagnose', $hidden, '--out', 'drawn');
    is $some->{status}, 0, 'without losses';
    like $some->{err}, qr{^sltrace: drawn/000000\.llc\.40\.svg: no picture: the losses of chains were not stored$}m,
        '... there is no picture';
    ok !-e 'drawn/000000.llc.40.svg' && -e 'drawn/000000.llc2.40.svg', '... and none of other chains is left';
}
{
    local $ENV{PATH} = '/nonexistent';
    my $got = sltrace('diagnose', $plain, '--out', 'none');
    is $got->{status}, 0, 'without gnuplot';
    like $got->{err}, qr/no picture: gnuplot .*\n\z/, '... no picture';
}
expect(sltrace('diagnose', $plain, $asked, '--out', 'drawn'), 'two traces of one name', status => 2,
    err => qr/^sltrace: --out: the pictures of \Q$plain\E and of \Q$asked\E have the same names$/);
spew('file', '');
expect(sltrace('diagnose', $plain, '--out', 'file/in'), 'a folder that cannot be', status => 2, err => qr/file/);

# What is not this machine's, or no trace.
for my $name (qw(chain hashed)) {
    copy("$root/tests/cli/schemas-$name.trace", "$name.trace");
    expect(sltrace('diagnose', '--stein', "$name.trace"), "$name: chains that are others here", status => 1,
        err => qr/^sltrace: $name\.trace: the chains of estimate 1 done again differ; sltrace replay tells where$/);
    is sltrace('diagnose', "$name.trace")->{status}, 0, 'which can be told as they are';
}
my $none = made('none', sub { $_[0] =~ s/^  llc:\n.*\n//mr });
expect(sltrace('diagnose', $none), 'no estimates', status => 2, err => qr/^sltrace: \Q$none\E: it has no estimates$/);
expect(sltrace('diagnose', 'plain.yaml'), 'a manifest', status => 2, err => qr/plain\.yaml/);
expect(sltrace('diagnose'), 'nothing', status => 2, err => qr/TRACE/);
done_testing;
