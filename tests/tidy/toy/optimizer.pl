# A toy optimiser: state of its own by name and count, a power, a parameter of its own.
use strict;
use warnings;
use Cli;
use Test::More;
use ToyRuns;

return {
    name => 'nesterov',
    source => 'optimizer_nesterov.c',
    file => 'src/learn/optimizer_nesterov.c',
    table => 'src/learn/optimizers.h',
    after => qr/^    ROW\(SGD, sgd\)/,
    row => '    ROW(NESTEROV, nesterov)' . ' ' x 62 . '\\',
    try => sub {
        my $kind = '{kind: nesterov, lr: 0.02, inertia: 0.75}';
        runs_in_lanes(optimizer => $kind);
        my $trace = sltrace('show', 'fixed/traces/000003.trace', '--json')->{out};
        is_deeply([ ($trace =~ /"step":12,.*?"tensors":\[(.*?)\]/)[0] =~ /"name":"([^"]+)"/g ],
            [qw(W1 W2 u/W1 u/W2)], 'a checkpoint has its momentum');
        unlike($trace, qr/"beta2_power"/, '... and one power');
        my @loss = $trace =~ /"metrics":\{"loss":([-\d.e]+)/g;
        ok($loss[-1] < $loss[0], 'it trains');
        isnt(slurp('f32/traces/000000.trace'), undef, 'there are traces');
        replays();
        replays('--from', 8);
        verifies();
        goes_on('training', toy_manifest('f64', optimizer => $kind, seeds => 1, steps => 60000,
            every => 500, state => 'last'));
        knows(toy_manifest('f32', optimizer => '{kind: nestrov, lr: 1}'),
            toy_manifest('f32', optimizer => '{kind: adam, lr: 1, inertia: 0.5}'), 'nesterov',
            'inertia');
    },
};
