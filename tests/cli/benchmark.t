#!/usr/bin/perl
# The benchmark of deep linear networks: the learning coefficients that its manifests hold
# estimates against are those that `theory dln` computes for the networks.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

my @manifests = sort glob "$root/manifests/hitchcock2025/*.yaml";
ok(@manifests, 'there are manifests');

# The values of an axis, whether it goes along with another or not.
sub axis {
    my ($text, $name) = @_;
    my ($values) = $text =~ /^  \Q$name\E: (?:\{with: \w+, values: )?\[([^\]]*)\]/m
        or die "no axis $name";
    return split /,\s*/, $values;
}

for my $path (@manifests) {
    my $text = slurp($path);
    my ($name) = $path =~ m{([^/]+)\.yaml$};
    my %axis = map { $_ => [ axis($text, $_) ] } qw(in hidden out rank samples lambda);
    for my $net (0 .. $#{ $axis{in} }) {
        my ($in, $hidden, $out, $rank, $samples, $lambda) =
            map { $axis{$_}[$net] } qw(in hidden out rank samples lambda);
        my $found = sltrace('theory', 'dln', '--widths', "$in,$hidden,$hidden,$out", '--rank',
                            $rank, '--json');
        my ($value) = $found->{out} =~ /"value":([0-9.e+]+)/;
        cmp_ok($value, '==', $lambda, "$name: the coefficient of $in-$hidden-$hidden-$out");
        cmp_ok($samples, '>', $in, "$name: more samples than inputs");
    }
}

done_testing;
