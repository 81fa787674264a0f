#!/usr/bin/perl
# Adding an op, an optimiser, ... is one file and one row: Toy.pm adds toys to a copy of the
# tree, and this test counts, builds and tries them.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../cli";
use Cli;
use Test::More;
use Toy;

my @toys;
for my $path (sort glob "$FindBin::Bin/toy/*.pl") {
    my $toy = do $path;
    die "$path: $@$!" if ref $toy ne 'HASH';
    push @toys, $toy;
}

my $house = Toy->new($root, $build);
$house->add($_) for @toys;
my $changed = $house->changes;
my %rows;
$rows{ $_->{table} }++ for @toys;
is(delete $changed->{ $_->{file} }, 'new', "$_->{name} is a file") for @toys;
is_deeply(delete $changed->{$_}, [ $rows{$_}, 0 ], "and a row of $_") for sort keys %rows;
is_deeply($changed, {}, 'and nothing else');

$sltrace = $house->program;
for my $toy (@toys) {
    workdir();
    subtest $toy->{name} => $toy->{try};
}
done_testing();
