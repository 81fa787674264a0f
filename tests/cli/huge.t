#!/usr/bin/perl
# Sweeps of a million points: a plan and one run of them take little time and memory.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $sanitized = shell('ldd "$SLTRACE"')->{out} =~ /libasan|libtsan/;
my $untimed = $ENV{SLT_UNTIMED};    # the library is slowed down to be watched
my $small = manifest() =~ s/^figure:.*//msr;
my $seeds = $small =~ s/seed: \{.*\}/seed: {from: 0, count: 1000000}/r =~ s/rank: \[1, 2\]/rank: [1]/r;
my $list = '[' . join(', ', map { 0.01 * $_ } 1 .. 100) . ']';
my $cube = $small =~ s/rank: \[1, 2\]/rank: [1]\n  lr: $list\n  std: $list/r
  =~ s/seed: \{.*\}/n: {from: 20, count: 100}/r =~ s/seed: \$seed/seed: 0/r
  =~ s/samples: 20/samples: \$n/r =~ s/lr: 1e-2/lr: \$lr/r =~ s/std: 0\.1/std: \$std/r;

# What a command gives, the processor time that it took, and the memory in kB.
sub measured {
    my $before = (times)[2] + (times)[3];
    my $peak = 0;
    my $got = spawn([ $sltrace, @_ ], sub {
        my ($pid) = @_;
        for (1 .. 400) {
            my $status = slurp("/proc/$pid/status") // '';
            last if $status =~ /^State:\s+Z/m;
            $peak = $1 if $status =~ /^VmHWM:\s+(\d+)/m && $1 > $peak;
            select undef, undef, undef, 0.005;
        }
    });
    return ($got, (times)[2] + (times)[3] - $before, $peak);
}

# Checks that 2 s of an idle processor suffice, those on which the loop below takes .05 s.  It
# is timed beside the command, as others at work on the machine slow both down, and three
# attempts are made.
sub quick {
    my ($time, @words) = @_;
    my $most = 0;
    for (1 .. 3) {
        my ($sum, $before, %texts) = (0, (times)[0]);
        for my $i (1 .. 600_000) { $sum += $i * $i % 7; $texts{ $i & 4095 } .= 'x' }
        $most = 40 * ((times)[0] - $before);
        last if $time < $most;
        $time = (measured(@words))[1];
    }
    SKIP: {
        skip "its time says nothing", 1 if $untimed;
        cmp_ok($time, '<', $most, "... in $time s");
    }
}

for my $one ([ seeds => $seeds ], [ cube => $cube ]) {
    my ($name, $text) = @$one;
    spew("$name.yaml", $text);
    my ($shown, $time, $memory) = measured('show', "$name.yaml", '--json');
    is($shown->{status}, 0, "$name: show") or diag $shown->{err};
    like($shown->{out}, qr/"runs":1000000,/, '... a million runs');
    quick($time, 'show', "$name.yaml", '--json');
    my ($ran, $took, $kept) = measured('run', "$name.yaml", '--only', '5', '--out', $name, '--jobs', 1);
    is($ran->{status}, 0, "$name: run --only 5") or diag $ran->{err};
    quick($took, 'run', "$name.yaml", '--only', '5', '--out', "$name-again", '--jobs', 1);
    SKIP: {
        skip 'a sanitizer keeps what was freed', 1 if $sanitized;
        cmp_ok($_, '<', 200_000, "... in $_ kB") for $memory > $kept ? $memory : $kept;
    }
}

# Memory and disk of draws, as they are told beforehand, and what is too much for them.
my $draws = $ENV{SLT_LONG} ? 2_500_000 : 250_000;
spew('draws.yaml', $small =~ s/num_chains: 2, num_draws: 20/num_chains: 4, num_draws: $draws/r
    =~ s/rank: \[1, 2\]/rank: [1]/r =~ s/count: 2/count: 1/r);
my $told = sltrace('show', 'draws.yaml', '--json')->{out};
my ($memory, $disk) = map { $told =~ /"$_":"?(\d+)/ } qw(memory_bytes trace_bytes);
cmp_ok $memory, '>=', 4 * 8 * $draws, "draws: $memory bytes of memory are told";
my $ran = sltrace('run', 'draws.yaml', '--out', 'draws', '--jobs', 1);
is $ran->{status}, 0, '... a run' or diag $ran->{err};
cmp_ok abs(-s 'draws/traces/000000.trace') / $disk - 1, '<', 0.1, "... and $disk of disk";
SKIP: {
    skip 'a sanitizer keeps what was freed', 2 if $sanitized || $ENV{SLT_UNTIMED};
    my $peak = (measured('run', 'draws.yaml', '--out', 'again', '--jobs', 1))[2];
    cmp_ok $peak * 1024, '<', 1.2 * $memory + 12e6, "... $peak kB are taken";
    my $small = int((18e6 + 2 * 8 * $draws) / 1024);
    my $refused = shell("ulimit -v $small; \"\$SLTRACE\" run draws.yaml --out none --jobs 1");
    is $refused->{status}, 2, "... with $small kB it is refused";
    like $refused->{err}, qr/^sltrace: .*no memory for the losses of a chain: $draws draws of 8 bytes$/m,
        '... with its size';
}

# Traces of many records.
my $records = $ENV{SLT_LONG} ? 1_000_000 : 60_000;
spew('long.yaml', $small =~ s/^  llc:.*//msr =~ s/rank: \[1, 2\]/rank: [1]/r =~ s/count: 2/count: 1/r
    =~ s/steps: 40/steps: $records/r =~ s/every: 10, state: all/every: 1, hashes: joint/r);
my $long = 'long/traces/000000.trace';
is sltrace('run', 'long.yaml', '--out', 'long', '--jobs', 1)->{status}, 0, "a trace of $records records";
spew('twin.trace', slurp($long));
my $bytes = -s $long;
for my $one ([ 20e6 + $bytes + 24 * $records, 'show', $long ],
    [ 20e6 + $bytes + 24 * $records, 'export', $long, '--csv', 'long.csv' ],
    [ 20e6 + 5 * $bytes, 'replay', $long ], [ 20e6 + 5 * $bytes, 'audit', $long, 'twin.trace' ]) {
    my ($least, @words) = @$one;
    my ($got, undef, $peak) = measured(@words);
    is $got->{status}, 0, "... $words[0]" or diag $got->{err};
    SKIP: {
        skip 'a sanitizer keeps what was freed', 1 if $sanitized || $ENV{SLT_UNTIMED};
        cmp_ok $peak * 1024, '<', $least, "... $peak kB";
    }
}

# The sum over a million runs is that over one, so many times.
spew('one.yaml', $seeds =~ s/count: 1000000/count: 1/r);
my ($of_all) = sltrace('show', 'seeds.yaml', '--json')->{out} =~ /"trace_bytes":"?(\d+)/;
my ($of_one) = sltrace('show', 'one.yaml', '--json')->{out} =~ /"trace_bytes":"?(\d+)/;
is($of_all, 1_000_000 * $of_one, 'disk is that of a million runs');
like(sltrace('show', 'cube.yaml')->{out},
    qr/^checked +10000 of them, spread evenly; each other one before it is used\n/m,
    'what was checked is said');
unlike(sltrace('show', 'seeds.yaml')->{out}, qr/^checked/m, '... where not all were');

done_testing();
