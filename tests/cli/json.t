#!/usr/bin/perl
# --json: one object whatever happens, and whole numbers that every reader gets right.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use Test::More;

Parse::able() or plan skip_all => 'no python3 with yaml';
workdir();

sub answer {
    my ($name, @command) = @_;
    my $got = sltrace(@command);
    like $got->{out}, qr/\A\{.*\}\n\z/, "$name: one line";
    return ($got, parsed('json', $got->{out}, $name));
}

# ---- Errors --------------------------------------------------------------------------
mkdir 'manifests';
spew('manifests/small.yaml', manifest() =~ s/seed: \{from: 0, count: 2\}/seed: [0]/r);
is sltrace(qw(run manifests/small.yaml --out A))->{status}, 0, 'a study';
is sltrace(qw(record manifests/small.yaml --from A))->{status}, 0, 'and its golden';
my $golden = slurp('golden/small.golden');
spew('bad.yaml', "sltrace: 1\nname: [\n");
spew('bad.trace', "\x8bSLT" . 'x' x 100);
spew('bad.golden', $golden =~ s/root sha256:./root sha256:x/r);
mkdir 'empty';

my $failures = 0;
sub fails {
    my ($status, @command) = @_;
    my $name = "@command";
    my ($got, $json) = answer($name, @command);
    is $got->{status}, $status, "$name: exit status";
    return if !$json;
    my $error = $json->{error} // {};
    is $error->{exit}, $status, "$name: the object tells it";
    ok length($error->{message}) && length($error->{status}), "$name: and why";
    $failures++;
    return $json;
}

for my $command (qw(run verify record figure show summary predict audit)) {
    fails(2, $command, '--json');
    fails(2, $command, '--json', '--nonsense');
    fails(2, $command, '--json', 'nowhere');
    fails(2, $command, '--json', 'empty');
    fails(2, $command, '--json', "bad.$_") for qw(yaml trace golden);
}
fails(2, '--json');
fails(2, '--json', 'nonsense');
fails(2, qw(doctor --json extra));
fails(2, qw(theory --json));
fails(2, qw(theory nonsense --json));
fails(2, @$_, '--json')
    for [qw(theory rrr)], [qw(theory rrr --inputs x)], [qw(theory tms --polygon x)],
    [qw(export bad.trace --csv -)], [qw(replay bad.trace)], [qw(new)];
fails(2, qw(run --json manifests/small.yaml --only 9));
fails(2, qw(run --json manifests/small.yaml --jobs 0));
fails(2, qw(record --json manifests/small.yaml --from A));
fails(2, qw(figure --json manifests/small.yaml --from empty));
fails(2, qw(audit --json A/traces/000000.trace bad.trace));
fails(2, qw(audit --json --against nonsense manifests/small.yaml));
fails(2, qw(audit --json --estimates bad.yaml golden/small.golden));
fails(2, qw(run --js manifests/small.yaml --only 9));

spew('worse.yaml', manifest() =~ s/steps: 40/steps: forty/r =~ s/lr: 1e-2/lr: -1/r);
my $several = fails(2, qw(show --json worse.yaml));
is scalar @{ $several->{error}{messages} }, 2, 'all that is wrong with a manifest';
is $several->{error}{messages}[0], $several->{error}{message}, 'the first being the message';

# What was found goes with it, where the answer is whole.
my $differs = fails(1, qw(audit --json --against f64 manifests/small.yaml --only 0));
ok keys %$differs > 3, 'what differs is told beside';
my $verified = fails(2, qw(verify --json golden/small.golden bad.golden));
is scalar @{ $verified->{goldens} }, 2, 'and each golden';
my ($fine, $json) = answer('no failure', qw(show --json golden/small.golden));
ok !exists $json->{error}, 'without failure there is no error';
unlike sltrace(qw(show golden/nowhere.golden))->{out}, qr/./, 'nor without --json any JSON';
cmp_ok $failures, '>', 50, 'failures';

# ---- Whole numbers -------------------------------------------------------------------
my @seeds = qw(9007199254740991 9007199254740992 9007199254740993 18446744073709551615);
spew('big.yaml', manifest() =~ s/seed: \{from: 0, count: 2\}/seed: [@{[join ', ', @seeds]}]/r
    =~ s/rank: \[1, 2\]/rank: [1]/r);
is sltrace(qw(run big.yaml --out B))->{status}, 0, 'large seeds';
is sltrace(qw(record big.yaml --from B))->{status}, 0, 'recorded';
for my $i (0 .. $#seeds) {
    my ($got, $shown) = answer("seed $seeds[$i]", 'show', '--json', "B/traces/00000$i.trace");
    is $shown->{run}{seed}, $seeds[$i], 'read back';
    my $quote = $i ? '"' : '';
    like $got->{out}, qr/"seed":$quote$seeds[$i]$quote[,}]/,
        $i ? 'a string beyond 2^53 - 1' : 'a number up to there';
}
my ($got, $runs) = answer('a golden', qw(show --json big.golden));
is_deeply [ map { $_->{values}{seed} } @{ $runs->{runs} } ], \@seeds, 'seeds in a golden';
done_testing;
