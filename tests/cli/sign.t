#!/usr/bin/perl
# Signed goldens and statements: minisign checks ours, ours checks minisign's, and verify
# takes nothing that the key did not sign, and says which it is.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64);
use Test::More;

my $minisign = shell('minisign -v')->{status} == 0;
workdir();
my $keys = "$root/tests/fault/inject/files";
my ($key, $public) = ("$keys/plain.key", "$keys/plain.pub");
my ($text) = slurp($public) =~ /^(RWQ\S{53})$/m;

spew('small.yaml', manifest() =~ s/count: 2/count: 1/r);
expect sltrace(qw(run small.yaml --out out --quiet)), 'a study', out => qr/./;

# ---- Recording

my $got = sltrace('record', 'small.yaml', '--from', 'out', '--sign', $key);
is $got->{status}, 0, 'record --sign' or diag $got->{err};
my $golden = slurp('small.golden');
my $signature = slurp('small.golden.minisig');
my ($run_root) = $golden =~ /^root (\S+)$/m;
my $name = '27F5643E346A8B1D';
like $signature, qr/^untrusted comment: signature by sltrace with key $name\nRUQ\S+\ntrusted comment: /,
    'a signature beside it';
like $signature, qr/\ntrusted comment: golden mine\/small root \Q$run_root\E\n\S+\n\z/, '... whose comment says of what';
unlink 'small.golden', 'small.golden.minisig';
sltrace('record', 'small.yaml', '--from', 'out', '--sign', $key);
is slurp('small.golden.minisig'), $signature, '... always the same';

# ---- Verifying

for my $given ($public, $text) {
    $got = sltrace('verify', 'small.golden', '--public-key', $given);
    is $got->{status}, 0, "verify --public-key $given" or diag $got->{err};
    like $got->{out},
        qr/^# signed by key 27F5643E346A8B1D: golden mine\/small root \Q$run_root\E$/m,
        '... tells who signed it';
}
my $json = decode_json(sltrace('verify', 'small.golden', '--public-key', $text, '--json')->{out});
is_deeply $json->{goldens}[0]{signature},
    { key => '27F5643E346A8B1D', comment => "golden mine/small root $run_root" }, '... as JSON';
is decode_json(sltrace('verify', 'small.golden', '--json')->{out})->{goldens}[0]{signature}, undef,
    'without a key nothing is said of a signature';
unlike sltrace('verify', 'small.golden')->{out}, qr/signed/, '... nor in TAP';

# refused(name, words, golden): exit status 1, one test that is not ok, no run.
sub refused {
    my ($name, $words, @more) = @_;
    my $got = sltrace('verify', 'small.golden', '--public-key', $text, @more);
    is $got->{status}, 1, "$name: refused";
    like $got->{out}, qr/^1\.\.1\nnot ok 1 .*\n  ---\n  verdict: refused\n  reason: .*$words/m, '... saying why';
    unlike $got->{out}, qr/identical|judging|root ok/, '... with no run judged';
    is decode_json(sltrace('verify', 'small.golden', '--public-key', $text, '--json')->{out})
        ->{goldens}[0]{signature}, undef, '... and no signature shown';
}
unlink 'small.golden.minisig';
refused('no signature', 'unsigned: there is no small.golden.minisig');
spew('small.golden.minisig', '');
refused('an empty one', 'forged: not a signature of minisign');
spew('small.golden.minisig', $signature =~ s/golden mine/golden thine/r);
refused('another comment', 'forged: its trusted comment');
spew('small.golden.minisig', $signature =~ s/\n(RUQ\S{20})(\S)/"\n$1" . ($2 eq 'A' ? 'B' : 'A')/er);
refused('another signature', 'forged: not the signature of these bytes');
spew('small.golden.minisig', $signature);

