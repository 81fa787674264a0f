#!/usr/bin/perl
# sltrace run: traces, keeping, resuming after signals, refusals.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use Test::More;
use Time::HiRes qw(sleep time);

workdir();
spew('small.yaml', manifest());
expect(sltrace(qw(run small.yaml --out A --jobs 2)), 'run',
    out => "mine/small: 4 runs: 4 computed, 0 kept; traces in A/traces\n");
is join(' ', map { s{.*/}{}r } glob 'A/traces/*'),
    '000000.trace 000001.trace 000002.trace 000003.trace', 'a trace each';
is join(' ', map { s{.*/}{}r } glob 'A/provenance/*'),
    '000000.json 000001.json 000002.json 000003.json', 'and its provenance';
expect(sltrace(qw(run small.yaml --out A --only rank=1 --json)), 'finished runs are kept',
    out => qq({"schema":"sltrace.run/1","name":"mine/small","status":"ok","computed":0,"kept":2,"diverged":0,)
        . qq("overflowed":0,"elsewhere":0,"folder":"A"}\n));
expect(sltrace(qw(run --isa scalar small.yaml --out B -j 1 --quiet --only 0,2-3)),
    'scalar kernels', out => "mine/small: 3 runs: 3 computed, 0 kept; traces in B/traces\n");
is slurp("A/traces/00000$_.trace"), slurp("B/traces/00000$_.trace"), "run $_: the same bytes"
    for 0, 2, 3;
ok !-e 'B/traces/000001.trace', '--only leaves the others out';
expect(sltrace(qw(run small.yaml)), 'the default folder',
    out => "mine/small: 4 runs: 4 computed, 0 kept; traces in sltrace-out/mine/small/traces\n");

# Refusals: status 2, one line, nothing on stdout.
sub refused {
    my ($name, $like, @arguments) = @_;
    my $got = sltrace('run', @arguments);
    expect($got, "refused: $name", status => 2, err => qr/^sltrace: [^\n]*$like[^\n]*\n$/);
}
refused('no manifest', 'MANIFEST is missing');
refused('two manifests', 'run takes MANIFEST, found 2 operands', qw(small.yaml small.yaml));
refused('a run that is not there', '9', qw(small.yaml --only 9));
refused('an axis that is not there', 'depth', qw(small.yaml --only depth=1));
refused('no jobs', 'whole number from 1 to 1024', qw(small.yaml --jobs 0));
refused('words for jobs', "found 'many'", qw(small.yaml --jobs many));
refused('jobs with a tail', "found '2x'", qw(small.yaml --jobs 2x));
refused('jobs below zero', "found '-1'", qw(small.yaml --jobs=-1));
refused('a manifest that is not there', 'nowhere.yaml', 'nowhere.yaml');
refused('a folder as manifest', 'A', 'A');
spew('wrong.yaml', manifest() =~ s/ lr:/ lerning_rate:/r);
refused('an unknown key', 'wrong\.yaml:\d+:\d+: .*lerning_rate', 'wrong.yaml');
spew('empty.yaml', '');
refused('an empty manifest', 'empty\.yaml', 'empty.yaml');
spew('other.yaml', manifest() =~ s/steps: 40/steps: 41/r);
refused('the folder of another experiment', 'A', qw(other.yaml --out A));
spew('file', '');
refused('a file as folder', 'file', qw(small.yaml --out file/deep));

# A run that diverges is a result.
spew('wild.yaml', manifest() =~ s/lr: 1e-2/lr: 1e30/r =~ s/adam/sgd/r);
my $wild = sltrace(qw(run wild.yaml --out C --only 0));
expect($wild, 'a run that diverges',
    out => "mine/small: 1 run: 1 computed, 0 kept, 1 diverged; traces in C/traces\n",
    err => qr/^sltrace: run 0 rank=1 seed=0 diverged\n$/);

# Signals: a long run is stopped, keeps what it has, and goes on to the same bytes.
spew('long.yaml', manifest() =~ s/steps: 40/steps: 60000/r =~ s/every: 10/every: 1000/r
    =~ s/num_draws: 20/num_draws: 40000/r);
