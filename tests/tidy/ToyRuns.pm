# What a toy optimiser, sampler and data set must stand: runs that change no bit in lanes,
# replays, a golden that verifies, an interruption, and the lists of words and keys.
package ToyRuns;
use strict;
use warnings;
use Cli;
use Exporter 'import';
use Test::More;

our @EXPORT = qw(toy_manifest runs_in_lanes replays verifies goes_on knows);

# Eleven seeds, eleven chains: enough that vectors run them side by side.  Parts are replaced
# by name: data, optimizer, steps, state, llc, seeds.
sub toy_manifest {
    my ($arithmetic, %part) = @_;
    my %is = (
        data => '{kind: linear-teacher, samples: 12, inputs: 4, outputs: 4, rank: 2}',
        optimizer => '{kind: adam, lr: 1e-2}', steps => 12, every => 4, state => 'all', seeds => 11,
        llc => '{at: last, lr: 1e-3, localization: 1, num_chains: 11, num_draws: 8}', %part);
    return <<"YAML";
sltrace: 1
name: toy/$arithmetic
sweep:
  seed: {from: 0, count: $is{seeds}}
run:
  arithmetic: $arithmetic
  seed: \$seed
  data: $is{data}
  model:
    weights:
      W1: {shape: [2, 4], init: {kind: normal, std: 0.1}}
      W2: {shape: [4, 2], init: {kind: normal, std: 0.1}}
    ops:
      - {op: linear, in: x, weight: W1, out: h}
      - {op: linear, in: h, weight: W2, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: $is{optimizer}
    steps: $is{steps}
    checkpoints: {every: $is{every}, state: $is{state}}
  llc:
    - $is{llc}
figure:
  rows: {by: seed, value: llc/mean, error: none}
YAML
}

# In all arithmetics; the folders are named after them.
sub runs_in_lanes {
    my (%part) = @_;
    for my $arithmetic (qw(f32 f64 fixed)) {
        spew("$arithmetic.yaml", toy_manifest($arithmetic, %part));
        expect(sltrace('run', "$arithmetic.yaml", '--out', $arithmetic, '-q'), "$arithmetic: runs",
            out => qr//);
        expect(sltrace('--isa', 'scalar', 'run', "$arithmetic.yaml", '--out', "$arithmetic-alone",
                '-q'), "$arithmetic: runs with no lanes", out => qr//);
        is(scalar(() = glob "$arithmetic/traces/*.trace"), 11, "$arithmetic: a trace for each run");
        is_deeply([ map { slurp($_) } glob "$arithmetic/traces/*.trace" ],
            [ map { slurp($_) } glob "$arithmetic-alone/traces/*.trace" ],
            "$arithmetic: lanes change no bit");
    }
}

# The first and the last of those, with more options.
sub replays {
    my @options = @_;
    for my $trace (map { ("$_/traces/000000.trace", "$_/traces/000010.trace") } qw(f32 f64 fixed)) {
        expect(sltrace('replay', $trace, @options), "replay @options gives $trace", out => qr//);
    }
}

sub verifies {
    for my $arithmetic (qw(f32 fixed)) {
        expect(sltrace('record', "$arithmetic.yaml", '--from', $arithmetic), "$arithmetic: record",
            out => qr//);
        expect(sltrace('verify', "$arithmetic.golden", '-q'), "$arithmetic: verify", out => qr//);
    }
}

# A long run that is interrupted goes on from its snapshot to the bytes of one that was not.
sub goes_on {
    my ($name, $text) = @_;
    spew("$name.yaml", $text);
    my @run = ($sltrace, 'run', "$name.yaml", '-q', '--jobs', 1, '--out');
    expect(spawn([ @run, "$name-whole" ]), "$name: undisturbed", out => qr//);
    my $cut = spawn([ @run, "$name-cut" ], sub {
        my ($pid) = @_;
        for (1 .. 500) {
            last if grep { -s } glob "$name-cut/traces/*.part";
            select undef, undef, undef, .01;
        }
        kill 'INT', $pid;
    });
    is($cut->{status}, 128 + 2, "$name: interrupted");
    ok((grep { -s } glob "$name-cut/resume/*.snapshot"), "$name: leaves a snapshot");
    my $again = spawn([ @run, "$name-cut" ]);
    is($again->{status}, 0, "$name: goes on") or diag($again->{err});
    is($again->{err}, '', "$name: from that snapshot");
    is(slurp("$name-cut/traces/000000.trace"), slurp("$name-whole/traces/000000.trace"),
        "$name: to the same bytes");
}

# Messages, `new`, the manual: a kind's word, and a field that it alone has.
sub knows {
    my ($typo, $wrong, $word, $key) = @_;
    spew('typo.yaml', $typo);
    my $show = sltrace('show', 'typo.yaml');
    like($show->{err}, qr/did you mean '$word'\?/, "a message knows $word");
    sltrace('new', "new-$word.yaml");
    like(slurp("new-$word.yaml"), qr/\b$word\b/, 'so does `new`');
    like(slurp("new-$word.yaml"), qr/=$word\n\s*#$key:/, '... and its own field');
    spew('wrong.yaml', $wrong);
    like(sltrace('show', 'wrong.yaml')->{err}, qr/\b$key: only with \w+=$word\b/,
        'the field belongs to it alone');
}

1;
