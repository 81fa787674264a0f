#!/usr/bin/perl
# verify --junit: a report that readers of JUnit take, whatever is in the names; a case for
# each line of TAP; and a failure or an error in it exactly where the exit status is not 0.
use strict;
use warnings;
use Digest::SHA;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use Test::More;
use Time::HiRes qw(sleep);

Parse::able() or plan skip_all => 'no python3 with yaml';
workdir();
my $quick = manifest() =~ s/count: 2/count: 1/r;
spew('small.yaml', $quick);
is sltrace(qw(run small.yaml --out A --quiet))->{status}, 0, 'a study';
is sltrace(qw(record small.yaml --from A))->{status}, 0, 'its golden';
my $good = slurp('small.golden');

# The golden with its root made anew.
sub forge {
    my ($path, $text) = @_;
    my ($head) = $text =~ /\A(.*?^)root /ms;
    my $root = Digest::SHA::sha256_hex($head);
    spew($path, $text =~ s/^root sha256:.*/root sha256:$root/mr);
}

# Verifies and reads the report; the result of the program and the suites.
my $reports = 0;
sub report {
    my ($status, $name, @arguments) = @_;
    my $file = 'report' . $reports++ . '.xml';
    my $got = sltrace('verify', '--junit', $file, @arguments);
    is $got->{status}, $status, "$name: exit status" or diag $got->{out}, $got->{err};
    my $suites = parsed('junit', slurp($file) // '', $name) // [];
    my @faults = grep { $_->[0] =~ /^(?:failure|error)$/ } map { @{ $_->{inner} } }
        map { @{ $_->{cases} } } @$suites;
    is !!@faults, !!$status, "$name: " . ($status ? 'a fault' : 'no fault') . ' is told';
    return ($got, $suites, @faults);
}

# ---- What is told

my ($got, $suites) = report(0, 'identical', 'small.golden');
my @names = $got->{out} =~ /^ok \d+ - (.*)$/mg;
is_deeply [ map { $_->{name} } @{ $suites->[0]{cases} } ], \@names, 'a case for each line of TAP';
is scalar @names, 3, '... of two runs and their data';
is_deeply [ map { $_->{classname} } @{ $suites->[0]{cases} } ], [ ('mine/small') x 3 ], '... of the golden';
my ($digest) = $got->{out} =~ /^# runs sha256:(\S+)/m;
is_deeply $suites->[0]{properties}, { runs => 2, judged => 2, runs_sha256 => $digest, status => 'ok' },
    'and what holds of all';
report(0, 'again', qw(small.golden --jobs 2));
is slurp('report1.xml'), slurp('report0.xml'), 'the same verdicts are the same bytes';
my ($json) = report(0, 'with --json', qw(small.golden --json));
is $json->{out}, sltrace(qw(verify small.golden --json))->{out}, '... which is what it is without';

(undef, $suites) = report(0, 'a sample', qw(small.golden --sample 1));
is_deeply $suites->[0]{cases}[-1],
    { classname => 'mine/small', name => 'mine/small: the other runs',
        inner => [ [ 'skipped', undef, '1 of 2 runs were judged', undef ] ] },
    'the runs that were not chosen are skipped';
($got, $suites) = report(0, 'a spot check', qw(small.golden --traces A --spot 2:key));
my ($all) = $got->{out} =~ /^# spot: 2 of (\d+) stretches/m;
is $suites->[0]{cases}[-1]{inner}[0][2], "2 of $all stretches were judged", '... and so are stretches';
is "@{$suites->[0]{properties}}{qw(spot.key spot.drawn spot.stretches)}", "key 2 $all", 'which and how many';

forge('differs.golden', $good =~ s/^(0 .* )\S+$/${1}1.5/mr);
forge('unfit.golden', $good =~ s/^numerics 1$/numerics 2/mr);
spew('damaged.golden', substr $good, 0, 300);
spew('other.yaml', $quick =~ s/from: 0/from: 5/r);
forge('other.golden', $good =~ s/^manifest .*/manifest other.yaml/mr);
my $public = "$root/tests/fault/inject/files/plain.pub";
my $key = $public =~ s/pub$/key/r;
for my $signed (qw(signed broken)) {
    spew("$signed.yaml", $quick);
    sltrace('record', 'small.yaml', '--from', 'A', '--golden', "$signed.golden", '--sign', $key);
}
spew('broken.golden', slurp('broken.golden') . ' ');
my @cases = (
    [ 1, 'differs.golden', 'failure', 'differs', 'differs: llc/mean', qr/field: llc\/mean\n  expected: "1.5"\n/ ],
    [ 1, 'other.golden', 'failure', 'differs', qr/^differs: \S/, qr/file: other\.yaml\n/ ],
    [ 2, 'damaged.golden', 'error', 'trouble', qr/^trouble: damaged\.golden:\d+: /, qr/verdict: trouble/ ],
    [ 2, 'gone.golden', 'error', 'trouble', qr/^trouble: gone\.golden: /, qr/reason: / ],
    [ 3, 'unfit.golden', 'error', 'not judged', qr/^not judged: \S/, qr/verdict: "not judged"/ ],
);
for my $case (@cases) {
    my ($status, $golden, @want) = @$case;
    my (undef, undef, $fault) = report($status, $golden, $golden);
    like $fault->[$_], ref $want[$_] ? $want[$_] : qr/^\Q$want[$_]\E$/, "... $want[$_]" for 0 .. 3;
}
($got, $suites) = report(0, 'signed', 'signed.golden', '--public-key', $public);
like $suites->[0]{properties}{'signature.key'}, qr/^[0-9A-F]{16}$/, '... by this key';
for my $case ([ 'small.golden', 'unsigned' ], [ 'broken.golden', 'forged' ]) {
    my (undef, undef, $fault) = report(1, $case->[1], $case->[0], '--public-key', $public);
    is "$fault->[0] $fault->[1]", 'failure refused', '... is refused';
    like $fault->[2], qr/^refused: .*$case->[1]/, '... and named';
}
my (undef, undef, $lost) = report(2, 'a spot check without traces', qw(small.golden --traces nowhere --spot 2:a));
is $lost->[0], 'error', 'trouble before any verdict is an error';

# ---- Several goldens, of which each has a suite and the worst the exit status

my @set = map { $_->[1] } @cases;
(undef, $suites) = report(2, 'several', 'small.golden', @set);
is_deeply [ map { $_->{name} } @$suites ], [ 'small.golden', @set ], 'a suite for each';

my $early = $quick =~ s/name: mine\/small/name: early/r =~ s/rank: \[1, 2\]/rate: [1e-2, 1e9]/r;
$early =~ s/\$rank/2/g;
spew('early.yaml', $early =~ s/lr: 1e-2/lr: \$rate/r =~ s/kind: adam/kind: sgd/r =~ s/by: rank/by: rate/r);
sltrace(qw(run early.yaml --out D --quiet));
sltrace(qw(record early.yaml --from D));
(undef, $suites) = report(0, 'a run that diverged', 'early.golden');
like $suites->[0]{cases}[1]{inner}[0][3], qr/^diverged at step \d+$/, '... says so';

# ---- Text from outside

my @evil = ('<failure>.golden', 'a"b\'c&amp;.golden', ']]>.golden', "line\nend\ttab.golden",
    "\e[31m\a.golden", "\xff\xc3.golden", "\xef\xbf\xbe.golden", '--x.golden', '<!--.golden');
spew($_, slurp('differs.golden')) for @evil;
(undef, $suites) = report(1, 'goldens of evil names', '--only', 0, '--', @evil);
is scalar @$suites, @evil, '... have a suite each';
is $suites->[0]{name}, $evil[0], '... as they are called';
is $suites->[1]{name}, $evil[1], '... with every quote';
(undef, $suites) = report(2, 'and those that are not there', '--', map { "no/$_" } @evil);
is scalar @$suites, @evil, '... a suite each';
unlike join('', map { slurp($_) } glob 'report*.xml'), qr/[^\n\t\x20-\x7e\x80-\xff]/, 'no control character';

# ---- The file

my @verify = qw(verify small.golden --sample 1 --junit);
spew('there.xml', 'older');
is sltrace(@verify, 'there.xml')->{status}, 0, 'over a report';
like slurp('there.xml'), qr/^<\?xml.*<\/testsuites>\n\z/s, '... which is replaced';
expect(sltrace(@verify, $_), "to $_", status => 2,
    err => "sltrace: verify: --junit: expected a file whose name ends in .xml, found '$_'\n")
    for '-', 'differs.golden', '/dev/full';
like slurp('differs.golden'), qr/^root/m, '... and no golden is written over';
expect(sltrace(@verify, 'nowhere/r.xml'), 'into no folder', status => 2, err => qr/nowhere\/r\.xml: /);
my $limit = 'ulimit -f 0; trap "" XFSZ; "$SLTRACE" verify small.golden --junit full.xml 2>&1';
my $full = shell("($limit; echo status \$?) | cat");
like $full->{out}, qr/^ok 3 .*^sltrace: full\.xml: cannot write: .*^status 2$/ms,
    'on a full disk it judges, and says that there is no report';
is_deeply [ glob 'full* .full*' ], [], '... and leaves nothing';

# A process that is asked to end amid many goldens.
spew('stopped.xml', 'older');
my $asked = spawn([ $sltrace, 'verify', ('small.golden') x 5000, '--junit', 'stopped.xml' ], sub {
    sleep .01 until glob('stopped.xml?*') || waitpid($_[0], 1) == $_[0];
    kill INT => $_[0];
});
is $asked->{status}, 130, 'one that is interrupted';
is_deeply [ glob 'stopped* .stopped*' ], ['stopped.xml'], '... leaves nothing';
is slurp('stopped.xml'), 'older', '... but what was there';
done_testing;
