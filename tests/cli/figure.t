#!/usr/bin/perl
# sltrace figure: panels of a picture, theory beside the rows, levels.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
my $gnuplot = grep { -x "$_/gnuplot" } split /:/, $ENV{PATH};

sub figure {
    my ($name, $part) = @_;
    spew("$name.yaml", manifest() . $part);
    return sltrace('figure', "$name.yaml", qw(--from A --out), $name);
}

spew('small.yaml', manifest());
is sltrace(qw(run small.yaml --out A --quiet))->{status}, 0, 'four runs';
is figure('plain', '')->{status}, 0, 'a figure without panels';

my $panels = figure('panels', <<'YAML');
  fit: [{name: line, linear: {y: llc/mean, x: rank}}]
  theory:
    rrr: {in: 4, hidden: $rank, out: 3, rank: $rank}
    levels: [{value: 4.5, label: "a level"}]
  columns: 2
  title: "Two <panels> & it's \"quoted\""
  panels:
    - {rows: llc/mean, fits: line, title: "The first"}
    - {rows: llc/mean, log: [x, y], title: "The second", x_label: "rank r"}
YAML
is $panels->{status}, 0, 'a figure with panels' or diag $panels->{err};
is slurp('panels/small.csv') =~ s/^fit.*\n//gmr, slurp('plain/small.csv'),
    'panels change no data';
like $panels->{out}, qr/^levels\n  a level +4\.5$/m, 'levels are in the report';
like $panels->{out}, qr/^theory: linear network, closed form/m, 'so is the closed form';
SKIP: {
    skip 'gnuplot is missing', 6 unless $gnuplot;
    my $svg = slurp('panels/small.svg');
    like $svg, qr/$_/, "the picture has $_"
        for 'The first', 'The second', 'rank r', 'a level', 'fit line: ',
        'Two &lt;panels(?:>|&gt;) &amp; it(?:\'|&#39;)s (?:"|&quot;)quoted';
}

# Points, histograms and curves, of measures.
my $measured = figure('measured', <<'YAML');
  measures: {end: {result: llc/mean}, lost: {metric: loss, at: last}}
  points: [{name: cloud, x: lost, y: end}]
  histograms: [{name: spread, of: end, from: 0, to: 100, bins: 4}]
  curves: [{name: first, run: 0, of: [loss]}]
  fit: [{name: line, linear: {points: cloud}}]
  panels:
    - {points: cloud, fits: line, title: "a scatter"}
    - {histogram: spread, title: "a histogram"}
    - {curves: first, log: [y], title: "a curve", levels: [{value: 0.1, label: "low"}]}
YAML
is $measured->{status}, 0, 'panels of measures' or diag $measured->{err};
is $measured->{err}, '', 'gnuplot has nothing to complain of' if $gnuplot;
SKIP: {
    skip 'gnuplot is missing', 5 unless $gnuplot;
    my $svg = slurp('measured/small.svg');
    like $svg, qr/$_/, "the picture has $_"
        for 'a scatter', 'a histogram', 'a curve', 'fit line: ', 'low';
}

# How chains went.
my $chains = figure('chains', <<'YAML');
  chains: [{name: went, run: 1}, {name: some, run: 0, show: [ranks], of: loss}]
  panels:
    - {trace: went, title: "a trace"}
    - {ranks: some, title: "some ranks"}
    - {autocorrelation: went, title: "by lag"}
YAML
is $chains->{status}, 0, 'panels of chains' or diag $chains->{err};
is $chains->{err}, '', 'gnuplot has nothing to complain of' if $gnuplot;
my %rows;
$rows{$_}++ for slurp('chains/small.csv') =~ /^(chain\.[^,]*)/gm;
is_deeply \%rows, {map { ("chain.$_.0" => 20, "chain.$_.1" => 20) }
        qw(went.trace went.ranks went.autocorrelation some.ranks)}, 'what they show of two chains of 20 draws';
SKIP: {
    skip 'gnuplot is missing', 3 unless $gnuplot;
    my $svg = slurp('chains/small.svg');
    like $svg, qr/$_/, "the picture has $_" for 'a trace', 'some ranks', 'by lag';
}
my $none = figure('none', "  chains: [{name: went, run: 1, llc: 2}]\n");
is $none->{status}, 2, 'an estimate that was not made';
like $none->{err}, qr/figure\.chains\.went: run 1 has no estimate 2/, '... is named';

# An exponent with its window, its series and their slopes.
my $power = figure('power', <<'YAML');
  checkpoints: [{name: c, of: {loss: loss}}]
  points: [{name: fall, x: c.step, y: c.loss}]
  fit: [{name: nu, exponent: {points: fall, from: 10, series: rank}}]
  bootstrap: [{name: nu, fit: nu, over: runs, resamples: 20, seed: 1}]
  panels:
    - {points: fall, fits: nu, log: [x, y], title: "a power"}
    - {slopes: nu, log: [x], title: "its slopes"}
  claims:
    - {id: nu, says: "it falls", value: "max(0, fit.nu[rank=2].a1)", expect: 0, tolerance: 0, basis: none}
