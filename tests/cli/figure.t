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
like $panels->{out}, qr/^theory: reduced-rank regression/m, 'so is the closed form';
SKIP: {
    skip 'gnuplot is missing', 6 unless $gnuplot;
    my $svg = slurp('panels/small.svg');
    like $svg, qr/$_/, "the picture has $_"
        for 'The first', 'The second', 'rank r', 'a level', 'fit line: ',
        'Two &lt;panels(?:>|&gt;) &amp; it(?:\'|&#39;)s (?:"|&quot;)quoted';
}

my $other = figure('other', "  theory: {planted-quadratic: {}}\n");
is $other->{status}, 0, 'a prediction where none can be made is no error';
like $other->{out},
    qr/^theory: no prediction at llc\/mean, x = 1: the model is not one trained linear op/m,
    'the report says why there is none';

my $wrong = figure('wrong', "  panels: [{points: a}]\n");
expect($wrong, 'a panel of what is not there', status => 2,
    err => qr/^sltrace: wrong\.yaml:\d+:\d+: figure\.panels\[0\]\.points: [^\n]+\n$/);
ok !-e 'wrong', 'writes nothing';

done_testing;
