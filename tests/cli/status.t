#!/usr/bin/perl
# sltrace status OUT...: what is done, running, unfinished, damaged, missing; time to go.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use File::Copy qw(copy);
use JSON::PP;
use Test::More;

workdir();
spew('small.yaml', manifest() =~ s/count: 2/count: 5/r);
is sltrace(qw(run small.yaml --only 0-6 --out A --quiet))->{status}, 0, 'seven of ten runs';

sub status_of { return decode_json(sltrace('status', @_, '--json')->{out}) }

# A provenance says when its run began and ended.
sub took {
    my ($run, $started, $finished) = @_;
    my $path = "A/provenance/00000$run.json";
    spew($path, slurp($path) =~ s/("started": ")[^"]*/$1$started/r =~ s/("finished": ")[^"]*/$1$finished/r);
}
sub took_all {
    my ($started, $finished) = @_;
    took($_, $started, $finished) for 0 .. 6;
}

subtest 'done and missing' => sub {
    took_all('2026-02-28T23:59:50Z', '2026-03-01T00:00:50Z');
    expect(sltrace(qw(status A)), 'in words', out => <<'TEXT');
study       mine/small
runs        10
done        7: 0-6
missing     3: 7-9
to go       about 3 min, 1 at once, as long as those took that are done
TEXT
    my $json = status_of('A');
    is_deeply $json->{found}, [ ('done') x 7, ('missing') x 3 ], 'each run';
    is $json->{seconds_to_go}, 180, 'three runs of a minute';
    took_all('2027-12-31T23:59:00Z', '2028-01-01T00:00:00Z');
    is status_of('A')->{seconds_to_go}, 180, 'over a year\'s end';
    took_all('2028-02-28T12:00:00Z', '2028-03-01T12:00:00Z');
    is status_of('A')->{seconds_to_go}, 3 * 2 * 86400, 'over a leap day';
    took_all('2100-02-28T12:00:00Z', '2100-03-01T12:00:00Z');
    is status_of('A')->{seconds_to_go}, 3 * 86400, 'a century has none';
    took_all('2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z');
};

subtest 'by planned cost' => sub {
    spew('large.yaml', manifest() =~ s/rank: \[1, 2\]/steps: [10, 100000]/r =~ s/\$rank/2/gr
        =~ s/steps: 40/steps: \$steps/r =~ s/name: mine\/small/name: large/r =~ s/every: 10/every: 100000/r
        =~ s/num_draws: 20/num_draws: 4/r =~ s/by: rank/by: steps/r);
    is sltrace(qw(run large.yaml --only 0 --out L --quiet))->{status}, 0, 'a small run';
    my $path = 'L/provenance/000000.json';
    spew($path, slurp($path) =~ s/("started": ")[^"]*/${1}2026-01-01T00:00:00Z/r
        =~ s/("finished": ")[^"]*/${1}2026-01-01T00:00:10Z/r);
    my ($alike, $planned) = map { $_->{seconds_to_go} } status_of('L'), status_of('L', '--manifest', 'large.yaml');
    is $alike, 30, 'three more like it';
    cmp_ok $planned, '>', 1000, 'of which two are large';
    ok !status_of('L', '--manifest', 'large.yaml')->{planned}, 'as long as the one that is done';
    unlink $path or die;
    is status_of('L')->{seconds_to_go}, undef, 'one that tells no time';
    my $json = status_of('L', '--manifest', 'large.yaml');
    ok $json->{planned}, 'by the plan alone';
    my $all = decode_json(sltrace(qw(show large.yaml --json))->{out})->{seconds};
    cmp_ok abs($json->{seconds_to_go} - $all), '<', 1 + $all / 1000, 'which is that of show';
    like sltrace(qw(status L --manifest large.yaml))->{out},
        qr/^to go +about \d+ s, 1 at once, as planned: no run has told how long it took$/m, 'in words';
    is sltrace(qw(run large.yaml --only 0-3 --out L --quiet))->{status}, 0, 'all';
    ok !status_of('L', '--manifest', 'large.yaml')->{planned}, 'nothing is left to plan';
};

