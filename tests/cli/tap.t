#!/usr/bin/perl
# What a harness makes of verify: text from outside is never a directive, a bad golden
# never stops it, and the exit status is that of the worst golden, whatever the order.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA;
use Test::More;
use TAP::Parser;

workdir();
spew('small.yaml', manifest() =~ s/name: mine\/small/name: small/r);
is sltrace(qw(run small.yaml --out A --quiet))->{status}, 0, 'a study';
is sltrace(qw(record small.yaml --from A))->{status}, 0, 'its golden';
my $good = slurp('small.golden');

# The golden with its root made anew; the file of data beside each.
sub forge {
    my ($path, $text) = @_;
    my ($head) = $text =~ /\A(.*?^)root /ms;
    my $root = Digest::SHA::sha256_hex($head);
    spew($path, $text =~ s/^root sha256:.*/root sha256:$root/mr);
}
forge('differs.golden', $good =~ s/^(0 .* )\S+$/${1}1.5/mr);
spew('damaged.golden', substr $good, 0, 300);
forge('unfit.golden', $good =~ s/^numerics 1$/numerics 2/mr);

sub parse {
    my ($tap) = @_;
    my $parser = TAP::Parser->new({ tap => $tap });
    my @results;
    while (my $result = $parser->next) { push @results, $result }
    return ($parser, @results);
}

# ---- A golden's report

my $differs = sltrace(qw(verify differs.golden --only 0));
is $differs->{status}, 1, 'another result';
my ($parser, @lines) = parse($differs->{out});
is join(' ', $parser->failed), '1 2', 'fails, and so do figure data, which are not those of this result';
ok !$parser->parse_errors, 'the plan holds' or diag $parser->parse_errors;
like $differs->{out}, qr/\n  ---\n  verdict: differs\n  field: llc\/mean\n  expected: "1.5"\n  found: "-?[0-9.]+"\n  \.\.\.\n/,
    'named, with both values';
my ($yaml) = map { $_->data } grep { $_->is_yaml } @lines;
is $yaml->{field}, 'llc/mean', 'as YAML too';

my $damaged = sltrace(qw(verify damaged.golden));
is $damaged->{status}, 2, 'a damaged golden';
($parser, @lines) = parse($damaged->{out});
ok $parser->is_good_plan && !$parser->parse_errors, 'has a plan';
is join(' ', $parser->failed), 1, 'and fails';
like $damaged->{out}, qr/^  verdict: trouble\n  reason: "damaged\.golden:\d+: /m, 'saying why';
unlike $damaged->{out}, qr/Bail out/, 'without stopping the harness';

my $unfit = sltrace(qw(verify unfit.golden));
is $unfit->{status}, 3, 'a golden of another numerics revision';
like $unfit->{out}, qr/^1\.\.1\nnot ok 1 - [^\n]* # not judged\n/m, 'is not judged';
unlike $unfit->{out}, qr/Bail out/, 'and stops nothing';

for my $golden ('gone.golden', '.') {
    my $got = sltrace('verify', $golden);
    is $got->{status}, 2, "$golden: exit status";
}

# ---- Several goldens

my $harness = shell(q(prove -e "$SLTRACE verify --only 0" damaged.golden small.golden unfit.golden));
isnt $harness->{status}, 0, 'prove fails';
like $harness->{out}, qr/^damaged\.golden .*Failed.*^small\.golden \.+ ok$/ms,
    'for the first, and verifies the second';

my %exit = ('small.golden' => 0, 'differs.golden' => 1, 'damaged.golden' => 2, 'unfit.golden' => 3);
my %rank = (0 => 0, 3 => 1, 1 => 2, 2 => 3);

sub worst { return (sort { $rank{$b} <=> $rank{$a} } map { $exit{$_} } @_)[0] }

