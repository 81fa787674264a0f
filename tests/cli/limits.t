#!/usr/bin/perl
# Commands under the limits that a shell or a batch system sets: stack, files, memory, the
# size of a file, processes.  Each does what it does without the limit, byte for byte, or
# says what is wrong with exit status 2; and given again without the limit, it does.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

my $long = $ENV{SLT_LONG};
my $sanitized = $ENV{SLT_UNTIMED} || shell('ldd "$SLTRACE"')->{out} =~ /lib[at]san/;
my $folder = workdir();
chmod 0755, $folder;
spew('small.yaml', manifest());
is sltrace(qw(run small.yaml --out study --quiet))->{status}, 0, 'a study';
is sltrace(qw(record small.yaml --from study --golden small.golden))->{status}, 0, 'its golden';
my $trace = 'study/traces/000000.trace';
spew('again.trace', slurp($trace));

# [words, the folder that is written]; the words may change no other place.
my @commands = (
    [ 'run small.yaml --out work/s --jobs 3', 'work/s/traces' ],
    ['verify small.golden --jobs 3'],
    ['verify small.golden --traces study --only 0'],
    ["replay $trace"],
    [ 'record small.yaml --from study --golden work/g.golden', 'work' ],
    [ 'figure small.yaml --from study --out work/f', 'work/f' ],
    ["show $trace"],
    ['show small.golden'],
    ['summary study'],
    ["diagnose $trace"],
    ["predict $trace"],
    ["rank $trace"],
    [ "export $trace --csv work/e", 'work/e' ],
    ["audit $trace again.trace"],
    ['audit --against f64 small.yaml --only 1'],
);

# The bytes of the files of a folder, and of those in it.
sub files {
    my ($where) = @_;
    return {} unless defined $where;
    return { map { s{^work/}{}r => slurp($_) } grep { -f } glob("$where $where/*") };
}

# Gives the command under a limit, that is, after what bash does first. The number of
# processes is no limit to root.
my @nobody = $> ? () : qw(setpriv --reuid=65534 --regid=65534 --clear-groups);
sub limited {
    my ($words, $limit) = @_;
    my @as = $limit =~ /ulimit -u/ ? @nobody : ();
    return spawn([ @as, 'bash', '-c', "$limit; exec '$sltrace' $words" ]);
}

sub fresh {
    system('rm', '-rf', 'work');
    mkdir('work') && chmod(0777, 'work') or die 'work';
}

my %free;
for my $command (@commands) {
    fresh();
    my $got = limited($command->[0], 'true');
    cmp_ok $got->{status}, '<', 2, "$command->[0]" or diag $got->{err};
    $free{ $command->[0] } = { %$got, files => files($command->[1]) };
}

# Numbers that depend on the moment.
sub settled { return $_[0] =~ s/\b\d+(?:\.\d+)? ?m?s\b/TIME/gr }

# What is another than without the limit; '' if nothing is.
sub other {
    my ($got, $words, $where, $again) = @_;
    my ($free, $files) = ($free{$words}, files($where));
    return 'exit status ' . $got->{status} if $got->{status} != $free->{status};
    return 'another output' if !$again && settled($got->{out}) ne settled($free->{out});
    my @other = grep { ($files->{$_} // '') ne ($free->{files}{$_} // '') } keys %{ $free->{files} };
    return @other ? "other bytes in @other" : '';
}

# All commands under each of the limits; one may be a function of a command's words.
sub all_under {
    my ($name, @limits) = @_;
    my (@wrong, %count);
    for my $one (@limits) {
        for my $command (@commands) {
            my ($words, $where) = @$command;
            my $limit = ref $one ? $one->($words) : $one;
            fresh();
            my $got = limited($words, $limit);
            if ($got->{err} =~ /\A\Q$sltrace\E: error while loading shared libraries/) {
                $count{'not begun'}++; # the system's loader has no room
                next;
            }
            if ($got->{status} == 2 && $free{$words}{status} != 2) {
                $count{refused}++;
                push @wrong, "$limit: $words: no message: $got->{err}"
                    unless $got->{err} =~ /^sltrace: .+\n\z/m || $limit =~ /ulimit -f 0\b/;
                next unless defined $where;
                system 'rm', '-f', 'work/e'; # export goes over nothing
                my $again = limited($words, 'true');
                my $differs = other($again, $words, $where, 1); # run tells what it kept
                push @wrong, "$limit: $words: then without: $differs: $again->{err}" if $differs;
                next;
            }
            $count{done}++;
            my $differs = other($got, $words, $where);
            push @wrong, "$limit: $words: $differs: $got->{err}" if $differs;
        }
    }
    is_deeply \@wrong, [], "$name: the same bytes, or said so";
    note "$name: ", join ', ', map { "$count{$_} $_" } sort keys %count;
    return \%count;
}

SKIP: {
    skip 'a sanitizer needs more stack, memory and processes', 1 if $sanitized;
    my $stack = all_under('stack', map { "ulimit -s $_" } $long ? (32, 64, 256, 1024, 2047) : 64);
    ok !$stack->{done}, '... too small for any command';
    is limited("show $trace", 'ulimit -s 64')->{err},
        "sltrace: the stack may have 64 kB here; at least 2048 kB are needed (ulimit -s)\n",
        '... as is said';
    my $soft = all_under('stack that may grow', 'ulimit -S -s 64', $long ? 'ulimit -s unlimited' : ());
    ok !$soft->{refused}, '... does for every command';
    ok !all_under('the stack that is asked for', 'ulimit -s 2048')->{refused}, '... is enough';
    my @sizes = $long ? map { 10_400 + 700 * $_ } 0 .. 80 : (10_000, 14_000, 30_000, 50_000);
    my $memory = all_under('memory', map { "ulimit -v $_" } @sizes);
    ok $memory->{refused} && $memory->{done}, '... some have too little, some enough';
    all_under('data', map { "ulimit -d $_" } $long ? map { 300 * $_ } 1 .. 40 : 1200);
    SKIP: {
        skip 'not as another user', 1 if @nobody && system(@nobody, 'test', '-x', $sltrace);
        all_under('processes', 'ulimit -u 1');
    }
}
my $opened = all_under('open files', map { "ulimit -n $_" } $long ? 4 .. 16 : (4, 6, 7, 8, 10));
ok $opened->{refused} && $opened->{done}, '... some have too few, some enough';
# Each job has a trace and a file beside it, which may be open twice at once.
my $stated = sub { 'ulimit -n ' . ($_[0] =~ /^run .*--jobs (\d+)/ ? 5 + 3 * $1 : 10) };
ok !all_under('the open files that are stated', $stated)->{refused}, '... are enough'
    if !$sanitized;
all_under('size of a file', map { "ulimit -f $_" } $long ? (0 .. 8, 16, 64) : (1, 4));
all_under('size of a file, the signal ignored', map { "trap '' XFSZ; ulimit -f $_" } $long ? 0 .. 8 : 4);
done_testing();
