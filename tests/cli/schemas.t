#!/usr/bin/perl
# docs/manual/json.md against what every command prints under --json: each document has its
# schema; each member that is found is documented, with its type; each that is documented is
# found.
use strict;
use warnings;
use B ();
use FindBin;
use lib $FindBin::Bin;
use Cli;
use File::Copy;
use JSON::PP;
use Test::More;

# ---- What is documented ----------------------------------------------------------------
my (%documented, $schema);
for (split /\n/, slurp("$root/docs/manual/json.md")) {
    $schema = $1 if /^## `(sltrace\.\S+)`$/;
    $documented{$schema}{$1} = $2 if $schema && /^\| `(\S+)` \| ([^|]+?) \|/;
}
my $shared = delete $documented{'sltrace.error/1'};
# Objects whose members are those of a manifest's run.
my %opaque = map { $_ => 1 } 'sltrace.trace/1 run', 'sltrace.golden/1 base';

# The row of a member: its own, that of any name, or one that several documents share.
sub row_of {
    my ($schema, $path) = @_;
    return (undef, $path) if $path eq 'schema';
    return row_of('sltrace.report/1', $1)
        if $schema eq 'sltrace.front/1' && $path =~ /^folders\[\]\.(goldens\[\]\..*)/;
    return ('sltrace.figure/1', $1)
        if $schema eq 'sltrace.report/1' && $path =~ /^goldens\[\]\.((?:claims\[\]|runs|chains)\..*)/;
    my $rows = $documented{$schema} // {};
    return ($schema, $path) if $rows->{$path};
    return ('sltrace.error/1', $path) if $path =~ /^error\b/;
    for my $known (grep { /\*/ } keys %$rows) {
        my $pattern = join '[^.\[]+', map { quotemeta } split /\*/, $known, -1;
        return ($schema, $known) if $path =~ /^$pattern$/;
    }
    return ($schema, $path);
}

sub type_of {
    my ($value) = @_;
    return 'null' if !defined $value;
    return 'bool' if JSON::PP::is_bool($value);
    return ref $value eq 'HASH' ? 'object' : 'list' if ref $value;
    my $flags = B::svref_2object(\$value)->FLAGS;
    return 'text' if $flags & B::SVf_POK;
    return $value =~ /^-?\d+$/ ? 'whole' : 'number';
}

sub fits {
    my ($type, $wanted) = @_;
    for my $one (split / or /, $wanted) {
        return 1 if $type eq $one || ($type eq 'whole' && $one eq 'number')
            || ($type eq 'list' && $one =~ /^list of /);
    }
    return 0;
}

# ---- What is found ---------------------------------------------------------------------
my (%found, %wrong);

sub note_member {
    my ($schema, $path, $value) = @_;
    my ($from, $row) = row_of($schema, $path);
    return if !defined $from;
    my $wanted = ($from eq 'sltrace.error/1' ? $shared : $documented{$from})->{$row};
    my $type = type_of($value);
    $found{$from}{$row} = 1;
    if (!defined $wanted) { $wrong{"$schema: $path is not documented"} = 1; return }
    if (!fits($type, $wanted)) { $wrong{"$schema: $path is $type, not $wanted"} = 1; return }
    my ($item) = $wanted =~ /^list of (\w+)/;
    if ($type eq 'list') {
        for (@$value) {
            my $one = type_of($_);
            $wrong{"$schema: $path has $one, not $item"} = 1 if !fits($one, $item);
            note_members($schema, "${path}[]", $_) if $one eq 'object';
        }
    }
    note_members($schema, $path, $value) if $type eq 'object' && !$opaque{"$schema $path"};
}

sub note_members {
    my ($schema, $path, $object) = @_;
    note_member($schema, length $path ? "$path.$_" : $_, $object->{$_}) for keys %$object;
}

