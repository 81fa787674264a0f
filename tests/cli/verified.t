#!/usr/bin/perl
# sltrace verify --attest: a statement of what was verified, when and where; and what pages
# make of the one that lies beside a golden.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP;
use MIME::Base64;
use Test::More;

binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output;
workdir();
my $keys = "$root/tests/fault/inject/files";
my $key = "$keys/plain.key";
my ($text) = slurp("$keys/plain.pub") =~ /^(RWQ\S{53})$/m;
mkdir $_ for qw(tree tree/one);
chdir 'tree/one';
spew('small.yaml', manifest());
is sltrace(qw(run small.yaml --quiet --out ../../out))->{status}, 0, 'run';
is sltrace(qw(record small.yaml --from ../../out))->{status}, 0, 'record';
my $golden = slurp('small.golden');
my $beside = 'small.golden.verified';

sub statement { return decode_json(slurp($beside) // '{}') }

# The cell of the golden in the front page, after a run of figure.
sub cell {
    chdir '../..';
    my $got = sltrace(qw(figure tree --out front), @_);
    my $page = decode('UTF-8', slurp('front/index.html') // '');
    my $section = decode('UTF-8', slurp('front/one.html') // '');
    chdir 'tree/one';
    my ($row) = $page =~ m{<tbody>.*?<tr>(.*?)</tr>}s;
    my @cells = $row =~ m{<td([^>]*)>(.*?)</td>}gs;
    my ($again) = $section =~ m{last verified</th>\s*<td[^>]*>(.*?)</td>}s;
    is $again // 'not known', $cells[7], 'the section says it, too';
    return { text => $cells[7], bad => $cells[6] =~ /\bno\b/ ? 1 : 0, %$got };
}

# ---- What the statement says

is cell()->{text}, 'not known', 'no statement';
my $got = sltrace('verify', 'small.golden', '--attest', $beside);
is $got->{status}, 0, 'attested' or diag $got->{err};
like $got->{out}, qr/^# 4 identical, 0 differs, 0 not judged$/m, '... beside the verdicts';
my $said = statement();
my $verification = delete $said->{predicate}{verification};
my ($runs) = $got->{out} =~ /^# runs sha256:(\w+)/m;
is_deeply $said, {
    _type => 'https://in-toto.io/Statement/v1',
    subject => [ { name => 'mine/small.golden', digest => { sha256 => sha256_hex($golden) } } ],
    predicateType => 'https://in-toto.io/attestation/test-result/v0.1',
    predicate => {
        result => 'PASSED',
        configuration => [ { name => 'runs', digest => { sha256 => $runs } } ],
        passedTests => [ 'mine/small: 4 of 4 runs', 'mine/small figure data' ],
        failedTests => [] } }, '... with the golden as its subject' or diag explain $said;
like delete $verification->{finished}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '... the time';
is delete $verification->{$_->[0]}, $_->[1], "... $_->[0]"
    for [ runs => 4 ], [ judged => 4 ], [ identical => 4 ], [ differ => 0 ], [ numerics => 1 ];
is join(' ', sort keys %$verification), 'cpu isa machine sltrace', '... and the machine, but no host';
my $now = cell();
like $now->{text}, qr/^\d{4}-\d\d-\d\d: all 4 runs; \Q$verification->{machine}\E, .*; unsigned$/, 'the page tells it';
is "$now->{bad} $now->{status}", '0 0', '... as no failure';

expect sltrace('verify', 'small.golden', '--attest', $beside), 'an old statement stays', status => 2,
    err => qr/\Q$beside\E: exists already/;
expect sltrace('verify', 'small.golden', 'small.golden', '--attest', 'x'), 'two goldens', status => 2,
    err => qr/--attest goes with one golden/;
expect sltrace('verify', 'small.golden', '--sign', $key), '--sign alone', status => 2,
    err => qr/--sign goes with --attest/;
$got = sltrace('verify', 'small.golden', '--attest', '-');
is $got->{status}, 0, '--attest -';
is decode_json($got->{out})->{predicate}{result}, 'PASSED', '... the statement alone';
expect sltrace('verify', 'small.golden', '--attest', '-', '--json'), '... and --json', status => 2,
    out => qr/usage error/, err => qr/--attest - does not go with --json/;

unlink $beside;
sltrace(qw(verify small.golden --sample 2 --attest), $beside);
is statement()->{predicate}{passedTests}[0], 'mine/small: 2 of 4 runs', 'a sample is no more';
like cell()->{text}, qr/: 2 of 4 runs; /, '... on the page, too';
unlink $beside;
sltrace(qw(verify small.golden --traces ../../out --spot 3:key --attest), $beside);
my $spot = statement()->{predicate}{verification}{spot};
is "$spot->{key} $spot->{drawn}", 'key 3', 'a spot check';
like cell()->{text}, qr/: 3 of $spot->{stretches} stretches of the traces; /, '... on the page, too';

# ---- What does not hold

unlink $beside;
my $yaml = slurp('small.yaml');
spew('small.yaml', $yaml =~ s/lr: 1e-2/lr: 1e-1/r);
is sltrace(qw(verify small.golden --attest), $beside)->{status}, 1, 'another manifest';
is statement()->{predicate}{result}, 'FAILED', '... is stated';
is_deeply statement()->{predicate}{passedTests}, [], '... nothing passed';
is scalar @{ statement()->{predicate}{failedTests} }, 1, '... and by what';
spew('small.yaml', $yaml);
$now = cell();
like $now->{text}, qr/^✗ something differed, /, 'the page marks it';
is $now->{bad}, 1, '... as a failure';

unlink $beside;
spew('small.golden', $golden =~ s/^numerics 1$/numerics one/mr);
is sltrace(qw(verify small.golden --attest), $beside)->{status}, 2, 'a golden that cannot be read';
ok !-e $beside, '... has no statement';
spew('small.golden', $golden);

sltrace(qw(verify small.golden --attest), $beside);
my $plain = slurp($beside);
spew('small.yaml', $yaml =~ s/name: mine.small/name: mine\/other/r);
$got = sltrace(qw(record small.yaml --from ../../out --force), 'another name');
is $got->{status}, 0, 'recorded anew' or diag $got->{err};
like cell()->{text}, qr/^✗ another golden, /, 'a statement of the golden before it is marked';
spew('small.yaml', $yaml);
spew('small.golden', $golden);

# Each member that the page relies on: another value, none, another type.
my $forged = sub {
    my ($change) = @_;
    my $all = decode_json($plain);
    $change->($all, $all->{predicate}, $all->{predicate}{verification});
    spew($beside, JSON::PP->new->canonical->encode($all));
    return cell();
};
for my $case (
    [ 'type' => sub { $_[0]{_type} .= '2' } ], [ 'no type' => sub { delete $_[0]{_type} } ],
    [ 'predicate type' => sub { $_[0]{predicateType} = 'x' } ],
    [ 'no subject' => sub { $_[0]{subject} = [] } ],
    [ 'two subjects' => sub { push @{ $_[0]{subject} }, $_[0]{subject}[0] } ],
    [ 'no digest' => sub { delete $_[0]{subject}[0]{digest} } ],
    [ 'result' => sub { $_[1]{result} = 'passed' } ], [ 'no result' => sub { delete $_[1]{result} } ],
    [ 'warned' => sub { $_[1]{result} = 'WARNED' } ],
    [ 'no verification' => sub { delete $_[1]{verification} } ],
    [ 'no runs' => sub { delete $_[2]{runs} } ], [ 'judged as text' => sub { $_[2]{judged} = '4' } ],
    [ 'more judged than there are' => sub { $_[2]{judged} = 5 } ],
    [ 'passed of nothing' => sub { $_[2]{judged} = 0 } ],
    [ 'no time' => sub { delete $_[2]{finished} } ], [ 'no machine' => sub { $_[2]{machine} = '' } ],
    [ 'an unprintable CPU' => sub { $_[2]{cpu} = "a\nb" } ],
    [ 'a list' => sub { $_[0]{predicate} = [] } ])
{
    $got = $forged->($case->[1]);
    like $got->{text}, qr/^✗ tree.one.\Q$beside\E: /, "$case->[0]: the page says what is wrong";
    is $got->{status}, 2, '... and the exit status';
}
is $forged->(sub { })->{bad}, 0, 'as it was it is taken';
like $forged->(sub { $_[0]{subject}[0]{digest}{sha256} = 'a' x 64 })->{text}, qr/^✗ another golden/, 'another subject';
spew($beside, 'x' x 100);
is cell()->{status}, 2, 'no JSON';

spew('../../secret', 'hidden: content');
unlink $beside;
symlink '../../secret', $beside or die;
$got = cell();
is $got->{status}, 2, 'a link that leads out of the tree';
unlike "$got->{text}$got->{err}", qr/hidden|content/, '... is not followed';
like $got->{text}, qr/^✗ /, '... and marked';

# ---- Signed

unlink $beside;
$got = sltrace('verify', 'small.golden', '--attest', $beside, '--sign', $key);
is $got->{status}, 0, 'signed' or diag $got->{err};
my $signed = slurp($beside);
my $name = decode_json($signed)->{signatures}[0]{keyid};
like cell()->{text}, qr/; nobody checked the signature of key $name$/, 'who signed it is not believed';
$now = cell('--public-key', $text);
like $now->{text}, qr/: all 4 runs; .*; signed by key $name$/, '... but checked';
is "$now->{bad} $now->{status}", '0 0', '... and holds';
my $payload = decode_base64(decode_json($signed)->{payload});
my $envelope = sub {
    my ($body, %more) = @_;
    my $all = decode_json($signed);
    $all->{payload} = encode_base64($body, '');
    $all->{$_} = $more{$_} for keys %more;
    spew($beside, encode_json($all));
    return cell('--public-key', $text);
};
for my $case (
    [ 'a payload' => qr/forged: not the signature/, $payload =~ s/"judged":4/"judged":3/r ],
    [ 'a blank more' => qr/forged: not the signature/, "$payload " ],
    [ 'the key' => qr/signed by another key: 0+, expected $name/, $payload,
        signatures => [ { %{ decode_json($signed)->{signatures}[0] }, keyid => '0' x 16 } ] ],
    [ 'no signature' => qr/not a DSSE envelope/, $payload, signatures => [] ],
    [ 'its type' => qr/not a DSSE envelope/, $payload, payloadType => 'text/plain' ],
    [ 'a signature of zeros' => qr/forged/, $payload,
        signatures => [ { keyid => $name, sig => encode_base64("\0" x 64, '') } ] ])
{
    my ($what, $why, $body, %more) = @$case;
    $now = $envelope->($body, %more);
    like $now->{text}, $why, "$what changed: the page says so";
    isnt $now->{status}, 0, '... and the exit status';
}
is $envelope->($payload)->{status}, 0, 'the same envelope by another writer holds';
spew($beside, $plain);
$now = cell('--public-key', $text);
like $now->{text}, qr/^✗ .*: unsigned$/, 'an unsigned one does not count where a key is asked for';
is $now->{status}, 1, '... and the exit status';
expect sltrace('figure', 'small.golden', '--public-key', $text), 'of no folder', status => 2,
    err => qr/--public-key goes with a folder/;

# ---- On the page of a golden

mkdir 'share';
spew("share/$_->[0]", $_->[1]) for [ 'verify.js' => "start\n" ], [ 'verify.wasm' => "\0asm\1\0\0\0" ];
$ENV{SLTRACE_SHARE} = 'share';
sub page_of {
    my (@more) = @_;
    my $told = sltrace('figure', 'small.golden', '--verify-in-page', '--out', 'own', @more);
    my ($row) = decode('UTF-8', slurp('own/small.html') // '') =~ m{last verified</th>\s*<td[^>]*>([^<]*)};
    return ($told, $row);
}
($got, my $row) = page_of('--public-key', $text);
is $got->{status}, 1, 'of a golden alone: an unsigned statement does not count' or diag $got->{err};
like $row, qr/^✗ .*: unsigned$/, '... and its page says so';
spew($beside, $signed);
($got, $row) = page_of('--public-key', $text);
is $got->{status}, 0, 'a signed one does' or diag $got->{err};
like $row, qr/; signed by key $name$/, '... and by whom';
unlink glob 'own/*';
expect sltrace('figure', 'small.golden', '--verify-in-page', '--out', 'own', '--public-key', 'no.pub'),
    'no such key', status => 2, err => qr/no\.pub/;
my @made = glob 'own/*';
is "@made", '', '... and nothing is made';
done_testing();
