#!/usr/bin/perl
# sltrace audit: usage, what traces say of each other, JSON, the in-toto statement.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Test::More;

workdir();
spew('m.yaml', manifest());
sltrace('run', 'm.yaml', '--out', $_, '--only', '0,1')->{status} == 0
    or plan skip_all => 'no run' for qw(a b);
my ($a, $b, $other) = qw(a/traces/000000.trace b/traces/000000.trace a/traces/000001.trace);

# ---- Usage ---------------------------------------------------------------------------
expect sltrace('audit', $a), 'one trace', status => 2, err => qr/two traces or more/;
expect sltrace('audit', $a, 'm.yaml'), 'a manifest', status => 2, err => qr/^sltrace: m\.yaml: /;
expect sltrace('audit', $a, 'none.trace'), 'no such file', status => 2,
    err => qr/none\.trace: /;
expect sltrace('audit', $a, $other), 'another experiment', status => 2,
    err => qr/another experiment than \Q$a\E: run\.seed is 0 there, 1 here/;
expect sltrace('audit', $a, $b, '--steps', 'x'), 'steps of one trace', status => 2,
    err => qr/--steps: expected 2 files separated by commas/;

expect sltrace('audit', $a, $b, '--against', 'fixed'), 'another form', status => 2,
    err => qr/./;
# One file says nothing of another, by whatever names it goes.
symlink '000000.trace', 'a/traces/link.trace';
link $a, 'hard.trace';
for my $again ($a, "./$a", 'a/traces/link.trace', 'hard.trace') {
    expect sltrace('audit', $a, $b, $again), "one file twice: $again", status => 2,
        err => qr/^sltrace: \Q$again\E: the same file as another that was given/;
}
unlink 'hard.trace', 'a/traces/link.trace';
expect sltrace('audit', '--help'), 'help', out => qr/--attest FILE/;

# ---- Identical -----------------------------------------------------------------------
my $got = sltrace('audit', $a, $b, '--attest', 'yes.json');
expect $got, 'identical', out => qr/^identical: 2 traces$/m;
my $statement = decode_json(slurp('yes.json'));
is_deeply $statement,
    {
        _type => 'https://in-toto.io/Statement/v1',
        subject => [ map { { name => $_, digest => { sha256 => sha256_hex(slurp($_)) } } } $a, $b ],
        predicateType => 'https://in-toto.io/attestation/test-result/v0.1',
        predicate => {
            result => 'PASSED',
            configuration => $statement->{predicate}{configuration},
            passedTests => [ "$b: bits", "$b: provenance" ],
            warnedTests => [],
            failedTests => [],
        },
    },
    'the statement';
my ($run, @rest) = @{ $statement->{predicate}{configuration} };
is_deeply [ sort keys %$run ], [qw(digest name)], 'configuration: a resource descriptor';
like $run->{digest}{sha256}, qr/^[0-9a-f]{64}$/, 'with the digest of the canonical run';
is_deeply \@rest,
    [ map { { name => $_, digest => { sha256 => sha256_hex(slurp($_)) } } }
        map { "$_/traces/../provenance/000000.json" } qw(a b) ],
    'and the provenance';
expect sltrace('audit', $a, $b, '--attest', 'yes.json'), 'an old statement stays',
    status => 2, err => qr/yes\.json: exists already/;
expect sltrace('audit', $a, $b, '--attest', 'no/folder/x.json'), 'no folder for it',
    status => 2, err => qr{no/folder/x\.json: cannot be written};

$got = sltrace('audit', $a, $b, qw(--attest -));
is $got->{out}, slurp('yes.json'), '--attest -: the statement alone';
expect sltrace('audit', $a, $b, qw(--attest - --json)), '--attest - and --json', status => 2,
    out => qr/usage error/, err => qr/--attest - does not go with --json/;
ok !-e '-', 'no file is called -';

# ---- JSON ----------------------------------------------------------------------------
my $json = decode_json(sltrace('audit', $a, $b, '--json')->{out});
is $json->{audit}, 'traces', 'JSON: the form';
is $json->{pairs}[0]{verdict}, 'identical', 'JSON: the verdict';
ok $json->{identical}, 'JSON: identical';

# ---- Provenance ----------------------------------------------------------------------
my $provenance = decode_json(slurp('a/provenance/000000.json'));
is $provenance->{environment}{at_end}, 'round to nearest even, gradual underflow',
    'provenance is JSON, with the environment at the end';
$provenance->{libraries}{glibc} = '2.17';
$provenance->{flags} = "-O9 \e[31m";
spew('other.json', encode_json($provenance));
my $compared = sltrace('audit', $a, $b, '--provenance', "a/provenance/000000.json,other.json");
expect $compared, 'other libraries change no bit', out => qr/libraries\.glibc: \S+ -> 2\.17$/m;
like $compared->{out}, qr/2\.17\n    flags: /, 'libraries before flags';
unlike $compared->{out}, qr/\e/, 'no control character reaches the terminal';
$json = decode_json(sltrace('audit', $a, $b, '--provenance', "other.json,other.json",
    '--json')->{out});
is_deeply $json->{pairs}[0]{provenance}, [], 'JSON: no field differs';
for my $bad ('[1]', '{"a": ', "{\"a\": \"\xff\"}", '{' x 100, '') {
    spew('odd.json', $bad);
    is sltrace('audit', $a, $b, '--provenance', 'odd.json,other.json')->{status}, 2,
        'provenance that is no JSON object: ' . substr($bad, 0, 5);
}
is sltrace('audit', $a, $b, '--provenance', 'none.json,other.json')->{status}, 2,
    'provenance that is not there';

# ---- Hostile -------------------------------------------------------------------------
my $bytes = slurp($a);
for my $at (0, 9, 60, length($bytes) - 20) {
    my $bad = $bytes;
    substr($bad, $at, 1) ^= "\x40";
    spew('bad.trace', $bad);
    my $got = sltrace('audit', $a, 'bad.trace', '--json', '--attest', 'bad.json');
    is $got->{status}, 2, "byte $at damaged: exit 2";
    like $got->{out}, qr/^\{"schema":"sltrace\.error\/1","error":\{"status":"[^"]+","exit":2,"message":"bad\.trace: .*"\}\}\n$/,
        "byte $at: no report, but why";
    ok !-e 'bad.json', "byte $at: no statement";
}
spew('cut.trace', substr($bytes, 0, 500));
is sltrace('audit', 'cut.trace', $a)->{status}, 2, 'a cut trace';
done_testing;
