# A toy sampler: state beside the weights, which is hashed and resumed.
use strict;
use warnings;
use Cli;
use Test::More;
use ToyRuns;

sub llc_of { return "{at: last, sampler: $_[0], lr: 1e-3, localization: 1, num_chains: 11, $_[1]}" }

return {
    name => 'inertial',
    source => 'sampler_inertial.c',
    file => 'src/learn/sampler_inertial.c',
    table => 'src/learn/samplers.h',
    after => qr/^#define SLT_SAMPLERS\(ROW\)/,
    row => '    ROW(INERTIAL, inertial)' . ' ' x 62 . '\\',
    try => sub {
        runs_in_lanes(llc => llc_of('inertial', 'inertia: 0.25, num_draws: 8'));
        replays();
        verifies();
        my $trace = sltrace('show', 'f32/traces/000000.trace', '--json')->{out};
        spew('sgld.yaml', toy_manifest('f32'));
        sltrace(qw(run sgld.yaml --out sgld -q));
        my $sgld = sltrace('show', 'sgld/traces/000000.trace', '--json')->{out};
        my ($a, $b) = map { /"losses":\[([^\]]*)\]/ ? [ split /,/, $1 ] : [] } $trace, $sgld;
        is($a->[0], $b->[0], 'chains begin where those of SGLD do');
        isnt($a->[7], $b->[7], '... and go another way');
        # Without inertia the weights are those of SGLD, but the velocity, 0, is hashed too.
        spew('still.yaml', toy_manifest('f32', llc => llc_of('inertial', 'inertia: 0, num_draws: 8')));
        expect(sltrace(qw(run still.yaml --out still -q)), 'without inertia', out => qr//);
        my $still = sltrace('show', 'still/traces/000000.trace', '--json')->{out};
        is(($still =~ /"losses":\[([^\]]*)\]/)[0], ($sgld =~ /"losses":\[([^\]]*)\]/)[0],
            'its losses are those of SGLD');
        isnt(($still =~ /"weights":"(\w+)"/)[0], ($sgld =~ /"weights":"(\w+)"/)[0],
            'the hash of its state is not');
        goes_on('sampling', toy_manifest('f64', seeds => 1, steps => 4,
            llc => llc_of('inertial', 'num_draws: 40000')));
        knows(toy_manifest('f32', llc => llc_of('inertail', 'num_draws: 8')),
            toy_manifest('f32', llc => llc_of('sgld', 'inertia: 0.5, num_draws: 8')), 'inertial',
            'inertia');
    },
};
