#!/usr/bin/perl
# sltrace run --shard K/N, show --shards N.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP;
use Test::More;

workdir();
spew('small.yaml', manifest() =~ s/count: 2/count: 5/r);

sub runs_of { return map { /(\d+)\.trace$/ ? $1 + 0 : $_ } glob "$_[0]/traces/*" }

subtest 'every run is in one shard' => sub {
    my %in;
    for my $k (1 .. 4) {
        expect(sltrace('run', 'small.yaml', '--shard', "$k/4", '--out', "S$k"), "shard $k/4",
            out => qr/^mine\/small: [23] runs: [23] computed, 0 kept/);
        push @{ $in{$_} }, $k for runs_of("S$k");
    }
    is join(' ', sort { $a <=> $b } keys %in), '0 1 2 3 4 5 6 7 8 9', 'complete';
    is join(' ', grep { @{ $in{$_} } > 1 } keys %in), '', 'disjoint';
    my $shown = decode_json(sltrace(qw(show small.yaml --shards 4 --json))->{out});
    is_deeply [ map { $_->{runs} } @{ $shown->{shards} } ],
        [ map { scalar runs_of("S$_") } 1 .. 4 ], 'show --shards tells them';
    my @lines = sltrace(qw(show small.yaml --shards 4))->{out} =~ /^shard +(.*)$/mg;
    like $lines[0], qr{^1/4: \d runs?, about \d+ s$}, 'in words';
    is @lines, 4, 'a line a shard';
};

subtest 'shards of a selection' => sub {
    for my $k (1 .. 2) {
        is sltrace('run', 'small.yaml', '--only', '1,3-5', '--shard', "$k/2", '--out', "T$k",
            '--quiet')->{status}, 0, "shard $k/2 of --only";
    }
    is join(' ', sort map { runs_of("T$_") } 1 .. 2), '1 3 4 5', 'complete, and disjoint';
    is scalar(runs_of('T1')), 2, 'divided, not cut out of shards of all runs';
};

subtest 'one folder' => sub {
    for my $k (1 .. 3) {
        is sltrace('run', 'small.yaml', '--shard', "$k/3", '--out', 'one', '--quiet')->{status},
            0, "shard $k/3";
    }
    expect(sltrace(qw(run small.yaml --out one)), 'nothing is left',
        out => "mine/small: 10 runs: 0 computed, 10 kept; traces in one/traces\n");
};

subtest 'more shards than runs' => sub {
    my @done = map { sltrace('run', 'small.yaml', '--only', 0, '--shard', "$_/3", '--out', 'few') }
        1 .. 3;
    is join(' ', map { $_->{status} } @done), '0 0 0', 'none fails';
    is join('', map { $_->{out} =~ /: (\d+) runs?:/ } @done), '100', 'some are empty';
    like sltrace(qw(show small.yaml --shards 11))->{out}, qr/^shard +11\/11: no run$/m, 'shown';
};

for my $bad ('0/3', '4/3', '3', '1/0', '1/', '/2', 'a/b', '01/3', '1/3x', '-1/3', '1/1000001',
    '18446744073709551617/18446744073709551618') {
    expect(sltrace('run', 'small.yaml', "--shard=$bad"), "--shard $bad", status => 2,
        err => qr/^sltrace: --shard: expected K\/N .*, found '\Q$bad\E'\n$/);
}
expect(sltrace(qw(show small.yaml --shards 0)), '--shards 0', status => 2,
    err => qr/^sltrace: --shards: .*found '0'/);
expect(sltrace(qw(show one/traces/000000.trace --shards 2)), '--shards of a trace', status => 2,
    err => "sltrace: show: --shards is of manifests; one/traces/000000.trace is a trace\n");
ok !-e 'sltrace-out', 'nothing was run';
done_testing;
