#!/usr/bin/perl
# sltrace record, verify, replay, figure, show, export: one small study through all.
use strict;
use warnings;
no warnings 'qw';
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
mkdir 'manifests' or die;
spew('manifests/small.yaml', manifest());
my @golden = ('golden/small.golden', 'golden/small.csv');

sub run_all { return sltrace(qw(run manifests/small.yaml --out A)) }
expect(sltrace(qw(run manifests/small.yaml --out A --only 0,2)), 'half a study', out => qr/2 computed/);
expect(sltrace(qw(record manifests/small.yaml --from A)), 'record names what is missing',
    status => 2, err => "sltrace: A: 2 of 4 runs are missing: 1,3; sltrace run makes them\n");
ok !-e 'golden', 'and writes nothing';
is run_all()->{status}, 0, 'the whole study';
expect(sltrace(qw(record manifests/small.yaml --from A)), 'record',
    out => qr/^recorded golden\/small\.golden: 4 runs, root [0-9a-f]{64}\nruns sha256:[0-9a-f]{64}\n$/);
ok -s $_, "$_ is there" for @golden;
my %before = map { $_ => slurp($_) } @golden;
like $before{$golden[0]}, qr{^manifest \.\./manifests/small\.yaml$}m,
    'the manifest is named relative to the golden';

expect(sltrace(qw(record manifests/small.yaml --from A)), 'a golden is not replaced',
    status => 2, err => "sltrace: golden/small.golden: exists already; a golden is replaced only with --force REASON\n");
expect(sltrace(qw(record manifests/small.yaml --from A --force), ' '), 'an empty reason',
    status => 2, err => "sltrace: --force: the reason must not be empty\n");
expect(sltrace(qw(record manifests/small.yaml --from A --force), 'a test says so'),
    'a reason is printed', out => qr/^recorded .*\nruns .*\nreason: a test says so\n$/);
is slurp($_), $before{$_}, "$_: recorded twice, the same bytes" for @golden;
expect(sltrace(qw(record manifests/small.yaml --from A --golden other/place.golden --json)),
    'another place', out => qr/^\{"schema":"sltrace\.record\/1","golden":"other\/place\.golden","runs":4,"runs_sha256":"[0-9a-f]{64}","root":"[0-9a-f]{64}","data":"place\.csv","ended_early":\[\],"reason":null\}\n$/);
like slurp('other/place.golden'), qr{^manifest \.\./manifests/small\.yaml$}m, 'its manifest';

# verify
my $full = sltrace('verify', 'golden/small.golden');
is $full->{status}, 0, 'verify' or diag $full->{out}, $full->{err};
is $full->{err}, '', 'no messages';
like $full->{out}, qr/^TAP version 13\n/, 'TAP';
is scalar(() = $full->{out} =~ /^ok \d+ - .*small\[\d\]/mg), 4, 'a line a run';
like $full->{out}, qr/^ok \d+ - .*figure data/m, 'the figure data are judged';
my $some = sltrace('verify', 'golden/small.golden', '--only', '1,3');
is scalar(() = $some->{out} =~ /^ok .*\[\d\]/mg), 2, '--only';
like $some->{out}, qr/^ok 3 - mine\/small figure data\n# not judged: [^\n]*\(2 of 4 /m,
    'and what is left';
$some = sltrace(qw(verify golden/small.golden --sample 2));
like $some->{out}, qr/small\[0\].*small\[3\]/s, '--sample has both ends';
is sltrace(qw(verify golden/small.golden --sample 2:9))->{out},
    sltrace(qw(verify golden/small.golden --sample 2:9))->{out}, '--sample N:KEY repeats';
my $two = sltrace(qw(verify golden/small.golden other/place.golden --only 0));
is $two->{status}, 0, 'two goldens';
like $two->{out}, qr/^TAP version 13\n1\.\.2\n# Subtest: golden.*\n(?:    .*\n)+ok 1 - golden\/small\.golden\n# Subtest: other.*\n(?:    .*\n)+ok 2 - other\/place\.golden\n$/,
    'are one TAP document';