# The whole study made anew, which verifies, under the old signature.
spew('small.yaml', slurp('small.yaml') =~ s/steps: 40/steps: 50/r);
sltrace(qw(run small.yaml --out changed --quiet));
$got = sltrace(qw(record small.yaml --from changed --force changed));
like $got->{err}, qr/small\.golden\.minisig is older than this golden/, 'record tells of an old signature';
is sltrace(qw(verify small.golden))->{status}, 0, 'another study verifies';
refused('another golden', 'forged: not the signature of these bytes');
$got = sltrace(qw(record small.yaml --from changed --force again --sign), $key);
is $got->{err}, '', 'record --force --sign replaces both';
is sltrace('verify', 'small.golden', '--public-key', $public)->{status}, 0, '... which hold';

# Of several goldens each is looked at.
spew('other.golden', slurp('small.golden'));
$got = sltrace('verify', 'small.golden', 'other.golden', '--public-key', $public);
is $got->{status}, 1, 'one of two without a signature';
like $got->{out}, qr/^ok 1 - small\.golden\n.*^not ok 2 - other\.golden\n/ms, '... is told';

# ---- Keys

expect sltrace(qw(verify small.golden --public-key no.pub)), 'no such key', status => 2,
    err => qr/no\.pub: /;
spew('bad.pub', "untrusted comment: x\nAAAA\n");
expect sltrace(qw(verify small.golden --public-key bad.pub)), 'no key', status => 2,
    err => qr/bad\.pub: not a public key of minisign/;
expect sltrace('verify', 'small.golden', '--public-key', $key), 'a secret key in its place', status => 2,
    err => qr/not a public key/;
my @before = map { slurp($_) } qw(small.golden small.golden.minisig small.csv);
for my $case ([ $public, 'not a secret key of minisign' ], [ 'no.key', 'no\.key: ' ]) {
    $got = sltrace('record', 'small.yaml', '--from', 'changed', '--force', 'x', '--sign', $case->[0]);
    is $got->{status}, 2, "record --sign $case->[0]";
    like $got->{err}, qr/$case->[1]/, '... says why';
    is_deeply [ map { slurp($_) } qw(small.golden small.golden.minisig small.csv) ], \@before,
        '... and changes nothing';
}

# A key with a password, which Python's scrypt encrypted (tests/unit/codec/minisign.c).
my ($hidden) = slurp("$root/tests/unit/codec/minisign.c") =~ /#define ENCRYPTED\s+((?:\\\s+"\S+"\s+)+)/;
$hidden = join '', $hidden =~ /"(\S+)"/g;
spew('hidden.key', "untrusted comment: x\n$hidden\n");
my $record = '"$SLTRACE" record small.yaml --from changed --force x --sign hidden.key';
for my $line ("printf 'correct horse\\n' | ", "printf 'correct horse' | ") {
    $got = shell("$line $record");
    is $got->{status}, 0, 'a password from standard input' or diag $got->{err};
    is slurp('small.golden.minisig'), $before[1], '... gives the same signature';
}
expect shell("echo wrong | $record"), 'another password', status => 2,
    err => qr/hidden\.key: the password is not the key's/;
expect shell("$record </dev/null"), 'none', status => 2, err => qr/no password on standard input/;
expect shell("head -c 2000 /dev/zero | tr '\\0' x | $record"), 'too long a one', status => 2,
    err => qr/fewer than 1024 bytes/;

# On a terminal it is not shown, can be corrected, and a ^C ends the program by its signal.
SKIP: {
    skip 'script, which opens a terminal, is not installed', 5 if shell('script --version')->{status};
    my $on_terminal = sub {
        my ($typed) = @_;
        spew('typed', $typed);
        return shell("(sleep .5; cat typed; sleep .5) | script -qec '$record 2>&1; stty -a' /dev/null");
    };
    $got = $on_terminal->("wrong\x15correct hourr\x7f\x7f\x7fs\x08rse\r");
    like $got->{out}, qr/Password of the secret key: \r?\n/, 'a terminal is asked';
    like $got->{out}, qr/recorded small\.golden/, '... keys correct' or diag $got->{out};
    unlike $got->{out}, qr/horse|hourr/, '... nothing typed is shown';
    like $got->{out}, qr/ icanon .* echo /s, '... and it is as it was';
    $got = $on_terminal->("corr\x03");
    like $got->{out}, qr/ icanon .* echo /s, 'it is after ^C, too';
    unlike $got->{out}, qr/recorded/, '... which ends it';
}

