#!/usr/bin/perl
# Several processes, one study: disjoint and equal selections, kills, an axis that grows,
# traces made elsewhere.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

workdir();
# Six runs, each of a few hundred milliseconds.
sub lengthy {
    my ($seeds, %with) = @_;
    my $text = manifest();
    $text =~ s/seed: \{from: 0, count: 2\}/seed: $seeds/;
    $text =~ s/steps: 40/steps: $with{steps}/ if $with{steps};
    $text =~ s/every: 10/every: 1000/ if $with{steps};
    $text =~ s/num_draws: 20/num_draws: $with{draws}/ if $with{draws};
    return $text;
}
spew('long.yaml', lengthy('[0, 1, 2]', steps => 20000, draws => 20000));

# Starts the program without waiting; stdout and stderr into files.
sub start {
    my ($name, @arguments) = @_;
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    open STDOUT, '>', "$name.out";
    open STDERR, '>', "$name.err";
    exec { $sltrace } $sltrace, @arguments or POSIX::_exit(127);
}

sub finish {
    my ($pid) = @_;
    waitpid $pid, 0;
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

sub traces { return map { s{.*/}{}r } glob "$_[0]/traces/*" }
sub same_traces {
    my ($folder, $name, @runs) = @_;
    is join(' ', map { sprintf '%06d', $_ }
        grep { slurp(sprintf "$folder/traces/%06d.trace", $_)
            ne slurp(sprintf "whole/traces/%06d.trace", $_) } @runs), '', $name;
}
my @all = map { sprintf '%06d.trace', $_ } 0 .. 5;
is sltrace(qw(run long.yaml --out whole --jobs 2))->{status}, 0, 'undisturbed';
is sltrace(qw(record long.yaml --from whole --golden whole.golden))->{status}, 0, 'recorded';

subtest 'three processes with disjoint --only, two of them killed and started again' => sub {
    my @selections = ('0-1', '2,3', '4-5');
    my @command = map { [ qw(run long.yaml --jobs 1 --out shared --only), $_ ] } @selections;
    my @pid = map { start("shared$_", @{ $command[$_] }) } 0 .. 2;
    my $until = time + 20;
    sleep .005 while time < $until && grep { !-s "shared/traces/00000$_.trace.part"
        && !-s "shared/traces/00000$_.trace" } 0, 2;
    kill 'KILL', @pid[ 0, 1 ];
    is finish($pid[$_]), 128 + 9, "process $_ was killed" for 0, 1;
    @pid[ 0, 1 ] = map { start("again$_", @{ $command[$_] }) } 0, 1;
    is finish($pid[$_]), 0, "process $_ has ended" for 0 .. 2;
    is join(' ', traces('shared')), "@all", 'all traces, nothing else';
    same_traces('shared', 'the bytes of the undisturbed study', 0 .. 5);
    ok !-e 'shared/resume', 'nothing is left to resume';
    is sltrace(qw(record long.yaml --from shared --golden shared.golden))->{status}, 0, 'recorded';
    is slurp('shared.csv'), slurp('whole.csv'), 'the data of the undisturbed study';
};

subtest 'two processes with the same command share the runs' => sub {
    my @pid = map { start("both$_", qw(run long.yaml --jobs 1 --out both)) } 0, 1;
    my @status = map { finish($_) } @pid;
    my ($computed, $elsewhere) = (0, 0);
    for (0, 1) {
        my $out = slurp("both$_.out");
        like $out, qr/^mine\/small: \d runs?: (\d) computed, (\d) kept/, "process $_ tells";
        $computed += $1 if $out =~ /(\d) computed/;
        my $left = slurp("both$_.err");
        next unless $status[$_];
        is $status[$_], 2, 'the one that ends first has not all';
        like $left, qr/^sltrace: \d of 6 runs (?:is|are) being computed by another process: [\d,-]+; /, 'and says so';
        $elsewhere++;
    }
    is $computed, 6, 'each run was computed once';
    cmp_ok $elsewhere, '<=', 1, 'the last one has all';
    same_traces('both', 'the same bytes', 0 .. 5);
    is join(' ', traces('both')), "@all", 'nothing else';
    expect(sltrace(qw(run long.yaml --out both)), 'all are there', out => qr/^mine\/small: 6 runs: 0 computed, 6 kept/);
};

subtest 'a run that another process has' => sub {
    my $pid = start('first', qw(run long.yaml --jobs 1 --out busy --only 0));
    my $until = time + 20;
    sleep .005 while time < $until && !-s 'busy/traces/000000.trace.part';
    kill 'STOP', $pid;
    my $got = sltrace(qw(run long.yaml --jobs 2 --out busy --json --only), "0,1");
    is $got->{status}, 2, 'is not finished';
    like $got->{err}, qr/^sltrace: 1 of 2 runs is being computed by another process: 0; all others are finished/, 'and named';
    like $got->{out}, qr/"computed":1,"kept":0,"diverged":0,"overflowed":0,"elsewhere":1,/, 'JSON counts it';
    spew('more.yaml', lengthy('[7, 0, 1, 2]', steps => 20000, draws => 20000));
    expect(sltrace(qw(run more.yaml --out busy --only 0)), 'no new numbers meanwhile', status => 2,
        err => qr/^sltrace: busy: another program computes here, by a manifest with other runs/);
    kill 'CONT', $pid;
    is finish($pid), 0, 'it ends';
    same_traces('busy', 'the same bytes', 0, 1);
};

# What is finished keeps its bytes under its new number, and is not computed again.
sub extended {
    my ($name, $text, $computed, $kept, %map) = @_;
    subtest $name => sub {
        spew('new.yaml', $text);
        is system("rm -rf grown fresh && cp -r base grown"), 0, 'a copy';
        my $got = sltrace(qw(run new.yaml --out grown));
        is $got->{status}, 0, 'accepted' or diag $got->{err};
        like $got->{out}, qr/: $computed computed, $kept kept/, "$computed computed, $kept kept";
        is sltrace(qw(run new.yaml --out fresh))->{status}, 0, 'made afresh';
        my @fresh = traces('fresh');
        is join(' ', grep { slurp("fresh/traces/$_") ne slurp("grown/traces/$_") // '' } @fresh),
            '', 'as made afresh';
        for (sort keys %map) {
            is slurp(sprintf 'grown/traces/%06d.trace', $map{$_}),
                slurp(sprintf 'base/traces/%06d.trace', $_), "run $_ is run $map{$_} now";
            is slurp(sprintf 'grown/provenance/%06d.json', $map{$_}),
                slurp(sprintf 'base/provenance/%06d.json', $_), 'with its provenance';
        }
        is scalar(grep { !/^\d{6}\.trace$/ } traces('grown')), 0, 'no other names';
        expect(sltrace(qw(run new.yaml --out grown)), 'again', out => qr/ 0 computed, \d+ kept/);
    };
}
spew('base.yaml', lengthy('[3, 4]'));
is sltrace(qw(run base.yaml --out base))->{status}, 0, 'a study of four runs';
extended('an axis extended at its end', lengthy('[3, 4, 5]'), 2, 4, 0 => 0, 1 => 1, 2 => 3, 3 => 4);
extended('an axis extended at its front', lengthy('[2, 3, 4]'), 2, 4, 0 => 1, 1 => 2, 2 => 4, 3 => 5);
extended('values in another order', lengthy('[4, 3]'), 0, 4, 0 => 1, 1 => 0, 2 => 3, 3 => 2);
extended('a whole axis more',
    lengthy('[3, 4]') =~ s/^  rank:/  pace: [1e-3, 1e-2]\n  rank:/mr =~ s/lr: 1e-2/lr: \$pace/r,
    4, 4, 0 => 4, 1 => 5, 2 => 6, 3 => 7);
extended('a whole axis more, the fastest',
    lengthy('[3, 4]') =~ s/^run:/  pace: [1e-2, 1e-3]\nrun:/mr =~ s/lr: 1e-2/lr: \$pace/r,
    4, 4, 0 => 0, 1 => 2, 2 => 4, 3 => 6);

subtest 'an unfinished run goes on under its new number' => sub {
    my $pid = start('cut', qw(run long.yaml --jobs 1 --out cut --only 1));
    my $until = time + 20;
    sleep .01 while time < $until && !-s 'cut/traces/000001.trace.part';
    kill 'TERM', $pid;
    finish($pid);
    SKIP: {
        skip 'it was finished by then', 3 if -e 'cut/traces/000001.trace';
        ok -s 'cut/resume/000001.snapshot', 'a snapshot';
        is sltrace(qw(run more.yaml --jobs 1 --out cut --only 2))->{status}, 0, 'goes on as run 2';
        like slurp('cut/provenance/000002.json'), qr/"resumed": true/, 'from the snapshot';
        is slurp('cut/traces/000002.trace'), slurp('whole/traces/000001.trace'), 'the same bytes';
    }
};

subtest 'what is left of a trace that was removed' => sub {
    is system('rm -rf grown && cp -r base grown && mkdir grown/resume'), 0, 'a copy';
    unlink 'grown/traces/000003.trace', 'grown/provenance/000000.json';
    spew('grown/resume/000003.snapshot', 'old');
    spew('new.yaml', lengthy('[4, 3]')); # 0, 1, 2, 3 are 1, 0, 3, 2 now
    my $got = sltrace(qw(run new.yaml --out grown));
    is $got->{status}, 0, 'is in nobody\'s way' or diag $got->{err};
    is slurp('grown/traces/000003.trace'), slurp('base/traces/000002.trace'), 'a new number';
    is slurp('grown/provenance/000003.json'), slurp('base/provenance/000002.json'),
        'with its own provenance';
    ok !-e 'grown/provenance/000001.json', 'another that has none gets none';
    ok !-e 'grown/resume', 'nothing to resume';
};

subtest 'a sweep made shorter' => sub {
    is system('rm -rf grown && cp -r base grown'), 0, 'a copy';
    spew('short.yaml', lengthy('[4]'));
    expect(sltrace(qw(run short.yaml --out grown)), 'the others are left alone',
        out => qr/2 runs: 0 computed, 2 kept/,
        err => qr/2 finished runs have another number now\n.*left alone in traces\/.*\.trace, /s);
    is scalar(traces('grown')), 4, 'and still there';
    expect(sltrace(qw(run base.yaml --out grown)), 'made longer again',
        out => qr/4 runs: 0 computed, 4 kept/, err => qr/took traces/);
    is join(' ', traces('grown')), join(' ', @all[ 0 .. 3 ]), 'all have their numbers';
    is slurp("grown/traces/$_"), slurp("base/traces/$_"), $_ for @all[ 0 .. 3 ];
};

subtest 'traces made elsewhere' => sub {
    mkdir $_ for qw(taken taken/traces);
    spew('taken/traces/from here.trace', slurp('base/traces/000002.trace'));
    spew('taken/traces/000000.trace', slurp('base/traces/000003.trace')); # another number's
    spew('taken/traces/strange.trace', slurp('whole/traces/000000.trace'));
    spew('taken/traces/note.txt', 'mine');
    expect(sltrace(qw(run base.yaml --out taken)), 'taken and told',
        out => qr/4 runs: 2 computed, 2 kept/,
        err => join '', map { "sltrace: $_\n" } 'took traces/from here.trace as run 2 rank=2 seed=3',
            '1 finished run has another number now',
            'left alone in traces/, as it is not of these runs or there twice: strange.trace',
            '2 kept runs were made elsewhere (no provenance here): 2-3');
    is slurp("taken/traces/$_"), slurp("base/traces/$_"), $_ for @all[ 0 .. 3 ];
    ok -e 'taken/traces/strange.trace', 'a trace of another study stays';
    ok -e 'taken/traces/note.txt', 'and what is no trace';
    my $forged = slurp('base/traces/000002.trace');
    substr($forged, -40, 1) ^= "\1";
    spew('taken/traces/forged.trace', $forged);
    my $got = sltrace(qw(run base.yaml --out taken));
    is $got->{status}, 1, 'the same run with other bytes';
    like $got->{err}, qr{000002\.trace and \S*forged\.trace are traces of one run}, 'is refused by name';
};
done_testing;