my $json = sltrace(qw(verify golden/small.golden --only 1 --json));
like $json->{out}, qr/^\{"schema":"sltrace\.verify\/1","goldens":\[\{"golden":"golden\/small\.golden","tests":\[\{"ok":true,"name":"[^"]*small\[1\][^"]*","note":null,"diagnostic":null\},[^\]]*figure data[^\]]*\],"runs":4,"judged":1,"identical":1,[^\]]*"status":"ok","exit":0,"message":null\}\]\}\n$/,
    'verify as JSON';
is shell(q(prove -e "$SLTRACE verify --sample 2" golden/small.golden))->{status}, 0, 'prove reads it';

sub refused {
    my ($name, $like, @arguments) = @_;
    expect(sltrace(@arguments), "refused: $name", status => 2,
        err => qr/^sltrace: [^\n]*$like[^\n]*\n$/);
}
refused('--only and --sample', 'not both', qw(verify golden/small.golden --only 1 --sample 2));
refused('a sample of none', "found '0'", qw(verify golden/small.golden --sample 0));
refused('a key beyond 64 bits', "found '2:9", qw(verify golden/small.golden --sample),
    '2:99999999999999999999');
refused('a sample in words', "found 'few'", qw(verify golden/small.golden --sample few));
refused('a sample without key', 'expected N or N:KEY', qw(verify golden/small.golden --sample 2:));
refused('--spot without key', 'expected N:KEY', qw(verify golden/small.golden --traces A --spot), $_)
    for '2', '2:', '0:a', ':a', 'a:2';
refused('--spot without traces', 'goes with --traces', qw(verify golden/small.golden --spot 2:a));
refused("--spot and $_->[0]", 'by itself', qw(verify golden/small.golden --traces A --spot 2:a), @$_)
    for ['--only', 1], ['--sample', 1], ['--segments'];
my $spot = sltrace(qw(verify golden/small.golden --traces A --spot), '2:a beacon');
is $spot->{status}, 0, '--spot' or diag $spot->{out}, $spot->{err};
like $spot->{out}, qr/^# spot: 2 of \d+ stretches, drawn by the key a beacon\n/m, '... by a text';
is scalar(() = $spot->{out} =~ /^ok .*: (?:updates|estimate) /mg), 2, '... two stretches';
unlike sltrace(qw(verify golden/small.golden --traces A --spot), '3:other')->{out}, qr/^not ok/m, '... others';
is shell(q(prove -e "$SLTRACE verify --traces A --spot 2:a" golden/small.golden))->{status}, 0, 'prove reads it';
refused('no golden', 'GOLDEN... is missing', 'verify');

# Another seed in the manifest: exit 1 with field, line and both values.
spew('manifests/small.yaml', manifest() =~ s/from: 0/from: 5/r);
my $seed = sltrace(qw(verify golden/small.golden --only 0));
is $seed->{status}, 1, 'another seed differs';
like $seed->{out} . $seed->{err}, qr/seed/, 'and is named';
spew('manifests/small.yaml', manifest());
my $changed = slurp('golden/small.golden') =~ s/^root (.)/'root ' . ($1 eq '0' ? '1' : '0')/emr;
spew('golden/forged.golden', $changed);
is sltrace(qw(verify golden/forged.golden --only 0))->{status}, 2, 'a forged root';

