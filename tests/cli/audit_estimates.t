#!/usr/bin/perl
# sltrace audit --estimates: learning coefficients from CSV files, goldens and studies.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $four = manifest() =~ s/count: 2\}/count: 4}/r;
spew('small.yaml', $four);
spew('fixed.yaml', $four =~ s/arithmetic: f32/arithmetic: fixed/r =~ s/mine\/small/mine\/fixed/r);
for my $name (qw(small fixed)) {
    sltrace('run', "$name.yaml", '--out', $name);
    is sltrace('record', "$name.yaml", '--from', $name)->{status}, 0, "a study and its golden: $name";
}
my @llc = map { (split)[-1] } grep { /^\d+ [12] [0-3] done/ } split /\n/, slurp('small.golden');
is scalar(@llc), 8, 'eight runs';

sub audit { return sltrace('audit', '--estimates', @_) }
sub csv {
    my ($text, @more) = @_;
    spew('their.csv', $text);
    return audit('their.csv', 'small.golden', @more);
}

# ---- Verdicts -------------------------------------------------------------------------

my $same = "run,source,llc,mcse\n" . join '', map { "$_,again,$llc[$_],0.5\n" } 0 .. 7;
my $got = csv($same);
is $got->{status}, 0, 'the golden\'s own values';
is $got->{err}, '', 'no message';
like $got->{out}, qr/^  8 estimates: 8 identical$/m, 'are identical';
like $got->{out}, qr/^ +5 rank=2 seed=1 .*identical$/m, 'a line a run';
like $got->{out}, qr/^  rank=2 +4 +\+0 .*\bidentical$/m, 'and a line for each rank';

sub moved { # every value off by as many units of an mcse of 0.3 and ours of 0.4
    my (@units) = @_;
    return "run,source,llc,mcse\n" . join '', map { "$_,moved," . ($llc[$_] + 0.5 * $units[$_]) . ",0.3\n" } 0 .. 7;
}
# The error of both is .3 sqrt 2 where only theirs is known.
$got = csv(moved(2, -2, 2, -2, 2, -2, 2, -2));
is $got->{status}, 0, 'within 3 errors';
like $got->{out}, qr/^    0 rank=1 seed=0 .* \+1 +\+2\.36\* equal within Monte Carlo error$/m, 'in errors of both';
like $got->{out}, qr/only one MCSE is known/, 'of which one is assumed';
like $got->{out}, qr/mean [-+]0\.00, sd 2\.52/, 'their mean and spread';
$got = csv(moved(2, -2, 3, -2, 2, -2, 2, -2));
is $got->{status}, 1, 'one beyond 3 errors';
like $got->{out}, qr/^    2 .* \+3\.54\* different$/m, 'is different';
like $got->{err}, qr/^sltrace: their\.csv: 1 of 8 estimates and 0 groups of runs are more than 3 errors from small\.golden\n$/, 'and counted';

$got = csv("run,source,llc,mcse\n1,none,7,\n", qw(--only 1));
is $got->{status}, 3, 'without any error nothing can be judged';
like $got->{err}, qr/1 of 1 estimates cannot be judged by small\.golden, of 1 no Monte Carlo error is known; give --from with the traces of small\.golden$/, 'and it is told what to give';
$got = csv("run,source,llc,mcse\n1,none,7,\n", qw(--from small));
is $got->{status}, 1, 'with the golden\'s traces it can';
like $got->{out}, qr/MCSE\) of ours: small$/m, 'which are named';
my ($mcse) = $got->{out} =~ /^    1 rank=1 seed=1 +7\.0000 +- +\S+ +(\S+)/m;
ok defined $mcse, 'and has an error of ours' or diag $got->{out};
$got = csv("run,source,llc,mcse\n1,none," . ($llc[1] + 3.5 * $mcse) . ",\n", qw(--from small --only seed=1,rank=1));
is $got->{status}, 0, 'an error that is not given is taken to be ours';
like $got->{out}, qr/ \+2\.4\d\* equal/, 'in both';
my $shown = sltrace(qw(audit small.yaml --only 1 --against f32))->{out};
like $shown, qr/^  ours +\S+ +\Q$mcse\E /m, 'the same error as --against has';
expect(csv("run,source,llc,mcse\n1,none,7,\n", qw(--from fixed)), 'traces of another golden', status => 2,
    err => "sltrace: fixed/traces/000000.trace: expected the trace of small.golden, found another\n");

