#!/usr/bin/perl
# Pictures of figures whose texts gnuplot could take for something else; and what cannot be
# drawn, which is told and leaves no picture that somebody takes for this one.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use Test::More;

Parse::able() or plan skip_all => 'no python3 with yaml';
(grep { -x "$_/gnuplot" } split /:/, $ENV{PATH}) or plan skip_all => 'gnuplot is missing';
workdir();
spew('small.yaml', manifest());
is sltrace(qw(run small.yaml --out A --quiet))->{status}, 0, 'four runs';

sub figure {
    my ($part, @more) = @_;
    spew('one.yaml', manifest() . $part);
    return sltrace(qw(figure one.yaml --from A --out F), @more);
}

# [title, how it is quoted in YAML]
for my $title (q{'t Hooft loss}, q{''}, q{it's}, q{ends with '}, q{"a" 'b'}, q{`touch PWN1`}, q{\\}, q{\\n},
    q{%g %n}, q{@x {/Symbol a} ^2_3}, q{]]>}, q{<b>&lt;</b>}, q{=1+1}, q{'.system('touch PWN2').'}) {
    my $yaml = $title =~ s/([\\"])/\\$1/gr;
    for my $panels ('', qq(  panels: [{rows: llc/mean, title: "$yaml", x_label: "$yaml"}]\n)) {
        my $got = figure(qq(  title: "$yaml"\n  y_label: "$yaml"\n$panels));
        my $name = $title . ($panels ? ', in a panel' : '');
        is $got->{status}, 0, "$name: drawn" or diag $got->{err};
        is $got->{err}, '', "$name: nothing to complain of";
        my $svg = parsed('xml', slurp('F/small.svg'), $name);
        my @shown = grep { $_->[0] =~ /^(?:text|tspan)$/ && $_->[1] eq $title } @{ $svg // [] };
        cmp_ok scalar @shown, '>=', 2, "$name: its letters stand there";
        unlink 'F/small.svg';
    }
}
ok !-e $_, "$_: no command was run" for qw(PWN1 PWN2);

# Words along an axis are formats to gnuplot.
spew('words.yaml', manifest() =~ s/f32/\$type/r =~ s/^sweep:\n/sweep:\n  type: [f32, f64]\n/mr
    =~ s/by: rank/by: type/r);
is sltrace(qw(run words.yaml --out W --quiet))->{status}, 0, 'words along an axis';
is sltrace(qw(record words.yaml --from W --golden words.golden))->{status}, 0, 'recorded';
is sltrace(qw(figure words.golden --out F))->{status}, 0, 'drawn';

# ---- Not drawn -----------------------------------------------------------------------
mkdir 'bin';
spew('bin/gnuplot', "#!/bin/sh\nexit 1\n");
chmod 0755, 'bin/gnuplot';
is figure('')->{status}, 0, 'a picture';
ok -e 'F/small.svg', 'is there';
unlink 'F/small.csv', 'F/small.txt';
{
    local $ENV{PATH} = "bin:$ENV{PATH}";
    my $got = figure('');
    is $got->{status}, 2, 'gnuplot that fails is trouble';
    is $got->{err}, "sltrace: no picture: gnuplot failed; the CSV holds all its data\n", 'told';
    ok -s 'F/small.csv' && -s 'F/small.txt', 'the data and the report are there';
    ok !-e 'F/small.svg', 'and no older picture';
    my $json = parsed('json', figure('', '--json')->{out}, 'as JSON');
    is $json->{error}{exit}, 2, 'with the exit status';
    ok !$json->{drawn}, 'not drawn';
    mkdir 'goldens';
    spew("goldens/words.$_", slurp("words.$_")) for qw(yaml golden csv);
    is sltrace(qw(figure goldens --out P))->{status}, 2, 'a page without its picture';
    like slurp('P/goldens.html'), qr/no picture: gnuplot failed/, 'says so';
}
{
    local $ENV{PATH} = '/nonexistent';
    my $got = figure('');
    is $got->{status}, 0, 'a machine without gnuplot';
    like $got->{err}, qr/\Asltrace: no picture: gnuplot [^\n]*\n\z/, 'one line says so';
}
done_testing;