# A machine that cannot judge: another logarithm than SLEEF's.
SKIP: {
    spew('log.c', "double Sleef_finz_logd1_u10purecfma(double x) { return x; }\n");
    skip 'no compiler', 5 if shell('cc -shared -fPIC log.c -o log.so')->{status};
    skip 'this machine is unfit already', 5 if sltrace(qw(doctor --strict))->{status};
    local $ENV{LD_PRELOAD} = './log.so';
    my $unfit = sltrace(qw(verify golden/small.golden --only 0 --isa scalar));
    is $unfit->{status}, 3, 'an unfit machine';
    like $unfit->{out}, qr/^Bail out! cannot judge here: log fingerprint/m, 'bails out';
    my $json = sltrace(qw(verify golden/small.golden --only 0 --isa scalar --json));
    is $json->{status}, 3, 'as JSON';
    like $json->{out}, qr/"status":"cannot judge here","exit":3,/, 'says so';
    is sltrace(qw(verify golden/small.golden golden/forged.golden --isa scalar))->{status}, 2,
        'trouble wins over it';
}

# replay
my $trace = 'A/traces/000002.trace';
my $replay = sltrace('replay', $trace, '--write', 'again.trace');
is $replay->{status}, 0, 'replay' or diag $replay->{out}, $replay->{err};
is slurp('again.trace'), slurp($trace), 'replay(trace) is the trace';
refused('--write over a file', 'exists already', 'replay', $trace, '--write', 'again.trace');
refused('--write with --from', 'whole replay', 'replay', $trace, qw(--write b.trace --from 10));
refused('--from behind --to', 'lies behind', 'replay', $trace, qw(--from 20 --to 10));
my $part = sltrace('replay', $trace, qw(--from 10 --to 30 --steps -));
is $part->{status}, 0, 'a part of it' or diag $part->{err};
my $pieces = sltrace(qw(verify --only 2 --traces A/traces --segments --jobs 2), 'golden/small.golden');
is $pieces->{status}, 0, 'verify --segments' or diag $pieces->{out}, $pieces->{err};
like $pieces->{out}, qr/^# mine\/small\[2\]: (?:\d+ stretch|verified whole)/m, 'and how it was divided';
refused('--segments without traces', 'goes with --traces', qw(verify --segments), 'golden/small.golden');
my $state = sltrace('replay', $trace, qw(--state 11 --npy states));
is $state->{status}, 0, '--state' or diag $state->{err};
like $state->{out}, qr/^\d+ files written: the state after 11 updates$/m, 'and what it wrote';
refused('--state over its files', 'nothing is overwritten', 'replay', $trace, qw(--state 11 --npy states));
refused('--state beyond the end', 'expected a step up to', 'replay', $trace, qw(--state 9999 --npy states));
refused('--state without --npy', 'goes with --npy', 'replay', $trace, qw(--state 11));
refused('--state with --to', 'does not go with --to', 'replay', $trace, qw(--state 11 --npy s --to 10));
my $again = sltrace('replay', $trace, qw(--arithmetic fixed --out fixed));
is $again->{status}, 0, '--arithmetic' or diag $again->{err};
like $again->{out}, qr/^fixed: done after .*^LLC 0 at step \d+: /ms, 'says how it ended and what it gives';
my ($written) = $again->{out} =~ /^manifest (\S+)$/m;
like sltrace('run', $written, qw(--out fixed))->{out}, qr/0 computed, 1 kept/, 'run takes its folder';
is sltrace('record', $written, qw(--from fixed --quiet))->{status}, 0, 'record too';
is sltrace('verify', $written =~ s/yaml$/golden/r)->{status}, 0, 'and verify what was recorded';
refused('--arithmetic with --to', 'does not go with --to', 'replay', $trace, qw(--arithmetic f64 --to 10));
refused('--out alone', 'goes with --arithmetic', 'replay', $trace, qw(--out a));
is sltrace('replay', $trace, qw(--from 10 --to 30 --steps steps.txt))->{status}, 0, '--steps';
is scalar(() = slurp('steps.txt') =~ /^\d/mg), 20, 'a line a step';