expect(sltrace(qw(run long.yaml --only 0,1 --out whole)), 'undisturbed', out => qr/2 computed/);
sub when_begun {
    my ($folder, $signal) = @_;
    return sub {
        my ($pid) = @_;
        for (1 .. 500) {
            last if grep { -s } glob "$folder/traces/*.part";
            sleep .01;
        }
        kill $signal, $pid;
    };
}
my %number = (INT => 2, TERM => 15, HUP => 1, USR1 => 10, XCPU => 24);
for my $signal (qw(INT TERM HUP USR1 XCPU)) {
    my $folder = "cut$signal";
    my @run = ($sltrace, qw(run long.yaml --only 0,1 --jobs 1 --out), $folder);
    my $cut = spawn(\@run, when_begun($folder, $signal));
    expect($cut, "SIG$signal: the process ends by it", status => 128 + $number{$signal},
        err => qr{^sltrace:\ interrupted\ with\ [01]\ of\ 2\ runs\ finished;\ nothing\ is
        \ lost:\ the\ same\ command\ goes\ on\ from\ here\n$}x);
    expect(spawn(\@run), "SIG$signal, then run again",
        out => qr/^mine\/small: 2 runs: [12] computed, [01] kept; traces in $folder/);
    is slurp("$folder/traces/00000$_.trace"), slurp("whole/traces/00000$_.trace"),
        "SIG$signal: run $_ has the bytes of the undisturbed one" for 0, 1;
    is join(' ', glob "$folder/traces/*.part"), '', 'no .part is left';
}
my $killed = spawn([ $sltrace, qw(run long.yaml --only 0,1 --jobs 1 --out kill) ],
    when_begun('kill', 'KILL'));
is $killed->{status}, 128 + 9, 'kill -9';
is sltrace(qw(run long.yaml --only 0,1 --jobs 2 --out kill))->{status}, 0, 'then run again';
is slurp("kill/traces/00000$_.trace"), slurp("whole/traces/00000$_.trace"),
    "kill -9: run $_ has the bytes of the undisturbed one" for 0, 1;

SKIP: {
    skip 'script(1) is not installed', 10 unless `which script 2>/dev/null`;
    my $tty = shell("TERM=xterm script -qec '\$SLTRACE run small.yaml --out T' /dev/null");
    like $tty->{out}, qr/\r4 of 4 runs, 100%, run \d: loss [\d.]+(?:e-\d\d)?\s*\r/, 'progress on a terminal';
    unlike $tty->{out}, qr/diverged/, '... of runs that all end well';
    $tty = shell("TERM=xterm script -qec '\$SLTRACE run small.yaml --out T' /dev/null");
    like $tty->{out}, qr/\r4 of 4 runs, 100%\s*\r/, '... of runs that were there';
    spew('astray.yaml', manifest() =~ s/seed: \{.*/lr: [1e-2, 100]/r =~ s/\$seed/1/r
        =~ s/adam, lr: 1e-2/sgd, lr: \$lr/r =~ s/every: 10/every: 1/r);
    my $fates = qr/\r4 of 4 runs \(2 diverged\), 100%, run 3: loss \d\S+\s*\r/;
    $tty = shell("TERM=xterm script -qec '\$SLTRACE run astray.yaml -j1 --out V' /dev/null");
    like $tty->{out}, $fates, '... of runs that diverge, and their loss until then';
    is sltrace(qw(record astray.yaml --from V --golden astray.golden))->{status}, 0, 'their golden';
    $tty = shell("TERM=xterm script -qec '\$SLTRACE verify astray.golden -j1 >astray.tap' /dev/null");
    like $tty->{out}, $fates, 'verify tells likewise';
    like $tty->{out}, qr/\r *\rsltrace: run 1 rank=1 lr=100 diverged/, '... whose line other lines do not stand on';
    my $others = slurp('astray.golden') =~ s/^( trail 0:\w+ 1:)\w{8}/${1}00000000/mr =~ s/^root .*\n//mr;
    spew('others.golden', $others . 'root sha256:' . sha256_hex($others) . "\n");
    $tty = shell("TERM=xterm script -qec '\$SLTRACE verify others.golden -j1' /dev/null");
    like $tty->{out}, qr/\r4 of 4 runs \(1 differs, 2 diverged\), 100%, run/, 'and what differs';
    like $tty->{out}, qr/\r *\rok 2 - /, '... between lines of TAP';
}
done_testing;