YAML
is $power->{status}, 0, 'an exponent' or diag $power->{err};
is $power->{err}, '', 'which can be drawn' if $gnuplot;
like $power->{out}, qr/^  nu\[rank=1\]\.a1 +-\S+  standard error \S+$/m, 'in the report';
like $power->{out}, qr/^claim nu: yes, as printed$/m, 'a claim names a series of it';
SKIP: {
    skip 'gnuplot is missing', 3 unless $gnuplot;
    my $svg = slurp('power/small.svg');
    like $svg, qr/\Q$_\E/, "the picture has $_"
        for 'fit nu[rank=1]: exponent', 'local slope', 'nu[rank=2]';
}

# Published points beside the rows.
spew('points.csv', "a,b\n1,4\n2,8\n");
my $sha = (split ' ', shell('sha256sum points.csv')->{out})[0];
my $beside = figure('beside', <<"YAML");
  references: [{name: printed, csv: points.csv, sha256: $sha, source: "by <hand>", x: a, y: b / 2}]
  comparisons: [{name: ours, of: llc/mean, reference: printed, chi2: given}]
  panels: [{rows: llc/mean, references: printed}]
YAML
is $beside->{status}, 0, 'published points' or diag $beside->{err};
is $beside->{err}, '', 'which can be drawn' if $gnuplot;
like $beside->{out}, qr/^  compare\.ours\.chi2 +\S+$/m, 'a number of the comparison';
like $beside->{out}, qr/^references\n  printed +by <hand>$/m, 'and where they come from';
like slurp('beside/small.csv'), qr/^reference\.printed,1,2,,\nreference\.printed,2,4,,\nratio\.ours,1,/m,
    'they are data';
SKIP: {
    skip 'gnuplot is missing', 1 unless $gnuplot;
    like slurp('beside/small.svg'), qr/reference\.printed/, 'and in the picture';
}
spew('points.csv', "a,b\n1,4\n2,9\n");
my $changed = sltrace(qw(figure beside.yaml --from A --out changed));
expect($changed, 'other points', status => 2,
    err => qr/figure\.references\.printed: points\.csv: expected SHA-256 $sha, found [0-9a-f]{64}/);

# Tables of numbers.
my $tables = figure('tables', <<'YAML');
  fit: [{name: line, linear: {y: llc/mean, x: rank}}]
  tables:
    - title: "Means <of> chains"
      head: rank
      rows: [1, 2, 7]
      blank: true
      columns:
        - {head: mean, value: "row[llc/mean,$row].value", low: "-row[llc/mean,$row].error", high: "100 * $row"}
        - {head: twice, value: 2 * fit.line.a1, printed: 3 * $row}
YAML
is $tables->{status}, 0, 'a table' or diag $tables->{err};
like $tables->{out}, qr/^table: Means <of> chains\n  1 +mean +\S+ \[-\S+, 100\]\n  1 +twice +\S+ printed 3\n/m,
    'its cells, with intervals and what is printed';
like $tables->{out}, qr/^  7 +mean +-\n  7 +twice +\S+ printed 21$/m, 'one is blank';
is slurp('tables/small.csv') =~ s/^fit.*\n//gmr, slurp('plain/small.csv'), 'no data';
spew('wrong.yaml', slurp('tables.yaml') =~ s/blank: true/blank: false/r);
expect(sltrace(qw(figure wrong.yaml --from A --out wrong)), 'a blank cell where none may be', status => 2,
    err => qr/^sltrace: wrong\.yaml:\d+: figure\.tables\[0\]: at row 7: column 1 of 'row\[llc\/mean,7\]/m);
spew('wrong.yaml', slurp('tables.yaml') =~ s/llc\/mean,\$row\]\.value/lcl,\$row].value/r
    =~ s/2 \* fit\.line\.a1/fit.lin.a1/r);
expect(sltrace(qw(figure wrong.yaml --from A --out wrong)), 'a table without a number', status => 2,
    err => qr/figure\.tables\[0\]: none of its cells has a value/);

my $other = figure('other', "  theory: {planted-quadratic: {}}\n");
is $other->{status}, 0, 'a prediction where none can be made is no error';
like $other->{out},
    qr/^theory: no prediction at llc\/mean, x = 1: the model is not one trained linear op/m,
    'the report says why there is none';

my $wrong = figure('wrong', "  panels: [{points: a}]\n");
expect($wrong, 'a panel of what is not there', status => 2,
    err => qr/^sltrace: wrong\.yaml:\d+:\d+: figure\.panels\[0\]\.points: [^\n]+\n$/);
ok !-e 'wrong', 'writes nothing';

