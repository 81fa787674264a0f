#!/usr/bin/perl
# One study in several folders: record and figure --from A --from B; options given twice.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
spew('small.yaml', manifest());
is sltrace(qw(run small.yaml --out whole --jobs 2))->{status}, 0, 'one process does all';
is sltrace(qw(record small.yaml --from whole --golden one.golden))->{status}, 0, 'recorded';
my %csv = (one => slurp('one.csv'));

subtest 'four folders give the golden of one' => sub {
    is sltrace('run', 'small.yaml', '--only', $_, '--out', "part$_")->{status}, 0, "run $_"
        for 0 .. 3;
    my @from = map { ('--from', "part$_") } 3, 0, 2, 1;
    expect(sltrace('record', 'small.yaml', @from, qw(--golden one.golden --force merged)),
        'merged', out => qr/^recorded one\.golden: 4 runs/);
    my ($merged, $data) = (slurp('one.golden'), slurp('one.csv'));
    is sltrace(qw(record small.yaml --from whole --golden one.golden --force again))->{status},
        0, 'of one process';
    is $merged, slurp('one.golden'), 'the same golden';
    is $data, slurp('one.csv'), 'the same data';
    is sltrace('figure', 'small.yaml', @from, qw(--out drawn))->{status}, 0, 'figure';
    is slurp('drawn/small.csv'), $csv{one}, 'figure: the same data';
    expect(sltrace(qw(record small.yaml --from part0 --from part2 --golden two.golden)),
        'what is missing is named', status => 2, err =>
        "sltrace: part0, part2: 2 of 4 runs are missing: 1,3; sltrace run makes them\n");
    ok !-e 'two.golden', 'and nothing is written';
};

subtest 'names and numbers of files do not matter' => sub {
    mkdir 'loose';
    spew("loose/" . chr(ord('z') - $_) . '.trace', slurp("whole/traces/00000$_.trace")) for 0 .. 3;
    is sltrace(qw(record small.yaml --from loose --golden loose.golden))->{status}, 0, 'recorded';
    is slurp('loose.csv'), $csv{one}, 'the same data';
    # Number 3 of a wider sweep is run 1 here.
    spew('wide.yaml', manifest() =~ s/seed: \{from: 0, count: 2\}/seed: [7, 0, 1]/r);
    is sltrace(qw(run wide.yaml --out wide))->{status}, 0, 'a wider sweep';
    is sltrace(qw(record small.yaml --from wide --golden wide.golden))->{status}, 0, 'recorded';
    is slurp('wide.csv'), $csv{one}, 'the same data';
};

subtest 'where run puts them, record and figure look' => sub {
    is sltrace(qw(run small.yaml --quiet))->{status}, 0, 'without --out';
    is sltrace(qw(record small.yaml --golden default.golden))->{status}, 0, 'without --from';
    is slurp('default.csv'), $csv{one}, 'the same data';
    is sltrace(qw(figure small.yaml --out default))->{status}, 0, 'drawn';
    is slurp('default/small.csv'), $csv{one}, 'the same data';
};

subtest 'one run twice' => sub {
    expect(sltrace(qw(record small.yaml --from whole --from part1 --golden twice.golden)),
        'the same bytes', out => qr/^recorded/);
    my $other = slurp('part1/traces/000001.trace');
    substr($other, -30, 1) ^= "\1";
    mkdir 'bad';
    spew('bad/x.trace', $other);
    expect(sltrace(qw(record small.yaml --from whole --from bad --golden bad.golden)),
        'other bytes', status => 1,
        err => qr{^sltrace: whole/traces/000001\.trace and bad/x\.trace are traces of one run});
    ok !-e 'bad.golden', 'nothing is written';
    spew('steps.yaml', manifest() =~ s/steps: 40/steps: 41/r);
    expect(sltrace(qw(record steps.yaml --from whole)), 'another experiment by field', status => 2,
        err => qr{^sltrace: whole/traces/000000\.trace: another experiment: run\.train\.steps is 40 there, expected 41 \(steps\.yaml:\d+\)$}m);
};

subtest 'a publisher whose traces have other numbers' => sub {
    mkdir 'theirs';
    spew("theirs/00000$_.trace", slurp(sprintf 'whole/traces/%06d.trace', 3 - $_)) for 0 .. 3;
    my $got = sltrace(qw(verify one.golden --traces theirs --segments --only 2));
    is $got->{status}, 0, 'found by their experiment';
    unlike $got->{out}, qr/not the golden/, 'none is another run\'s';
};

subtest 'options given twice' => sub {
    expect(sltrace(qw(run small.yaml --out adds --only 0 --only 3 --only), "rank=1,seed=1"),
        '--only adds up', out => qr/^mine\/small: 3 runs: 3 computed/);
    is join(' ', map { s{.*/}{}r } glob 'adds/traces/*'),
        '000000.trace 000001.trace 000003.trace', 'of each';
    my $got = sltrace('--help')->{out};
    my @commands = $got =~ /^  (\w+) {2,}/mg;
    for my $command (@commands) {
        my $help = sltrace($command, '--help')->{out};
        while ($help =~ /^ +(?:-\w, )?--([\w-]+) ([A-Z]\S*)/mg) {
            my ($option, $value) = ($1, $2);
            next if "$command $option" =~ /^(?:(?:run|rank|calibrate) only|(?:record|figure|rank|export) from|calibrate (?:sampler|set))$/;
            expect(sltrace($command, "--$option", 'one', "--$option", 'two'),
                "$command --$option", status => 2,
                err => qr/^sltrace: option '--$option' is given twice: one and two$/m);
        }
    }
    cmp_ok scalar @commands, '>', 8, 'commands were tried';
};
done_testing;
