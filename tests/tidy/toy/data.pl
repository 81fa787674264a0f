# A toy data set, with parameters of its own.
use strict;
use warnings;
use Cli;
use Test::More;
use ToyRuns;

return {
    name => 'squares',
    source => 'data_squares.c',
    file => 'src/data/squares.c',
    table => 'src/data/kinds.h',
    after => qr/^    ROW\(SUBSPACE, subspace\)/,
    row => '    ROW(SQUARES, squares)' . ' ' x 64 . '\\',
    try => sub {
        my $kind = '{kind: squares, samples: 12, width: 4, spread: 0.5}';
        runs_in_lanes(data => $kind);
        replays();
        verifies();
        expect(sltrace(qw(show f32.yaml)), 'the plan', out => qr/^runs +11$/m);
        goes_on('either', toy_manifest('f64', data => $kind, seeds => 1, steps => 60000,
            every => 500, state => 'last'));
        knows(toy_manifest('f32', data => '{kind: sqares, samples: 3}'),
            toy_manifest('f32', data => '{kind: one-hot, samples: 3, features: 4, spread: 1}'),
            'squares', 'spread');
    },
};