# What SGLD must give around planted coefficients, two series of it.
spew('planted.yaml', <<'YAML');
sltrace: 1
name: mine/planted
sweep:
  localization: [1, 10]
  degree: [1, 4]
run:
  arithmetic: f64
  seed: 3
  data: {kind: polynomial, samples: 30, degree: $degree, scale: 1}
  model:
    weights:
      A: {shape: [1, inputs], init: {kind: teacher, factor: A}}
    ops:
      - {op: linear, in: x, weight: A, out: y}
    loss: {op: mse, in: y}
  llc:
    - {at: last, lr: 1e-3, localization: $localization, num_chains: 2, num_draws: 400}
figure:
  rows: {by: degree, series: localization, error: none}
  theory: {planted-quadratic: {}}
YAML
is sltrace(qw(run planted.yaml --out P --quiet))->{status}, 0, 'planted polynomials';
my $planted = sltrace(qw(figure planted.yaml --from P --out Q));
SKIP: {
    skip 'LAPACK is missing', 4 if $planted->{out} =~ /no LAPACK/;
    my @rows = $planted->{out} =~
        /^  localization=(\d+) +(\d) +([\d.]+) +([\d.]+) +([\d.]+) +[\d.]+$/mg;
    is @rows / 5, 4, 'a prediction for each row of each series';
    ok !grep({ abs($rows[5 * $_ + 3] / $rows[5 * $_ + 4] - 1) > .5 } 0 .. 3),
        'near what the chains gave' or diag $planted->{out};
    ok $rows[3] > $rows[13], 'a stronger localization, a smaller prediction';
    skip 'gnuplot is missing', 1 unless $gnuplot;
    like slurp('Q/planted.svg'), qr/prediction, these chains.*prediction, endless chains/s,
        'both lines are in the picture';
}

# The same chains, by the Hessian's spectrum around the weights that they start from.
spew('at.yaml', slurp('planted.yaml') =~ s/planted-quadratic/quadratic-at-point/r);
my $at_point = sltrace(qw(figure at.yaml --from P --out A));
is $at_point->{status}, 0, 'at a point';
my $line = qr/^  localization=\d+ +\d +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m;
SKIP: {
    skip 'LAPACK is missing', 2 if $planted->{out} =~ /no LAPACK/;
    is join("\n", $at_point->{out} =~ /$line/g), join("\n", $planted->{out} =~ /$line/g),
        'the same predictions, as this loss is a quadratic';
    like $at_point->{out}, qr/^theory: SGLD if the loss were quadratic around w\*/m, 'under its name';
}
my $states = figure('states', "  theory: {quadratic-at-point: {}}\n");
is $states->{status}, 0, 'trained runs';
like $states->{out}, qr/^  llc\/mean +1 +(?:no limit|\S+) +\S+ +\S+ +\S+$/m, 'by the states that their traces store';

# A machine without LAPACK: the lines are left out, and the report says so.
spew('none.c', "void *dlopen(const char *name, int flags);\n"
    . "void *dlopen(const char *name, int flags)\n{\n    (void)name;\n    (void)flags;\n"
    . "    return 0;\n}\n");
SKIP: {
    skip 'no compiler', 2 if shell('cc -shared -fPIC none.c -o none.so')->{status};
    local $ENV{LD_PRELOAD} = './none.so';
    my $bare = sltrace(qw(figure planted.yaml --from P --out R));
    is $bare->{status}, 0, 'without LAPACK';
    like $bare->{out}, qr/^theory: no prediction at localization=1, x = 1: no LAPACK /m,
        'the report says so';
}

# A logarithmic axis says what it lacks: in the picture, on stderr, in the report, as JSON.
my $log = figure('log', <<'YAML');
  curves: [{name: first, run: 0, of: [loss]}]
  panels:
    - {curves: first}
    - {curves: first, log: [x, y], levels: [{value: -1, label: "low"}, {value: 1, label: "one"}]}
YAML
is $log->{status}, 0, 'a logarithmic axis below a level' or diag $log->{err};
my $lacks = 'panel 2: 1 not above 0, not drawn on a logarithmic axis';
like $log->{out}, qr/^picture  \Q$lacks\E$/m, 'the report tells what is not drawn';
SKIP: {
    skip 'gnuplot is missing', 2 unless $gnuplot;
    is $log->{err}, "sltrace: $lacks\n", 'a remark tells it';
    like slurp('log/small.svg'), qr/1 not above 0: not on a logarithmic axis/, 'the picture tells it';
}
like sltrace(qw(figure log.yaml --from A --out log --json))->{out}, qr/"hidden":1\}$/, 'JSON';
is sltrace(qw(record log.yaml --from A --golden goldens/log.golden))->{status}, 0, 'recorded';
is sltrace(qw(figure goldens --out page))->{status}, 0, 'a page';
like slurp('page/goldens.html'), qr/In \Q$lacks\E\./, 'the page tells it';
done_testing;