# show
expect(sltrace('show', $trace), 'show a trace', out => qr{^trace A/traces/000002\.trace\nsha256 [0-9a-f]{64}\n});
expect(sltrace('show', 'golden/small.golden'), 'show a golden', out => qr/^golden +mine\/small\n/);
my $plan = sltrace('show', 'manifests/small.yaml');
expect($plan, 'show a plan', out => qr/^manifest +mine\/small\nruns +4\n.*^time +about /ms);
for my $file ($trace, 'golden/small.golden', 'manifests/small.yaml') {
    my $shown = sltrace('show', $file, '--json');
    is $shown->{status}, 0, "show $file --json";
    SKIP: {
        eval { require JSON::PP } or skip 'no JSON::PP', 1;
        ok eval { JSON::PP::decode_json($shown->{out}) }, "$file: it is JSON" or diag $@;
    }
}
refused('nothing to show', 'nowhere', 'show', 'nowhere');
refused('a folder', 'not an ordinary file', 'show', 'A');
my $bytes = slurp($trace);
for my $cut (0, 7, 12, int(length($bytes) / 2), length($bytes) - 1) {
    spew('cut.trace', substr $bytes, 0, $cut);
    refused("a trace of $cut bytes", 'cut\.trace', 'show', 'cut.trace');
}
for my $at (3, 40, int(length($bytes) / 2), length($bytes) - 1) {
    my $flipped = $bytes;
    substr($flipped, $at, 1) ^= "\x10";
    spew('flip.trace', $flipped);
    refused("a flipped bit in byte $at", 'flip\.trace', 'show', 'flip.trace');
}

# export
my $csv = sltrace('export', $trace, '--csv', '-');
like $csv->{out}, qr/^trace,record,kind,step,llc,chain,draw,name,value\n/, 'export --csv';
is scalar(() = $csv->{out} =~ /,chain,40,0,\d,\d+,loss,/g), 40, 'a row a draw';
expect(sltrace('export', $trace, '--csv', 'all.csv'), 'into a file',
    out => "1 file written from 1 trace\n");
ok !-e '-', 'no file is called -';
is slurp('all.csv'), $csv->{out}, 'the same';
is sltrace('export', $trace, '--npy', 'arrays')->{status}, 0, 'export --npy';
my $npy = slurp('arrays/000002-llc0-chain0.npy');
is substr($npy, 0, 8), "\x93NUMPY\x01\x00", 'an array';
is length($npy) % 64, (20 * 8) % 64, 'with an aligned header and 20 losses';
my @losses = unpack 'd<*', substr($npy, -160);
my ($first) = $csv->{out} =~ /,chain,40,0,0,0,loss,(\S+)/;
cmp_ok abs($losses[0] - $first), '<', 1e-12, 'the first loss is that of the CSV';
refused('neither --csv nor --npy', 'either', 'export', $trace);
refused('both', 'either', 'export', $trace, qw(--csv a --npy b));
expect(sltrace('export', $trace, qw(--npy inputs --inputs 12 --chain 1)), 'with inputs',
    out => "36 files written from 1 trace\n");
is join(' ', map { m{000002-(.*)\.npy} } grep { !/-step|llc0-chain.\.npy/ } glob 'inputs/*'),
    'data-target data-x llc0-chain1-losses llc0-chain1-noise.W1 llc0-chain1-noise.W2 '
    . 'llc0-chain1-weight.W1 llc0-chain1-weight.W2 train-losses train-weight.W1 '
    . 'train-weight.W2', 'data, training, a chain';
is substr(slurp('inputs/000002-train-weight.W1.npy'), -10 * 32, 32) eq
    substr(slurp('inputs/000002-step10-W1.npy'), -32), '', 'of another step other weights';
is substr(slurp('inputs/000002-train-weight.W1.npy'), -3 * 32, 32),
    substr(slurp('inputs/000002-step10-W1.npy'), -32), 'row 10 is the state of step 10';
