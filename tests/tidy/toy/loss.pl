# A toy loss, in every arithmetic.
use strict;
use warnings;
use Cli;
use Test::More;

# The weight that half the squared error gives is that of the mean over two outputs.
sub manifest_of_loss {
    my ($arithmetic, $loss) = @_;
    return <<"YAML";
sltrace: 1
name: toy/loss
sweep:
  seed: [1]
run:
  arithmetic: $arithmetic
  seed: \$seed
  data: {kind: linear-teacher, samples: 8, inputs: 3, outputs: 2, rank: 1}
  model:
    weights:
      W: {shape: [2, 3], init: {kind: normal, std: 0.1}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: $loss
  train:
    optimizer: {kind: sgd, lr: 0.125}
    steps: 5
    checkpoints: {state: last}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_draws: 8}
YAML
}

return {
    name => 'half',
    source => 'loss_half.c',
    file => 'src/net/loss_half.c',
    table => 'src/net/ops.c',
    after => qr/^    X\(mse\) /,
    row => '    X(half)' . ' ' x 78 . '\\',
    try => sub {
        for my $arithmetic (qw(f32 f64 fixed)) {
            my @weights;
            for my $loss ('{op: half, in: y}', '{op: mse, in: y}') {
                my $out = "half-$arithmetic-" . @weights;
                spew("$out.yaml", manifest_of_loss($arithmetic, $loss));
                expect(sltrace('run', "$out.yaml", '--out', $out, '-q'), "$arithmetic: $loss runs",
                    out => qr//);
                expect(sltrace('replay', "$out/traces/000000.trace"), 'and replays', out => qr//);
                sltrace('export', "$out/traces/000000.trace", '--npy', "$out-npy");
                push @weights, join '', map { slurp($_) } sort glob "$out-npy/*W.npy $out-npy/*W.*npy";
            }
            ok(length $weights[0] && $weights[0] eq $weights[1], "$arithmetic: as it is defined");
        }
        spew('half.yaml', manifest_of_loss('f32', '{op: half, in: y, mean_over: [samples]}'));
        like(sltrace('show', 'half.yaml')->{err}, qr/only with op=mse/, 'its fields are its own');
        sltrace('new', 'loss.yaml');
        ok(slurp('loss.yaml') =~ /mse, half, cross-entropy,/, '`new` lists it');
    },
};