# ---- Statements

my @traces = ('out/traces/000000.trace', 'there.trace');
spew('there.trace', slurp($traces[0]));
expect sltrace('audit', @traces, '--sign', $key), '--sign without --attest', status => 2,
    err => qr/--sign goes with --attest/;
sltrace('audit', @traces, '--attest', 'plain.json');
$got = sltrace('audit', @traces, '--attest', 'signed.json', '--sign', $key);
is $got->{status}, 0, 'a signed statement' or diag $got->{err};
my $envelope = decode_json(slurp('signed.json'));
is decode_base64($envelope->{payload}) . "\n", slurp('plain.json'), '... is the statement';
is $envelope->{payloadType}, 'application/vnd.in-toto+json', '... its type';
is $envelope->{signatures}[0]{keyid}, '27F5643E346A8B1D', '... its key';
is scalar(@{ $envelope->{signatures} }), 1, '... one signature';
SKIP: {
    skip 'openssl is not installed', 2 if shell('openssl version')->{status};
    # The key as openssl has it: 12 bytes that say Ed25519, and its point.
    spew('key.der', pack('H*', '302a300506032b6570032100') . substr decode_base64($text), 10);
    spew('sig', decode_base64($envelope->{signatures}[0]{sig}));
    my $body = decode_base64($envelope->{payload});
    my $check = 'openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -sigfile sig -in message';
    spew('message', "DSSEv1 28 application/vnd.in-toto+json " . length($body) . " $body");
    is shell($check)->{status}, 0, '... which openssl checks';
    spew('message', "DSSEv1 28 application/vnd.in-toto+json " . length($body) . " $body ");
    isnt shell($check)->{status}, 0, '... and refuses for other bytes';
}

# ---- Debian's minisign

SKIP: {
    skip 'minisign is not installed', 8 if !$minisign;
    $got = shell("minisign -Vm small.golden -P $text");
    is $got->{status}, 0, 'minisign checks what we signed' or diag $got->{err};
    like $got->{out}, qr/Trusted comment: golden mine\/small root sha256:/, '... and its comment';
    spew('f.golden', slurp('small.golden') . 'x');
    spew('f.golden.minisig', slurp('small.golden.minisig'));
    isnt shell("minisign -Vm f.golden -P $text")->{status}, 0, '... and refuses what we did not';
    for my $how ('', '-l') {
        unlink 'small.golden.minisig';
        is shell("minisign -S $how -s $key -m small.golden -t 'by minisign' </dev/null")->{status}, 0, "minisign -S $how";
        $got = sltrace('verify', 'small.golden', '--public-key', $text);
        is $got->{status}, 0, '... which we check' or diag $got->{out};
        like $got->{out}, qr/^# signed by key 27F5643E346A8B1D: by minisign$/m, '... and its comment';
    }
    # A fresh key with minisign's own effort: a gigabyte and seconds.
    if ($ENV{SLT_LONG}) {
        shell("printf 'pw one\\npw one\\n' | minisign -G -p fresh.pub -s fresh.key");
        $got = shell('echo pw one | "$SLTRACE" record small.yaml --from changed --force x --sign fresh.key');
        is $got->{status}, 0, 'a key that minisign encrypted' or diag $got->{err};
        is shell('minisign -Vm small.golden -p fresh.pub')->{status}, 0, '... signs';
    }
}
done_testing;
