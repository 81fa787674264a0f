# A toy op, in every arithmetic, by itself and in lanes.
use strict;
use warnings;
use Cli;
use Test::More;

# Eleven seeds, eleven chains: enough that vectors run them side by side.
sub manifest_of_op {
    my ($arithmetic, $op) = @_;
    return <<"YAML";
sltrace: 1
name: toy/op-$arithmetic
sweep:
  seed: {from: 0, count: 11}
run:
  arithmetic: $arithmetic
  seed: \$seed
  data: {kind: linear-teacher, samples: 12, inputs: 4, outputs: 3, rank: 2}
  model:
    weights:
      W1: {shape: [2, 4], init: {kind: normal, std: 0.1}}
      W2: {shape: [3, 2], init: {kind: normal, std: 0.1}}
    ops:
      - {op: linear, in: x, weight: W1, out: h}
      - {op: $op, in: h, out: g}
      - {op: linear, in: g, weight: W2, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: adam, lr: 1e-2}
    steps: 12
    checkpoints: {every: 4, state: all}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 11, num_draws: 8}
YAML
}

sub member_of {
    my ($text, $name) = @_;
    return $text =~ /"\Q$name\E":(\d+)/ ? $1 : undef;
}

return {
    name => 'twice',
    source => 'op_twice.c',
    file => 'src/net/op_twice.c',
    table => 'src/net/ops.c',
    after => qr/^    X\(add\) /,
    row => '    X(twice)' . ' ' x 77 . '\\',
    try => sub {
        for my $arithmetic (qw(f32 f64 fixed)) {
            my @folders = ("$arithmetic-lanes", "$arithmetic-alone");
            spew("$arithmetic.yaml", manifest_of_op($arithmetic, 'twice'));
            expect(sltrace('run', "$arithmetic.yaml", '--out', $folders[0], '-q'),
                "$arithmetic: runs", status => 0, out => qr//);
            expect(sltrace('--isa', 'scalar', 'run', "$arithmetic.yaml", '--out', $folders[1], '-q'),
                "$arithmetic: runs with no lanes", status => 0, out => qr//);
            my @traces = map { [ glob "$_/traces/*.trace" ] } @folders;
            is(scalar @{ $traces[0] }, 11, "$arithmetic: a trace for each run");
            is_deeply([ map { slurp($_) } @{ $traces[0] } ], [ map { slurp($_) } @{ $traces[1] } ],
                "$arithmetic: lanes change no bit");
            expect(sltrace('replay', $_), "$arithmetic: replay gives $_", status => 0, out => qr//)
                for @{ $traces[0] }[ 0, 10 ];
        }
        spew('square.yaml', manifest_of_op('f32', 'square'));
        my ($toy, $square) = map { sltrace('show', $_, '--json')->{out} } qw(f32.yaml square.yaml);
        cmp_ok(member_of($toy, 'multiply_adds') - member_of($square, 'multiply_adds'), '>',
            11 * 12 * 12 * 2000, 'the plan counts what it costs');
        is(member_of($toy, 'memory_bytes'), member_of($square, 'memory_bytes'),
            'the plan takes its runs for as many side by side');
        spew('exact.yaml', manifest_of_op('f32', 'twice')
            =~ s/num_draws: 8/num_draws: 8, hessian_probes: 1, hessian_method: exact/r);
        like(sltrace('show', 'exact.yaml')->{err},
            qr/run\.llc\[0\]: hessian_method: op twice has no second derivatives/,
            'exact products with the Hessian name what lacks a rule for them');
        spew('metric.yaml', manifest_of_op('f32', 'twice')
            =~ s/(    checkpoints:)/    metrics: {t: {kind: hessian-trace, probes: 1}}\n$1/r);
        like(sltrace('show', 'metric.yaml')->{err},
            qr/run\.train\.metrics\.t: op twice has no second derivatives/, 'in a metric too');
        spew('typo.yaml', manifest_of_op('f32', 'twiec'));
        my $typo = sltrace('show', 'typo.yaml');
        like($typo->{err}, qr/did you mean 'twice'\?/, 'a message knows it');
        like($typo->{err}, qr/expected linear, .*\btwice\b/, 'and lists it');
        sltrace('new', 'new.yaml');
        ok(slurp('new.yaml') =~ /linear, relu, [^)]*\btwice\b/, 'so does `new`');
        sltrace('--generate', '.');
        ok(join('', map { slurp($_) } glob '*.5') =~ /linear, relu, .*\btwice\b/,
            'and the manual');
    },
};