subtest 'how runs end' => sub {
    spew('wild.yaml', manifest() =~ s/lr: 1e-2/lr: 1e30/r =~ s/adam/sgd/r);
    is sltrace(qw(run wild.yaml --out W --only 0 --quiet))->{status}, 0, 'one diverges';
    like sltrace(qw(status W))->{out}, qr/^diverged +1: 0\nmissing +3: 1-3$/m, 'which is told';
    spew('over.yaml', manifest() =~ s/lr: 1e-2/lr: 1e9/r =~ s/adam/sgd/r =~ s/f32/fixed/r);
    is sltrace(qw(run over.yaml --out O --only 3 --quiet))->{status}, 0, 'one overflows';
    like sltrace(qw(status O))->{out}, qr/^overflowed +1: 3$/m, 'likewise';
    is sltrace(qw(run small.yaml --out whole --quiet))->{status}, 0, 'all';
    is sltrace(qw(status whole))->{out}, "study       mine/small\nruns        10\ndone        10: 0-9\n",
        'nothing is to go';
};

subtest 'unfinished, running, damaged' => sub {
    my $bytes = slurp('whole/traces/000007.trace');
    spew('A/traces/000007.trace.part', substr $bytes, 0, -100);
    spew('A/traces/000008.trace.part', 'x');
    substr($bytes, -60, 1) ^= "\1";
    rename 'A/traces/000000.trace', 'kept' or die;
    spew('A/traces/000000.trace', $bytes);
    my $json = status_of('A');
    is_deeply [ @{ $json->{found} }[ 0, 7, 8, 9 ] ], [qw(damaged unfinished unfinished missing)], 'told';
    is $json->{seconds_to_go}, 240, 'all of them are to go';
    # A run's lock is a byte that its experiment gives, which the numbering does not change.
    open my $lock, '+<', 'A/lock' or die;
    my $all = pack 's s x4 q q i x4', 1, 0, 16, 0, 0; # F_WRLCK, from byte 16 on
    fcntl($lock, 37, $all) or die "lock: $!";
    $json = status_of('A');
    is_deeply [ @{ $json->{found} }[ 7, 8 ] ], [qw(running unfinished)], 'a run whose lock is held';
    is $json->{at_once}, 1, 'one is';
    close $lock;
    is status_of('A')->{running}, 0, 'until it is given back';
    my $before = join ' ', glob 'A/*/*';
    is sltrace(qw(status A))->{status}, 0, 'looked at';
    is join(' ', glob 'A/*/*'), $before, 'and nothing is changed';
};

subtest 'several folders' => sub {
    is sltrace('run', 'small.yaml', '--only', $_, '--out', "B$_", '--quiet')->{status}, 0, "run $_" for 0, 7;
    is_deeply status_of(qw(A B0 B7))->{found}, [ ('done') x 8, 'unfinished', 'missing' ], 'the best of each run';
    is_deeply status_of(qw(B7 B0 A))->{found}, status_of(qw(A B0 B7))->{found}, 'in any order';
    expect(sltrace(qw(status A L)), 'of two studies', status => 2,
        err => "sltrace: L: the folder of experiment 'large' of 4 runs, expected 'mine/small' of 10 as in A\n");
    expect(sltrace(qw(status A --manifest large.yaml)), 'of another manifest', status => 2,
        err => "sltrace: A: the folder of experiment 'mine/small' of 10 runs, expected 'large' of 4\n");
    expect(sltrace(qw(status bin)), 'no study', status => 2,
        err => "sltrace: bin: not the folder of a study: no bin/experiment\n");
    unlink glob 'B0/provenance/*';
    like sltrace(qw(status B0))->{out}, qr/^to go +not known: no run has told how long it took; --manifest plans it$/m, 'no time';
    is status_of('B0')->{seconds_to_go}, undef, 'which is null';
};
done_testing;
