#!/usr/bin/perl
# A trace that contradicts itself (its table says llc/mean 1.5, its chains give -7.7; its
# chain of hashes is right) is refused like a damaged one, by whoever reads it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use Test::More;

my $forged = slurp("$root/tests/cli/contradiction.trace");
my $yaml = slurp("$root/tests/cli/contradiction.yaml");
workdir();
spew('wrong.trace', $forged);
spew('base.yaml', $yaml);
my $words = qr/record 5 \(table\): byte \d+: llc\/mean: expected -7\.717206560264465, found 1\.5/;

# What an honest study has, and the forged trace in its place.
is(sltrace(qw(run base.yaml --out study --quiet))->{status}, 0, 'an honest study');
is(sltrace(qw(record base.yaml --from study --golden base.golden))->{status}, 0, 'and its golden');
my $true = slurp('study/traces/000000.trace');
isnt($true, $forged, 'its trace is another');
my ($shown) = sltrace(qw(show --json study/traces/000000.trace))->{out} =~ /"llc\/mean":(-?[\d.]+)/;
is($shown, '-7.717206560264465', 'and says what its chains give');
spew('true.trace', $true);
spew('study/traces/000000.trace', $forged);

my %readers = (
    show => [qw(show wrong.trace)],
    'show --json' => [qw(show --json wrong.trace)],
    figure => [qw(figure base.yaml --from study --out figure)],
    record => [qw(record base.yaml --from study --golden again.golden)],
    'audit' => [qw(audit true.trace wrong.trace)],
    'audit --estimates' => [qw(audit --estimates study base.golden)],
    'replay' => [qw(replay wrong.trace)],
    'export --csv' => [qw(export wrong.trace --csv out.csv)],
    'summary' => [qw(summary wrong.trace)],
);
for my $name (sort keys %readers) {
    my $got = sltrace(@{ $readers{$name} });
    is($got->{status}, 2, "$name: exit status 2");
    like("$got->{out}$got->{err}", $words, '... naming record and field');
}
ok(!-e 'again.golden' && !-e 'out.csv', 'nothing is written');

# A golden that was made from the forged trace: its SHA-256 is right, and it judges nothing.
my $golden = slurp('base.golden');
my ($was, $is) = map { sha256_hex($_) } $true, $forged;
$golden =~ s/$was/$is/ or die 'the golden does not have its trace';
$golden =~ s/^root sha256:.*\n//m or die 'no root';
my $claims = $golden =~ s/^(claims? .*)\z//ms ? $1 : '';
spew('forged.golden', $golden . 'root sha256:' . sha256_hex($golden) . "\n$claims");
spew('base.csv', slurp('base.csv')) if -e 'base.csv';
my $verified = sltrace(qw(verify --traces study forged.golden));
isnt($verified->{status}, 0, 'verify --traces: no pass');
like($verified->{out}, qr/^not ok 1/m, '... the run is not ok');

done_testing();