refused('--inputs without --npy', '--npy DIR', 'export', $trace, qw(--csv - --inputs 3));
refused('--chain without --inputs', '--inputs N', 'export', $trace, qw(--npy a --chain 1));
refused('an unknown chain', 'a chain below 2, found 2', 'export', $trace,
    qw(--npy a --inputs 3 --chain 2));
refused('no number of updates', 'inputs', 'export', $trace, qw(--npy a --inputs -3));

# a file of another kind
refused("$$_[0] of a $$_[2]", "$$_[1]: is a $$_[2], but sltrace $$_[0] takes [^;]*; "
    . "what takes a $$_[2]: sltrace $$_[3]\$", split(' ', $$_[4] // $$_[0]), $$_[1])
    for
    [ 'run', 'golden/small.golden', 'golden', 'verify, bundle, figure, show, summary, audit' ],
    [ 'record', $trace, 'trace', 'replay, show, summary, diagnose, influence, predict, rank, export, audit' ],
    [ 'figure', $trace, 'trace', 'replay, show, summary, diagnose, influence, predict, rank, export, audit' ],
    [ 'verify', 'manifests/small.yaml', 'manifest', 'run, slurm, record, figure, show, calibrate, rank, export, audit' ],
    [ 'replay', 'golden/small.golden', 'golden', 'verify, bundle, figure, show, summary, audit' ];
refused("$_ of figure data", 'is figure data, but .*; give its golden or manifest', $_,
    'golden/small.csv') for qw(verify figure show run);

# figure
my $figure = sltrace(qw(figure manifests/small.yaml --from A --out F));
is $figure->{status}, 0, 'figure' or diag $figure->{err};
is slurp('F/small.csv'), slurp('golden/small.csv'), 'its data are the golden\'s';
ok -s 'F/small.txt', 'a report';
SKIP: {
    skip 'no gnuplot', 1 unless `which gnuplot 2>/dev/null`;
    like slurp('F/small.svg'), qr/<svg/, 'a picture';
}
spew('brief.yaml', manifest() =~ s{, value: llc/mean, error: sd}{}r);
expect(sltrace(qw(figure brief.yaml --from A --out B --quiet)), 'value and error left out',
    out => qr/./);
is slurp('B/small.csv'), slurp('golden/small.csv'), 'are llc/mean and sd';
is sltrace(qw(figure golden/small.golden --out G))->{status}, 0, 'of a golden';
is slurp('G/small.csv'), slurp('F/small.csv'), 'the same data';
{
    local $ENV{PATH} = '/nowhere';
    my $bare = sltrace(qw(figure manifests/small.yaml --from A --out H));
    is $bare->{status}, 0, 'without gnuplot';
    like $bare->{err}, qr/^sltrace: [^\n]*gnuplot[^\n]*\n$/, 'one line says so';
    ok -s 'H/small.csv' && !-e 'H/small.svg', 'the data and no picture';
}
spew('golden/small.csv', slurp('golden/small.csv') =~ s/done,,4/done,,5/r);
expect(sltrace(qw(figure golden/small.golden --out I)), 'changed figure data are refused',
    status => 1, err => qr/^sltrace: golden\/small\.csv: expected SHA-256 /);
like sltrace(qw(verify golden/small.golden))->{out}, qr/^not ok \d+ - .*figure data/m,
    'by verify too';

# new
expect(sltrace(qw(new fresh.yaml)), 'new');
is sltrace(qw(show fresh.yaml))->{status}, 0, 'is a valid manifest';
refused('over a file', 'exists already', qw(new fresh.yaml));
like sltrace(qw(new --name me/one))->{out}, qr/^name: me\/one/m, '--name';
is sltrace(qw(run fresh.yaml --out N))->{status}, 0, 'and runs';
is sltrace(qw(figure fresh.yaml --from N --out N))->{status}, 0, 'and has a figure';
is scalar(() = slurp('N/first.csv') =~ /^llc\/mean,[01],/mg), 2, 'with a row a seed';
done_testing;
