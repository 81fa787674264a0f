#!/usr/bin/perl
# sltrace summary, and the table of runs that record writes beside a golden.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP qw(decode_json);
use Test::More;

# As the table rounds.
sub rounded { return sprintf '%.5g', $_[0] }

workdir();
mkdir 'g';
# Two estimates, one of which is made at two checkpoints; half of the runs diverge.
my $text = manifest() =~ s/^  rank: .*$/  lr: [0.01, 1e30]/mr =~ s/\$rank/2/gr
    =~ s/kind: adam, lr: 1e-2/kind: sgd, lr: \$lr/r 
    =~ s/^(    - \{at: last.*)$/$1\n    - {at: 20, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 8}/mr
    =~ s/by: rank/by: lr/r;
spew('g/small.yaml', $text);
is sltrace('run', 'g/small.yaml', '--quiet', '--out', 'study')->{status}, 0, 'run';
my $recorded = sltrace('record', 'g/small.yaml', '--from', 'study');
is $recorded->{status}, 0, 'record' or diag $recorded->{err};
my $table = slurp('g/small.runs.csv');
my $golden = slurp('g/small.golden');
my @rows = map { [ split /,/, $_, -1 ] } split /\n/, $table;

subtest 'the table' => sub {
    is join(',', @{ $rows[0] }), 'run,lr,seed,status,step,llc/mean,estimate,at_step,chains,ended_early,constant,draws,'
        . 'losses,baseline,mean,sd,rhat,ess_bulk,ess_tail,mcse,mcse_chains,drift,negative_share,settled', 'columns';
    is scalar(grep { @$_ != 24 } @rows), 0, 'as many cells in every row';
    is join(' ', map { "$_->[0]:$_->[6]\@$_->[7]" } @rows[1 .. $#rows]), '0:1@40 0:2@20 1:1@40 1:2@20 2:@ 3:@',
        'a row an estimate, or a run without one';
    my ($mean) = $golden =~ /^0 .* (\S+)$/m;
    is $rows[1][5], $mean, 'the result as the golden has it';
    is $rows[2][5], '', 'once a run';
    is $rows[1][14], rounded($mean), 'and as the estimate\'s mean, rounded';
    is join(',', @{ $rows[5] }[3 .. 5]), 'diverged,1,', 'a run that diverged';
    unlike $golden, qr/runs\.csv/, 'no hash covers it';
};

# The same table of every source; numbers of a golden's are rounded.
my %said;
for my $source (qw(study study/traces g/small.golden)) {
    my $got = sltrace('summary', $source);
    is $got->{status}, 0, "summary $source";
    like $got->{out}, qr/^ +run .* step +mean +MCSE +sd +R-hat ESS_bulk ESS_tail +drift negative  settled$/m, 'its head';
    my @lines = $got->{out} =~ /^ +\d.* llc.*$/mg;
    is scalar(@lines), 4, 'a line an estimate';
    like $got->{out}, qr/^runs: 2 of 4 done, 2 diverged$/m, 'runs are counted';
    like $got->{out}, qr/^diverged: run 2 .*at step 1, run 3 .*at step 1$/m, 'and named';
    like $got->{out}, qr/^0 of 4 estimates settled\n.*\n.*\nrun \d.*, llc2? at step \d+, the worst: The sampler has not settled: /m, 'in words';
    my $json = decode_json(sltrace('summary', $source, '--json')->{out});
    is "$json->{settled} $json->{estimates} @{[ scalar @{ $json->{runs} } ]}", '0 4 4', 'JSON';
    is $json->{runs}[2]{status}, 'diverged', 'with statuses';
    $said{$source} = $json;
    is rounded($said{$source}{runs}[0]{estimates}[1]{$_}), rounded($said{study}{runs}[0]{estimates}[1]{$_}), $_
        for qw(mean sd rhat ess_bulk ess_tail mcse drift negative_share);
}
like sltrace('summary', 'g/small.golden')->{out}, qr/^     0  lr=0\.01 seed=0 .*\n.*^as g\/small\.runs\.csv tells, which agrees with the golden and is in no hash$/ms, 'of a golden: labels, and where it is from';
my $one = sltrace('summary', 'study/traces/000001.trace');
like $one->{out}, qr/^runs: 1 of 1 done$/m, 'of a trace';

# Traces that are missing, or cannot be read.
unlink 'study/traces/000001.trace';
like sltrace('summary', 'study')->{out}, qr/^runs: 1 of 4 done, 2 diverged, 1 missing\n(?:.*\n)*missing: run 1$/m, 'a study knows what is missing';
rename 'study/traces/000000.trace', 'study/traces/other.trace';
like sltrace('summary', 'study/traces')->{out}, qr/^ +\d+  other\.trace +llc /m, 'a file of another name is called by it';
rename 'study/traces/other.trace', 'study/traces/000000.trace';
my $whole = slurp('study/traces/000002.trace');
spew('study/traces/000002.trace', substr($whole, 0, -3));
my $damaged = sltrace('summary', 'study');
is $damaged->{status}, 2, 'a damaged trace';
like $damaged->{err}, qr/000002\.trace: record 2 \(end\): byte/, 'is told';
like $damaged->{out}, qr/^runs: 1 of 4 done, 1 diverged, 2 missing$/m, 'after the others';
mkdir 'empty';
expect(sltrace('summary', 'empty'), 'no traces', status => 2, err => qr/^sltrace: empty: no traces are in this folder$/);
expect(sltrace('summary', 'nowhere'), 'nothing', status => 2, err => qr/nowhere: No such file/);
expect(sltrace('summary', 'g/small.yaml'), 'a manifest', status => 2, err => qr/./);

# A table that contradicts the golden, or itself, is told and not believed.
sub wrong {
    my ($name, $status, $like, $change) = @_;
    spew('g/small.runs.csv', $change->($table));
    isnt slurp('g/small.runs.csv'), $table, "$name: changed";
    expect(sltrace('summary', 'g/small.golden'), $name, status => $status, err => qr/^sltrace: g\/small\.runs\.csv:$like/);
    is sltrace('figure', 'g/small.golden', '--out', 'out')->{status}, $status, 'no figure either';
    my $page = sltrace('figure', 'g', '--out', 'out');
    is $page->{status}, $status, 'the page tells';
    ok slurp("out/g.html") =~ qr/The table of runs is not believed: g\/small\.runs\.csv:$like/, "and says so";
}
wrong('a status', 1, qr/2: status: expected done, found diverged/, sub { $_[0] =~ s/^(0,.*?),done/$1,diverged/mr });
wrong('a result', 1, qr/2: llc\/mean: expected \S+, found -1/, sub { $_[0] =~ s/^(0,0\.01,0,done,40),[^,]*/$1,-1/mr });
wrong('an axis value', 1, qr/2: lr: expected 0\.01, found 0\.02/, sub { $_[0] =~ s/^0,0\.01/0,0.02/mr });
wrong('a mean', 1, qr/2: llc\/mean: expected \S+, found 1\.5/, sub { $_[0] =~ s/^(0,.*,exact),[^,]*/$1,1.5/mr });
wrong('a run left out', 1, qr/4: run: expected 1, found 2/, sub { $_[0] =~ s/^1,.*\n//mgr });
wrong('the last run left out', 1, qr/6: end: expected 4 runs, found 3/, sub { $_[0] =~ s/^3,.*\n//mgr });
wrong('an estimate left out', 1, qr/2: llc\/mean: expected 0\.\d+, found nothing/,
    sub { $_[0] =~ s/^(0,0\.01,0,done,40,[^,]+),1,40,.*\n0,0\.01,0,done,40,/$1/mr });
wrong('the second estimate\'s mean', 1, qr/4: llc\/mean: expected -26\.\d+, found 7/, sub { $_[0] =~ s/^(1,.*,1,40,.*exact),[^,]*/$1,7/mr });
wrong('an estimate twice', 1, qr/4: estimate: expected one that is not there yet, found 2/, sub { $_[0] =~ s/^(0,.*,,2,20.*\n)/$1$1/mr });
wrong('an estimate without a result left out', 1, qr/ run 1, estimate 2: expected rows 1 by the manifest, found 0/, sub { $_[0] =~ s/^1,.*,,2,20.*\n//mr });
wrong('another step', 1, qr/ run 0, estimate 2: expected at_step 20 by the manifest, found 21/, sub { $_[0] =~ s/^(0,.*,,2),20,/$1,21,/mr });
wrong('the last step', 1, qr/ run 0, estimate 1: expected at_step 39 by the manifest, found 40/, sub { $_[0] =~ s/^(0,.*,done),40,/$1,39,/mgr });
wrong('chains', 1, qr/ run 0, estimate 2: expected chains 2 by the manifest, found 3/, sub {
    $_[0] =~ s{^(0,.*,,2,20),2,(.*,exact,[^,]*),([^,]*),(.*?,.*?,.*?),[^,]*,[^,]*,}
        { my $error = sprintf '%.5g', $3 / sqrt 3; "$1,3,$2,$3,$4,$error,$error," }emr });
wrong('draws', 1, qr/ run 0, estimate 2: expected draws 8 by the manifest, found 800/, sub { $_[0] =~ s/^(0,.*,,2,20,2,0,0),8,/$1,800,/mr });
wrong('a baseline', 1, qr/ run 0, estimate 2: expected baseline 0 by the manifest, found 2/, sub {
    $_[0] =~ s/^(0,.*,,2,20,2,0,0,8,yes),exact,((?:[^,]*,){5})[^,]*/$1,unknown,$2/mr });
wrong('an error of an unknown baseline', 1, qr/3: mcse: expected the error of chains/, sub { $_[0] =~ s/^(0,.*,,2,20,2,0,0,8,yes),exact/$1,unknown/mr });
wrong('a share of draws', 1, qr/2: negative_share: expected what chains give, found another number/, sub { $_[0] =~ s/^(0,.*,)[^,]*(,no)$/${1}2$2/mr });
wrong('another estimate', 1, qr/ run 0, estimate 3: expected estimates at most 2 by the manifest, found 3/,
    sub { $_[0] =~ s/^((0,.*,,)2(,20.*\n))/$1${2}3$3/mr });
wrong('settled', 1, qr/2: settled: expected the verdict of the numbers before it, found yes/, sub { $_[0] =~ s/,no$/,yes/mr });
wrong('numbers that are settled', 1, qr/2: settled: expected .*, found no/, sub {
    $_[0] =~ s/^(0,(?:[^,]*,){15})[^,]*,[^,]*,[^,]*,([^,]*),([^,]*),[^,]*,/${1}1.001,900,900,$2,$3,0,/mr });
wrong('a column', 1, qr/1: column: expected seed, found sede/, sub { $_[0] =~ s/seed/sede/r });
wrong('no number', 2, qr/2: rhat: expected a number or nothing, found nan/, sub { $_[0] =~ s/^(0,(?:[^,]*,){15})[^,]*/${1}nan/mr });
wrong('another spelling', 2, qr/2: not as sltrace writes/, sub { $_[0] =~ s/^(0,(?:[^,]*,){15})([^,]*)/${1}${2}0/mr });
wrong('a cell too few', 2, qr/2: line: expected 24 cells/, sub { $_[0] =~ s/,no$//mr });
wrong('a line too many', 2, qr/8: line: expected 24 cells/, sub { "$_[0]x\n" });
wrong('cut', 2, qr/7: line: expected 24 cells/, sub { substr $_[0], 0, -4 });
spew('g/small.runs.csv', $table);

# Without it a figure says so; with it figure and page tell as traces do.
my $figure = sltrace('figure', 'g/small.golden', '--out', 'out')->{out};
like $figure, qr/^chains: 0 of 4 estimates settled$/m, 'figure GOLDEN tells from the table';
sltrace('figure', 'g', '--out', 'out');
my $page = slurp('out/g.html');
like $page, qr/0 of 4 estimates settled/, 'the page';
like $page, qr/>4 runs, one by one<.*run 2 \(lr=1e\+30 seed=0\).*diverged at step 1/s, 'run by run';
unlink 'g/small.runs.csv';
like sltrace('figure', 'g/small.golden', '--out', 'out')->{out}, qr/^chains: whether they settled is told by/m, 'without the table';
sltrace('figure', 'g', '--out', 'out');
like slurp('out/g.html'), qr/Not told here: no table of runs is beside the golden/, 'and the page';
expect(sltrace('summary', 'g/small.golden'), 'summary', status => 2, err => qr/g\/small\.runs\.csv: it is not beside the golden/);
mkdir 'tree';
mkdir 'tree/.git';
rename 'g', 'tree/g';
spew('secret', "a secret\n");
symlink '../../secret', 'tree/g/small.runs.csv';
my $outside = sltrace('summary', 'tree/g/small.golden');
is $outside->{status}, 2, 'a table outside of the tree';
unlike $outside->{err}, qr/a secret/, 'is not told of';
unlink 'tree/g/small.runs.csv';
rename 'tree/g', 'g';
mkdir 'g/small.runs.csv';
is sltrace('summary', 'g/small.golden')->{status}, 2, 'a table that cannot be read';

# What is published: each table goes with its golden, and is what record writes.
for my $published (glob "$root/golden/*/*.golden") {
    my ($name) = $published =~ m{golden/(.*)\.golden$};
    is sltrace('summary', $published)->{status}, 0, $name;
}
is sltrace('run', "$root/manifests/smoke/marks.yaml", '--quiet', '--out', 'marks')->{status}, 0, 'run smoke/marks';
is sltrace('record', "$root/manifests/smoke/marks.yaml", '--from', 'marks', '--golden', 'marks.golden')->{status}, 0, 'record it';
is slurp('marks.runs.csv'), slurp("$root/golden/smoke/marks.runs.csv"), 'its table is the published one';
done_testing;
