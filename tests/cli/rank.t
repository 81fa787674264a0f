#!/usr/bin/perl
# sltrace rank: what it prints of a manifest and of a trace, which of them agree, and what
# it refuses.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP qw(decode_json);
use Test::More;

workdir();
my $text = manifest();
spew('small.yaml', $text);

# Without a LAPACK.  Files that are no libraries stand before those of the system.
mkdir 'none';
spew("none/$_", 'nothing') for qw(liblapack.so.3 libopenblas.so.0);
{
    local $ENV{LD_LIBRARY_PATH} = 'none';
    expect(sltrace(qw(rank small.yaml)), 'no LAPACK', status => 3,
        err => qr/^sltrace: small\.yaml: run 0 \(rank=1 seed=0\): no LAPACK \(liblapack\.so\.3 or libopenblas\.so\.0\) is installed\n$/);
    is sltrace(qw(rank small.yaml --modulo))->{status}, 0, 'modulo primes it needs none';
}
plan skip_all => 'no LAPACK is installed' if sltrace(qw(rank small.yaml --only 0 --at init))->{status} == 3;

# ---- What it prints --------------------------------------------------------------------
my $primes = '2305843009213693951 and 2305843009213693921';
expect(sltrace(qw(rank small.yaml --only rank=2 --modulo)), 'modulo primes', out => <<"TEXT");
run 2 rank=2 seed=0: after step 40, loss 3.67557
  Jacobian of the residual: 60 x 14 (20 samples, 3 outputs each)
  rank 10 modulo $primes
    the rank itself is no smaller, and the same but for finitely many primes
    all weights are the numbers stored: a point near this one may have another rank
  1/2 rank = 5 bounds the learning coefficient from below where the residual is 0 at this point
run 3 rank=2 seed=1: after step 40, loss 32.8586
  Jacobian of the residual: 60 x 14 (20 samples, 3 outputs each)
  rank 10 modulo $primes
    the rank itself is no smaller, and the same but for finitely many primes
    all weights are the numbers stored: a point near this one may have another rank
  1/2 rank = 5 bounds the learning coefficient from below where the residual is 0 at this point
TEXT
my $number = qr/[-+.\de]+/;
expect(sltrace(qw(rank small.yaml --only 2)), 'singular values', out => qr/\A
run\ 2\ rank=2\ seed=0:\ after\ step\ 40,\ loss\ $number\n
\ \ Jacobian\ of\ the\ residual:\ 60\ x\ 14\ \(20\ samples,\ 3\ outputs\ each\)\n
\ \ rank\ 10\ by\ singular\ values\n
\ \ \ \ number\ 10\ is\ $number,\ number\ 11\ is\ $number:\ a\ ratio\ of\ $number\ \(rounding\ of\ weights:\ $number\)\n
\ \ 1\/2\ rank\ =\ 5\ bounds\ .*\n\z/x);

