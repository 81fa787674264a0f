#!/usr/bin/perl
# A command that is asked to end, at whatever moment and with several threads at work, ends
# by that signal or, if it was done already, says what it says undisturbed: never that
# something differs, is wrong or is lost.  Also run with the thread sanitizer
# (tests/cross/threads.t), for which the commands are then long enough too.
use strict;
use warnings;
use File::Path qw(remove_tree);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use List::Util qw(min);
use Test::More;
use Time::HiRes qw(sleep time);

my $moments = $ENV{SLT_LONG} ? 24 : 3;
my @signals = ([ INT => 2 ], [ TERM => 15 ], [ HUP => 1 ]);
my $lasts = .4; # seconds that the study takes here
workdir();

# ---- A study that takes as long as that, by this build, on this machine ----------------

sub make_study {
    my ($size) = @_;
    my $text = manifest() =~ s/num_draws: 20/num_draws: $size/r =~ s/steps: 40/steps: $size/r;
    my $every = int $size / 4;
    spew('small.yaml', $text =~ s/every: 10/every: $every/r);
    remove_tree('whole');
    my $from = time;
    my $got = sltrace(qw(run small.yaml --jobs 2 --out whole));
    is $got->{status}, 0, "a study of size $size" or diag $got->{err};
    return time - $from;
}
my $size = 400;
my $took;
for (1 .. 6) {
    last if ($took = make_study($size)) > $lasts / 2;
    $size = 4 * int min($size * 4, $size * $lasts / $took / 4);
}
is sltrace(qw(record small.yaml --from whole --golden small.golden))->{status}, 0, 'its golden';
my @kept = map { "whole/traces/00000$_.trace" } 0 .. 3;
my $trace = $kept[3];
mkdir $_ for qw(elsewhere page);
spew('elsewhere/000003.trace', slurp($trace));
spew("page/$_", slurp($_)) for qw(small.yaml small.golden small.csv);

# ---- Each command, whole and at moments of its time -------------------------------------

# What only a wrong verdict says, of files that are right.
my $false = join '|', '^not ok(?!.* # not judged$)', 'verdict: "(?!not judged)',
    '[1-9]\d* differ', 'damaged', 'expected', 'Sanitizer';
my ($tried, $signalled) = (0, 0);

# Once whole, with its status; then asked to end at moments of its time.  Whether a grid of
# chains is good enough depends on their length, which is the machine's here: undef is a
# verdict either way.
sub interrupted {
    my ($name, $status, @arguments) = @_;
    my $clean = sub { remove_tree(glob 'made*') };
    $clean->();
    my $from = time;
    my $whole = sltrace(@arguments);
    my $time = time - $from;
    $status //= $whole->{status} == 0 ? 0 : 1;
    is $whole->{status}, $status, "$name" or diag $whole->{out}, $whole->{err};
    unlike $whole->{err}, qr/Sanitizer/, "$name: no race";
    my @wrong;
    for my $n (0 .. $moments - 1) {
        my ($signal, $number) = @{ $signals[ $n % @signals ] };
        my $at = $time * ($n + .5) / $moments;
        $clean->();
        my $got = spawn([ $sltrace, @arguments ], sub { sleep $at; kill $signal, $_[0] });
        my $by = $got->{status} == 128 + $number;
        $tried++;
        $signalled += $by;
        my $as_whole = $got->{status} == $status && $got->{out} eq $whole->{out};
        my $said = $by && $status ? $got->{err} : "$got->{out}$got->{err}";
        push @wrong, sprintf "SIG%s after %.3f of %.3f s: status %d\n%s%s", $signal, $at, $time,
            $got->{status}, $got->{out}, $got->{err}
            if !($by || $as_whole) || $by && $said =~ /$false/m;
        push @wrong, "SIG$signal: left behind: $_" for glob('.unfinished* made*.tmp* sltrace-*');
    }
    is "@wrong", '', "$name: $moments interruptions";
    return;
}

my @two = qw(--jobs 2);
interrupted('run', 0, qw(run small.yaml --out made), @two);
interrupted('verify', 0, qw(verify small.golden), @two);
interrupted('verify --segments', 0, qw(verify small.golden --segments --traces whole), @two);
interrupted('replay', 0, 'replay', $trace, @two);
interrupted('replay --write', 0, 'replay', $trace, qw(--write made.trace), @two);
interrupted('replay --arithmetic', 0, 'replay', $trace, qw(--arithmetic f64 --out made), @two);
interrupted('diagnose', 0, 'diagnose', $trace, @two);
interrupted('calibrate', undef, qw(calibrate small.yaml --lr 1e-4:1e-2:3 --out made), @two);
interrupted('rank', 0, 'rank', $trace, qw(--modulo), @two);
interrupted('record', 0, qw(record small.yaml --from whole --golden made.golden));
interrupted('figure', 0, qw(figure small.yaml --from whole --out made));
interrupted('report', 0, qw(figure page --out made));
interrupted('export', 0, 'export', @kept, qw(--csv made.csv));
interrupted('audit', 0, 'audit', $trace, 'elsewhere/000003.trace', @two);
interrupted('audit --against', 1, qw(audit small.yaml --golden small.golden --against f64), @two);

cmp_ok $signalled, '>', $tried / 4, "$signalled of $tried interruptions came in time";
done_testing;