# Groups: every run within its error, all of them on one side of ours.
my $off = csv("run,source,llc,mcse\n" . join '', map { "$_,off," . ($llc[$_] + 200) . ",99\n" } 0 .. 7);
is $off->{status}, 1, 'what single runs cannot show';
like $off->{out}, qr/^  8 estimates: 8 equal within Monte Carlo error$/m, 'they are all within';
like $off->{out}, qr/^  rank=1 +4 +\+200 .* different$/m, 'their mean is not';
$off = csv("run,source,llc,mcse\n" . join '', map { "$_,off," . ($llc[$_] + 200) . ",99\n" } 0, 1, 4, 5);
is $off->{status}, 3, 'runs that have no row are not agreement';
like $off->{err}, qr/: 4 of 8 estimates cannot be judged by small\.golden, 4 have no row$/, 'they are counted';
like $off->{out}, qr/^  4 runs have no row: 2-3,6-7$/m, 'and named';
$off = csv(slurp('their.csv'), qw(--only 0,1,4,5));
is $off->{status}, 0, 'of two';
like $off->{out}, qr/^  rank=1 +2 +\+200 .* too few to judge$/m, 'no group is judged';

# ---- Another golden, another study ----------------------------------------------------

$got = audit(qw(fixed small.golden --from small));
is $got->{status}, 0, 'a study in integers beside one in binary32';
like $got->{out}, qr/^  8 estimates: 8 equal within Monte Carlo error$/m, 'agrees';
unlike $got->{out}, qr/\*/, 'both errors are known';
$got = audit(qw(fixed.golden small.golden --from small --attest a.json));
is $got->{status}, 0, 'its golden alone too';
like $got->{out}, qr/^mine\/fixed$/m, 'under its name';
like slurp('a.json'), qr/"subject":\[\{"name":"fixed\.golden","digest":\{"sha256":"\w{64}"\}\}\].*"configuration":\[\{"name":"small\.golden".*"passedTests":\["mine\/fixed: run 0",.*"mine\/fixed: rank=2 over seed"\]/,
    'attested';
$got = audit(qw(fixed.golden small.golden));
is $got->{status}, 3, 'without errors';
like $got->{out}, qr/^  rank=1 +4 .* equal within Monte Carlo error$/m, 'groups are judged all the same';
like audit(qw(fixed.golden small.golden --over rank))->{out}, qr/^  seed=3 +2 /m, '--over';

my $json = audit(qw(fixed small.golden --from small --json));
like $json->{out}, qr/^\{"schema":"sltrace\.audit-estimates\/1","audit":"estimates","estimates_of":"fixed","golden":"small\.golden","column":"llc\/mean",/, 'as JSON';
like $json->{out}, qr/"run":7,"source":"fixed","llc":[-0-9.e]+,"mcse":[0-9.e-]+,"ours":[-0-9.e]+,"mcse_of_ours":[0-9.e-]+,"difference":[-0-9.e]+,"difference_in_mcse":[-0-9.e]+,"mcse_assumed":false,"verdict":"equal within Monte Carlo error"/, 'rows';
like $json->{out}, qr/"groups":\[\{"group":"rank=1","runs":4,.*"exit":0,"message":null/, 'groups';
is scalar(grep { length > 100 } map { split /\n/ } $got->{out}, $off->{out}), 0, 'text has at most 100 columns';

# ---- CSV as it comes ------------------------------------------------------------------

for my $case (
    [ 'CRLF and a byte order mark', "\xef\xbb\xbfrun,source,llc,mcse\r\n1,a,$llc[1],\r\n" ],
    [ 'other columns first', "llc,run,mcse,source\n$llc[1],1,,a\n" ],
    [ 'no line end at the end', "run,source,llc,mcse\n1,a,$llc[1]," ],
    [ 'quotes', "\"run\",\"source\",llc,mcse\n\"1\",\"a\"\"b,\nc\",\"$llc[1]\",\"\"\n" ],
    [ 'further columns', "name,llc,run,when,mcse,source\nx,$llc[1],1,now,,a\n" ],
    [ 'integers as decimals', "run,source,llc,mcse\n1.0,a,$llc[1],\n" ],
    [ 'an error that is NA', "run,source,llc,mcse\n1,a,$llc[1],NA\n" ],
    [ 'a run twice as two sources', "run,source,llc,mcse\n1,a,$llc[1],\n1,b,$llc[1],nan\n" ],
    [ 'blanks and empty lines', "run, source ,llc,mcse\n\n 1 ,a,\t$llc[1] ,\n  \n" ])
{
    is csv($case->[1], qw(--only 1))->{status}, 0, "reads $case->[0]";
}
sub refused {
    my ($name, $text, $message) = @_;
    expect(csv($text), "refused: $name", status => 2, err => "sltrace: their.csv:$message\n");
}
my $head = "run,source,llc,mcse\n";
my $expects = 'expected the 4 columns run, source, llc and mcse, each once, found';
refused('nothing', '', "1: $expects no run");
refused('no rows', $head, '2: expected rows, found none');
refused('a column less', "run,source,llc\n", "1: $expects no mcse");
refused('an unknown column', "run,source,llc,error\n", "1: $expects no mcse");
refused('a column twice', "run,source,llc,mcse,llc\n", "1: $expects two llc");
refused('a field more', "${head}1,a,2,3,4\n", '2: more than the 4 fields of line 1');
refused('a field less', "${head}1,a,2,3\n\n2,a,2\n", '4: fewer than the 4 fields of line 1');
refused('half a run', "${head}1.5,a,2,3\n", '2: expected the number of a run, found 1.5');
refused('an unknown run', "${head}8,a,2,3\n", '2: run 8 is none of small.golden');
refused('a negative run', "${head}-1,a,2,3\n", '2: expected the number of a run, found -1');
refused('a run too large', "${head}99999999999999999999,a,2,3\n", '2: expected the number of a run, found 99999999999999999999');
refused('no source', "${head}1,,2,3\n", '2: expected the name of a source, found nothing');
refused('infinity', "${head}1,a,inf,3\n", '2: expected a decimal number as llc, or nothing, found inf');
refused('an infinite error', "${head}1,a,2,inf\n", '2: expected a decimal number from 0 on as mcse, or nothing, found inf');
refused('a negative error', "${head}1,a,2,-3\n", '2: expected a decimal number from 0 on as mcse, or nothing, found -3');
refused('a number too large', "${head}1,a,1e999,3\n", '2: expected a decimal number as llc, or nothing, found 1e999');
refused('control characters', "${head}1,a,\"2\e[31m\",3\n", '2: expected a decimal number as llc, or nothing, found "2\u001b[31m"');
refused('a run twice', "${head}1,a,2,3\n1,b,2,3\n1,a,4,5\n", '4: run 1 of this source stands in line 2 already');
refused('an open quote', "${head}1,\"a\nb,2,3\n", '2: a quote that is never closed');
refused('a quote inside', "${head}1,a\"b,2,3\n", '2: a quote within a field that has none around it');
refused('text behind a quote', "${head}1,\"a\"b,2,3\n", '2: expected a comma behind a closing quote');
refused('a NUL', "${head}1,a\0,2,3\n", '2: a NUL byte');
refused('a lone carriage return', "run,source,llc,mcse\r1,a,2,3\r", '1: a carriage return within a line');

# A row may leave its estimate open: that is told, and is not agreement.
for my $word ('', 'NA', 'NaN', 'nan') {
    $got = csv($same =~ s/^3,again,[^,]*,/3,again,$word,/mr);
    is $got->{status}, 3, "no estimate: '$word'";
    like $got->{out}, qr/^ +3 rank=1 seed=3 +- .* no estimate$/m, 'is a row of its own';
    like $got->{err}, qr/: 1 of 8 estimates cannot be judged by small\.golden, 1 are missing, without/, 'and counted';
}

# Time grows as the rows do, whether they are of many sources or of many runs.
my $rows = 0;
sub timed {
    my ($name, @arguments) = @_;
    my ($before) = map { $_->[2] + $_->[3] } [times];
    my $got = audit(@arguments, '--json');
    my ($after) = map { $_->[2] + $_->[3] } [times];
    cmp_ok $after - $before, '<', 20, sprintf '%s: %.1f s', $name, $after - $before;
    return $got->{status};
}
spew('many.csv', $head . join '', map { my $r = $_ % 8; "$r,s" . ($_ / 8 | 0) . ",$llc[$r],1\n" } 0 .. 199_999);
is timed('200000 rows of 25000 sources', qw(many.csv small.golden)), 0, 'all identical';
spew('many.csv', $head . join '', map { "$_,s$_,1,1\n" =~ s/^\d+/$_ % 8/er } 0 .. 199_999);
is timed('200000 sources of one row', qw(many.csv small.golden)), 1, 'all but a row of each missing, and different';

sub refuses {
    my ($name, $like, @arguments) = @_;
    expect(audit(@arguments), "refused: $name", status => 2, err => qr/^sltrace: [^\n]*$like[^\n]*\n$/);
}
spew('their.csv', $same);
refuses('no such column', 'expected a column llc2\/mean, found', qw(their.csv small.golden --result llc2/mean));
refuses('no such axis', "--over: small\\.golden has no axis 'width'", qw(their.csv small.golden --over width));
refuses('two goldens', '--estimates takes one golden', qw(their.csv small.golden small.golden));
refuses('an empty folder', 'expected traces of runs', '/dev', 'small.golden');
refuses('no file', 'none\.csv', qw(none.csv small.golden));
spew('two.yaml', manifest() =~ s/mine\/small/mine\/two/r);
sltrace(qw(run two.yaml --out two));
sltrace(qw(record two.yaml --from two));

# ---- Which run is which ---------------------------------------------------------------

# two.golden has seeds 0 and 1 alone: runs are found by what they are, whatever their number.
$got = audit(qw(two.golden small.golden));
is $got->{status}, 3, 'half of the runs of another golden';
is scalar(() = $got->{out} =~ /^ +\d rank=\d seed=\d .* identical$/mg), 4, 'agree';
like $got->{out}, qr/^ +4 rank=2 seed=0 .* identical$/m, 'though one is run 2 there';
is scalar(() = $got->{out} =~ /^ +\d rank=\d seed=[23] .* missing$/mg), 4, 'the others are rows that are missing';
is audit(qw(two.golden small.golden --only seed=0,seed=1))->{status}, 0, '--only asks for these';
like audit(qw(small.golden two.golden))->{out}, qr/^  4 runs there are none of these$/m, 'and the other way round';

my $swap = $four =~ s/mine\/small/mine\/swap/r =~ s/seed: \{from: 0, count: 4\}/seed: [3, 2, 1, 0]/r;
isnt $swap, $four =~ s/mine\/small/mine\/swap/r, 'seeds in another order';
spew('swap.yaml', $swap);
sltrace(qw(run swap.yaml --out swap));
sltrace(qw(record swap.yaml --from swap));
for my $theirs (qw(swap.golden swap small)) {
    $got = audit($theirs, 'small.golden');
    is $got->{status}, 0, "$theirs: the same runs";
    like $got->{out}, qr/^  8 estimates: 8 identical$/m, 'in every bit: one number, one route';
}

my $other = $four =~ s/mine\/small/mine\/other/r =~ s/num_draws: (\d+)/'num_draws: ' . ($1 + 1)/er;
my $end = $four =~ s/mine\/small/mine\/end/r =~ s/(llc:\s+- \{at: \w+, lr:) [-.e0-9]+/$1 1e9/r;
for (['other', $other], ['end', $end]) {
    my ($name, $text) = @$_;
    spew("$name.yaml", $text);
    sltrace('run', "$name.yaml", '--out', $name);
    sltrace('record', "$name.yaml", '--from', $name, '--force', 'a test');
}
for my $theirs (qw(other.golden other)) {
    $got = audit($theirs, 'small.golden');
    is $got->{status}, 3, "$theirs: other settings";
    is scalar(() = $got->{out} =~ /^ +\d rank=\d seed=\d .* other settings\n +run\.llc\[0\]\.num_draws is (\d+) there, (\d+) here$/mg) / 2, 8,
        'each told by field and both values' or diag $got->{out};
}
for my $theirs (qw(end.golden end)) {
    $got = audit($theirs, 'end.golden');
    is $got->{status}, 3, "$theirs: runs without an estimate are not agreement";
    is scalar(() = $got->{out} =~ /^ +\d rank=\d seed=\d .* no estimate\n +theirs: diverged; ours: diverged$/mg), 8, 'each has its row'
        or diag $got->{out};
}
like audit(qw(end.golden end.golden --json))->{out}, qr/"verdict":"no estimate","reason":"theirs: diverged; ours: diverged"\}/, 'in JSON too';

# Another arithmetic is the one difference that an estimate may have.
like audit(qw(fixed.golden small.golden --from small))->{out}, qr/^  the arithmetic of 8 runs is another: run\.arithmetic is fixed there, f32 here$/m, 'another arithmetic is told';

# Without manifests a golden knows the settings of its first run alone.
mkdir 'bare';
spew("bare/$_", slurp($_)) for qw(small.golden fixed.golden);
$got = audit(qw(fixed bare/small.golden --from small));
is $got->{status}, 3, 'a golden alone';
like $got->{out}, qr/^ +0 rank=1 seed=0 .* equal within Monte Carlo error$/m, 'its base is the run in another arithmetic';
is scalar(() = $got->{out} =~ /^ +[1-7] rank=\d seed=\d .* missing$/mg), 7, 'of the others it cannot be told';

# ---- An end by signal -----------------------------------------------------------------

my $took;
for (1 .. 3) {
    my $pid = fork;
    if (!$pid) {
        open STDOUT, '>', 'ended.out';
        open STDERR, '>', 'ended.err';
        exec $sltrace, qw(audit --estimates many.csv small.golden);
    }
    select undef, undef, undef, 0.3;
    kill 'TERM', $pid;
    my $since = time;
    waitpid $pid, 0;
    last if ($took = time - $since) <= 2;
}
cmp_ok $took, '<=', 2, 'a signal ends an audit of many rows within a second or so';
done_testing;
