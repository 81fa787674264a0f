#!/usr/bin/perl
# sltrace new, and sltrace show of manifests.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
sub refused {
    my ($name, $like, @arguments) = @_;
    expect(sltrace(@arguments), "refused: $name", status => 2,
        err => qr/^sltrace: [^\n]*$like[^\n]*\n$/);
}
spew('small.yaml', manifest());
my $time = qr/\d+ (?:s|min|h \d+ min)/;
expect(sltrace('show', 'small.yaml'), 'show a plan', out => qr{
    ^manifest\ +mine/small\nruns\ +4\naxes\ +rank,\ seed\nof\ one\ run:\n
    parameters\ +7\ to\ 14\nsteps\ +40\ at\ most\ncheckpoints\ +4\ at\ most\n
    updates\ +40\ of\ SGLD\ chains\ndraws\ +40\nmemory\ +about\ [\d.]+\ kB:\ data\ [^\n]*\nof\ all\ runs:\n
    disk\ +about\ [\d.]+\ kB\nmemory\ +about\ 7\.\d\ MB\ with\ --jobs\ \d+\n
    time\ +about\ $time\ on\ one\ processor,\ $time\ on\ the\ \d+\ here\n
    processors\ +\d+\ online,\ \d+\ by\ affinity,\ [^\n]*:\ --jobs\ \d+\ by\ default\n$}x);
my $json = sltrace(qw(show small.yaml --json));
expect($json, 'as JSON', out => qr/^\{"schema":"sltrace\.plan\/1","manifest":"mine\/small","runs":4,"axes":\["rank","seed"\],"parameters":42,"steps":160,/);
# Ten times the draws: about ten times the chain's work, and the trace grows by 8 bytes each.
spew('many.yaml', manifest() =~ s/num_draws: 20/num_draws: 200000/r);
my ($few) = $json->{out} =~ /"trace_bytes":(\d+)/;
my $more = sltrace(qw(show many.yaml --json))->{out};
my ($many) = $more =~ /"trace_bytes":(\d+)/;
is $many - $few, 8 * 4 * 2 * (200000 - 20), 'disk counts the draws';
like $more, qr/"draws":1600000,/, 'and so does the plan';

refused('nothing to show', 'nowhere: No such file', 'show', 'nowhere');
refused('a folder', 'not an ordinary file', 'show', '.');
refused('no file', 'FILE is missing', 'show');
spew('empty', '');
refused('an empty file', 'empty', 'show', 'empty');
spew('noise.trace', "\x8bSLT noise");
refused('noise called a trace', 'noise\.trace', 'show', 'noise.trace');
spew('noise.golden', "sltrace-golden 1\nnoise\n");
refused('noise called a golden', 'noise\.golden', 'show', 'noise.golden');
spew('wrong.yaml', manifest() =~ s/ lr:/ lerning_rate:/r);
refused('a mistyped key', 'wrong\.yaml:\d+:\d+: .*lerning_rate', 'show', 'wrong.yaml');

expect(sltrace(qw(new fresh.yaml)), 'new');
is sltrace(qw(show fresh.yaml))->{status}, 0, 'writes a valid manifest';
like slurp('fresh.yaml'), qr/^name: mine\/first$/m, 'with a name';
refused('over a file', 'fresh\.yaml: exists already', qw(new fresh.yaml));
refused('into no folder', 'No such file', qw(new no/fresh.yaml));
like sltrace(qw(new --name me/one))->{out}, qr/^name: me\/one$/m, '--name, on stdout';
is sltrace(qw(new))->{out}, slurp('fresh.yaml'), 'both are the same';
refused('a bad name', '\S', qw(new --name ../up));
done_testing;
