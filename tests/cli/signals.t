#!/usr/bin/perl
# How commands end: by the signal that asked them to, within a second, with nothing half
# made; quietly at a closed pipe; with a message on a full disk.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;
use Time::HiRes qw(sleep time);

workdir();
my %number = (HUP => 1, INT => 2, USR1 => 10, TERM => 15, XCPU => 24);

# Long enough to be met while it works, whatever the machine.
sub long { manifest() =~ s/steps: 40/steps: $_[0]/r =~ s/every: 10/every: 1000/r }
spew('long.yaml', long(20_000_000) =~ s/seed: \{from: 0, count: 2\}/seed: [0]/r);

# Whether the process has used some CPU time: it is past its start.
sub when_busy {
    my ($signal, $spent) = @_;
    return sub {
        my ($pid) = @_;
        for (1 .. 1000) {
            my @fields = split ' ', slurp("/proc/$pid/stat") // last;
            last if $fields[13] + $fields[14] >= 10;
            sleep .01;
        }
        $$spent = time;
        kill $signal, $pid;
    };
}
sub ends {
    my ($name, $signal, $err, @arguments) = @_;
    my ($from, $got, $took);
    for (1 .. 3) {
        $got = spawn([ $sltrace, @arguments ], when_busy($signal, \$from));
        last if ($took = time - $from) < 2.5;
    }
    is $got->{status}, 128 + $number{$signal}, "$name: ends by SIG$signal";
    like $got->{err}, $err, "$name: says so in one line";
    cmp_ok $took, '<', 2.5, sprintf '%s: within a second or so (%.2f s)', $name, $took;
    return $got;
}

spew('short.yaml', manifest());
ends('run', $_, qr/^sltrace: interrupted with 0 of 2 runs finished[^\n]*\n$/,
    qw(run long.yaml --jobs 2 --out), "R$_") for sort keys %number;

# Commands that go through a trace: one is made with many draws.
spew('draws.yaml', manifest() =~ s/num_draws: 20/num_draws: 400000/r
    =~ s/seed: \{from: 0, count: 2\}/seed: [0]/r =~ s/rank: \[1, 2\]/rank: [2]/r);
sltrace(qw(run draws.yaml --out D));
my $trace = 'D/traces/000000.trace';
ok -s $trace, 'a trace that takes a while';
sltrace(qw(record draws.yaml --from D));
my $one = qr/^sltrace: [^\n]*stopped[^\n]*\n$/;
ends('verify', $_, $one, qw(verify draws.golden --jobs 1)) for qw(TERM INT);
ends('replay', 'TERM', $one, 'replay', $trace);
ends('replay --write', 'HUP', $one, 'replay', $trace, '--write', 'again.trace');
is join(' ', glob 'again.trace*'), '', 'replay --write: no file, whole or half';
ends('replay --arithmetic', 'USR1', qr/^sltrace: [^\n]*\n$/, 'replay', $trace,
    qw(--arithmetic f64 --out other));
ends('audit --against', 'TERM', $one, qw(audit draws.yaml --only 0 --against f64));

# What has nothing to save ends at once.
ends('theory', $_, qr/^$/, qw(theory volume --samples 4294967295 --k), "1,1,1") for qw(TERM XCPU);

# A second signal ends at once; one that was ignored at the start stays ignored.
{
    my $twice = spawn([ $sltrace, qw(run long.yaml --jobs 2 --out twice) ], sub {
        when_busy('TERM', \my $from)->(@_);
        kill 'INT', $_[0];
    });
    like $twice->{status}, qr/^1(?:30|43)$/, 'two signals: ends by one of them';
}
{
    my $nohup = spawn([ 'sh', '-c', 'trap "" HUP; exec "$0" "$@"', $sltrace,
            qw(run long.yaml --jobs 1 --out nohup) ], sub {
        my ($pid) = @_;
        when_busy('HUP', \my $from)->($pid);
        sleep .3;
        ok kill(0, $pid), 'a HUP that was ignored at the start does not end it';
        kill 'TERM', $pid;
    });
    is $nohup->{status}, 143, 'a TERM does';
}

# A closed pipe.
{
    my $head = shell('{ "$SLTRACE" show ' . $trace . ' --json; echo "$?" >status; } | head -c 10');
    is $head->{err}, '', 'a closed pipe: no message';
    is slurp('status'), "141\n", 'and the end by SIGPIPE';
    $head = shell('{ "$SLTRACE" export ' . $trace . ' --csv -; echo "$?" >status; } | head -c 10');
    is $head->{err} . slurp('status'), "141\n", 'export --csv -: the same';
}
# A full disk.
SKIP: {
    -w '/dev/full' or skip 'no /dev/full', 2;
    my $full = shell('"$SLTRACE" show ' . $trace . ' >/dev/full');
    expect($full, 'a full disk is trouble', status => 2,
        err => qr/^sltrace: writing the results to standard output: No space[^\n]*\n$/);
}

# Where the processors are counted: the affinity mask, told by doctor.
SKIP: {
    `taskset -c 0 true 2>&1`;
    skip 'no taskset', 2 if $?;
    my $bound = spawn([ qw(taskset -c 0), $sltrace, 'doctor' ]);
    like $bound->{out}, qr/^ok   processors +\d+ online, 1 by affinity, .*: --jobs 1 by default$/m,
        'taskset: one processor';
    $bound = spawn([ qw(taskset -c 0), $sltrace, qw(show short.yaml) ]);
    like $bound->{out}, qr/^time .* on the 1 here$/m, 'show: the same';
}
done_testing;