sub orders {
    my @set = @_ or return [];
    return map {
        my $i = $_;
        map { [ $set[$i], @$_ ] } orders(@set[ grep { $_ != $i } 0 .. $#set ])
    } 0 .. $#set;
}
my @sets;
my @all = sort keys %exit;
push @sets, [$_] for @all;
for my $first (@all) { push @sets, [ $first, $_ ] for @all }
for my $left (@all) { push @sets, orders(grep { $_ ne $left } @all) }
push @sets, orders(@all);
for my $set (@sets) {
    my $got = sltrace(qw(verify --only 0), @$set);
    my $wrong = $got->{status} != worst(@$set);
    ($parser) = parse($got->{out});
    my @bad = grep { $exit{ $set->[ $_ - 1 ] } } 1 .. @$set;
    my $unjudged = grep { $_ eq 'unfit.golden' } @$set;
    $wrong ||= @$set > 1 && $unjudged != (() = $got->{out} =~ /^not ok \d+ - unfit\.golden # not judged$/mg);
    $wrong ||= @$set > 1 && join(' ', $parser->failed) ne join(' ', @bad);
    $wrong ||= $parser->parse_errors || $got->{out} =~ /Bail out/;
    ok !$wrong, 'exit ' . worst(@$set) . ": @$set" or diag $got->{status}, $got->{out};
}

SKIP: {
    spew('log.c', "double Sleef_finz_logd1_u10purecfma(double x) { return x; }\n");
    skip 'no compiler', 6 if shell('cc -shared -fPIC log.c -o log.so')->{status};
    skip 'this machine is unfit already', 6 if sltrace(qw(doctor --strict))->{status};
    spew('fixed.yaml', manifest() =~ s/name: mine\/small/name: fixed/r =~ s/f32/fixed/r);
    is sltrace(qw(run fixed.yaml --out B --quiet))->{status}, 0, 'a study in fixed point';
    is sltrace(qw(record fixed.yaml --from B --quiet))->{status}, 0, 'recorded';
    local $ENV{LD_PRELOAD} = './log.so';
    my @verify = qw(verify --only 0 --isa scalar);
    my $none = sltrace(@verify, 'small.golden', 'small.golden');
    is $none->{status}, 3, 'a machine that can judge none of the goldens';
    is scalar(() = $none->{out} =~ /^Bail out! cannot judge here: log fingerprint .*\n\z/mg), 1,
        'says so once, last, at the start of a line';
    is scalar(() = $none->{out} =~ /Bail out/g), 1, 'and nowhere else';
    my $some = sltrace(@verify, 'small.golden', 'fixed.golden');
    ok $some->{status} == 3 && $some->{out} =~ /^ok 2 - fixed\.golden$/m
        && $some->{out} !~ /Bail out/, 'one that can judge some does'
        or diag $some->{out};
}

# ---- Text from outside

# Axis values that hold directives, as names of files may.
my $todo = 'TO' . 'DO'; # one word is banned in this tree
my @raw = ("w#$todo.raw64", 'w # SKIP x.raw64', "w\\#$todo.raw64");
my @sums;
for my $i (0 .. $#raw) {
    my $bytes = pack 'd<*', map { $_ / 8 + $i } 1 .. 32;
    spew($raw[$i], $bytes);
    push @sums, Digest::SHA::sha256_hex($bytes);
}
my $axes = join ', ', map { '"' . s/\\/\\\\/gr . '"' } @raw;

sub axis_manifest {
    my ($type) = @_;
    return <<"YAML";
sltrace: 1
name: axis
sweep:
  file: [$axes]
  sha: {with: file, values: ["@{[join '", "', @sums]}"]}
run:
  arithmetic: f64
  seed: 1
  data: {kind: linear-teacher, samples: 40, inputs: 8, outputs: 4, rank: 2}
  model:
    weights:
      W: {shape: [4, 8], init: {kind: file, file: \$file, sha256: \$sha$type}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train: {optimizer: {kind: sgd, lr: 1e-3}, steps: 3}
YAML
}
spew('axis.yaml', axis_manifest(', type: f64'));
spew('axis.yaml', axis_manifest('')) if sltrace(qw(show axis.yaml))->{status};
is sltrace(qw(run axis.yaml --out C --quiet))->{status}, 0, 'a sweep over files';
is sltrace(qw(record axis.yaml --from C --quiet))->{status}, 0, 'its golden';
my $axis = slurp('axis.golden');
forge('axis.golden', $axis =~ s/^(\d .* )(\S+)$/$1 . 'LOSS'/gemr =~ s/ LOSS$/ 1.5/gmr);
my $outside = sltrace('verify', 'axis.golden');
is $outside->{status}, 1, 'every run differs';
($parser, @lines) = parse($outside->{out});
my @tests = grep { $_->is_test } @lines;
is scalar(@tests), 3, 'as many tests as runs';
is scalar(grep { $_->has_todo || $_->has_skip } @tests), 0, 'none of them a directive';
is join(' ', $parser->failed), '1 2 3', 'all fail';
ok !$parser->parse_errors, 'the plan holds' or diag $parser->parse_errors;
is scalar(grep { $_->is_unknown } @lines), 0, 'no line is of another kind';
unlike $outside->{out}, qr/[^\n\x20-\x7e]/, 'nothing reaches the terminal as it is';

# No run is no pass.
my $none = sltrace('verify', 'axis.golden', '--only', "file=$raw[0],sha=$sums[1]");
is $none->{status}, 2, 'values that no run has together';
like $none->{out}, qr/^1\.\.1\nnot ok 1 - .*\n.*\n.*\n  reason: ".*no run has these values together/m, 'fail';

# Names of goldens.
my @names = ("g#$todo.golden", "g\nok 1 - x.golden", "g\x{1b}[31m.golden", 'g\\#skip.golden');
spew($_, slurp('differs.golden')) for @names;
my $named = sltrace(qw(verify --only 0), @names);
is $named->{status}, 1, 'goldens of evil names';
($parser, @lines) = parse($named->{out});
@tests = grep { $_->is_test } @lines;
is scalar(@tests), 4, 'are a test each';
is join(' ', $parser->failed), '1 2 3 4', 'which fail';
is scalar(grep { $_->has_todo || $_->has_skip } @tests), 0, 'without a directive';
unlike $named->{out}, qr/[^\n\x20-\x7e]/, 'and show as text';
my $gone = sltrace('verify', map { "no/$_" } @names);
($parser, @lines) = parse($gone->{out});
is join(' ', $parser->failed), '1 2 3 4', 'also where they are not there';
is scalar(grep { $_->has_todo || $_->has_skip } grep { $_->is_test } @lines), 0, 'no directive';

# ---- Runs that ended early

my $early = manifest() =~ s/name: mine\/small/name: early/r;
$early =~ s/rank: \[1, 2\]/rate: [1e-2, 1e9]/;
$early =~ s/\$rank/2/g;
$early =~ s/lr: 1e-2/lr: \$rate/;
$early =~ s/kind: adam/kind: sgd/;
$early =~ s/by: rank/by: rate/;
spew('early.yaml', $early);
is sltrace(qw(run early.yaml --out D --quiet))->{status}, 0, 'a study of which half diverges';
expect(sltrace(qw(record early.yaml --from D)), 'record names them',
    out => qr/^recorded early\.golden: 4 runs, root [0-9a-f]{64}\nruns sha256:[0-9a-f]{64}\nended early: 2 of 4 runs: diverged 2-3\n$/);
like sltrace(qw(record early.yaml --from D --json --force again))->{out},
    qr/"ended_early":\[\{"run":2,"status":"diverged"\},\{"run":3,"status":"diverged"\}\]/, 'as JSON too';
my $marked = sltrace(qw(verify early.golden));
is $marked->{status}, 0, 'verify';
like $marked->{out}, qr/^ok 3 - early\[2\] rate=1000000000 seed=0 # diverged at step \d+\n/m, 'marks them';
like $marked->{out}, qr/^# 4 identical, 0 differs, 0 not judged; of the identical 2 diverged\n/m, 'and counts them';
($parser, @lines) = parse($marked->{out});
is scalar(grep { $_->has_todo || $_->has_skip } grep { $_->is_test } @lines), 0,
    'the mark is no directive';
spew('none.yaml', $early =~ s/name: early/name: none/r =~ s/rate: \[1e-2, 1e9\]/rate: [1e9]/r);
is sltrace(qw(run none.yaml --out E --quiet))->{status}, 0, 'a study of which all diverges';
expect(sltrace(qw(record none.yaml --from E)), 'is not recorded', status => 2,
    err => qr/^sltrace: none: all 2 runs ended early [^\n]*--force REASON[^\n]*\n$/);
ok !-e 'none.golden' && !-e 'none.csv', 'nothing is written';
expect(sltrace(qw(record none.yaml --from E --force), 'that is the point'), 'unless a reason is given',
    out => qr/^recorded .*\nruns .*\nended early: 2 of 2 runs: diverged 0-1\nreason: that is the point\n$/);

my $chained = manifest() =~ s/name: mine\/small/name: chained/r;
$chained =~ s/rank: \[1, 2\]/rate: [1e-3, 1e30]/;
$chained =~ s/\$rank/2/g;
$chained =~ s/at: last, lr: 1e-3/at: last, lr: \$rate/;
$chained =~ s/by: rank/by: rate/;
spew('chained.yaml', $chained);
is sltrace(qw(run chained.yaml --out F --quiet))->{status}, 0, 'a study of which chains diverge';
is sltrace(qw(record chained.yaml --from F --quiet))->{status}, 0, 'its golden';
like sltrace(qw(verify chained.golden))->{out},
    qr/^ok 2 - [^#\n]*\nok 3 - chained\[2\] [^#\n]* # diverged in a chain from step 40\n/m, 'says so';

# ---- One line for two labs

my ($digest) = $marked->{out} =~ /^# runs sha256:([0-9a-f]{64})$/m;
my $lines = join '', slurp('early.golden') =~ /^(?:\d| trail).*\n/mg;
is $digest, Digest::SHA::sha256_hex($lines), 'the digest of the runs is that of their lines';
like sltrace(qw(show early.golden))->{out}, qr/^runs sha256:$digest$/m, 'show has it';
like sltrace(qw(show early.golden --json))->{out}, qr/"runs_sha256":"$digest"/, 'as JSON too';
like sltrace(qw(verify early.golden --only 0 --json))->{out}, qr/"runs_sha256":"$digest"/, 'verify as well';
mkdir 'elsewhere';
spew('elsewhere/other.yaml', $early =~ s/name: early/name: another/r);
like sltrace(qw(record elsewhere/other.yaml --from D))->{out}, qr/^runs sha256:$digest$/m,
    'under another name it is the same';
done_testing;
