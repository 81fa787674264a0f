# A toy kind of first values, with a field of its own.
use strict;
use warnings;
use Cli;
use Test::More;

sub manifest_of_init {
    my ($arithmetic, $init) = @_;
    return <<"YAML";
sltrace: 1
name: toy/init
sweep:
  seed: [1]
run:
  arithmetic: $arithmetic
  seed: \$seed
  data: {kind: linear-teacher, samples: 8, inputs: 3, outputs: 2, rank: 1}
  model:
    weights:
      W: {shape: [2, 3], init: {$init}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: 0.125}
    steps: 2
    checkpoints: {at: [0], state: all}
YAML
}

return {
    name => 'ramp',
    source => 'init_ramp.c',
    file => 'src/net/init_ramp.c',
    table => 'src/net/init_kinds.h',
    after => qr/^    X\(FILE, file\) /,
    row => '    X(RAMP, ramp)' . ' ' x 72 . '\\',
    try => sub {
        for my $arithmetic (qw(f32 f64 fixed)) {
            my $out = "ramp-$arithmetic";
            spew("$out.yaml", manifest_of_init($arithmetic, 'kind: ramp, slope: 0.25'));
            expect(sltrace('run', "$out.yaml", '--out', $out, '-q'), "$arithmetic: runs",
                out => qr//);
            expect(sltrace('replay', "$out/traces/000000.trace"), 'and replays', out => qr//);
        }
        sltrace('export', 'ramp-f64/traces/000000.trace', '--npy', 'ramp');
        my ($first) = sort glob 'ramp/*step0*W.npy';
        is_deeply([ unpack 'd<6', substr slurp($first // '') // '', -48 ],
            [ map { $_ / 4 } 0 .. 5 ], 'the weight is what it says');
        spew('bare.yaml', manifest_of_init('f32', 'kind: ramp'));
        like(sltrace('show', 'bare.yaml')->{err}, qr/missing key 'slope': from each element/,
            'its field is asked for');
        spew('other.yaml', manifest_of_init('f32', 'kind: zero, slope: 1'));
        like(sltrace('show', 'other.yaml')->{err}, qr/only with kind=ramp/, 'and is its own');
        sltrace('new', 'init.yaml');
        ok(slurp('init.yaml') =~ /file, ramp, polygon/ && slurp('init.yaml') =~ /slope/,
            '`new` lists it');
    },
};
