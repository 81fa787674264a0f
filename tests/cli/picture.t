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

# ---- Other forms ---------------------------------------------------------------------
SKIP: {
    skip 'rsvg-convert is missing', 9 unless grep { -x "$_/rsvg-convert" } split /:/, $ENV{PATH};
    my $got = figure("  title: \"of two\"\n", qw(--pdf --png));
    is $got->{status}, 0, 'PDF and PNG' or diag $got->{err};
    like $got->{out}, qr/^figure  F\/small\.svg\nfigure  F\/small\.pdf\nfigure  F\/small\.png\n/m, 'told';
    my ($width, $height) = slurp('F/small.svg') =~ /<svg\s+width="(\d+)"\s+height="(\d+)"/;
    my ($pdf, $png) = (slurp('F/small.pdf'), slurp('F/small.png'));
    like $pdf, qr/\A%PDF-1\.\d\n.*%%EOF\n\z/s, 'a PDF';
    is_deeply [ unpack 'A8 x8 NN', $png ], [ "\x89PNG\r\n\x1a", 2 * $width, 2 * $height ], 'a PNG of twice the size';
    sleep 1;
    is_deeply parsed('json', figure("  title: \"of two\"\n", qw(--pdf --png --json))->{out}, 'JSON')->{forms},
        [qw(pdf png)], '... as JSON';
    ok slurp('F/small.pdf') eq $pdf && slurp('F/small.png') eq $png, 'the same bytes later';
    figure("  title: \"of three\"\n", '--pdf');
    isnt slurp('F/small.pdf'), $pdf, 'of another figure another';
    is sltrace(qw(figure . --png))->{status}, 2, 'not of a folder';
}

# ---- Not drawn -----------------------------------------------------------------------
mkdir 'bin';
spew('bin/gnuplot', "#!/bin/sh\nexit 1\n");
chmod 0755, 'bin/gnuplot';
is figure('')->{status}, 0, 'a picture';
ok -e 'F/small.svg', 'is there';
{
    spew('bin/rsvg-convert', "#!/bin/sh\nexit 1\n");
    chmod 0755, 'bin/rsvg-convert';
    spew('bin/gnuplot', "#!/bin/sh\nPATH=\${PATH#bin:}\nexec gnuplot \"\$@\"\n");
    local $ENV{PATH} = "bin:$ENV{PATH}";
    spew("F/small.$_", 'older') for qw(pdf png);
    my $got = figure('', '--pdf');
    is $got->{status}, 2, 'rsvg-convert that fails is trouble';
    is $got->{err}, "sltrace: no PDF: rsvg-convert failed\n", 'told';
    ok !-e 'F/small.pdf' && -e 'F/small.svg' && -s 'F/small.txt', 'the rest is there, and no older PDF';
    spew('bin/rsvg-convert', "#!/bin/sh\necho '%PDF-1.5'\n");
    is figure('', '--pdf')->{err}, "sltrace: no PDF: that of rsvg-convert is cut short\n", 'one that is cut short';
    unlink 'bin/rsvg-convert';
    mkdir 'lone';
    my ($gnuplot) = grep { -x "$_/gnuplot" } split /:/, $ENV{PATH} =~ s/^bin://r;
    symlink "$gnuplot/gnuplot", 'lone/gnuplot';
    local $ENV{PATH} = 'lone';
    $got = figure('', qw(--png));
    is $got->{status}, 0, 'a machine without rsvg-convert';
    like $got->{err}, qr/\Asltrace: no PNG: rsvg-convert [^\n]*\n\z/, 'one line says so';
    ok !-e 'F/small.png' && -e 'F/small.svg', 'and no older PNG';
    spew('bin/gnuplot', "#!/bin/sh\nexit 1\n");
}
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