my %commands;
sub document {
    my ($text, $name) = @_;
    my $json = eval { JSON::PP->new->utf8->decode($text) };
    return fail("$name: is JSON") if ref $json ne 'HASH';
    my $schema = $json->{schema} // '';
    like $text, qr/\A\{\s*"schema": ?"\Q$schema\E"/, "$name: $schema, its first member";
    ok $schema eq 'sltrace.error/1' || $documented{$schema}, "$name: which is documented";
    $found{$schema} ||= {};
    note_members($schema, '', $json);
}

sub prints {
    my @command = @_;
    $commands{ $command[0] eq 'theory' ? "theory $command[1]" : $command[0] } = 1;
    document(sltrace(@command, '--json')->{out}, "@command");
}

# ---- Every command ---------------------------------------------------------------------
workdir();
my $small = manifest();
$small .= <<'YAML';
  claims:
    - {id: one, says: it is so, value: status.done, expect: 4, tolerance: 0, basis: exact}
    - {id: two, says: it is not, value: status.done, expect: 5, tolerance: 0, basis: b, note: n}
YAML
spew('small.yaml', $small);
(my $early = $small) =~ s/rank: \[1, 2\]/rank: [2]\n  rate: [1e-2, 1e9]/;
$early =~ s/lr: 1e-2/lr: \$rate/;
$early =~ s/kind: adam/kind: sgd/;
$early =~ s/f32/fixed/; # an overflow tells its tensor
$early =~ s/name: mine\/small/name: early/;
spew('early.yaml', $early);
(my $hidden = $small) =~ s/num_draws: 20/num_draws: 20, store_losses: none/;
$hidden =~ s/state: all/state: none, hashes: joint/;
$hidden =~ s/localization: 1/localization: 1, batch: full, sampler: hmc, leapfrog_steps: 2, adapt: {}, num_burnin_steps: 9, stein: true, observables: {energy: true, losses: {every: 10}, metrics: [size]}/;
$hidden =~ s/^  train:\n/$&    metrics: {size: {kind: norm, weight: W1}}\n/m;
$hidden =~ s/name: mine\/small/name: hidden/;
spew('hidden.yaml', $hidden);
(my $hot = $small) =~ s/localization: 1/localization: 1, batch: full, sampler: mala, nbeta: 9, tempering: {nbeta: [3], lr: [1e-3]}/;
$hot =~ s/name: mine\/small/name: hot/;
spew('hot.yaml', $hot);
# A saddle, from which chains run away into another minimum; chains without a law.
(my $left = $small) =~ s/kind: normal, std: 0.1/kind: zero/g;
$left =~ s/name: mine\/small/name: left/;
$left =~ s/steps: 40/steps: 1/;
$left =~ s/lr: 1e-3, localization: 1/lr: 1e-2, localization: 1/;
$left =~ s/num_chains: 2, num_draws: 20/num_chains: 12, num_draws: 60/;
spew('left.yaml', $left);
# Three estimates of one target, by which lambda is told without a loss at w*.
(my $warm = $small) =~ s/^    - \{at: last, (.*)\}$/join "\n", map { "    - {at: last, nbeta: $_, $1}" } 5, 10, 20/me;
$warm =~ s/name: mine\/small/name: warm/;
spew('warm.yaml', $warm);
(my $restricted = $small) =~ s/num_draws: 20/num_draws: 20, restrict: orthogonal/;
$restricted =~ s/name: mine\/small/name: restricted/;
spew('restricted.yaml', $restricted);
spew('bad.yaml', $small =~ s/seed: \$seed/sed: 1/r =~ s/kind: adam/kind: adamm/r);
copy("$root/tests/cli/schemas-$_.trace", "$_.trace") for qw(up flushed chain hashed);
prints('run', 'small.yaml', '--out', 'A');
prints('run', 'early.yaml', '--out', 'B');
prints('run', 'hidden.yaml', '--out', 'C');
is sltrace('run', "$_.yaml", '--out', $_, '--only', 0, '--quiet')->{status}, 0, $_ for qw(left restricted warm hot);
prints('run', 'bad.yaml');
prints('merge', 'M', 'A');
prints('status', 'M');
prints('run', 'small.yaml', '--only', 0, '--out', 'B');
document(slurp('A/provenance/000000.json'), 'provenance');
$found{'sltrace.provenance/1'}{$_} = 1 for 'fingerprints.*', 'fingerprints'; # none in fixed
prints('record', 'small.yaml', '--from', 'A');
prints('record', 'early.yaml', '--from', 'B', '--force', 'why');
prints('verify', 'small.golden', '--only', 0);
prints('verify', 'small.golden', '--traces', 'A', '--spot', '2:a');
prints('verify', 'small.golden', 'early.golden', 'gone.golden');
my $keys = "$root/tests/fault/inject/files";
is sltrace('record', 'small.yaml', '--from', 'A', '--golden', 'signed.golden', '--sign', "$keys/plain.key")->{status},
    0, 'a signed golden';
prints('bundle', 'signed.golden');
prints('verify', 'signed.golden', '--only', 0, '--public-key', "$keys/plain.pub");
prints('show', $_) for 'small.yaml', 'small.golden', 'early.golden', 'A/traces/000000.trace',
    'B/traces/000002.trace', 'C/traces/000000.trace', 'hot/traces/000000.trace', 'bad.yaml';
prints('summary', $_) for 'A', 'B', 'C', 'A/traces/000000.trace', 'small.golden';
prints('rank', 'small.yaml', '--only', 0, '--at', 'init');
prints('rank', 'A/traces/000000.trace', '--modulo');
spew('pairs.yaml', slurp("$root/manifests/smoke/quadratic.yaml"));
prints('rank', 'pairs.yaml', '--only', 0, '--at', 'init');
prints('rank', 'pairs.yaml', '--only', 0, '--at', 'init', '--modulo');
prints('figure', 'small.golden', '--out', 'F');
prints('figure', 'early.yaml', '--from', 'B', '--out', 'F');
prints('figure', '.', '--out', 'P');
mkdir 'T';
mkdir 'T/u';
spew("T/u/small.$_", slurp("small.$_")) for qw(yaml golden csv runs.csv);
prints('figure', 'T', '--out', 'P');
prints('predict', $_) for 'A/traces/000000.trace', 'left/traces/000000.trace', 'restricted/traces/000000.trace';
prints('predict', 'C/traces/000000.trace', '--probes', 2);
prints('influence', 'C/traces/000000.trace', '--of', $_) for 'mean', 0, 'metrics';
prints('diagnose', $_, '--stein') for 'A/traces/000000.trace', 'C/traces/000000.trace', 'warm/traces/000000.trace';
prints('calibrate', 'small.yaml', '--lr', '1e-3:1e-2:2', '--out', 'G');
spew('planted.yaml', slurp("$root/manifests/smoke/planted.yaml"));
prints('calibrate', 'planted.yaml', qw(--lr 1e-3:8e-3:4 --nbeta 10:40:3 --set num_chains=8
    --set num_draws=9000 --out N));
prints('doctor');

# Init files.
spew('w.raw64', pack 'd<4', 1 .. 4);
spew('file.yaml', $small =~ s/W1: .*/W1: {shape: [\$rank, 4], init: {kind: file, file: w.raw64, sha256: @{['0' x 64]}, type: f64}}/r);
prints('show', 'file.yaml');
spew('files.yaml', slurp("$root/manifests/smoke/files.yaml"));
prints('show', 'files.yaml');
prints('show', 'small.yaml', '--shards', 2);

# Traces that rounding up made, beside those that this machine makes.
my $head = "sltrace: 1\nname: twin\ncite: {note: test}\nrun:\n  arithmetic: f32\n  seed: 3\n";
my %twins = (up => <<'YAML', chain => <<'YAML');
  data: {kind: constant, samples: 8, inputs: 1, outputs: 3}
  model:
    weights:
      W: {shape: [3, 1], init: {kind: constant, value: 0.1}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: 0.8}
    steps: 40
    checkpoints: {every: 10, state: all}
YAML
  data: {kind: constant, samples: 8, inputs: 1, outputs: 2}
  model:
    weights:
      W: {shape: [2, 1], init: {kind: constant, value: 0.5}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 3, num_draws: 40, store_losses: all}
YAML
$twins{flushed} = $twins{up} =~ s/\{kind: constant, value: 0.1\}/{kind: normal, std: 1e-31}/r;
$twins{hashed} = $twins{chain} =~ s/losses: all/losses: none/r;
for my $name (sort keys %twins) {
    spew("$name.yaml", $head . $twins{$name});
    is sltrace('run', "$name.yaml", '--out', $name, '--quiet')->{status}, 0, "$name: its twin";
    prints('audit', "$name/traces/000000.trace", "$name.trace");
}
my $provenance = decode_json(slurp('A/provenance/000000.json'));
$provenance->{libraries}{glibc} = '1';
spew('other.json', encode_json($provenance));
mkdir 'copy';
copy('A/traces/000000.trace', 'copy/000000.trace');
prints('audit', 'A/traces/000000.trace', 'copy/000000.trace', '--provenance',
    'A/provenance/000000.json,other.json');
prints('audit', 'small.yaml', '--only', '0', '--against', 'f64,fixed,openblas:Haswell,openblas:auto');
prints('audit', 'early.yaml', '--only', '2', '--against', 'fixed');
spew('theirs.csv', "run,source,llc,mcse\n0,a,1.5,0.1\n1,a,,\n2,a,-3,\n3,a,2.5,0.5\n0,b,1,\n");
prints('audit', '--estimates', 'theirs.csv', 'small.golden', '--from', 'A');
prints('audit', '--estimates', 'A', 'small.golden');
prints('theory', 'rrr', qw(--in 5 --hidden 3 --out 5 --rank 2));
prints('theory', 'dln', '--widths', '5,5,5', '--rank', 2);
prints('theory', 'crossing', '--k', '2,1,0', '--h', '0,3,0');
prints('theory', 'quadratic', qw(--p 7 --width 16 --samples 29));
prints('theory', 'quadratic-sgld', qw(--curvatures 1 --nbeta 144.76 --lr 1e-3));
prints('theory', 'volume', '--curvatures', '1,0,2',
    qw(--samples 100000 --from 1e-2 --to .1 --levels 2));
prints('theory', 'quadratic', qw(--p 7 --width 16 --samples 29));
prints('theory', 'grokking', qw(--model exp1d --quantity p --eps .1), '--n', '2,5');
prints('theory', 'grokking', qw(--model ball --quantity p --formula P-exact --n 1 --trials 2));
prints('theory', 'tms', qw(--polygon 5));
spew('net.csv', "1,2\n0.5,0.5\n");
prints('theory', 'tms', '--weights', 'net.csv');

is join("\n", sort keys %wrong), '', 'what is printed is as documented';

# ---- Both ways -------------------------------------------------------------------------
# Made only where something here is wrong, or there is no OpenBLAS, or by another numerics.
my %rare = map { $_ => 1 }
    (map { "sltrace.audit-traces/1 pairs[].$_" } 'functions', 'functions[].name',
        'functions[].reference', 'functions[].found', 'replay.reference.isa', 'replay.found.isa',
        'difference.metric', 'difference.result', 'replay.reason'),
    (map { "sltrace.audit-against/1 runs[].backends[].$_" } 'openblas', 'openblas.core',
        'openblas.config', 'openblas.library', 'why');
my @missing = map { my $s = $_; map { "$s $_" } grep { !$found{$s}{$_} } sort keys %{ $documented{$s} } }
    sort keys %documented;
is join("\n", grep { !$rare{$_} } @missing), '', 'what is documented is printed';
is join("\n", grep { !$found{'sltrace.error/1'}{$_} } sort keys %$shared), '', 'errors too';

my @all = sltrace('--help')->{out} =~ /^  ([a-z]+)  /mg;
@all = map { my $c = $_; $c ne 'theory' ? $c : map { "theory $_" } sltrace('theory', '--help')->{out} =~ /^  ([a-z]+[a-z-]*)  /mg } @all;
my @with = grep { sltrace(split(' ', $_), '--help')->{out} =~ /--json/ } @all;
cmp_ok scalar(@with), '>', 10, 'commands have --json';
is join(' ', grep { !$commands{$_} } @with), '', 'every command that has --json was asked';
done_testing;
