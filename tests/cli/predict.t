#!/usr/bin/perl
# sltrace predict: what SGLD must give on the quadratic at the weights of an estimate.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use JSON::PP qw(decode_json);
use Test::More;

workdir();

# A study of one run; `change` edits the manifest.
sub made {
    my ($name, $change) = @_;
    my $text = manifest() =~ s/rank: \[1, 2\]/rank: [2]/r =~ s/seed: \{from: 0, count: 2\}/seed: [0]/r;
    spew("$name.yaml", $change->($text));
    is sltrace('run', "$name.yaml", '--out', $name, '--quiet')->{status}, 0, "$name: run";
    return "$name/traces/000000.trace";
}

# Two estimates, one of which at two checkpoints; states are stored, or are not.
my $more = '    - {at: checkpoints, from: 30, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 8}';
sub both { return $_[0] =~ s/^(    - \{at: last.*)$/$1\n$more/mr }
my $stored = made('stored', \&both);
my $hashed = made('hashed', sub { both($_[0]) =~ s/state: all/state: none/r });

sub predicted {
    my ($trace, @options) = @_;
    my $got = sltrace('predict', $trace, '--json', @options);
    is $got->{status}, 0, "predict $trace @options" or diag $got->{err};
    return decode_json($got->{out})->{estimates};
}

my $all = predicted($stored);
is join(' ', map { "$_->{estimate}\@$_->{at_step}" } @$all), '2@30 1@40 2@40', 'in the order of the checkpoints';
is_deeply predicted($hashed), $all, 'by training from the start, where no state is stored';
is_deeply predicted($stored, '--step', 30), [ $all->[0] ], '--step';
is_deeply predicted($stored, '--estimate', 2), [ @$all[ 0, 2 ] ], '--estimate';
is_deeply [ map { $_->{spectrum}{slope} } @$all[ 1, 2 ] ], [ ($all->[1]{spectrum}{slope}) x 2 ], 'one point';
isnt $all->[1]{predicted}, $all->[2]{predicted}, 'chains of another length give something else';
for my $e (@$all) {
    ok abs($e->{predicted} - $e->{curved} - $e->{sloped}) < 1e-12, 'both parts make it up';
    ok $e->{sloped} < 0, 'a slope lowers it';
    is $e->{spectrum}{directions}, 14, 'all weights';
}
SKIP: {
    skip 'no LAPACK is installed', 3 if $all->[0]{spectrum}{probes};
    my $sampled = predicted($stored, qw(--estimate 1 --probes 400))->[0];
    ok abs($sampled->{predicted} - $all->[1]{predicted}) < 4 * $sampled->{error}, 'sampled: within its error';
    ok $sampled->{error} > 0 && !$all->[1]{error}, 'which the exact one has not';
    is_deeply predicted($stored, '--exact'), $all, '--exact is the default for so few weights';
}

# In words.
my $text = sltrace('predict', $stored)->{out};
like $text, qr/^llc at step 40: \S+, MCSE \S+, settled: \w+\n  the quadratic gives   \S+$/m, 'measured, and predicted';
like $text, qr/^    of it               curvature \S+, the slope at w\* -\S+$/m, 'its parts';
like $text, qr/^  its Stein ratio       \S+: drift \S+, pull \S+$/m, 'the Stein ratio';
like $text, qr/^  apart by              -?\S+ standard errors$/m, 'how far apart';
like $text, qr/^  left the quadratic    no: within 5 standard deviations of its law\n    at the last draw    loss \S+ above w\*, expected \S+$/m, 'where they left';
unlike $text, qr/nan|inf|noise of batches/, 'no number that is none, no batches';

my $batches = made('batches', sub { $_[0] =~ s/localization: 1,/localization: 1, batch: {size: 5, order: fresh}, store_losses: none,/r });
$text = sltrace('predict', $batches)->{out};
like $text, qr/^    not in it           the noise of batches' gradients, about \d\S*$/m, 'the noise of batches';
like $text, qr/^  apart by              -?\S+ standard errors$/m, 'how far apart';
like $text, qr/^  left the quadratic    not known: /m, 'without losses it is not known';

# Both factors 0: a saddle. The quadratic has no bottom; the loss has.
my $flat = made('flat', sub { $_[0] =~ s/kind: normal, std: 0.1/kind: zero/gr =~ s/lr: 1e-3/lr: 1e-2/r =~ s/num_draws: 20/num_draws: 60/r =~ s/num_chains: 2/num_chains: 12/r =~ s/steps: 40/steps: 0/r });
my $left = predicted($flat)->[0];
ok $left->{departure}{left} && $left->{departure}{draw} > 0 && $left->{departure}{draw} < 59, 'chains leave';
like sltrace('predict', $flat)->{out}, qr/^  left the quadratic    at draw $left->{departure}{draw} \(of 0 to 59\): loss \S+ above w\*, expected \S+$/m, 'which is told';

my $stein = made('stein', sub { $_[0] =~ s/localization: 1,/localization: 1, stein: true,/r });
like sltrace('predict', $stein)->{out}, qr/^  its Stein ratio .*\n    measured            \S+: drift \S+, pull \S+$/m, 'a measured Stein ratio';

my $restricted = made('restricted', sub { $_[0] =~ s/localization: 1,/localization: 1, restrict: orthogonal,/r });
like sltrace('predict', $restricted)->{out}, qr/^  no prediction: its chains are restricted$/m, 'no law';
my $glides = made('glides', sub { $_[0] =~ s/localization: 1,/localization: 1, sampler: baoab, friction: 2,/r });
like sltrace('predict', $glides)->{out}, qr/^  no prediction: no law is known for the sampler of its chains$/m,
    'of a sampler that is not SGLD neither';
my $pulled = made('pulled', sub { $_[0] =~ s/localization: 1,/prior: {gaussian: 1},/r });
like sltrace('predict', $pulled)->{out}, qr/^  no prediction: a prior pulls its chains to 0, not to w\*$/m,
    'nor of a prior';
my $other = made('other', sub {
    $_[0] =~ s/localization: 1,/localization: 1, loss_on: validation,/r =~ s/samples: 20,/samples: 20, validation: {samples: 9},/r;
});
like sltrace('predict', $other)->{out}, qr/^  no prediction: its loss is that of the validation samples$/m,
    'nor on other samples';
my $noisy = made('noisy', sub { $_[0] =~ s/localization: 1,/localization: 1, noise_level: 0.5,/r });
like sltrace('predict', $noisy)->{out}, qr/^  no prediction: its noise_level is not 1$/m,
    'nor of another noise';
my $boxed = made('boxed', sub { $_[0] =~ s/localization: 1,/localization: 1, bounding_box: 0.5,/r });
like sltrace('predict', $boxed)->{out}, qr/^  no prediction: a bounding_box holds its chains$/m,
    'nor in a box';
my $fixed = made('fixed', sub { both($_[0]) =~ s/f32/fixed/r });
my $in_fixed = predicted($fixed, '--step', 30)->[0];
ok abs($in_fixed->{predicted} - $all->[0]{predicted}) < 1e-3 * abs($all->[0]{predicted}), 'a fixed-point run';
ok !$in_fixed->{departure}{left}, 'whose chains are followed too';

my $attention = slurp("$root/tests/peer/manifests/attention.yaml");
$attention =~ s/\[8, 4\]/[4, 2]/g;
$attention =~ s/\{shape: \[4\]/{shape: [2]/g;
$attention =~ s/\[1, 32\]/[1, 8]/;
$attention =~ s/^  llc:\n.*$/  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 50, stein: true}/m;
my $seen = made('attention', sub { $attention });
my $seen_exact = predicted($seen)->[0];
ok $seen_exact->{spectrum}{directions} == 28, 'attention: all its weights';
SKIP: {
    skip 'no LAPACK is installed', 1 if $seen_exact->{spectrum}{probes};
    my $sampled = predicted($seen, qw(--probes 400))->[0];
    ok abs($sampled->{predicted} - $seen_exact->{predicted}) < 4 * $sampled->{error}, 'and sampled';
}

# Refusals.
expect(sltrace('predict', $stored, '--step', 31), 'a step', status => 2, err => qr/no estimate of that number and step/);
expect(sltrace('predict', $stored, '--estimate', 3), 'a number', status => 2, err => qr/no estimate of that number and step/);
expect(sltrace('predict', $stored, qw(--exact --probes 3)), 'both', status => 2, err => qr/--exact does not go with/);
expect(sltrace('predict', $stored, qw(--lanczos 1)), 'one step', status => 2, err => qr/--lanczos/);
expect(sltrace('predict', 'stored.yaml'), 'a manifest', status => 2, err => qr/./);
my $none = made('none', sub { $_[0] =~ s/^  llc:\n.*\n//mr =~ s/^figure:.*//msr });
expect(sltrace('predict', $none), 'no estimates', status => 2, err => qr/it has no estimates/);
done_testing;
