#!/usr/bin/perl
# What chains say of themselves, as commands show it: constant and ended chains, errors
# that are not known, one rounding of the effective sample size.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();

sub make_study {
    my ($name, $sweep, $llc) = @_;
    spew("$name.yaml", <<"YAML");
sltrace: 1
name: mine/$name
sweep:
  $sweep
run:
  arithmetic: f64
  seed: 3
  data: {kind: linear-teacher, samples: 40, inputs: 4, outputs: 4, rank: 2, noise_std: 0.1}
  model:
    weights:
      W: {shape: [4, 4], init: {kind: normal, std: 0.5}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train: {optimizer: {kind: adam, lr: 1e-2}, steps: 900}
  llc:
    - {at: last, localization: 1, $llc}
figure:
  rows: [{name: mean, by: lr}, {name: sd, by: lr, value: llc/std}]
YAML
    is sltrace('run', "$name.yaml", '--out', $name)->{status}, 0, "$name is run";
    return sltrace('figure', "$name.yaml", '--from', $name, '--out', "$name-figure")->{out};
}

# ---- Chains that tell nothing ---------------------------------------------------------

# One that stands still, one that is short, one that ends early, in every order.
my %numbers;
for my $order ('1e-300, 1e-4, 1e9', '1e-4, 1e-300, 1e9', '1e9, 1e-4, 1e-300') {
    my $text = make_study('mix' . keys %numbers, "lr: [$order]", 'lr: $lr, num_chains: 2, num_draws: 400');
    unlike $text, qr/\bnan\b|\binf\b/, "$order: without nan";
    like $text, qr/^chains: 0 of 2 estimates settled, of 1 it is not known; 1 more have a chain that ended early$/m, 'how many have settled';
    like $text, qr/^  2 chains constant, first in run \d$/m, 'constant chains are counted and named';
    like $text, qr/^  \d chains? diverged or overflowed, first in run \d$/m, 'those that ended early too';
    my ($chains) = $text =~ /^(chains: .*?)^  run \d/ms;
    $numbers{$order} = $chains =~ s/in run \d//gr;
}
my ($one, @more) = values %numbers;
is $_, $one, 'the order of runs changes no number' for @more;

# ---- Errors that are not known --------------------------------------------------------

sub against {
    my ($name, $lr, $llc) = @_;
    make_study($name, "lr: [$lr]", "lr: \$lr, $llc");
    my $text = sltrace('audit', "$name.yaml", qw(--against f32))->{out};
    my $json = sltrace('audit', "$name.yaml", qw(--against f32 --json))->{out};
    return ($text, $json);
}
my ($text, $json) = against('still', '1e-300', 'num_chains: 2, num_draws: 20');
like $text, qr/Whether the sampler has settled is not known: 2 of 2 chains are constant\./, 'constant chains are told';
like $text, qr/^  ours +\S+ +- +- +- *$/m, 'without an error, an R-hat, an ESS';
like $json, qr/"mcse":null,"rhat":null,"ess":null,"ess_tail":null,"drift":\S*?,"settled":null/, 'in JSON null, never 0';

my $batches = 'num_chains: 4, num_draws: 50, batch: {size: 8, order: fresh}, init_loss: batches';
($text, $json) = against('drawn', '1e-4', $batches);
like $json, qr/"mcse":[0-9.e-]+,/, 'a baseline of draws that the trace holds has an error';
($text, $json) = against('burnt', '1e-4', "$batches, num_burnin_steps: 5");
like $json, qr/"mcse":null,/, 'behind a burn-in it has none that is known';
($text, $json) = against('hidden', '1e-4', "$batches, store_losses: none");
like $json, qr/"mcse":null,/, 'nor without stored losses';
like $text, qr/the\s+loss\s+at\s+w\* is a mean\s+over\s+batches\s+whose\s+own\s+losses\s+were\s+not\s+stored/, 'and why is told';

# ---- An audit that needs them ---------------------------------------------------------

is sltrace(qw(record burnt.yaml --from burnt))->{status}, 0, 'a golden';
spew('their.csv', "run,source,llc,mcse\n0,theirs,7,0.5\n");
my $got = sltrace(qw(audit --estimates their.csv burnt.golden --from burnt));
is $got->{status}, 3, 'an error that is known not to be known is not taken for the other';
like $got->{out}, qr/not known\n +ours: the loss at w\* is a mean over batches whose own losses were not stored$/m, 'why';
like $got->{err}, qr/1 of 1 estimates cannot be judged by burnt\.golden, of 1 no Monte Carlo error is known$/, 'and counted';

# Without its traces a golden's llc/std tells the error, where L_n(w*) has none.
spew('open.csv', "run,source,llc,mcse\n0,theirs,7,\n");
is sltrace(qw(audit --estimates open.csv burnt.golden))->{status}, 3, 'the spread over chains is not the error beside a baseline over batches';
($text, $json) = against('full', '1e-4', 'num_chains: 4, num_draws: 50, batch: {size: 8, order: fresh}');
is sltrace(qw(record full.yaml --from full))->{status}, 0, 'a golden with a baseline on the full data';
is sltrace(qw(audit --estimates open.csv full.golden))->{status}, 1, 'there it is';

# ---- One number by one route ----------------------------------------------------------

for my $name (qw(drawn burnt full)) {
    my ($table) = sltrace('show', "$name/traces/000000.trace")->{out} =~ m{llc/mean (\S+)};
    my ($audit) = sltrace('audit', "$name.yaml", qw(--against f64 --json))->{out} =~ /"llc":([-0-9.e]+)/;
    is $audit, $table, "$name: an audit shows the LLC of the trace's table, to the last digit";
}
done_testing;
