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