# Waves, and a training set without some symbols.
my $waves = slurp("$root/manifests/smoke/quadratic.yaml");
$waves =~ s/^  seed: \{from.*\n//m;
$waves =~ s/^  seed: \$seed/  seed: 3/m;
$waves =~ s/\[f32, f64\]/[f64]/;
$waves =~ s/p: 7, train_fraction: 0.6/p: 5, train_fraction: 1/;
my %part = (Wa => 'a', Wb => 'b', V => 'v');
$waves =~ s/^(      (Wa|Wb|V): ).*$/$1\{shape: [5, 18], init: {kind: fourier, part: $part{$2}}}/mg;
$waves =~ s/^figure:.*//ms;
spew('waves.yaml', $waves);
my $waved = sltrace(qw(rank waves.yaml --at init --modulo));
is $waved->{out}, <<'TEXT', 'waves modulo primes' or diag $waved->{err};
run 0 arithmetic=f64: at step 0, loss 5.73003e-32
  data: 25 samples; a 5 of 5; b 5 of 5; classes 5 of 5; graph of the samples' symbols: 1 component
  Jacobian of the residual, centred over samples: 125 x 270 (25 samples, 5 outputs each)
  rank 112 modulo 2305843009213693951 and 2305843009213693921
    the rank itself is no smaller, and the same but for finitely many primes
    weights as their init defines them: Wa, Wb, V
  1/2 rank = 56 bounds the learning coefficient from below where the residual is 0 at this point
TEXT
my $json = decode_json(sltrace(qw(rank waves.yaml --at init --json))->{out});
my $run = $json->{runs}[0];
is "$run->{rank} $run->{clear} $run->{rows} $run->{columns} $run->{centred} @{[ scalar @{ $run->{singular_values} } ]}",
    '112 1 125 270 samples 125', 'waves by singular values';
my $sorted = join ' ', sort { $b <=> $a } @{ $run->{singular_values} };
is join(' ', @{ $run->{singular_values} }), $sorted, 'which descend';
spew('few.yaml', $waves =~ s/train_fraction: 1/train_fraction: 0.2/r =~ s/size: 12/size: 5/gr);
like sltrace(qw(rank few.yaml --at init))->{out},
    qr/^  data: 5 samples; a \d of 5 \(absent: [\d ]+\); b .*; classes .*; graph of the samples' symbols: \d components?$/m,
    'symbols that are absent';

# Attention, d = 3: its value stays where a matrix or a vector gets longer (2 and 2 of 42
# directions) and where all turn together (3).
my $attention = slurp("$root/tests/peer/manifests/attention.yaml");
$attention =~ s/\[8, 4\]/[6, 3]/g;
$attention =~ s/\{shape: \[4\]/{shape: [3]/g;
$attention =~ s/^      C: .*\n//m;
$attention =~ s/^      - \{op: attention.*out: z\}\n.*\n.*\n//m;
$attention =~ s/in: y/in: f/;
spew('attention.yaml', $attention);
for my $at (qw(init last)) {
    my $found = decode_json(sltrace(qw(rank attention.yaml --json --at), $at)->{out})->{runs}[0];
    is "$found->{rank} $found->{clear} $found->{columns}", '35 1 42', "attention, $at";
}
expect(sltrace(qw(rank attention.yaml --modulo)), 'it is no polynomial', status => 2, err => qr/attention is no polynomial/);

# ---- Points ----------------------------------------------------------------------------
is sltrace(qw(run small.yaml --only 2 --quiet --out study))->{status}, 0, 'run';
my $trace = 'study/traces/000002.trace';
for my $at (qw(init last 0 17 40)) {
    my $trained = decode_json(sltrace(qw(rank small.yaml --only 2 --json --at), $at)->{out});
    my $stored = decode_json(sltrace('rank', $trace, '--json', '--at', $at)->{out});
    my $found = decode_json(sltrace(qw(rank small.yaml --only 2 --json --from study --at), $at)->{out});
    is_deeply $found, $trained, "--at $at: from the study as by training";
    delete @{ $trained->{runs}[0] }{qw(run label)};
    is_deeply $stored->{runs}, $trained->{runs}, "--at $at: and from its trace";
    is $trained->{runs}[0]{step}, { init => 0, last => 40 }->{$at} // $at, 'at that step';
}
# A trace of other bits: its state at step 20 is another run's.
my $damaged = slurp($trace);
substr($damaged, 2000, 1) ^= "\x01";
spew('damaged.trace', $damaged);
expect(sltrace(qw(rank damaged.trace)), 'a damaged trace', status => 2, err => qr/damaged\.trace: /);

# ---- Refused ---------------------------------------------------------------------------
sub refused {
    my ($name, $like, @command) = @_;
    my $got = sltrace('rank', @command);
    is $got->{status}, 2, $name;
    like $got->{err}, $like, 'in words';
    is $got->{out}, '', 'and nothing else';
}
refused('a step', qr/expected a step up to 40, which is as far as training goes; found 41/, qw(small.yaml --only 2 --at 41));
refused('a word', qr/--at/, qw(small.yaml --at middle));
refused('a composite', qr/run 0 .*: 4294967297 is not a prime/, qw(small.yaml --prime 4294967297));
refused('a small prime', qr/expected a prime from 2\^32 to 2\^61, found 101/, qw(small.yaml --prime 101));
refused('a prime without the root', qr/4294967357 is not 1 modulo 15, .* expected such as 2305843009213693951/,
    qw(waves.yaml --at init --prime 4294967357));
refused('a golden', qr/is a golden, but sltrace rank takes MANIFEST\|TRACE/, "$root/golden/smoke/linear.golden");
refused('--only of a trace', qr/--only and --from go with a manifest/, $trace, qw(--only 0));
refused('an unknown run', qr/./, qw(small.yaml --only 99));
refused('no file', qr/nowhere/, 'nowhere.yaml');
# The second run's Jacobian is too large: nothing is computed of the first.
spew('large.yaml', $text =~ s/rank: \$rank/rank: 1/r =~ s/rank: \[1, 2\]/rank: [1, 1000000]/r);
refused('a large Jacobian', qr/run 2 \(rank=1000000 seed=0\): a Jacobian of 60 x 7000000 \(20 samples, 3 outputs; weights\) takes 3360 MB, expected at most 2000$/m,
    'large.yaml');
spew('far.yaml', $text =~ s/kind: adam, lr: 1e-2/kind: sgd, lr: 1e30/r);
refused('a run that diverges', qr/run 0 .*: training diverges at step \d+; --at gives a state before that/, 'far.yaml');
is sltrace(qw(rank far.yaml --at init --only 0))->{status}, 0, 'its beginning has a rank';
like sltrace(qw(rank nowhere.yaml --json))->{out}, qr/^\{"schema":"sltrace\.error\/1"/, 'JSON of a failure';
done_testing;
